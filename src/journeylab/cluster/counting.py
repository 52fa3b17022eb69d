"""What tasks did is counted: every bucket once, by the same releases, every row in its file.

Spark tells when a task fails. It does not tell when a file is gone, was written by another
release, or never became visible on the driver; a lost bucket would be silent.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journeylab.cluster.exchange import Exchange, dealt_name, part_name, parts_name
from journeylab.cluster.kernel import BucketDone, Input, Work, releases_of
from journeylab.errors import ClusterFailed

_AGAIN = "nothing of the job was used; run again"


@dataclass(frozen=True, slots=True)
class Made:
    """A table that tasks handed in: rows of each bucket."""

    by_bucket: tuple[int, ...]

    @property
    def buckets(self) -> int:
        """How many buckets it has."""
        return len(self.by_bucket)

    @property
    def rows(self) -> int:
        """Rows over all of them."""
        return sum(self.by_bucket)


def checked(
    work: Work, done: Sequence[BucketDone], *, buckets: int, duckdb_version: str
) -> dict[str, Made]:
    """Hold what the tasks of one round say to what was asked of them and to the files.

    Args:
        work: what the tasks were told.
        done: what they said, in any order.
        buckets: buckets asked for.
        duckdb_version: the driver's.

    Returns:
        The tables handed in.

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
    return {model.name: Made(_rows(work.exchange, model.name, done)) for model in work.handed}


def dealt(work: Work, done: Sequence[BucketDone]) -> tuple[Input, ...]:
    """What the tasks of one round dealt out, as the next round reads it.

    Args:
        work: what the tasks were told.
        done: what all of them said.
    """
    inputs = []
    for deal in work.deals:
        rows: Counter[int] = Counter()
        for one in done:
            rows.update(one.dealt[deal.name])
        inputs.append(Input(deal.name, deal.columns, dict(rows), dealt_name(deal.to, deal.name)))
    return tuple(inputs)


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
        yield exchange.reading(names, Path(folder))


def _names(exchange: Exchange, table: str, buckets: int) -> list[str]:
    names = [part_name(table, bucket) for bucket in range(buckets)]
    there = set(exchange.names(parts_name(table)))
    for bucket, name in enumerate(names):
        if name not in there:
            what = f"bucket {bucket} of {table} is lost: its file is not there"
            raise ClusterFailed(what, f"{exchange.place}/{exchange.run_id}/{name}", _AGAIN)
    return names


def _rows(exchange: Exchange, table: str, done: Sequence[BucketDone]) -> tuple[int, ...]:
    """Rows of a table in each file; each must hold what its task told."""
    names = _names(exchange, table, len(done))
    told = {one.bucket: one.rows[table] for one in done}
    counted = exchange.rows(names)
    for bucket, count in enumerate(counted):
        if count != told[bucket]:
            what = f"bucket {bucket} of {table} holds {count} rows, {told[bucket]} were told"
            raise ClusterFailed(what, f"{exchange.place}/{exchange.run_id}", _AGAIN)
    return tuple(counted)
