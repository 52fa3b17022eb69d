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

from journeylab.cluster.exchange import Exchange, handed_in
from journeylab.errors import ClusterFailed
from journeylab.warehouse import Column, Model, build, memory, read_part, write_part


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
        tempfile.TemporaryDirectory(prefix="journeylab-") as spill,
        memory(
            threads=work.threads, memory_limit=work.memory_limit, spill=Path(spill)
        ) as warehouse,
    ):
        releases = releases_of(warehouse.scalar("select version()"))
        for told in work.inputs:
            files = [work.exchange.shared(told.name)]
            if told.rows is not None:
                files = work.exchange.bucket(told.name, bucket)
            rows = read_part(warehouse, told.name, told.columns, files)
            if told.rows is not None and rows != told.rows.get(bucket, 0):
                raise ClusterFailed(
                    f"bucket {bucket} has {rows} rows of {told.name},"
                    f" {told.rows.get(bucket, 0)} were written",
                    str(work.exchange.buckets(told.name)),
                    "does every worker see this folder as the driver does? then run again",
                )
        made = {}
        for model in work.models:
            build(warehouse, model, work.params)
            with handed_in(work.exchange.part(model.name, bucket)) as path:
                made[model.name] = write_part(warehouse, model.name, model.columns, path)
        return BucketDone(bucket, made, releases)


def releases_of(duckdb_version: str) -> str:
    """The releases that decide what the tables say, as one text."""
    return f"journeylab {version('journeylab')}, DuckDB {duckdb_version}"
