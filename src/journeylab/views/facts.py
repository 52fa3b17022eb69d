"""The headline figures of the journeys a page asks for: one row of counts -> facts."""

from typing import Any

from journeylab.lab import Lab
from journeylab.views.asked import asked
from journeylab.views.content import Fact
from journeylab.views.filters import Choices, Filters
from journeylab.views.written import NOTHING, interval, written


def facts(lab: Lab, filters: Filters, choices: Choices) -> tuple[Fact, ...]:
    """How many journeys there are, what came of them and how long they took.

    Args:
        lab: the snapshot.
        filters: which journeys; what a view asks of its own is not heeded.
        choices: of the same snapshot.
    """
    row = lab.headline(**asked(lab, filters, choices)).row(0, named=True)
    settled = row["journeys_settled"]
    over = f"median of {settled:,} settled"
    return (
        Fact(
            label="Journeys",
            value=written(row["journeys"], "count"),
            base=f"{row['customers']:,} customers; {row['open']:,} still open",
            definition=(
                "Attempts to get from first interest to a purchase, over all sessions and"
                " channels. Journeys about help alone are left out."
            ),
        ),
        _rate(
            row,
            "converted",
            "Bought",
            "Settled journeys that reached the goal. A journey is settled when it is old enough"
            " that its outcome cannot change with the day on which we look.",
        ),
        _rate(
            row,
            "returned",
            "Went back at least once",
            "Settled journeys with at least one step to a lower stage or to a touchpoint they had"
            " visited before.",
        ),
        _rate(
            row,
            "dropped",
            "Left without buying",
            "Settled journeys that met a loss or fell silent. Journeys still open are never"
            " counted as left.",
        ),
        Fact(
            label="Steps",
            value=written(row["steps_p50"], "number"),
            base=over,
            definition=(
                "Half of the settled journeys have at most so many steps up to the purchase, the"
                " loss or the last action. The same touchpoint twice in a row is one step."
            ),
        ),
        Fact(
            label="Time to purchase",
            value=NOTHING
            if row["time_to_goal_p50_seconds"] is None
            else written(row["time_to_goal_p50_seconds"], "seconds"),
            base=f"median of {row['converted']:,} that bought",
            definition="From the first action to the goal, of settled journeys that bought.",
        ),
    )


def _rate(row: dict[str, Any], measure: str, label: str, definition: str) -> Fact:
    n = row["journeys_settled"]
    parts = [
        f"{row[measure]:,} of {n:,} settled",
        interval(row[f"{measure}_rate_low"], row[f"{measure}_rate_high"]),
        "few customers" if row["is_insufficient"] and n else "",
    ]
    return Fact(
        label=label,
        value=written(row[f"{measure}_rate"], "share"),
        base="; ".join(part for part in parts if part),
        definition=definition,
    )
