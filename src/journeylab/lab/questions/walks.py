"""What people did step by step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from journeylab.lab import walked, walking
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question
from journeylab.lab.walking import Dials

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def paths(
    lab: "Lab",
    /,
    start: str | None = None,
    *,
    end: str | None = None,
    around: str | None = None,
    occurrence: str = "first",
    per: str = "customer",
    offset: int = 0,
    steps: int = 5,
    top: int = 6,
    part: str = "before",
    through: Sequence[str] | None = None,
    repeats: str = "visits",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """What people did step by step: how many went from where to where.

    Args:
        start: touchpoint the paths start at, in column 1. None, with neither ``end`` nor
            ``around``, takes every journey from its first step.
        end: touchpoint the paths lead to, in the last column, or a way journeys ended
            (``(converted)``, ``(dropped)``, ``(open)``), which takes every such journey.
            With ``start`` the paths between the two: from a visit to the first to the next
            visit of the second in the same journey; those that never came there are left out.
        around: touchpoint in the middle column; ``steps`` columns count it and those
            before, and as many it and those after.
        occurrence: ``first`` or ``last`` visit to it, or ``all``: each is a path then.
        per: first or last of each ``customer`` or of each ``journey``.
        offset: steps after it, or before it where negative, that stand in its column
            instead; journeys without such a step are left out.
        steps: columns, 1 to 50.
        top: touchpoints named in each column, 1 to 50; the rest is ``(other)``.
        part: ``before`` the goal, the goal included, or ``after`` it. Service journeys,
            which had no chance to buy, are left out.
        through: touchpoints whose visits alone count as steps, so that a row says who went
            there *eventually*, whatever happened between; None says who went there *next*.
        repeats: ``visits``: equal touchpoints in a row in one session are one step; ``kept``:
            each event is one; ``collapsed``: they are one over sessions too.
        where: condition on columns of ``journeys``, for example ``"device = 'mobile'"``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.

    Returns:
        One row per (step, from_touchpoint, to_touchpoint, is_return), by step, then most
        journeys first; ``step`` is the column the move leaves, 0 for the move into the
        first column of views with ``end`` or ``around``. The paths of each step add up to
        the same number: one that has ended stays at its ``(converted)``, ``(dropped)``,
        ``(open)`` or ``(end)``, one that has come from start to end at ``(reached)``, one
        that has not begun at ``(start)``; one that goes on beyond the columns is
        ``(continues)``.
        Columns: journeys; paths; share of all paths; journeys_settled and conversion_rate
        of those; wait_p50_seconds and wait_p90_seconds, null where nobody moved.

    Raises:
        InputRefused: a number out of range, several anchors, or an unknown word.
        UnknownName: no journey has the touchpoint; the nearest is named.
    """
    dials = Dials(
        start=start,
        end=end,
        around=around,
        occurrence=occurrence,
        per=per,
        offset=offset,
        steps=steps,
        top=top,
        part=part,
        through=through,
        repeats=repeats,
        where=where,
        segment=lab._within(segment),
        pattern=pattern,
    )
    if lab._kept is not None and walked.is_kept(dials):
        walking.check(lab._warehouse, lab._place, dials)
        choice = lab._choice(where, segment, pattern)
        return walked.paths(choice, dials)
    return walking.paths(lab._warehouse, lab._place, dials)
