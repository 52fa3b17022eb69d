"""How many arrive in each period: journeys, customers, sessions, events or visits."""

from typing import Final

import polars as pl
from sqlglot import exp

from journeylab.errors import InputRefused
from journeylab.lab import compile
from journeylab.lab.choosing import Group, chosen
from journeylab.lab.following import refuse_unknown_touchpoints
from journeylab.lab.walking import refuse_unknown
from journeylab.warehouse import Warehouse

UNITS: Final = ("hour", "day", "week")
#: What may arrive -> its table and instant; anything else is a touchpoint that is visited.
_THINGS: Final = {
    "journeys": ("journeys", "started_at"),
    "customers": ("journeys", "started_at"),
    "events": ("events", "occurred_at"),
    "sessions": ("sessions", "started_at"),
}


def arrivals(
    warehouse: Warehouse,
    place: str,
    of: str,
    *,
    period: str,
    where: str | None,
    segment: Group | None,
    pattern: str | None,
) -> pl.DataFrame:
    """How many arrive in each period; see ``Lab.arrivals``."""
    refuse_unknown("period", period, UNITS)
    if of not in _THINGS:
        refuse_unknown_touchpoints(warehouse, place, of)
    table, instant = _THINGS.get(of, ("steps", "entered_at"))
    filtered = chosen(warehouse, place, where=where, group=segment, pattern=pattern)
    if filtered is not None and of == "sessions":
        raise InputRefused(
            "sessions hold parts of several journeys, so journeys cannot choose them",
            "Lab.arrivals",
            "ask for journeys, events or a touchpoint, or leave the filter out",
        )
    rows: exp.Query = compile.whole(table)
    if filtered is not None:
        rows = compile.only(rows, among=filtered)
    at = exp.column(instant)
    arrived = exp.select("customer_id", at.as_("arrived_at")).from_(rows.subquery("asked"))
    if of == "customers":
        first = exp.func("min", at).as_("arrived_at")
        arrived = exp.select("customer_id", first).from_(rows.subquery("asked"))
        arrived = arrived.group_by("customer_id")
    if of == "events":
        arrived = arrived.where(exp.not_(exp.column("is_bot")), copy=False)
    if of not in _THINGS:
        arrived = arrived.where(exp.column("touchpoint").eq(of), copy=False)
    query = compile.template("arrivals", unit=period)
    return warehouse.frame(compile.composed(query, {"arrived": arrived}))
