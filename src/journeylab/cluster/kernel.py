"""What one task does: the tables of one bucket, by the models' own SQL, handed in or dealt out.

It runs on a worker: it knows the exchange folder and what it was given, and neither the
warehouse nor Spark. It may run again, or twice at once, and leaves the same files.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from journeylab.cluster.exchange import Exchange, bucket_name, dealt_name, part_name, shared_name
from journeylab.errors import ClusterFailed
from journeylab.warehouse import (
    Column,
    Model,
    Warehouse,
    build,
    memory,
    quoted,
    read_part,
    write_buckets,
    write_part,
)

#: Tables that number their rows -> the column; each bucket counts from a number of its own.
NUMBERED: Final = {"staging.rows": "row_key", "staging.event_keys": "event_key"}

#: How far apart the numbers of two buckets begin.
NUMBERS_OF_A_BUCKET: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class Input:
    """A table that the models read.

    Attributes:
        rows: rows of each bucket that has any; None where every task reads the whole table.
        folder: where its buckets lie in the exchange folder; empty where they are the parts of a
            table that former tasks made.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Mapping[int, int] | None = None
    folder: str = ""

    def files(self, exchange: Exchange, bucket: int) -> list[str]:
        """Names of the files that a task of a bucket reads."""
        if self.rows is None:
            return [shared_name(self.name)]
        if not self.folder:
            return [part_name(self.name, bucket)]
        return exchange.names(bucket_name(self.folder, bucket))


@dataclass(frozen=True, slots=True)
class Deal:
    """Rows that a task deals out to the buckets of a later round.

    Attributes:
        to: name of that round.
        name: the table, as its tasks know it.
        reads: the tables that the query reads.
        query: gives the columns, and ``bucket``.
    """

    to: str
    name: str
    columns: tuple[Column, ...]
    reads: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Work:
    """What every task of one round is told.

    Attributes:
        models: the tables to build, each after those it reads.
        params: a value for each of their parameters.
        threads: threads of one task.
        memory_limit: DuckDB size of what one task may hold; more is spilled.
        passing: those of the tables that are not handed in, because only this task needs them.
        deals: what is dealt out, when all tables are built.
    """

    exchange: Exchange
    inputs: tuple[Input, ...]
    models: tuple[Model, ...]
    params: Mapping[str, Any]
    threads: int
    memory_limit: str
    passing: frozenset[str] = frozenset()
    deals: tuple[Deal, ...] = ()

    @property
    def handed(self) -> tuple[Model, ...]:
        """The tables that every task hands in."""
        return tuple(model for model in self.models if model.name not in self.passing)


@dataclass(frozen=True, slots=True)
class BucketDone:
    """What one task says when it is done: rows of each table, and by which releases.

    Attributes:
        rows: rows handed in, by table.
        dealt: rows dealt out, by table and bucket of the next tasks.
    """

    bucket: int
    rows: Mapping[str, int]
    releases: str
    dealt: Mapping[str, Mapping[int, int]] = field(default_factory=dict)


def build_bucket(work: Work, bucket: int) -> BucketDone:
    """Build every table of one bucket, and hand each in as one file.

    Args:
        work: what every task is told.
        bucket: number of the bucket, from 0.

    Returns:
        Rows handed in and dealt out, table by table.

    Raises:
        ClusterFailed: the bucket's rows are not all in the exchange folder.
        ModelError: a table differs from its header.
    """
    with (
        tempfile.TemporaryDirectory(prefix="journeylab-") as told,
        memory(
            threads=work.threads, memory_limit=work.memory_limit, spill=Path(told) / "spill"
        ) as warehouse,
    ):
        scratch = Path(told)
        releases = releases_of(warehouse.scalar("select version()"))
        for table in work.inputs:
            _take(work, table, bucket, warehouse, scratch)
        made = {}
        dealt_of = {name for deal in work.deals for name in deal.reads}
        for place, model in enumerate(work.models, start=1):
            build(warehouse, _numbered(model, bucket), work.params)
            if model.name in work.passing:
                continue
            with work.exchange.writing(part_name(model.name, bucket), scratch) as path:
                made[model.name] = write_part(warehouse, quoted(model.name), model.columns, path)
            read = {name for later in work.models[place:] for name in later.reads} | dealt_of
            if model.name not in read:
                warehouse.execute(f"drop table {quoted(model.name)}")  # gives memory back
        dealt = {deal.name: _deal(work, deal, bucket, warehouse, scratch) for deal in work.deals}
        return BucketDone(bucket, made, releases, dealt)


def _numbered(model: Model, bucket: int) -> Model:
    """The model with numbers that no other bucket gives."""
    column = NUMBERED.get(model.name)
    if column is None:
        return model
    first = bucket * NUMBERS_OF_A_BUCKET
    shifted = f"select * replace ({column} + {first}::bigint as {column}) from ({model.query})"
    return replace(model, query=shifted)


def _take(work: Work, table: Input, bucket: int, warehouse: Warehouse, scratch: Path) -> None:
    """Read a table that the models need, of the bucket or whole, and count its rows."""
    files = work.exchange.reading(table.files(work.exchange, bucket), scratch)
    rows = read_part(warehouse, table.name, table.columns, files)
    if table.rows is not None and rows != table.rows.get(bucket, 0):
        raise ClusterFailed(
            f"bucket {bucket} has {rows} rows of {table.name},"
            f" {table.rows.get(bucket, 0)} were written",
            f"{work.exchange.place}, run {work.exchange.run_id}",
            "does every worker see this folder as the driver does? then run again",
        )
    if "://" in work.exchange.place:
        for path in files:
            path.unlink()


def _deal(
    work: Work, deal: Deal, bucket: int, warehouse: Warehouse, scratch: Path
) -> dict[int, int]:
    """Write rows by the buckets of the next tasks; on one thread, so that files fall out alike."""
    folder = scratch / deal.name
    warehouse.execute("set threads = 1")
    rows = write_buckets(warehouse, deal.query, deal.columns, folder)
    warehouse.execute(f"set threads = {work.threads}")
    files = {}
    for to in rows:
        place = bucket_name(dealt_name(deal.to, deal.name), to)
        for number, path in enumerate(sorted(folder.glob(f"bucket={to}/*.parquet"))):
            files[path] = f"{place}/{bucket:06d}-{number:06d}.parquet"
    work.exchange.put(files, scratch)
    return rows


def releases_of(duckdb_version: str) -> str:
    """The releases that decide what the tables say, as one text."""
    return f"journeylab {version('journeylab')}, DuckDB {duckdb_version}"
