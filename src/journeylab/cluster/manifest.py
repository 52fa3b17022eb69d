"""The manifest of a job: every bucket once, by the same releases, every row in its file.

Spark tells when a task fails. It does not tell when a file is gone, was written by another
release, or never became visible on the driver; a lost bucket would be silent.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from journeylab.cluster.exchange import MANIFEST, Exchange, part_name
from journeylab.cluster.kernel import BucketDone, CustomerWork, releases_of
from journeylab.errors import ClusterFailed

_AGAIN = "nothing of the job was used; run again"


def checked(
    work: CustomerWork,
    done: Sequence[BucketDone],
    *,
    buckets: int,
    duckdb_version: str,
    scratch: Path,
) -> dict[str, int]:
    """Hold what the tasks say to what was asked of them and to the files, and keep it.

    Args:
        work: what the tasks were told.
        done: what they said, in any order.
        buckets: buckets asked for.
        duckdb_version: the driver's.
        scratch: folder of this machine for what is sent.

    Returns:
        Rows of each table over all buckets.

    Raises:
        ClusterFailed: a bucket is missing or told twice, another release built it, or a file
            is missing or holds other rows. The bucket is named.
    """
    place = f"{work.exchange.place}, run {work.exchange.run_id}"
    told = sorted(one.bucket for one in done)
    for bucket in range(buckets):
        if told.count(bucket) != 1:
            what = f"bucket {bucket} of {buckets} is told {told.count(bucket)} times, not once"
            raise ClusterFailed(what, place, _AGAIN)
    own = releases_of(duckdb_version)
    for one in done:
        if one.releases != own:
            what = f"bucket {one.bucket} was built by {one.releases}, this is {own}"
            raise ClusterFailed(what, place, "install the same releases on every worker")
    rows = {model.name: _rows(work.exchange, model.name, done) for model in work.models}
    with work.exchange.writing(MANIFEST, scratch) as path:
        path.write_text(json.dumps({"buckets": buckets, "rows": rows}))
    return rows


def rows_of(exchange: Exchange, scratch: Path) -> tuple[int, Mapping[str, int]] | None:
    """What a finished job made: its buckets, and rows of each table; None where none finished.

    Args:
        exchange: folder of the run.
        scratch: folder of this machine for what is fetched.
    """
    if not exchange.holds(MANIFEST):
        return None
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        told = json.loads(exchange.reading(MANIFEST, Path(folder)).read_text())
    return int(told["buckets"]), told["rows"]


@contextmanager
def parts(exchange: Exchange, table: str, buckets: int, scratch: Path) -> Iterator[list[Path]]:
    """Give the files of a table that a job made, bucket by bucket, on this machine.

    Args:
        exchange: folder of the run.
        table: the table.
        buckets: how many there are.
        scratch: folder of this machine for what is fetched; it is empty again afterwards.

    Raises:
        ClusterFailed: one is not there; the bucket is named.
    """
    names = _names(exchange, table, buckets)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        yield [exchange.reading(name, Path(folder)) for name in names]


def _names(exchange: Exchange, table: str, buckets: int) -> list[str]:
    names = [part_name(table, bucket) for bucket in range(buckets)]
    there = set(exchange.names(f"out/{table}"))
    for bucket, name in enumerate(names):
        if name not in there:
            what = f"bucket {bucket} of {table} is lost: its file is not there"
            raise ClusterFailed(what, f"{exchange.place}/{exchange.run_id}/{name}", _AGAIN)
    return names


def _rows(exchange: Exchange, table: str, done: Sequence[BucketDone]) -> int:
    """Rows of a table in all files; each must hold what its task told."""
    names = _names(exchange, table, len(done))
    told = {one.bucket: one.rows[table] for one in done}
    counted = exchange.rows(names)
    for bucket, count in enumerate(counted):
        if count != told[bucket]:
            what = f"bucket {bucket} of {table} holds {count} rows, {told[bucket]} were told"
            raise ClusterFailed(what, f"{exchange.place}/{exchange.run_id}", _AGAIN)
    return sum(counted)
