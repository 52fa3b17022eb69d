"""A funnel -> its attempts, and what is told of them. Queries of sql/lab, no loop over rows."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

import polars as pl
from sqlglot import exp

from journeylab.analysis.statistics import intervals
from journeylab.errors import InputRefused, UnknownName
from journeylab.lab import compile
from journeylab.lab.funnel_dials import Funnel, Plan
from journeylab.lab.funnel_queries import told
from journeylab.lab.funnel_steps import WHERE
from journeylab.lab.walking import refuse_unknown
from journeylab.warehouse import Warehouse

PERIODS: Final = ("day", "week", "month")

_SUMS: Final = ("sum_xx", "sum_xn", "sum_nn")
_ENTERED_SUMS: Final = ("entered_xx", "entered_xn", "entered_nn")

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


def asked(steps: Any, dials: dict[str, Any]) -> Funnel:  # noqa: ANN401 - a Funnel or steps
    """The question: a Funnel as it is, or steps with dials.

    Raises:
        UnknownName: there is no such dial.
    """
    known = [field.name for field in fields(Funnel)]
    for name in dials:
        if name not in known:
            raise UnknownName.of("dial", name, WHERE, known)
    return replace(steps, **dials) if isinstance(steps, Funnel) else Funnel(steps, **dials)


def funnel(warehouse: Warehouse, place: str, question: Funnel) -> pl.DataFrame:
    """How many take each step and go on; see ``Lab.funnel``."""
    plan, given = told(warehouse, place, question)
    is_single = (
        question.unit == "customer"
        and question.entry != "every"
        and (question.breakdown is None or question.breakdown_at != "all")
    )
    template = "funnel_of_customers" if is_single else "funnel"
    counted = _asked(warehouse, template, given, steps=len(plan.fits))
    if counted.is_empty():
        raise _nobody(plan)
    onward = _rates(
        counted,
        "onward",
        successes="converted",
        trials="entered",
        customers="customers",
        sums=_SUMS,
        prefix="conversion_rate",
    )
    overall = _rates(
        counted,
        "overall",
        successes="entered",
        trials="entries",
        customers="entry_customers",
        sums=_ENTERED_SUMS,
        prefix="overall_rate",
    )
    is_last = pl.col("step") == len(plan.fits)
    every_step = pl.concat([counted, onward, overall.drop("is_insufficient")], how="horizontal")
    return every_step.select(
        "level",
        "step",
        _names(plan).alias("step_name"),
        pl.col("step").is_in(plan.optional).alias("is_optional"),
        "entered",
        "customers",
        *(
            pl.when(~is_last).then(pl.col(name)).alias(name)
            for name in (
                "converted",
                "conversion_rate",
                "conversion_rate_low",
                "conversion_rate_high",
            )
        ),
        pl.when(~is_last).then(pl.col("entered") - pl.col("converted")).alias("dropped"),
        "overall_rate",
        "overall_rate_low",
        "overall_rate_high",
        *(
            (pl.col(f"wait_{name}_us") / 1e6)
            .round_sig_figs(9)
            .alias(f"time_to_next_{name}_seconds")
            for name in ("mean", "p50", "p90")
        ),
        "removed",
        "is_insufficient",
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
    counted = _asked(warehouse, "funnel_trend", given, step=number, period=period, zone=zone)
    if counted.is_empty():
        raise _nobody(plan)
    rates = _rates(
        counted,
        "trend",
        successes="converted",
        trials="entered",
        customers="customers",
        sums=_SUMS,
        prefix="conversion_rate",
    )
    mature = pl.col("ended_at").dt.offset_by(f"{plan.window_us}us") <= pl.lit(horizon)
    return pl.concat([counted, rates], how="horizontal").select(
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
    starts = [float(edge) for edge in (EDGES if edges is None else edges)]
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        raise InputRefused(
            f"edges are {starts}", "Lab.funnel_times", "give seconds that rise from 0"
        )
    return _asked(warehouse, "funnel_times", given, from_step=first, to_step=last, edges=starts)


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
    return _asked(
        warehouse, "funnel_instead", given, steps=len(plan.fits), unit=question.unit
    ).with_columns(_names(plan).alias("step_name"))


def _asked(
    warehouse: Warehouse,
    name: str,
    given: dict[str, exp.Query],
    **values: Any,  # noqa: ANN401 - any plain value
) -> pl.DataFrame:
    return warehouse.frame(compile.composed(compile.template(name, **values), given))


def _rates(
    counted: pl.DataFrame,
    measure: str,
    *,
    successes: str,
    trials: str,
    customers: str,
    sums: tuple[str, ...],
    prefix: str,
) -> pl.DataFrame:
    """Rates with intervals, one row for each of the counts in their order."""
    numbers = pl.int_range(len(counted)).cast(pl.String).str.zfill(9)
    found = intervals(
        counted.select(
            pl.lit(measure).alias("measure"),
            numbers.alias("item"),
            pl.col(successes).alias("successes"),
            pl.col(trials).alias("trials"),
            pl.col(customers).alias("customers"),
            *(pl.col(name).alias(plain) for name, plain in zip(sums, _SUMS, strict=True)),
        )
    )
    return found.select(
        pl.col("rate").alias(prefix),
        pl.col("low").alias(f"{prefix}_low"),
        pl.col("high").alias(f"{prefix}_high"),
        "is_insufficient",
    )


def _names(plan: Plan) -> pl.Expr:
    """Name of each step; in any order, how many of them are done."""
    steps = len(plan.fits)
    if plan.asked.order == "any":
        names = [f"{number} of {steps} steps" for number in range(1, steps + 1)]
    else:
        names = [fit.name for fit in plan.fits]
    return pl.col("step").replace_strict(list(range(1, steps + 1)), names, return_dtype=pl.String)


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


def _nobody(plan: Plan) -> InputRefused:
    return InputRefused(
        f"nobody entered the funnel: no event of the population fits step 1, {plan.fits[0].name!r}",
        WHERE,
        "ask without where, segment, pattern and hold, or begin with another step;"
        " lab.touchpoints() lists how often each occurs",
    )
