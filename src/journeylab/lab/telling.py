"""What came of chosen journeys, told of their marks: the rows of the queries of the same names."""

from typing import Any

import numpy as np
import polars as pl

from journeylab.lab.cells import Choice, Ints, quantile

_WHOLE = (
    "successes",
    "trials",
    "customers",
    "sum_xx",
    "sum_xn",
    "sum_nn",
    "journeys",
    "customers_all",
    "open",
)


def headline(choice: Choice) -> pl.DataFrame:
    """Rows as ``lab.headline``."""
    journeys = choice.journeys
    asked = choice.chosen & ~journeys.service
    settled = asked & journeys.settled
    seconds = journeys.goal_seconds[settled & ~np.isnan(journeys.goal_seconds)]
    steps, seconds = np.sort(journeys.steps[settled]), np.sort(seconds)
    of_all: dict[str, Any] = {
        "journeys": int(asked.sum()),
        "customers_all": int((choice.customer_sums(asked) > 0).sum()),
        "open": int((asked & journeys.open).sum()),
        "steps_p50": quantile(steps, 0, len(steps), 0.5),
        "time_to_goal_p50_seconds": quantile(seconds, 0, len(seconds), 0.5),
    }
    n = choice.customer_sums(settled)
    rows = [
        {"measure": measure, **_moments(choice.customer_sums(settled & which), n), **of_all}
        for measure, which in (
            ("converted", journeys.converted),
            ("dropped", journeys.dropped),
            ("returned", journeys.turning),
        )
    ]
    schema = {"measure": pl.String, **dict.fromkeys(_WHOLE, pl.Int64)} | dict.fromkeys(
        ("steps_p50", "time_to_goal_p50_seconds"), pl.Float64
    )
    return pl.DataFrame(rows, schema=schema)


def journey_counts(choice: Choice) -> tuple[pl.DataFrame, int]:
    """A row as ``lab.segment_counts``, and how many journeys there are in all."""
    journeys = choice.journeys
    asked = choice.chosen & ~journeys.service
    n = choice.customer_sums(asked & journeys.settled)
    x = choice.customer_sums(asked & journeys.converted)
    told = _moments(x, n)
    row = {
        "segment": None,
        "level": None,
        "journeys": int(asked.sum()),
        "customers": int((choice.customer_sums(asked) > 0).sum()),
        "journeys_settled": told["trials"],
        "converted": told["successes"],
        "customers_settled": told["customers"],
        **{name: told[name] for name in ("sum_xx", "sum_xn", "sum_nn")},
    }
    schema = {name: pl.String if name in ("segment", "level") else pl.Int64 for name in row}
    return pl.DataFrame([row], schema=schema), int((~journeys.service).sum())


def started_weeks(choice: Choice) -> pl.DataFrame:
    """Rows as ``lab.started_weeks``, in order."""
    journeys = choice.journeys
    asked = choice.chosen & ~journeys.service
    told = pl.DataFrame(
        {
            "week_start_date": pl.Series(journeys.weeks[asked]).cast(pl.Date),
            "is_settled": journeys.settled[asked],
            "customer": journeys.customers[asked],
        }
    )
    settled = pl.col("is_settled")
    return (
        told.group_by("week_start_date")
        .agg(
            journeys=settled.sum().cast(pl.Int64),
            journeys_open=(~settled).sum().cast(pl.Int64),
            customers=pl.col("customer").filter(settled).n_unique().cast(pl.Int64),
            is_immature=(~settled).any(),
        )
        .sort("week_start_date")
    )


def _moments(x: Ints, n: Ints) -> dict[str, int]:
    """Sums over customers, those with a trial counted."""
    return {
        "successes": int(x.sum()),
        "trials": int(n.sum()),
        "customers": int((n > 0).sum()),
        "sum_xx": int((x * x).sum()),
        "sum_xn": int((x * n).sum()),
        "sum_nn": int((n * n).sum()),
    }
