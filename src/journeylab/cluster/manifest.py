"""The manifest of a job: every bucket once, by the same releases, every row in its file.

Spark tells when a task fails. It does not tell when a file is gone, was written by another
release, or never became visible on the driver; a lost bucket would be silent.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from journeylab.cluster.exchange import Exchange
from journeylab.cluster.kernel import BucketDone, CustomerWork, releases_of
from journeylab.errors import ClusterFailed
from journeylab.warehouse import Warehouse, part_rows

_AGAIN = "nothing of the job was used; run again"


def checked(
    warehouse: Warehouse, work: CustomerWork, done: Sequence[BucketDone], buckets: int
) -> dict[str, int]:
    """Hold what the tasks say to what was asked of them and to the files, and keep it.

    Args:
        warehouse: reads the files' own counts.
        work: what the tasks were told.
        done: what they said, in any order.
        buckets: buckets asked for.

    Returns:
        Rows of each table over all buckets.

    Raises:
        ClusterFailed: a bucket is missing or told twice, another release built it, or a file
            is missing or holds other rows. The bucket is named.
    """
    place = str(work.exchange.folder)
    told = sorted(one.bucket for one in done)
    for bucket in range(buckets):
        if told.count(bucket) != 1:
            what = f"bucket {bucket} of {buckets} is told {told.count(bucket)} times, not once"
            raise ClusterFailed(what, place, _AGAIN)
    own = releases_of(warehouse.scalar("select version()"))
    for one in done:
        if one.releases != own:
            what = f"bucket {one.bucket} was built by {one.releases}, this is {own}"
            raise ClusterFailed(what, place, "install the same releases on every worker")
    rows = {model.name: _rows(warehouse, work.exchange, model.name, done) for model in work.models}
    work.exchange.manifest.write_text(json.dumps({"buckets": buckets, "rows": rows}))
    return rows


def rows_of(exchange: Exchange) -> tuple[int, Mapping[str, int]] | None:
    """What a finished job made: its buckets, and rows of each table; None where none finished."""
    if not exchange.manifest.is_file():
        return None
    told = json.loads(exchange.manifest.read_text())
    return int(told["buckets"]), told["rows"]


def parts(exchange: Exchange, table: str, buckets: int) -> list[Path]:
    """The files of a table that a job made, bucket by bucket.

    Raises:
        ClusterFailed: one is not there; the bucket is named.
    """
    paths = [exchange.part(table, bucket) for bucket in range(buckets)]
    for bucket, path in enumerate(paths):
        if not path.is_file():
            what = f"bucket {bucket} of {table} is lost: its file is not there"
            raise ClusterFailed(what, str(path), _AGAIN)
    return paths


def _rows(warehouse: Warehouse, exchange: Exchange, table: str, done: Sequence[BucketDone]) -> int:
    """Rows of a table in all files; each must hold what its task told."""
    paths = parts(exchange, table, len(done))
    told = {one.bucket: one.rows[table] for one in done}
    counted = part_rows(warehouse, paths)
    for bucket, count in enumerate(counted):
        if count != told[bucket]:
            what = f"bucket {bucket} of {table} holds {count} rows, {told[bucket]} were told"
            raise ClusterFailed(what, str(paths[bucket]), _AGAIN)
    return sum(counted)
