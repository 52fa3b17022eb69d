"""A plan of a funnel -> the tables its answers read: events, attempts, steps taken."""

from collections.abc import Sequence
from typing import Final

from sqlglot import exp

from journeylab.errors import InputRefused
from journeylab.lab import compile
from journeylab.lab.choosing import (
    chosen,
    known_touchpoints,
    levels_of_segment,
    segment_names,
)
from journeylab.lab.funnel_dials import Bar, Funnel, Plan, plan_of
from journeylab.lab.funnel_steps import WHERE, EventColumns, Fit
from journeylab.warehouse import Warehouse

_ATTEMPTS: Final = "funnel_attempts"


def told(warehouse: Warehouse, place: str, question: Funnel) -> tuple[Plan, dict[str, exp.Query]]:
    """The plan, and the tables up to ``funnel_told`` that every answer reads.

    Raises:
        InputRefused: a dial is out of range, or two do not go together.
        UnknownName: a name does not exist; the nearest is told.
    """
    columns = EventColumns(warehouse, place, known_touchpoints(warehouse))
    plan = plan_of(question, columns)
    level, by_segment = _level(warehouse, columns, question)
    given = {
        **_touches(warehouse, place, plan, level, by_segment),
        **_attempts(plan),
        "funnel_walks": (
            exp.select(exp.column("unit_id").as_("customer_id"), "*").from_(_ATTEMPTS)
            if question.unit == "customer"
            else compile.template("funnel_walked")
        ),
        "funnel_taken": compile.template("funnel_taken"),
    }
    if plan.tie_us > 0:
        _refuse_shared(warehouse, given)
    removing = [_row(bar) for bar in plan.bars if not bar.ends]
    if question.breakdown is None and not removing:
        return plan, {**given, "funnel_told": compile.template("funnel_told_plain")}
    at = question.breakdown_at
    given["funnel_removed"] = compile.template(
        "funnel_removed", removing=removing, window_us=plan.window_us, tie=plan.tie_us
    )
    given["funnel_told"] = compile.template(
        "funnel_told",
        at="step" if isinstance(at, int) else at,
        at_step=at if isinstance(at, int) else 0,
        top=question.top,
    )
    return plan, given


def bits(fits: Sequence[Fit]) -> exp.Expr:
    """A number with bit 0 set where the first condition holds, bit 1 for the second, …."""
    total: exp.Expr = exp.Literal.number(0)
    for place, fit in enumerate(fits):
        held = exp.case().when(fit.condition.copy(), exp.Literal.number(1 << place))
        total = exp.Add(this=total, expression=exp.paren(held.else_(exp.Literal.number(0))))
    return exp.paren(total)


def _touches(
    warehouse: Warehouse,
    place: str,
    plan: Plan,
    level: exp.Expr,
    by_segment: exp.Query | None,
) -> dict[str, exp.Query]:
    asked = plan.asked
    given: dict[str, exp.Query] = {
        "funnel_fits": compile.template(
            "funnel_fits",
            fits=bits(plan.fits),
            excluded=_excluded(plan),
            held=plan.held,
            level=level,
        )
    }
    journeys = chosen(
        warehouse, place, where=asked.where, group=asked.segment, pattern=asked.pattern
    )
    owned: exp.Query = exp.select("*").from_("funnel_fits")
    if asked.unit != "customer" or journeys is not None or by_segment is not None:
        given["funnel_owners"] = compile.template("funnel_owned")
        owned = exp.select("*").from_("funnel_owners")
    if journeys is not None:
        owned = compile.only(owned, among=journeys)
    if by_segment is not None:
        given |= {"funnel_chosen": owned, "funnel_levels": by_segment}
        owned = compile.template("funnel_segmented")
    given["funnel_owned"] = owned
    name = "funnel_neighbours" if asked.order == "strict" else "funnel_touches"
    given["funnel_touches"] = compile.template(name, unit=asked.unit)
    return given


def _attempts(plan: Plan) -> dict[str, exp.Query]:
    asked = plan.asked
    ending = [bar for bar in plan.bars if bar.ends]
    if asked.entry == "every":
        return {
            _ATTEMPTS: compile.template(
                "funnel_every",
                steps=len(plan.fits),
                reach=plan.reach,
                gaps=plan.gaps_us,
                window_us=plan.window_us,
                is_strict=asked.order == "strict",
                is_any_order=asked.order == "any",
                bars=[_row(bar) for bar in ending],
            )
        }
    is_bounded = plan.is_bounded and asked.order != "any"
    fitting = (
        compile.template(
            "funnel_bounded",
            steps=len(plan.fits),
            gaps=plan.gaps_us,
            bars=[_row(bar) for bar in ending],
            is_strict=asked.order == "strict",
            tie=plan.tie_us,
        )
        if is_bounded
        else compile.template("funnel_fitting", steps=len(plan.fits))
    )
    is_first = asked.entry == "first"
    if asked.order == "any":
        walked = compile.template(
            "funnel_gathered",
            is_first=is_first,
            window_us=plan.window_us,
            ending=sum(1 << (bar.number - 1) for bar in ending),
        )
    else:
        walked = compile.template(
            "funnel_chained",
            optional=plan.optional,
            is_first=is_first,
            window_us=plan.window_us,
        )
    return {"funnel_fitting": fitting, _ATTEMPTS: walked}


def _excluded(plan: Plan) -> exp.Expr:
    """Bits of the exclusions; in any order an event that fits a step is none."""
    excluded = bits(plan.excluded)
    if plan.asked.order != "any" or not plan.excluded:
        return excluded
    is_step = exp.or_(*(fit.condition.copy() for fit in plan.fits))
    return exp.paren(exp.case().when(is_step, exp.Literal.number(0)).else_(excluded))


def _row(bar: Bar) -> list[int]:
    return [bar.number, bar.first_step, bar.last_step]


def _level(
    warehouse: Warehouse, columns: EventColumns, question: Funnel
) -> tuple[exp.Expr, exp.Query | None]:
    """The breakdown as an expression over events, or as levels of journeys."""
    name = question.breakdown
    if name is None:
        return exp.null(), None
    if name not in columns.columns and name in segment_names(warehouse):
        return exp.null(), levels_of_segment(warehouse, name)
    return columns.value(name, what="breakdown of a funnel"), None


def _refuse_shared(warehouse: Warehouse, given: dict[str, exp.Query]) -> None:
    """With a tie window an event that fits two steps could serve both."""
    shared = exp.select(exp.func("max", exp.func("bit_count", exp.column("fits")))).from_(
        "funnel_touches"
    )
    most = warehouse.scalar(compile.composed(shared, given))
    if most is not None and most > 1:
        raise InputRefused(
            "tie_window given, and some events fit two steps",
            WHERE,
            "leave it out, or make the steps such that an event fits one",
        )
