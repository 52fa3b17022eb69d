"""A plain funnel -> its counts, from the events as they are stored, without sorting them anew.

For the question most often asked: steps in order within a window, the best attempt of each
customer, nothing excluded, held or broken down, over all journeys. It gives what the general
queries of ``funnel_queries`` give, in a fraction of their time.
"""

from typing import Final

import polars as pl
from sqlglot import exp

from journeylab.errors import QueryError
from journeylab.lab import compile
from journeylab.lab.funnel_dials import Funnel, Plan
from journeylab.lab.funnel_queries import bits
from journeylab.warehouse import Warehouse

_REACHED: Final = "funnel_reached"

#: Thirty years, from the first chain there could be (in 1970) to the first event (in 2000).
_LONGEST_US: Final = 30 * 365 * 86_400_000_000


def streams(plan: Plan) -> bool:
    """Whether the question is plain enough to be answered this way."""
    asked = plan.asked
    usual = Funnel(asked.steps, window=asked.window, top=asked.top)
    is_plain = asked == usual and not plan.optional and not plan.is_bounded
    return is_plain and plan.window_us < _LONGEST_US


def streamed(warehouse: Warehouse, plan: Plan) -> pl.DataFrame | None:
    """Rows as of ``lab.funnel_of_customers``.

    Args:
        warehouse: where the published events are.
        plan: a question that ``streams``.

    Returns:
        None where the events do not stand in the order of customers and their places, or an
        event fits two steps: ask the general way.
    """
    steps = len(plan.fits)
    lined = compile.template(
        "funnel_lined", fits=bits(plan.fits), is_step=_is_step(plan), window_us=plan.window_us
    )
    given: dict[str, exp.Query] = {f"{_REACHED}_1": lined}
    for step in range(2, steps + 1):
        query = compile.template("funnel_streamed", bit=_bit(step), former_bit=_bit(step - 1))
        given[f"{_REACHED}_{step}"] = _reading(query, step - 1)
    given["funnel_chains"] = _reading(_chains(steps), steps)
    given["funnel_furthest"] = _furthest(steps)
    given["funnel_counted"] = compile.stacked([_stepped(step, steps) for step in _all(steps)])
    told = _reading(compile.template("funnel_of_streams"), steps)
    try:
        return warehouse.frame(compile.composed(told, given))
    except QueryError:
        return None


def _is_step(plan: Plan) -> exp.Expr:
    """Whether an event fits a step. A case takes half the time of the sum of bits."""
    case = exp.case()
    for fit in plan.fits:
        case = case.when(fit.condition.copy(), exp.true())
    return exp.paren(case.else_(exp.false()))


def _chains(steps: int) -> exp.Query:
    """Chains with the first instant of each of their steps, as ``oldest`` counts it."""
    query = compile.template("funnel_chains")
    for step in _all(steps):
        fits = exp.column("fits").eq(_bit(step))
        first = exp.Filter(
            this=exp.func("min", exp.column("oldest")), expression=exp.Where(this=fits)
        )
        query = query.select(first.as_(_name(step)), copy=False)
    return query


def _furthest(steps: int) -> exp.Query:
    """The steps of the chain that got furthest, for each customer."""
    query = compile.template("funnel_furthest")
    for step in _all(steps):
        taken = exp.func("max_by", exp.column(_name(step)), exp.column("reached"))
        query = query.select(taken.as_(_name(step)), copy=False)
    return query


def _stepped(step: int, steps: int) -> exp.Query:
    following = exp.column(_name(step + 1)) if step < steps else exp.null()
    return compile.template(
        "funnel_stepped", step=step, taken=exp.column(_name(step)), next=following
    )


def _all(steps: int) -> range:
    return range(1, steps + 1)


def _bit(step: int) -> int:
    return 1 << (step - 1)


def _name(step: int) -> str:
    return f"step_{step}"


def _reading(query: exp.Query, step: int) -> exp.Query:
    """The query over the events after a step."""
    for table in query.find_all(exp.Table):
        if table.name == _REACHED:
            table.set("this", exp.to_identifier(f"{_REACHED}_{step}"))
    return query
