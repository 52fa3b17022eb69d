"""One DuckDB connection with the settings every use needs, and its errors in our words."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
import pyarrow as pa

from journeylab.errors import QueryError
from journeylab.warehouse.mending import mend_of
from journeylab.warehouse.on_demand import OnDemand

#: Bound values of a statement: DuckDB takes any plain Python value or list of them.
Params = Mapping[str, Any]

#: Whoever is told each statement and its values before it runs.
Listener = Callable[[str, Params | None], None]

_ALWAYS: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "true",
}

#: Memory of blocks that a writer keeps for the next ones: every page got anew from the system costs
#: 3 µs, some 5 % of a run; more of it gains little and would add to the process at its greatest.
_KEPT_BLOCKS: Final = "512MB"

_NO_SPACE: Final = "free some disk, or lower publish.keep; nothing half-done is published"
_DAMAGED: Final = (
    "damaged: rebuild a warehouse with journeylab restore, leave a snapshot with"
    " journeylab snapshots rollback"
)

#: Phrase of a message of DuckDB -> what to do.
_MENDS: Final = (
    ("No space left on device", _NO_SPACE),
    ("File too large", _NO_SPACE),
    ("Corrupt database file", _DAMAGED),
    ("not a valid DuckDB database file", _DAMAGED),
    ("Could not read enough bytes", _DAMAGED),
)


class Warehouse:
    """One connection to one DuckDB database.

    Every statement goes through here, so that results are read whole (an open result
    blocks the connection in DuckDB 2.0) and faults arrive as ``QueryError``.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        on_demand: OnDemand | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._connection = connection
        self._on_demand = on_demand
        self._depth = 0
        self._listener = listener
        self.name = name

    def making(self, on_demand: OnDemand) -> "Warehouse":
        """The same connection, on which reading makes tables of ``main`` that are waiting."""
        return Warehouse(self._connection, self.name, on_demand, self._listener)

    def heard_by(self, listener: Listener | None) -> "Warehouse":
        """The same connection, each statement of which is told to the listener."""
        return Warehouse(self._connection, self.name, self._on_demand, listener)

    def heard_like(self, other: "Warehouse") -> "Warehouse":
        """The same connection, told to the listener of another."""
        return self.heard_by(other._listener)

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement and drop its result.

        Raises:
            QueryError: DuckDB refused the statement.
        """
        self._run(sql, params)

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and return every row of its result.

        Raises:
            QueryError: DuckDB refused the statement.
        """
        self._prepare(sql)
        return self._run(sql, params).fetchall()

    def scalar(self, sql: str, params: Params | None = None) -> Any:  # noqa: ANN401 - any SQL type
        """Run one statement and return the first value of its first row.

        Raises:
            QueryError: DuckDB refused the statement.
        """
        return self.rows(sql, params)[0][0]

    def frame(self, sql: str, params: Params | None = None) -> pl.DataFrame:
        """Run one query and return its rows as a Polars frame.

        Raises:
            QueryError: DuckDB refused the statement.
        """
        self._prepare(sql)
        self._tell(sql, params)
        try:
            relation = self._connection.sql(sql, params=dict(params) if params else None)
            frame = pl.from_arrow(relation.to_arrow_table())
        except duckdb.Error as error:
            raise self._refused(sql, error) from error
        return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()

    def batches(self, sql: str) -> pa.RecordBatchReader:
        """Run one query and return its rows part by part, each made when it is asked for.

        Nothing else may be asked of this connection before the last of them.

        Raises:
            QueryError: DuckDB refused the statement.
        """
        self._prepare(sql)
        self._tell(sql, None)
        try:
            return self._connection.sql(sql).to_arrow_reader()
        except duckdb.Error as error:
            raise self._refused(sql, error) from error

    def table(self, name: str) -> pl.DataFrame:
        """Return a whole table ``schema.name`` as a Polars frame, in its stored order.

        Raises:
            QueryError: there is no such table.
        """
        return self.frame(f"from {quoted(name)}")

    def table_names(self) -> list[str]:
        """Names of all tables as ``schema.name``, those waiting to be made among them, sorted."""
        made = self._run(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where not internal and database_name = current_database()",
            None,
        ).fetchall()
        waiting = self._on_demand.waiting if self._on_demand is not None else ()
        return sorted({*(row[0] for row in made), *(f"main.{name}" for name in waiting)})

    def columns(self, name: str) -> dict[str, str]:
        """Columns of a table ``schema.name`` in order: name -> DuckDB type."""
        return {row[0]: row[1] for row in self.rows(f"describe {quoted(name)}")}

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside, or roll all of it back when it raises.

        Inside another transaction it is a part of that one.

        Raises:
            QueryError: it cannot be committed, for example for lack of space.
        """
        if self._depth:
            yield
            return
        self._run("begin", None)
        self._depth = 1
        try:
            yield
            self._run("commit", None)
        except BaseException:
            with contextlib.suppress(duckdb.Error):  # a full disk has ended it already
                self._connection.execute("rollback")
            raise
        finally:
            self._depth = 0

    @contextlib.contextmanager
    def given(
        self, name: str, frame: pl.DataFrame | pa.Table | pa.RecordBatchReader
    ) -> Iterator[None]:
        """Make a frame readable as the view ``name`` while the block runs; batches once."""
        self._connection.register(name, frame)
        try:
            yield
        finally:
            self._connection.unregister(name)

    def cursor(self) -> "Warehouse":
        """Open a second connection to the same database, for a thread or a page."""
        return Warehouse(self._connection.cursor(), self.name, self._on_demand, self._listener)

    def interrupt(self) -> None:
        """Stop the statement that another thread runs on this connection."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the connection; a written database is checkpointed by DuckDB."""
        self._connection.close()

    def __enter__(self) -> "Warehouse":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self, sql: str) -> None:
        if self._on_demand is not None:
            self._on_demand.prepare(sql)

    def _tell(self, sql: str, params: Params | None) -> None:
        if self._listener is not None:
            self._listener(sql, params)

    def _run(self, sql: str, params: Params | None) -> duckdb.DuckDBPyConnection:
        self._tell(sql, params)
        try:
            return self._connection.execute(sql, dict(params) if params else None)
        except duckdb.Error as error:
            raise self._refused(sql, error) from error

    def _refused(self, sql: str, error: duckdb.Error) -> QueryError:
        where = f"{self.name}, statement: {_shortened(sql)}"
        mend = _mend(error, "") or mend_of(
            str(error), sql, tables=self._known_tables, columns=self._known_columns
        )
        return QueryError(str(error).strip(), where, mend)

    def _known_tables(self) -> list[str]:
        """Names of the tables and views, without schema; none where DuckDB cannot be asked."""
        waiting = self._on_demand.waiting if self._on_demand is not None else ()
        return sorted({*self._known_columns(), *waiting})

    def _known_columns(self) -> dict[str, list[str]]:
        """Columns of each table and view; nothing where DuckDB cannot be asked."""
        try:
            rows = self._connection.execute(
                "select table_name, list(column_name) from duckdb_columns()"
                " where not internal and database_name = current_database() group by table_name"
            ).fetchall()
        except duckdb.Error:  # the transaction of the refused statement is lost
            return {}
        return dict(rows)


