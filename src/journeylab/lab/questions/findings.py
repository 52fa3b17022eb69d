"""What to mend: bottlenecks, chances, opportunities, and what a change would bring."""

from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from journeylab.analysis.what_if import Changes
from journeylab.lab import compile
from journeylab.lab.changes import changeable_touchpoints, changed_journeys
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def bottlenecks(lab: "Lab", /) -> pl.DataFrame:
    """Where people wait, leave and go round, in units of each: ``bottlenecks``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab._judged("bottlenecks")


@question
def chances(lab: "Lab", /) -> pl.DataFrame:
    """Chance to convert, steps and time to the end, and removal effect: ``chances``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab._judged("chances")


@question
def chain_order(lab: "Lab", /) -> pl.DataFrame:
    """Whether the next move depends on the step before as well: ``chain_order``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab._judged("chain_order")


@question
def resampled_moves(lab: "Lab", /) -> pl.DataFrame:
    """Moves as counted (replicate 0) and resampled by customer: ``resampled_moves``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab._judged("resampled_moves")


@question
def opportunities(lab: "Lab", /) -> pl.DataFrame:
    """What to mend first, sure enough to be told: ``opportunities``, best worth first.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab._judged("opportunities")


@question
def zombie_leads(lab: "Lab", /) -> pl.DataFrame:
    """Open customers who will hardly buy: ``zombie_leads``, least chance first.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab._judged("zombie_leads")


@question
def moments_of_influence(lab: "Lab", /) -> pl.DataFrame:
    """Touchpoints seen by nearly all, or quiet but decisive: ``moments_of_influence``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab._judged("moments_of_influence")


@question
def automation_candidates(lab: "Lab", /) -> pl.DataFrame:
    """Hand work that always leads to the same: ``automation_candidates``."""
    return lab.table("automation_candidates")


@question
def what_if(lab: "Lab", /, changes: Changes) -> pl.DataFrame:
    """What settled journeys would have come to, had touchpoints been different.

    Args:
        changes: touchpoint -> measure -> share of its visits. ``exit_rate``: visits that
            end a dropped journey; the other moves scale. ``return_rate``: visits followed
            by a move to a lower stage; the others scale. ``slow_share``: visits followed
            by a wait above the reference of slow bottlenecks; those no longer slow take
            the mix of next moves of the others, which is associated, not caused.

    Returns:
        One row per change; with several, a last one of all jointly: present value and
        new one, conversions per 1,000 started journeys, and over the settled journeys
        more (or fewer) conversions, value and seconds a journey, all with intervals by a
        bootstrap over customers.

    Raises:
        InputRefused: no change, a goal, or a value that is no share or cannot be reached.
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
        UnknownName: there is no such touchpoint before the goal, or no such measure.

    Example:
        ``lab.what_if({"web:payment": {"exit_rate": 0.2}})``
    """
    lab._judge("what_if")
    return changed_journeys(
        lab.table("resampled_moves"),
        lab.touchpoints(),
        lab.table("graph_nodes"),
        _currencies(lab),
        changes,
    )


@question
def changeable(lab: "Lab", /) -> pl.DataFrame:
    """What ``what_if`` can lower: touchpoints and measures above 0.

    Returns:
        One row per touchpoint and measure, by both: touchpoint, measure, present (share of
        visits), visits and customers with settled ones.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    lab._judge("changeable")
    return changeable_touchpoints(
        lab.table("resampled_moves"), lab.touchpoints(), lab.table("graph_nodes")
    )


def _currencies(lab: "Lab") -> pl.DataFrame:
    """Currencies of the settled journeys that the Lab is held to."""
    if lab._kept is not None and lab._held:
        choice = lab._choice(None, None)
        told = choice.journeys.currencies.filter(pl.Series(choice.of("settled")))
        return pl.DataFrame({"currency": told.unique().cast(pl.String)})
    given = compile.narrowed(lab._chosen(None, None, None), "journeys")
    query = exp.select("currency").distinct().from_("journeys").where("is_settled")
    return lab._warehouse.frame(compile.composed(query, given))
