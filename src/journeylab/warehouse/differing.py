"""Rows that come in the place of stored ones: only those that differ are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.hashing import Sums, hashes_of_rows

#: Where the rows stand that leave, and those that come: number in their table, and their hashes.
_DIFFERING: Final = "temp.differing_rows"


@dataclass(frozen=True, slots=True)
class Replaced:
    """Sums over the rows of a table that left, and over those that came."""

    left: Sums
    came: Sums


def replace_differing(
    warehouse: Warehouse, table: str, gone: Iterable[str], fresh: str
) -> Replaced:
    """Replace rows of a table, in the caller's transaction; rows that come as they were stay.

    Most do: a customer's new event changes few of the rows of those before it. They are told by
    hashes that differ where any value does; no two rows of either side may be equal.

    Args:
        warehouse: where it stands.
        table: its name.
        gone: conditions of the rows that leave.
        fresh: the table with the rows that come, its columns in the same order.
    """
    places = " union ".join(f"select rowid from {quoted(table)} where {some}" for some in gone)
    former = hashes_of_rows(warehouse, table, where=f"rowid in ({places})")
    warehouse.execute(
        f"create temp table {_DIFFERING} as select former.place as former_place,"
        " fresh.place as fresh_place, plain, salted"
        f" from ({former}) as former full join ({hashes_of_rows(warehouse, fresh)}) as fresh"
        " using (plain, salted, rest) where former.place is null or fresh.place is null"
    )
    counted = ", ".join(
        f"count({place}), coalesce(sum(plain) filter ({place} is not null), 0),"
        f" coalesce(sum(salted) filter ({place} is not null), 0)"
        for place in ("former_place", "fresh_place")
    )
    sums = warehouse.rows(f"select {counted} from {_DIFFERING}")[0]
    replaced = Replaced(Sums(*sums[:3]), Sums(*sums[3:]))
    if replaced.left.rows:
        warehouse.execute(
            f"delete from {quoted(table)} where rowid in (select former_place from {_DIFFERING})"
        )
    if replaced.came.rows:
        warehouse.execute(
            f"insert into {quoted(table)} from {quoted(fresh)}"
            f" where rowid in (select fresh_place from {_DIFFERING})"
        )
    warehouse.execute(f"drop table {_DIFFERING}")
    return replaced
