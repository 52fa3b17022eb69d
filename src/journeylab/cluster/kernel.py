"""What one task does: the tables of one bucket of whole customers, by the models' own SQL.

It runs on a worker: it knows the exchange folder and what it was given, and neither the
warehouse nor Spark. It may run again, or twice at once, and leaves the same files.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from journeylab.cluster.exchange import Exchange, bucket_name, part_name, shared_name
from journeylab.errors import ClusterFailed
from journeylab.warehouse import (
    Column,
    Model,
    Warehouse,
    build,
    memory,
    quoted,
    read_part,
    write_part,
)


@dataclass(frozen=True, slots=True)
class Input:
    """A table that the models read.

    Attributes:
        rows: rows of each bucket that has any; None where every task reads the whole table.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Mapping[int, int] | None


@dataclass(frozen=True, slots=True)
class CustomerWork:
    """What every task of a job is told.

    Attributes:
        models: the tables to build, each after those it reads.
        params: a value for each of their parameters.
        threads: threads of one task.
        memory_limit: DuckDB size of what one task may hold; more is spilled.
    """

    exchange: Exchange
    inputs: tuple[Input, ...]
    models: tuple[Model, ...]
    params: Mapping[str, Any]
    threads: int
    memory_limit: str


@dataclass(frozen=True, slots=True)
class BucketDone:
    """What one task says when it is done: rows of each table, and by which releases."""

    bucket: int
    rows: Mapping[str, int]
    releases: str


def build_bucket(work: CustomerWork, bucket: int) -> BucketDone:
    """Build every table of the customers of one bucket, and hand each in as one file.

    Args:
        work: what every task is told.
        bucket: number of the bucket, from 0.

    Returns:
        Rows handed in, table by table.

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
        for place, model in enumerate(work.models, start=1):
            build(warehouse, model, work.params)
            with work.exchange.writing(part_name(model.name, bucket), scratch) as path:
                made[model.name] = write_part(warehouse, model.name, model.columns, path)
            if not any(model.name in later.reads for later in work.models[place:]):
                warehouse.execute(f"drop table {quoted(model.name)}")  # gives memory back
        return BucketDone(bucket, made, releases)


def _take(
    work: CustomerWork, table: Input, bucket: int, warehouse: Warehouse, scratch: Path
) -> None:
    """Read a table that the models need, of the bucket or whole, and count its rows."""
    names = [shared_name(table.name)]
    if table.rows is not None:
        names = work.exchange.names(bucket_name(table.name, bucket))
    files = [work.exchange.reading(name, scratch) for name in names]
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


def releases_of(duckdb_version: str) -> str:
    """The releases that decide what the tables say, as one text."""
    return f"journeylab {version('journeylab')}, DuckDB {duckdb_version}"
