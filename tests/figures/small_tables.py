"""Small tables that the figures are drawn from in these tests, a row a line."""

from datetime import datetime
from typing import Any

import polars as pl

NODES = {
    "part": pl.String,
    "node": pl.String,
    "label": pl.String,
    "channel": pl.String,
    "stage_rank": pl.Int32,
    "visits": pl.Int64,
    "journeys": pl.Int64,
    "journeys_settled": pl.Int64,
    "customers": pl.Int64,
    "customers_settled": pl.Int64,
    "wait_p50_seconds": pl.Float64,
    "wait_p90_seconds": pl.Float64,
}
EDGES = {
    "part": pl.String,
    "from_node": pl.String,
    "to_node": pl.String,
    "transitions": pl.Int64,
    "returns": pl.Int64,
    "customers": pl.Int64,
    "customers_settled": pl.Int64,
    "share_out": pl.Float64,
    "wait_p50_seconds": pl.Float64,
}
BOTTLENECKS = {
    "face": pl.String,
    "touchpoint": pl.String,
    "label": pl.String,
    "channel": pl.String,
    "waits_for": pl.String,
    "total": pl.Float64,
    "n": pl.Int64,
    "customers": pl.Int64,
    "is_insufficient": pl.Boolean,
}
DROP_OFFS = {
    "touchpoint": pl.String,
    "label": pl.String,
    "channel": pl.String,
    "exits": pl.Int64,
    "visits_settled": pl.Int64,
    "exit_rate": pl.Float64,
    "exit_rate_low": pl.Float64,
    "exit_rate_high": pl.Float64,
    "customers": pl.Int64,
    "is_insufficient": pl.Boolean,
}
FUNNEL = {
    "level": pl.String,
    "step": pl.Int64,
    "step_name": pl.String,
    "is_optional": pl.Boolean,
    "entered": pl.Int64,
    "customers": pl.Int64,
    "dropped": pl.Int64,
    "conversion_rate": pl.Float64,
    "conversion_rate_low": pl.Float64,
    "conversion_rate_high": pl.Float64,
    "overall_rate": pl.Float64,
    "overall_rate_low": pl.Float64,
    "overall_rate_high": pl.Float64,
    "time_to_next_p50_seconds": pl.Float64,
    "removed": pl.Int64,
    "is_insufficient": pl.Boolean,
}
STAGES = {
    "stage": pl.String,
    "stage_rank": pl.Int32,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "converted": pl.Int64,
    "dropped": pl.Int64,
    "exit_share": pl.Float64,
    "exit_share_low": pl.Float64,
    "exit_share_high": pl.Float64,
    "stay_p50_seconds": pl.Float64,
    "is_insufficient": pl.Boolean,
}
STEPS = {
    "customer_id": pl.String,
    "journey_id": pl.String,
    "step_number": pl.Int32,
    "part": pl.String,
    "touchpoint": pl.String,
    "channel": pl.String,
    "is_return": pl.Boolean,
    "wait_seconds": pl.Float64,
    "entered_at": pl.Datetime,
    "left_at": pl.Datetime,
}
LOOPS = {
    "loop": pl.String,
    "touchpoints": pl.List(pl.String),
    "entered_touchpoint": pl.String,
    "occurrences": pl.Int64,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "seconds_p50": pl.Float64,
    "conversion_rate_with": pl.Float64,
    "conversion_rate_without": pl.Float64,
    "associated_difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "is_insufficient": pl.Boolean,
}


def frame(schema: dict[str, Any], *rows: tuple[Any, ...]) -> pl.DataFrame:
    """A table of the given rows."""
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def nodes(name: str = "web:look") -> pl.DataFrame:
    """100 journeys of 80 customers; the mail before the look by its stage, the help unstaged."""
    return frame(
        NODES,
        ("before", "(start)", "(start)", None, None, 100, 100, 90, 80, 75, None, None),
        ("before", "(dropped)", "(dropped)", None, None, 40, 40, 40, 40, 40, None, None),
        ("before", "web:help", "Help", "web", None, 9, 9, 9, 9, 9, 30.0, 60.0),
        ("before", "shop:paid", "Paid", "purchase", 3, 50, 50, 50, 45, 45, None, None),
        ("before", name, name, "web", 2, 400, 100, 90, 80, 75, 60.0, 3600.0),
        ("before", "mail:click", "Click", "email", 1, 100, 60, 50, 50, 40, 5.0, 7200.0),
        ("after", "mail:click", "Click", "email", 1, 7, 7, 7, 7, 7, 5.0, 9.0),
    )


