"""Questions in SQL: run one query of somebody's own, and refuse everything that writes."""

import threading
from typing import Final

import duckdb
import polars as pl

from journeylab.errors import InputRefused, QueryError
from journeylab.warehouse.connection import Params, Warehouse
from journeylab.warehouse.mending import mend_of

#: A pivot is several statements in one, of which the connection refuses what writes.
_READING: Final = (
    duckdb.StatementType.SELECT,
    duckdb.StatementType.EXPLAIN,
    duckdb.StatementType.MULTI,
)


def ask(
    warehouse: Warehouse, sql: str, params: Params | None = None, *, seconds: float | None = None
) -> pl.DataFrame:
    """Run one query and return its rows.

    Args:
        warehouse: a snapshot, opened for reading.
        sql: one ``select``, ``with``, ``from``, ``values``, ``describe``, ``show``,
            ``summarize``, ``pivot`` or ``explain``.
        params: values bound to ``$name``.
        seconds: longest it may take; None sets no limit.

    Raises:
        InputRefused: it is empty, several statements, or one that does not only read.
        QueryError: DuckDB refused it, or it took too long.
    """
    _refuse_all_but_one_reading(sql)
    if seconds is None:
        return warehouse.frame(sql, params)
    timer = threading.Timer(seconds, warehouse.interrupt)
    timer.start()
    try:
        return warehouse.frame(sql, params)
    except QueryError as error:
        if timer.is_alive():
            raise
        raise QueryError(
            f"the query took longer than {seconds:g} seconds",
            "the query given",
            "ask for less, or allow more seconds",
        ) from error
    finally:
        timer.cancel()


def _refuse_all_but_one_reading(sql: str) -> None:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        mend = mend_of(str(error), sql, tables=list, columns=dict)
        raise QueryError(str(error).strip(), "the query given", mend) from error
    if len(statements) != 1:
        raise InputRefused(
            f"one query is wanted, got {len(statements)} statements", "the query given", "ask one"
        )
    kind = statements[0].type
    if kind not in _READING:
        word = sql.split()[0].lower()
        raise InputRefused(
            f"{word!r} is refused: a published snapshot can only be read",
            "the query given",
            "ask with select, from, describe, show, summarize or explain; to change tables,"
            " copy the file and open the copy with DuckDB",
        )
