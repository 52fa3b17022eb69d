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
    given = {f"{_REACHED}_1": compile.template("funnel_lined", fits=bits(plan.fits))}
    for step in range(2, len(plan.fits) + 1):
        query = compile.template("funnel_streamed", bit=1 << (step - 1), window_us=plan.window_us)
        given[f"{_REACHED}_{step}"] = _reading(query, step - 1)
    counted = compile.template("funnel_of_streams", steps=len(plan.fits))
    try:
        return warehouse.frame(compile.composed(_reading(counted, len(plan.fits)), given))
    except QueryError:
        return None


def _reading(query: exp.Query, step: int) -> exp.Query:
    """The query over the events after a step."""
    for table in query.find_all(exp.Table):
        if table.name == _REACHED:
            table.set("this", exp.to_identifier(f"{_REACHED}_{step}"))
    return query
