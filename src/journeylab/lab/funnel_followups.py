"""What else a funnel tells: its trend, its times, who walked it and where they went instead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl
from sqlglot import exp

from journeylab.errors import InputRefused
from journeylab.lab import compile
from journeylab.lab.funnel_dials import Funnel, Plan
from journeylab.lab.funnel_queries import told
from journeylab.lab.funnel_steps import WHERE
from journeylab.lab.funnels import SUMS, answer, names, nobody, rates
from journeylab.lab.spans import span_starts
from journeylab.lab.walking import refuse_unknown
from journeylab.warehouse import Warehouse

PERIODS: Final = ("day", "week", "month")

#: Where spans of time begin, in seconds, unless told otherwise.
EDGES: Final = (
    0,
    1,
    10,
    60,
    600,
    1800,
    3600,
    10_800,
    21_600,
    43_200,
    *(86_400 * d for d in (1, 2, 3, 5, 7, 14, 30)),
)


def trend(
    warehouse: Warehouse, place: str, question: Funnel, *, period: str, step: int | None
) -> pl.DataFrame:
    """The funnel by the period in which attempts began; see ``Lab.funnel_trend``."""
    refuse_unknown("period", period, PERIODS)
    if question.window is None:
        raise InputRefused(
            "a trend needs a window, which tells when a period is mature",
            "Lab.funnel_trend",
            'give one, for example window="14d"',
        )
    plan, given = told(warehouse, place, question)
    number = _step_number(plan, step, "step", default=len(plan.fits))
    zone, horizon = _clock(warehouse)
    counted = answer(warehouse, "funnel_trend", given, step=number, period=period, zone=zone)
    if counted.is_empty():
        raise nobody(plan)
    made = rates(
        counted,
        "trend",
        successes="converted",
        trials="entered",
        customers="customers",
        sums=SUMS,
        prefix="conversion_rate",
    )
    mature = pl.col("ended_at").dt.offset_by(f"{plan.window_us}us") <= pl.lit(horizon)
    return pl.concat([counted, made], how="horizontal").select(
        "level",
        "period_start_date",
        "entered",
        "customers",
        "converted",
        "conversion_rate",
        "conversion_rate_low",
        "conversion_rate_high",
        (~mature).alias("is_immature"),
        "is_insufficient",
    )


def times(
    warehouse: Warehouse,
    place: str,
    question: Funnel,
    *,
    from_step: int | None,
    to_step: int | None,
    edges: Sequence[float] | None,
) -> pl.DataFrame:
    """How long it took from one step to another; see ``Lab.funnel_times``."""
    plan, given = told(warehouse, place, question)
    first = _step_number(plan, from_step, "from_step", default=1)
    last = _step_number(plan, to_step, "to_step", default=len(plan.fits))
    if first >= last:
        raise InputRefused(
            f"from_step is {first} and to_step is {last}", "Lab.funnel_times", "give a later one"
        )
    starts = span_starts(EDGES if edges is None else edges, "Lab.funnel_times")
    return answer(warehouse, "funnel_times", given, from_step=first, to_step=last, edges=starts)


def attempts(
    warehouse: Warehouse,
    place: str,
    question: Funnel,
    *,
    dropped_after: int | None,
    converted: bool | None,
    limit: int | None,
) -> pl.DataFrame:
    """Who got how far; see ``Lab.funnel_attempts``."""
    if limit is not None and limit < 0:
        raise InputRefused(f"limit is {limit}", "Lab", "give 0 or more, or None for all")
    plan, given = told(warehouse, place, question)
    found = compile.template("funnel_who", steps=len(plan.fits))
    query = exp.select("*").from_("found")
    if dropped_after is not None:
        number = _step_number(plan, dropped_after, "dropped_after", default=1)
        query = query.where(
            exp.column("furthest_step").eq(number), exp.not_(exp.column("is_removed"))
        )
    if converted is not None:
        wanted = exp.column("is_converted")
        query = query.where(wanted if converted else exp.not_(wanted))
    if limit is not None:
        query = query.limit(limit)
    return warehouse.frame(compile.composed(query, {**given, "found": found}))


def instead(warehouse: Warehouse, place: str, question: Funnel) -> pl.DataFrame:
    """Where those who dropped went; see ``Lab.funnel_instead``."""
    plan, given = told(warehouse, place, question)
    return answer(
        warehouse, "funnel_instead", given, steps=len(plan.fits), unit=question.unit
    ).with_columns(names(plan).alias("step_name"))


def _step_number(plan: Plan, told: int | None, what: str, *, default: int) -> int:
    number = default if told is None else told
    if not 1 <= number <= len(plan.fits):
        raise InputRefused(
            f"{what} is {number}, and the funnel has steps 1 to {len(plan.fits)}",
            WHERE,
            "give the number of a step",
        )
    return number


def _clock(warehouse: Warehouse) -> tuple[str, datetime | None]:
    """The reporting zone, and the instant up to which the data is complete."""
    if "main.snapshot_info" in warehouse.table_names():
        zone, horizon = warehouse.rows(
            "select reporting_timezone, horizon_at from main.snapshot_info"
        )[0]
        return zone, horizon
    return "UTC", warehouse.scalar("select max(occurred_at) from main.events where not is_bot")
