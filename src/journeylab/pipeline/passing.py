"""The horizon passes: what its passing changes without any event, and what it does not.

Journeys lapse and conversations end by it, so their customers count as touched; most of their
tables tell nothing of it. A figure over all that moves with the horizon changes rows likewise.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from journeylab.pipeline import changes
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables, make_table
from journeylab.warehouse import Model

#: What may end, or be known at last, by the passing of the horizon alone.
Passing = Literal["journey", "conversation"]

#: Number of each as it is noted, and query of the customers for whom it does between two horizons:
#: values for ``was``, ``now``, ``least``, ``greatest`` (of the first data), ``timeout_days``.
PASSINGS: Final[Mapping[Passing, tuple[int, str]]] = {
    "journey": (
        1,
        "select customer_key from core.outcomes"
        " where last_action_at + to_days($timeout_days) between $was and $now"
        " or ended_at + to_days($timeout_days) between $was and $now"
        " or started_at - to_days($timeout_days) between $least and $greatest",
    ),
    "conversation": (
        2,
        "select customer_key from core.conversations"
        " where last_message_at + to_days(7) between $was and $now",
    ),
}

#: What of it changes rows of a table of single customers; of one not named here, all may. Nothing
#: changes those that tell of no outcome but 'converted' and 'service', of no state of a journey,
#: and read no other table that does, nor what is told by ``WAITING`` alone.
HEEDED: Final[Mapping[str, frozenset[Passing]]] = {
    **dict.fromkeys(
        (
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
            "analysis.customer_campaigns",
            "analysis.customer_hashes",
            "analysis.customer_samples",
            "analysis.customer_surveys",
            "analysis.manual_work",
            "marts.events",
            "marts.sessions",
            "marts.steps",
        ),
        frozenset[Passing](),
    ),
    **dict.fromkeys(
        (
            "core.outcomes",
            "core.journeys",
            "core.moves",
            "core.stage_moves",
            "analysis.customer_moves",
            "analysis.customer_sales",
            "analysis.customer_visits",
            "analysis.cycle_times",
            "analysis.settled_paths",
            "analysis.stage_stays",
            "analysis.stays",
            "marts.customers",
            "marts.journeys",
            "marts.step_flows",
        ),
        frozenset[Passing]({"journey"}),
    ),
    **dict.fromkeys(
        ("core.conversations", "analysis.response_samples"), frozenset[Passing]({"conversation"})
    ),
}

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


def heeded(table: str) -> frozenset[Passing]:
    """What of the horizon's passing may change rows of a table of single customers."""
    return HEEDED.get(table, frozenset(PASSINGS))


def touched_since(table: str, since: int) -> str:
    """Query of the customers whose rows of a table may be others now, as ``change_key``.

    Args:
        table: a table of single customers.
        since: number of the latest change it has followed.
    """
    ignored = PASSINGS.keys() - heeded(table)
    return changes.changed("customer", since, but=sorted(PASSINGS[name][0] for name in ignored))


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
    warehouse = context.warehouse
    for kind, (code, _) in PASSINGS.items():
        whose, values = passed(kind, former, later, context.params["journey_timeout_days"])
        number = changes.latest(warehouse) + 1
        warehouse.execute(
            "insert into ops.changes values ($number, 'passing', $code)",
            {"number": number, "code": code},
        )
        warehouse.execute(
            f"insert into ops.changes select distinct {number}, 'customer', customer_key"
            f" from ({whose})",
            values,
        )


def passed(
    kind: Passing, former: tuple[Any, ...], later: tuple[Any, ...], timeout_days: int
) -> tuple[str, Mapping[str, Any]]:
    """Query of the customers for whom something ended between two horizons, and its values.

    Args:
        kind: what ended.
        former: the row of ``core.horizon`` as it was.
        later: as it is now; no earlier.
        timeout_days: after so many days without an action a journey lapses.
    """
    _, whose = PASSINGS[kind]
    values = {
        "was": former[0],
        "now": later[0],
        "least": min(former[1], later[1]),
        "greatest": max(former[1], later[1]),
        "timeout_days": timeout_days,
    }
    return whose, {name: value for name, value in values.items() if f"${name}" in whose}
