"""Rows of events dealt out by customer: those of neighbouring customers stand together.

Events are stored in the order they were delivered in, so that each range of customers would go
through all of them once more. Where there are many ranges they are written once more instead, a
part after the other, each sorted by customer: then a range reads little beside its own rows. They
stand in a file beside the spill, which the run removes, and count as spill.
"""

from pathlib import Path
from typing import Final

from journeylab.warehouse import Bench, Warehouse, quoted
from journeylab.warehouse.compacting import remove_database

#: Name under which the file is attached beside the warehouse.
CATALOG: Final = "dealt"

#: Events sorted at a time: whole groups of rows, some 0.7 GB of memory.
ROWS_AT_A_TIME: Final = 16 * 122_880

#: Columns that no table of single customers reads.
LEFT_OUT: Final = {"staging.events": ("identifiers", "referrer")}

_MEMORY: Final = ":memory:"


class Dealt:
    """Events of one run by customer; nothing is there until it is dealt.

    Args:
        warehouse: open for writing.
        spill: folder of what does not fit into memory; what a killed run left there of dealt
            events is removed.
        spill_limit: DuckDB size of the greatest spill, these rows included.
    """

    def __init__(self, warehouse: Warehouse, spill: Path, spill_limit: str) -> None:
        self._warehouse = warehouse
        self._path = None if warehouse.name == _MEMORY else spill / f"{CATALOG}.duckdb"
        self._limit: int = warehouse.scalar(
            "select parse_formatted_bytes($limit)", {"limit": spill_limit}
        )
        self._is_open = False
        self._names: dict[str, bool] = {}
        if self._path is not None:
            remove_database(self._path)

    def holds(self, name: str) -> bool:
        """Whether the rows of a table are dealt."""
        return self._names.get(name, False)

    def deal(self, name: str) -> bool:
        """Deal out the rows of a table with a row an event, unless that was tried before.

        Outside any transaction. The rows may take half of what may be spilled, and what DuckDB has
        not spilled already; where they would take more there are none.

        Args:
            name: ``schema.table``; it and ``identity.event_customers`` stay as they are until
                these rows are closed.

        Returns:
            Whether they are dealt.
        """
        if name not in self._names:
            self._open()
            self._names[name] = self._fill(name)
        return self._names[name]

    def view(self, bench: Bench, name: str, some: str) -> None:
        """Lay the events of some customers on a bench.

        Args:
            bench: where they are laid.
            name: a table that is dealt.
            some: condition on ``customer_key``, which is null for events without a customer.
        """
        bench.view(name, f"select * exclude (customer_key) from {_at(name)} where {some}")

    def view_owners(self, bench: Bench, some: str) -> None:
        """Lay whose the dealt events of some customers are, as ``identity.event_customers``."""
        bench.view(
            "identity.event_customers",
            f"select event_key, customer_key from {_at('staging.events')} where {some}",
        )

    def close(self) -> None:
        """Give their disk back; what reads them has been built."""
        self._names.clear()
        if not self._is_open:
            return
        self._warehouse.execute(f"detach {CATALOG}")
        self._is_open = False
        if self._path is not None:
            remove_database(self._path)
            self._leave(self._limit)

    def _open(self) -> None:
        if self._is_open:
            return
        place = _MEMORY if self._path is None else str(self._path).replace("'", "''")
        self._warehouse.execute(f"attach '{place}' as {CATALOG}")
        self._is_open = True

    def _fill(self, name: str) -> bool:
        """Write the rows part by part; whether all of them found room."""
        warehouse, at = self._warehouse, _at(name)
        left_out = ", ".join(map(quoted, LEFT_OUT.get(name, ())))
        columns = f"* exclude ({left_out})" if left_out else "*"
        warehouse.execute(f"create schema if not exists {CATALOG}.{quoted(name.split('.')[0])}")
        end = warehouse.scalar(f"select coalesce(max(rowid) + 1, 0) from {quoted(name)}")
        put = f"create table {at} as"
        for first in range(0, max(end, 1), ROWS_AT_A_TIME):
            some = (
                f"from {quoted(name)} where rowid >= {first} and rowid < {first + ROWS_AT_A_TIME}"
            )
            warehouse.execute(
                f"{put} with events as (select {columns} {some}), owners as ("
                "    select event_key, customer_key from identity.event_customers"
                f"    where event_key in (select event_key {some})"
                ") select owners.customer_key, events.* from events"
                " left join owners on events.event_key = owners.event_key"
                " order by owners.customer_key"
            )
            put = f"insert into {at}"
            if not self._has_room():
                warehouse.execute(f"drop table {at}")
                warehouse.execute(f"checkpoint {CATALOG}")
                self._has_room()
                return False
        warehouse.execute(f"checkpoint {CATALOG}")
        return self._has_room()

    def _has_room(self) -> bool:
        """Whether the file takes no more than it may; then DuckDB may spill that much less."""
        if self._path is None:
            return True
        logged = self._path.with_name(f"{self._path.name}.wal")
        taken = sum(path.stat().st_size for path in (self._path, logged) if path.exists())
        spilled: int = self._warehouse.scalar(
            "select coalesce(sum(size), 0) from duckdb_temporary_files()"
        )
        if taken > self._limit // 2 or taken + spilled > self._limit:
            return False
        self._leave(self._limit - taken)
        return True

    def _leave(self, spill: int) -> None:
        """Let DuckDB spill so many bytes; it refuses where it has spilled more."""
        self._warehouse.execute(f"set max_temp_directory_size = '{spill} bytes'")


def _at(name: str) -> str:
    return f"{CATALOG}.{quoted(name)}"
