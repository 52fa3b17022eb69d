"""Parts of tables as Parquet files: how rows leave one database and come into another.

A file holds the rows of one bucket. Values come back exactly as they left, in the declared types.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from journeylab.warehouse.building import CheckResult, judge_built
from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.models import Column, Model

#: Types that Parquet would round -> those that carry every value of ours.
_CARRIED: Final = {"hugeint": "decimal(38, 0)"}


def write_part(warehouse: Warehouse, told: str, columns: Sequence[Column], path: Path) -> int:
    """Write rows into one file.

    Args:
        warehouse: where they stand.
        told: what they are read from: a quoted name, or a query in brackets.
        columns: its declared columns.
        path: the file, replaced where it stands.

    Returns:
        Rows written.
    """
    kept = ", ".join(_carried(column) for column in columns)
    written: int = warehouse.scalar(
        f"copy (select {kept} from {told}) to '{_text(path)}' (format parquet)"
    )
    return written


def write_buckets(
    warehouse: Warehouse, query: str, columns: Sequence[Column], folder: Path
) -> dict[int, int]:
    """Write the rows of a query into one folder ``bucket=<number>`` a bucket, in one pass.

    Args:
        warehouse: where the query runs.
        query: gives the columns, and ``bucket``.
        columns: the declared columns.
        folder: gets the folders; a bucket without rows has none.

    Returns:
        Rows of each bucket that has any, as its files say.
    """
    kept = ", ".join(_carried(column) for column in columns)
    warehouse.execute(
        f"copy (select {kept}, bucket from ({query})) to '{_text(folder)}'"
        " (format parquet, partition_by (bucket))"
    )
    rows: dict[int, int] = {}
    for path in folder.glob("*/*.parquet"):
        bucket = int(path.parent.name.removeprefix("bucket="))
        rows[bucket] = rows.get(bucket, 0) + int(pq.read_metadata(path).num_rows)
    return rows


def read_part(
    warehouse: Warehouse,
    name: str,
    columns: Sequence[Column],
    paths: Sequence[Path],
    fresh: str = "*",
) -> int:
    """Make a table of the rows of some files, in their order.

    Args:
        warehouse: where it is made.
        name: ``schema.table``.
        columns: its declared columns.
        paths: files that ``write_part`` or ``write_buckets`` wrote; none makes it empty.
        fresh: what to select of their rows.

    Returns:
        Rows read.
    """
    warehouse.execute(f"create schema if not exists {quoted(name.split('.')[0])}")
    return _fill(warehouse, name, columns, paths, fresh)


def _fill(
    warehouse: Warehouse, name: str, columns: Sequence[Column], paths: Sequence[Path], fresh: str
) -> int:
    declared = ", ".join(f"{quoted(column.name)} {column.type}" for column in columns)
    warehouse.execute(f"create or replace table {quoted(name)} ({declared})")
    if paths:
        told = ", ".join(
            f"{quoted(column.name)}::{column.type} as {quoted(column.name)}" for column in columns
        )
        warehouse.execute(
            f"insert into {quoted(name)} select {fresh} from (select {told}"
            f" from read_parquet($paths, hive_partitioning := false))",
            {"paths": [str(path) for path in paths]},
        )
    rows: int = warehouse.scalar(f"select count(*) from {quoted(name)}")
    return rows


def read_parts(
    warehouse: Warehouse,
    model: Model,
    paths: Sequence[Path],
    fresh: str = "*",
    *,
    at: str | None = None,
) -> list[CheckResult]:
    """Replace a model's table by the rows of its parts, held to its header like a built one.

    Args:
        warehouse: where it stands.
        model: the table.
        paths: one file a bucket, in the order wanted.
        fresh: what to select of their rows.
        at: the table to be made; None takes the model's name, in a schema made when missing.

    Returns:
        One result per row check of the header, in its order.

    Raises:
        ModelError: rows of two parts have one key.
        QueryError: a file is missing or no Parquet file.
    """
    with warehouse.transaction():
        if at is None:
            read_part(warehouse, model.name, model.columns, paths, fresh)
        else:
            _fill(warehouse, at, model.columns, paths, fresh)
        return judge_built(warehouse, model, at=at)


def _carried(column: Column) -> str:
    name = quoted(column.name)
    return f"{name}::{_CARRIED[column.type]} as {name}" if column.type in _CARRIED else name


def _text(path: Path) -> str:
    return str(path).replace("'", "''")
