"""Small tables of what follows what, times, arrivals and sessions, a row a line."""

from datetime import date, datetime

import polars as pl
from small_tables import frame

LOOK = "web:look"


def step_matrix(name: str = LOOK) -> pl.DataFrame:
    """Ten paths start at a look; four of them end there."""
    columns = {"step": pl.Int64, "touchpoint": str, "paths": pl.Int64, "share": pl.Float64}
    rows = [(1, name, 10, 1.0), (2, "paid", 6, 0.6), (2, "(dropped)", 4, 0.4)]
    return frame(columns, *rows)


def directly(name: str = LOOK) -> pl.DataFrame:
    """Ten looks, of which six lead to paying."""
    columns = {
        "from_touchpoint": str,
        "to_touchpoint": str,
        "transitions": pl.Int64,
        "journeys": pl.Int64,
        "customers": pl.Int64,
        "share_out": pl.Float64,
    }
    return frame(
        columns,
        ("(start)", name, 10, 10, 9, 1.0),
        (name, "paid", 6, 6, 6, 0.6),
        (name, "(dropped)", 4, 4, 3, 0.4),
    )


def beside(name: str = LOOK) -> pl.DataFrame:
    """What came after a touchpoint."""
    columns = {
        "touchpoint": str,
        "journeys": pl.Int64,
        "customers": pl.Int64,
        "share": pl.Float64,
        "wait_p50_seconds": pl.Float64,
    }
    return frame(columns, (name, 6, 6, 0.6, 90.0), ("(dropped)", 4, 3, 0.4, None))


def starts(name: str = LOOK) -> pl.DataFrame:
    """Where journeys begin, and what share of them converts."""
    rates = ("conversion_rate", "conversion_rate_low", "conversion_rate_high")
    told = beside(name).drop("wait_p50_seconds")
    return told.with_columns(*(pl.lit(0.25).alias(rate) for rate in rates))


def spans(_: str = "") -> pl.DataFrame:
    """Four times, three of them within a minute."""
    columns = {
        "from_seconds": pl.Float64,
        "to_seconds": pl.Float64,
        "times": pl.Int64,
        "share": pl.Float64,
        "share_so_far": pl.Float64,
    }
    rows = [(0.0, 60.0, 3, 0.75, 0.75), (60.0, 120.0, 0, 0.0, 0.75), (120.0, None, 1, 0.25, 1.0)]
    return frame(columns, *rows)


def arrivals(_: str = "") -> pl.DataFrame:
    """Two days, the second not over."""
    columns = {
        "period_start_at": pl.Datetime("us"),
        "arrivals": pl.Int64,
        "customers": pl.Int64,
        "arrivals_per_hour": pl.Float64,
        "is_immature": pl.Boolean,
    }
    return frame(
        columns,
        (datetime(2026, 1, 1), 24, 20, 1.0, False),
        (datetime(2026, 1, 2), 6, 6, 0.5, True),
    )


def trend(name: str = LOOK) -> pl.DataFrame:
    """A funnel in two weeks."""
    columns = {
        "level": str,
        "period_start_date": pl.Date,
        "entered": pl.Int64,
        "customers": pl.Int64,
        "conversion_rate": pl.Float64,
        "conversion_rate_low": pl.Float64,
        "conversion_rate_high": pl.Float64,
        "is_immature": pl.Boolean,
        "is_insufficient": pl.Boolean,
    }
    return frame(
        columns,
        (name, date(2026, 1, 5), 40, 40, 0.5, 0.25, 0.75, False, False),
        (name, date(2026, 1, 12), 8, 8, 0.25, 0.125, 0.5, True, True),
    )


def sessions(_: str = "") -> pl.DataFrame:
    """A longer gap makes fewer sessions."""
    columns = {
        "measure": str,
        "value_a": pl.Float64,
        "value_b": pl.Float64,
        "difference": pl.Float64,
    }
    return frame(
        columns,
        ("sessions", 100.0, 80.0, -20.0),
        ("duration_p50_seconds", 60.0, 90.0, 30.0),
        ("goal_share", 0.0, 0.0, 0.0),
    )


def instead(name: str = LOOK) -> pl.DataFrame:
    """Four attempts dropped after the first step; three of them looked on."""
    columns = {
        "level": str,
        "step": pl.Int64,
        "step_name": str,
        "events_later": pl.Int64,
        "touchpoint": str,
        "attempts": pl.Int64,
        "share": pl.Float64,
    }
    return frame(
        columns,
        (None, 1, name, 1, name, 3, 0.75),
        (None, 1, name, 1, "(nothing)", 1, 0.25),
        (None, 1, name, 2, "paid", 3, 0.75),
        (None, 2, "cart", 1, "paid", 1, 1.0),
    )


def segments(name: str = LOOK) -> pl.DataFrame:
    """Two levels of a segment; of the second not enough customers."""
    columns = {
        "segment": str,
        "level": str,
        "customers_settled": pl.Int64,
        "conversion_rate": pl.Float64,
        "conversion_rate_low": pl.Float64,
        "conversion_rate_high": pl.Float64,
        "is_insufficient": pl.Boolean,
    }
    return frame(
        columns,
        ("device", name, 90, 0.5, 0.25, 0.75, False),
        ("device", None, 9, 0.25, 0.0, 0.5, True),
        ("device", "none", 0, None, None, None, True),
    )


def headline(_: str = LOOK) -> pl.DataFrame:
    """Of ten journeys eight are settled: four converted, two went back."""
    shares = {
        f"{name}_rate{bound}": pl.Float64
        for name in ("converted", "dropped", "returned")
        for bound in ("", "_low", "_high")
    }
    columns = {
        "journeys": pl.Int64,
        "journeys_settled": pl.Int64,
        "customers_settled": pl.Int64,
        "is_insufficient": pl.Boolean,
        **shares,
    }
    rates = (0.5, 0.25, 0.75, 0.5, 0.25, 0.75, 0.25, 0.125, 0.5)
    return frame(columns, (10, 8, 7, True, *rates))


def voice(name: str = LOOK) -> pl.DataFrame:
    """One touchpoint is liked, a move into it is not; one has no score yet."""
    columns = {
        "survey": str,
        "subject": str,
        "part": str,
        "from_node": str,
        "touchpoint": str,
        "label": str,
        "figure": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "scores": pl.Int64,
        "customers": pl.Int64,
        "is_insufficient": pl.Boolean,
    }
    return frame(
        columns,
        ("csat", "touchpoint", "before", None, name, name, 0.75, 0.5, 1.0, 40, 40, False),
        ("csat", "touchpoint", "after", None, "help", "help", None, None, None, 0, 0, True),
        ("csat", "transition", "before", "cart", name, name, 0.25, 0.0, 0.5, 4, 4, True),
        ("nps", "touchpoint", "before", None, name, name, 20.0, -5.0, 45.0, 40, 40, False),
    )


def journeys(name: str = LOOK) -> pl.DataFrame:
    """Two journeys, one of which is still open."""
    columns = {
        "journey_id": str,
        "touchpoints": pl.List(pl.String),
        "steps": pl.Int64,
        "duration_seconds": pl.Float64,
        "conversion_rate": pl.Float64,
        "is_settled": pl.Boolean,
        "goal_at": pl.Datetime("us"),
    }
    return frame(
        columns,
        (name, [name, "paid"], 2, 90.0, 0.5, True, datetime(2026, 1, 5, 12, 30)),
        ("b", ["web:look"], 1200, 0.0, None, False, None),
    )