def edges(name: str = "web:look") -> pl.DataFrame:
    """From the mail to the look, 40 of 100 times again; from the look to itself and to paid."""
    return frame(
        EDGES,
        ("before", "(start)", "mail:click", 100, 0, 80, 75, 1.0, None),
        ("before", "mail:click", name, 100, 40, 50, 40, 0.8, 5.0),
        ("before", "mail:click", "(dropped)", 20, 0, 20, 20, 0.2, None),
        ("before", name, "mail:click", 64, 64, 40, 30, 0.5, 60.0),
        ("before", name, name, 9, 9, 5, 5, 0.125, 60.0),
        ("before", name, "shop:paid", 50, 0, 45, 45, 0.375, 3600.0),
        ("before", "shop:paid", "(converted)", 50, 0, 45, 45, 1.0, None),
        ("after", "(converted)", "mail:click", 7, 0, 7, 7, 1.0, None),
    )


def bottlenecks(name: str = "web:look") -> pl.DataFrame:
    """The mail waits for us; the look, longer in total, for nobody said."""
    return frame(
        BOTTLENECKS,
        ("leaky", name, name, "web", None, 5.0, 400, 80, False),
        ("slow", "web:help", "Help", "web", None, 20.0, 9, 9, True),
        ("slow", name, name, "web", None, 1200.0, 400, 80, False),
        ("slow", "mail:click", "Click", "email", "us", 40.0, 100, 50, False),
    )


def drop_offs(name: str = "Look") -> pl.DataFrame:
    """The look ends most journeys, the help has the highest rate of few, paid ends none."""
    return frame(
        DROP_OFFS,
        ("mail:click", "Click", "email", 20, 50, 0.4, 0.25, 0.5, 40, False),
        ("web:look", name, "web", 30, 300, 0.1, 0.0625, 0.125, 75, False),
        ("web:help", "Help", "web", 5, 9, 0.5, 0.125, 0.875, 9, True),
        ("web:terms", "Terms", "web", 0, 9, 0.0, 0.0, 0.25, 9, True),
    )


def stages(name: str = "reach") -> pl.DataFrame:
    """100 journeys reach the first stage, 80 the second; nobody comes to the third."""
    return frame(
        STAGES,
        ("convert", 2, 80, 60, 50, 25, 0.3125, 0.25, 0.5, 120.0, False),
        (name, 1, 100, 80, 40, 10, 0.1, 0.0625, 0.25, None, False),
        ("support", 3, 0, 0, 0, 0, None, None, None, None, True),
    )


def funnel(name: str = "web:look") -> pl.DataFrame:
    """100 entered and 3 were left out; half took the second step, a quarter the third."""
    return frame(
        FUNNEL,
        (None, 1, name, False, 100, 100, 50, 0.5, 0.25, 0.75, 1.0, 0.875, 1.0, 120.0, 3, False),
        (None, 2, "b", True, 50, 50, 25, 0.5, 0.25, 0.75, 0.5, 0.25, 0.75, 60.0, 0, False),
        (None, 3, "c", False, 25, 25, *[None] * 4, 0.25, 0.125, 0.5, None, 0, True),
    )


def steps(name: str = "web:look") -> pl.DataFrame:
    """Look, mail a day later, look again a minute later, paid; help after the goal."""
    times = [datetime(2026, 3, 1, 9), *(datetime(2026, 3, 2, 9, m) for m in (0, 1, 2, 42))]
    told = [
        ("before", name, "web", False, None),
        ("before", "mail:click", "email", False, 86400.0),
        ("before", name, "web", True, 60.0),
        ("before", "shop:paid", "purchase", False, 60.0),
        ("after", "web:help", "web", False, None),
    ]
    return frame(
        STEPS,
        *(
            ("ana", "ana-0", number, *row, at, at)
            for number, (row, at) in enumerate(zip(told, times, strict=True), start=1)
        ),
    )


def loops(name: str = "web:look") -> pl.DataFrame:
    """A loop of two, entered by its second touchpoint, and a rare one of three."""
    return frame(
        LOOPS,
        ("b", [name, "b", "c"], name, 10, 9, 9, 60.0, None, 0.5, None, None, None, True),
        ("a", ["mail:click", name], name, 30, 20, 60, 5.0, 0.25, 0.5, -0.25, -0.5, 0.0, False),
    )