def quoted(name: str) -> str:
    """Quote a table name ``schema.table`` or a column name for use in a statement."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def open_warehouse(
    path: Path,
    *,
    spill: Path,
    memory_limit: str = "4GB",
    spill_limit: str = "20GB",
    threads: int | None = None,
) -> Warehouse:
    """Open the private warehouse for writing, with bounded memory and spill.

    Args:
        path: the database file; it and its folder are made when missing, mode 0600 and 0700.
        spill: folder for what does not fit into memory; made when missing.
        memory_limit: DuckDB size, for example ``4GB``.
        spill_limit: DuckDB size of the greatest spill.
        threads: number of threads; None lets DuckDB take all cores.

    Raises:
        QueryError: the file is no DuckDB database, or another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    spill.mkdir(parents=True, exist_ok=True)
    config = {
        **_ALWAYS,
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
        "max_temp_directory_size": spill_limit,
        "max_vacuum_tasks": "0",  # see ``close_gaps``
        "block_allocator_memory": _KEPT_BLOCKS,
    }
    if threads is not None:
        config["threads"] = str(threads)
    warehouse = _connect(str(path), config)
    path.chmod(0o600)
    return warehouse


def open_read_only(
    path: Path, *, memory_limit: str = "2GB", threads: int | None = None
) -> Warehouse:
    """Open a published database for reading, with no way to reach other files.

    Raises:
        QueryError: the file is missing or no DuckDB database.
    """
    config = {**_ALWAYS, "memory_limit": memory_limit, "enable_external_access": "false"}
    if threads is not None:
        config["threads"] = str(threads)
    return _connect(str(path), config, read_only=True)


def memory(
    *, threads: int | None = None, memory_limit: str | None = None, spill: Path | None = None
) -> Warehouse:
    """Open an empty database in memory.

    Args:
        threads: number of threads; None lets DuckDB take all cores.
        memory_limit: DuckDB size, for example ``1GB``; None lets DuckDB decide.
        spill: folder for what does not fit; None takes DuckDB's own.
    """
    config = dict(_ALWAYS)
    if threads is not None:
        config["threads"] = str(threads)
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    if spill is not None:
        config["temp_directory"] = str(spill)
    return _connect(":memory:", config)


def _connect(database: str, config: Mapping[str, str], *, read_only: bool = False) -> Warehouse:
    try:
        connection = duckdb.connect(database, read_only=read_only, config=dict(config))
        connection.execute("set TimeZone = 'UTC'")
    except duckdb.Error as error:
        mend = _mend(error, "is it a DuckDB file, and is no other run using it?")
        raise QueryError(str(error).strip(), database, mend) from error
    return Warehouse(connection, database)


def _mend(error: duckdb.Error, otherwise: str) -> str:
    told = str(error)
    return next((mend for phrase, mend in _MENDS if phrase in told), otherwise)


def _shortened(sql: str, width: int = 160) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= width else line[: width - 1] + "…"
