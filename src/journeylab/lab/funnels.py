"""A funnel -> its attempts, and what is told of them. Queries of sql/lab, no loop over rows."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

import polars as pl
from sqlglot import exp

from journeylab.analysis.statistics import intervals
from journeylab.errors import InputRefused, UnknownName
from journeylab.lab import compile
from journeylab.lab.funnel_dials import Funnel, Plan
from journeylab.lab.funnel_queries import told
from journeylab.lab.funnel_steps import WHERE
from journeylab.lab.funnel_streaming import streamed, streams
from journeylab.warehouse import Warehouse

SUMS: Final = ("sum_xx", "sum_xn", "sum_nn")
_ENTERED_SUMS: Final = ("entered_xx", "entered_xn", "entered_nn")


def asked(steps: Any, dials: Mapping[str, Any]) -> Funnel:  # noqa: ANN401 - a Funnel or steps
    """The question: steps with dials, or a Funnel with those of the dials that are not usual.

    Raises:
        UnknownName: there is no such dial.
    """
    usual = {field.name: field.default for field in fields(Funnel)}
    for name in dials:
        if name not in usual:
            raise UnknownName.of("dial", name, WHERE, usual)
    if not isinstance(steps, Funnel):
        return Funnel(steps, **dials)
    return replace(steps, **{name: told for name, told in dials.items() if told != usual[name]})


def funnel(warehouse: Warehouse, place: str, question: Funnel) -> pl.DataFrame:
    """How many take each step and go on; see ``Lab.funnel``."""
    plan, given = told(warehouse, place, question)
    is_single = (
        question.unit == "customer"
        and question.entry != "every"
        and (question.breakdown is None or question.breakdown_at != "all")
    )
    template = "funnel_of_customers" if is_single else "funnel"
    counted = streamed(warehouse, plan) if streams(plan) else None
    if counted is None:
        counted = answer(warehouse, template, given, steps=len(plan.fits))
    if counted.is_empty():
        raise nobody(plan)
    onward = rates(
        counted,
        "onward",
        successes="converted",
        trials="entered",
        customers="customers",
        sums=SUMS,
        prefix="conversion_rate",
    )
    overall = rates(
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
        names(plan).alias("step_name"),
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
        *(
            pl.when(pl.col("step") == 1).then("overall_rate").otherwise(name).alias(name)
            for name in ("overall_rate_low", "overall_rate_high")
        ),
        *(
            (pl.col(f"wait_{name}_us") / 1e6)
            .round_sig_figs(9)
            .alias(f"time_to_next_{name}_seconds")
            for name in ("mean", "p50", "p90")
        ),
        "removed",
        "is_insufficient",
    )


def answer(
    warehouse: Warehouse,
    name: str,
    given: dict[str, exp.Query],
    **values: Any,  # noqa: ANN401 - any plain value
) -> pl.DataFrame:
    """The rows of a template that reads the tables of a funnel."""
    return warehouse.frame(compile.composed(compile.template(name, **values), given))


def rates(
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
            *(pl.col(name).alias(plain) for name, plain in zip(sums, SUMS, strict=True)),
        )
    )
    return found.select(
        pl.col("rate").alias(prefix),
        pl.col("low").alias(f"{prefix}_low"),
        pl.col("high").alias(f"{prefix}_high"),
        "is_insufficient",
    )


def names(plan: Plan) -> pl.Expr:
    """Name of each step; in any order, how many of them are done."""
    steps = len(plan.fits)
    if plan.asked.order == "any":
        names = [f"{number} of {steps} steps" for number in range(1, steps + 1)]
    else:
        names = [fit.name for fit in plan.fits]
    return pl.col("step").replace_strict(list(range(1, steps + 1)), names, return_dtype=pl.String)


def nobody(plan: Plan) -> InputRefused:
    """The error of a funnel that no event entered."""
    return InputRefused(
        f"nobody entered the funnel: no event of the population fits step 1, {plan.fits[0].name!r}",
        WHERE,
        "ask without where, segment, pattern and hold, or begin with another step;"
        " lab.touchpoints() lists how often each occurs",
    )
