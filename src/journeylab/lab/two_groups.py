"""Two segments or periods -> where their journeys stand in the snapshot, and how many."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from journeylab.errors import InputRefused, NothingSettled
from journeylab.lab import compile
from journeylab.lab.cells import Marks
from journeylab.lab.choosing import JOURNEY, Group, chosen, parts
from journeylab.lab.kept import KeptTables
from journeylab.warehouse import Warehouse

_SIDES: Final = ("a", "b")


@dataclass(frozen=True, slots=True, eq=False)
class TwoGroups:
    """Two groups of journeys.

    Attributes:
        sides: 1 or 2 where a journey of the snapshot is in group a or b, else 0.
        sizes: settled journeys that are not about help alone, and their customers.
        journeys: query of the journeys of both; None where they were marked without one.
    """

    sides: NDArray[np.int8]
    sizes: dict[str, int]
    journeys: exp.Query | None


def two_groups(
    warehouse: Warehouse,
    place: str,
    a: Group,
    b: Group | None,
    *,
    where: str | None,
    within: Group | None,
    kept: KeptTables | None,
) -> TwoGroups:
    """The groups of a comparison: no journey in both, a settled one in each.

    Args:
        warehouse: the snapshot.
        place: its name, for errors.
        a: the first group.
        b: the second; None for all others.
        where: condition for both.
        within: group of which both are parts.
        kept: tables kept in memory, by which the groups are marked.

    Raises:
        InputRefused: the groups share journeys, or a part of them cannot be read.
        NothingSettled: a group has no settled journey.
        UnknownName: a segment or column does not exist.
    """
    if kept is None:
        found = _of_rows(warehouse, _sides(warehouse, place, a, b, where, within))
    else:
        found = _of_marks(kept, warehouse, place, a, b, where, within)
    for side in _SIDES:
        if not found.sizes[f"group_journeys_{side}"]:
            raise NothingSettled(
                f"group {side} holds no settled journey",
                "Lab.compare",
                "choose an older period or a wider segment; service journeys do not count",
            )
    return found


def _sides(
    warehouse: Warehouse,
    place: str,
    a: Group,
    b: Group | None,
    where: str | None,
    within: Group | None,
) -> exp.Query:
    """The journeys of both groups with their ``side``."""
    first = chosen(warehouse, place, where=where, group=a)
    if first is None:
        raise _no_group()
    if b is None:
        every = chosen(warehouse, place, where=where) or compile.rows_where(
            "journeys", JOURNEY, None
        )
        second: exp.Query = compile.without(every, among=first)
    else:
        second = chosen(warehouse, place, where=where, group=b) or first
        both = compile.only(first, among=second).subquery("both_groups")
        text = compile.composed(exp.select(exp.func("count", exp.Star())).from_(both), {})
        _refuse_shared(warehouse.scalar(text))
    frame = None if within is None else chosen(warehouse, place, group=within)
    if frame is not None:
        first, second = (compile.only(side, among=frame) for side in (first, second))
    return compile.stacked([_side("a", first), _side("b", second)])


def _side(name: str, journeys: exp.Query) -> exp.Select:
    return exp.select(exp.Literal.string(name).as_("side"), *JOURNEY).from_(
        journeys.subquery("members")
    )


def _of_rows(warehouse: Warehouse, journeys: exp.Query) -> TwoGroups:
    """Groups of which the rows are read."""
    query = compile.composed(compile.template("group_members"), {"sides": journeys})
    members = warehouse.frame(query)
    rows = members["row_number"].to_numpy()
    sides = np.zeros(1 + rows.max(initial=-1), dtype=np.int8)
    sides[rows] = np.where((members["side"] == "a").to_numpy(), 1, 2)
    sizes = {}
    for side in _SIDES:
        counted = members.filter("is_counted", side=side)
        sizes[f"group_journeys_{side}"] = counted.height
        sizes[f"group_customers_{side}"] = counted["customer_id"].n_unique()
    return TwoGroups(sides, sizes, journeys)


def _of_marks(
    kept: KeptTables,
    warehouse: Warehouse,
    place: str,
    a: Group,
    b: Group | None,
    where: str | None,
    within: Group | None,
) -> TwoGroups:
    """The same groups, of marks on all journeys."""

    def marked(group: Group | None, where: str | None = where) -> Marks | None:
        told = parts(warehouse, place, where=where, group=group)
        return kept.choice(warehouse, told).chosen if told else None

    first = marked(a)
    if first is None:
        raise _no_group()
    if b is None:
        every = marked(None)
        second = ~first if every is None else every & ~first
    else:
        told = marked(b)
        second = first if told is None else told
        _refuse_shared(int((first & second).sum()))
    frame = None if within is None else marked(within, None)
    groups = [first, second] if frame is None else [first & frame, second & frame]
    of_all = kept.choice(warehouse, ())
    journeys = of_all.journeys
    sides = np.zeros(1 + journeys.rows.max(initial=-1), dtype=np.int8)
    sizes = {}
    for number, (side, group) in enumerate(zip(_SIDES, groups, strict=True), start=1):
        sides[journeys.rows[group]] = number
        counted = group & journeys.settled & ~journeys.service
        sizes[f"group_journeys_{side}"] = int(counted.sum())
        sizes[f"group_customers_{side}"] = int((of_all.customer_sums(counted) > 0).sum())
    return TwoGroups(sides, sizes, None)


def _no_group() -> InputRefused:
    return InputRefused("no group a", "Lab.compare", "give a segment or a period")


def _refuse_shared(journeys: int) -> None:
    if journeys:
        raise InputRefused(
            f"{journeys} journeys are in both groups",
            "Lab.compare",
            "choose groups apart; leave b out to compare a with all others",
        )
