"""The horizon passes: what its passing changes without any event, and what it does not.

Journeys lapse and conversations end by it, so their customers count as touched; most of their
tables tell nothing of it. A figure over all that moves with the horizon changes rows likewise.
"""

from collections.abc import Mapping
from typing import Any, Final

from journeylab.pipeline import changes
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables, make_table
from journeylab.warehouse import Model

#: Tables of which no row changes by the passing of the horizon alone: they tell of no outcome but
#: 'converted' and 'service', of no state of a journey, and read no other table that does.
TIMELESS: Final = frozenset(
    {
        "core.events",
        "core.actions",
        "core.refunds",
        "core.sessions",
        "core.session_ids",
        "core.survey_answers",
        "core.surveys",
        "core.visits",
        "core.steps",
        "core.business_waits",
        "core.contacts",
        "core.erasures",
        "core.journey_ids",
        "core.loop_walks",
        "core.ping_pongs",
        "graph.paths",
        "analysis.customer_hashes",
        "analysis.customer_samples",
        "analysis.customer_surveys",
        "analysis.manual_work",
        "marts.events",
        "marts.sessions",
        "marts.steps",
    }
)

#: Tables of which some rows change by the passing of the horizon alone, or by a reference that
#: lies elsewhere among the waits now: query of whose.
WAITING: Final[Mapping[str, str]] = {
    "analysis.cycle_times": "select customer_key from core.outcomes where outcome = 'open'",
    "analysis.customer_campaigns": (
        "select customer_key from analysis.customer_campaigns where not is_settled"
    ),
    "analysis.customer_moves": (
        "select customer_key from analysis.customer_moves as moves"
        " left join analysis.bottleneck_faces as slow"
        " on slow.face = 'slow' and moves.from_key = slow.touchpoint_key"
        " where moves.to_key is not null and moves.is_slow is distinct from"
        " (moves.nearest_microseconds > slow.reference * 3.6e9)"
    ),
}


def touched_since(table: str, since: int) -> str:
    """Query of the customers whose rows of a table may be others now, as ``change_key``.

    Args:
        table: a table of single customers.
        since: number of the latest change it has followed.
    """
    return changes.changed("customer", since, but_passing=table in TIMELESS)


def note_horizon(context: RunContext, model: Model) -> StepResult:
    """Build ``core.horizon``, and note the customers whose state ends by its passing.

    A horizon that went back has everybody looked at again.
    """
    warehouse = context.warehouse
    stands = set(warehouse.table_names())
    former = warehouse.rows(f"from {model.name}") if model.name in stands else []
    told = {"core.outcomes", "core.conversations"} <= stands
    with warehouse.transaction():
        made = make_table(model, warehouse, context.params)
        later = warehouse.rows(f"from {model.name}")
        if former == later:
            pass
        elif not former or not later or not told or _went_back(former[0], later[0]):
            changes.note(warehouse, "customer", None)
        else:
            _note_passed(context, former[0], later[0])
    return judged_tables(context, model, made)


def _went_back(former: tuple[Any, ...], later: tuple[Any, ...]) -> bool:
    """Whether the horizon moved back; with no instant at all it counts as moved back."""
    return None in (*former, *later) or later[0] < former[0]


def _note_passed(context: RunContext, former: tuple[Any, ...], later: tuple[Any, ...]) -> None:
    """Note whose journeys or conversations end, and whose start is or is no longer known."""
    days = f"to_days({context.params['journey_timeout_days']})"
    passed = "between $was::timestamp and $now::timestamp"
    number = changes.latest(context.warehouse) + 1
    context.warehouse.execute(
        "insert into ops.changes values ($number, 'passing', null)", {"number": number}
    )
    context.warehouse.execute(
        "insert into ops.changes select distinct $number, 'customer', customer_key from ("
        "    select customer_key from core.outcomes"
        f"    where last_action_at + {days} {passed} or ended_at + {days} {passed}"
        f"    or started_at - {days} between $least::timestamp and $greatest::timestamp"
        "    union all select customer_key from core.conversations"
        f"    where last_message_at + to_days(7) {passed}"
        ")",
        {
            "number": number,
            "was": former[0],
            "now": later[0],
            "least": min(former[1], later[1]),
            "greatest": max(former[1], later[1]),
        },
    )
