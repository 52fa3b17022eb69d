"""From a row or a mark to its journeys, and from a journey to its line."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.errors import UnknownName
from journeylab.lab import Lab
from journeylab.views.asked import asked
from journeylab.views.content import Column, Drill, Panel
from journeylab.views.filters import Choices, Filters, midnight

#: ``Drill.table`` of rows that are weeks: the journeys that started in it.
STARTED: Final = "started"
#: The same for weeks of goals: the journeys that reached theirs in it.
BOUGHT: Final = "bought"
#: What a list of journeys shows of each.
JOURNEY_COLUMNS: Final = (
    Column(name="started_at", label="Started", form="instant"),
    Column(name="outcome", label="Outcome"),
    Column(name="steps", label="Steps", form="count"),
    Column(name="revisits", label="Steps back", form="count"),
    Column(name="duration_seconds", label="Length", form="seconds"),
    Column(name="first_touchpoint", label="First step"),
    Column(name="last_touchpoint", label="Last step"),
    Column(name="occurrences", label="Times it did this", form="count"),
    Column(name="journey_id", label="Journey"),
)


def key_of(row: dict[str, Any], drill: Drill) -> str:
    """The key of a row as a mark's ``customdata`` tells it: JSON text of a list."""
    return json.dumps([row[name] for name in drill.keys], default=str)


def has_journeys(row: Mapping[str, Any], drill: Drill) -> bool:
    """Whether a row has journeys of its own."""
    return not drill.leads or row[drill.leads] is not None


def rows_of(panel: Panel, key: str) -> list[dict[str, Any]]:
    """The rows of a panel's table that a key names.

    Args:
        panel: with a drill.
        key: as ``key_of`` writes it, or as a mark's ``customdata`` does. A mark that stands
            for several rows, as a block of paths does, tells only the first columns of a key;
            one that stands for a part of a row, as of a stacked bar, may tell more.

    Raises:
        UnknownName: the table holds no such row, or it has no journeys of its own.
    """
    wanted = json.loads(key)
    if panel.drill is not None and isinstance(wanted, list) and wanted:
        names = panel.drill.keys[: len(wanted)]
        found = [
            row
            for row in panel.table.iter_rows(named=True)
            if json.loads(json.dumps([row[name] for name in names], default=str))
            == wanted[: len(names)]
            and has_journeys(row, panel.drill)
        ]
        if found:
            return found
    raise UnknownName.of("row", key, f"the panel {panel.name}", ())


def journeys_behind(
    lab: Lab,
    filters: Filters,
    choices: Choices,
    drill: Drill,
    rows: Sequence[dict[str, Any]],
) -> pl.DataFrame:
    """All journeys behind some rows, each once, by customer and journey.

    Args:
        lab: the snapshot that gave the rows.
        filters: as the view heeded them.
        choices: of the same snapshot.
        drill: of the rows' panel.
        rows: of the panel's table.

    Returns:
        Rows of ``journeys`` and ``occurrences``.
    """
    if drill.table in (STARTED, BOUGHT):
        column = "started_at" if drill.table == STARTED else "goal_at"
        which = asked(lab, filters, choices)
        week = _week_of(rows[0][drill.keys[0]], column, choices.timezone)
        which["where"] = " and ".join(part for part in (which["where"], week) if part)
        found = lab.journeys(**which, limit=None)
        return found.filter(pl.col("outcome") != "service").with_columns(occurrences=pl.lit(1))
    groups = drill.among or (asked(lab, filters, choices),)
    found = pl.concat(
        lab.journeys_of(drill.table, {**row, **drill.fixed}, limit=None, **which, **drill.dials)
        for row in rows
        for which in groups
    )
    if len(rows) == len(groups) == 1:
        return found
    ids = ["customer_id", "journey_id"]
    sums = found.group_by(ids).agg(pl.col("occurrences").sum())
    each = found.drop("occurrences").unique(ids, keep="first", maintain_order=True)
    return each.join(sums, on=ids, how="left").sort("customer_id", "journey_number")


def _week_of(monday: date, column: str, timezone: str) -> str:
    """The condition on ``journeys`` that an instant lies in the week, in the reporting zone."""
    low, high = (midnight(monday + timedelta(days=days), timezone) for days in (0, 7))
    return f"{column} >= '{low}' and {column} < '{high}'"


def journey_line(
    lab: Lab, customer_id: str, journey_id: str, *, x: str = "step", dark: bool = False
) -> dict[str, Any]:
    """One journey as a line, by step or by the clock."""
    steps = lab.journey_steps(customer_id, journey_id)
    return figures.journey(steps, touchpoints=lab.touchpoints(), x=x, dark=dark)
