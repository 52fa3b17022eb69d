"""A plain funnel -> its counts, from the events as they are stored, sorted anew only at need.

For the question most often asked: steps in order within a window, the best attempt of each
customer, nothing excluded, held or broken down, over all journeys. It gives what the general
queries of ``funnel_queries`` give, in a fraction of their time.
"""

import polars as pl
from sqlglot import exp

from journeylab.errors import QueryError
from journeylab.lab import compile
from journeylab.lab.funnel_dials import ENDLESS_US, Funnel, Plan
from journeylab.warehouse import Warehouse

_REACHED = "funnel_reached"


def streams(plan: Plan) -> bool:
    """Whether the question is plain enough to be answered this way."""
    asked = plan.asked
    usual = Funnel(asked.steps, window=asked.window, top=asked.top)
    is_plain = asked == usual and not plan.optional and not plan.is_bounded
    return is_plain and plan.window_us < ENDLESS_US


def streamed(warehouse: Warehouse, plan: Plan, fits: exp.Query) -> pl.DataFrame | None:
    """Rows as of ``lab.funnel_of_customers``.

    Args:
        warehouse: where the published events are.
        plan: a question that ``streams``.
        fits: its ``funnel_fits``.

    Returns:
        None where an event fits two steps, or the span of all customers is past counting: ask
        the general way.
    """
    stored = _streamed(warehouse, plan, fits)
    return _streamed(warehouse, plan, _in_order(fits)) if stored is None else stored


def _in_order(fits: exp.Query) -> exp.Query:
    """The events by customer: those that nights replaced stand behind all others."""
    events = exp.select("*").from_(fits.subquery("events"))
    return events.where("fits > 0").order_by("customer_id", "event_number")


def _streamed(warehouse: Warehouse, plan: Plan, fits: exp.Query) -> pl.DataFrame | None:
    """The answer from events that stand in order; None where they do not, or cannot be counted."""
    given = {
        "funnel_fits": fits,
        f"{_REACHED}_1": compile.template("funnel_clocked", window_us=plan.window_us),
    }
    for step in range(2, len(plan.fits) + 1):
        query = compile.template("funnel_streamed", bit=1 << (step - 1), window_us=plan.window_us)
        given[f"{_REACHED}_{step}"] = _reading(query, step - 1)
    told = _reading(compile.template("funnel_of_streams", steps=len(plan.fits)), len(plan.fits))
    try:
        return warehouse.frame(compile.composed(told, given))
    except QueryError:
        return None


def _reading(query: exp.Query, step: int) -> exp.Query:
    """The query over the events after a step."""
    for table in query.find_all(exp.Table):
        if table.name == _REACHED:
            table.set("this", exp.to_identifier(f"{_REACHED}_{step}"))
    return query
