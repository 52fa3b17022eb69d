"""Sessions cut anew by another rule, and what that changes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from journeylab.durations import Duration
from journeylab.lab import recutting
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def sessions(
    lab: "Lab",
    /,
    *,
    gap: Duration = "30min",
    markers: str | Sequence[str] = (),
    session_id: str | None = None,
    longest: Duration = "24h",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Sessions cut from the same actions by another rule; nothing published changes.

    Args:
        gap: a longer pause opens a session; one of exactly this length does not.
        markers: touchpoints that open a session whenever they occur.
        session_id: column of ``events`` or ``properties.<key>`` that names the session: actions
            of one value are one session of the customer; those without one are cut by the
            rest of the rule among themselves.
        longest: a session without a pause is cut whenever it has lasted so long.
        where: condition on columns of ``journeys`` that the actions belong to.
        segment: segment, name of one, period (from, before) of the journeys' start, or a list.
        pattern: path pattern the journeys must fit.

    Returns:
        One row per session, by customer_id and session_number: session_id (event_id of its
        first action), entry_touchpoint, exit_touchpoint, entry_channel, actions, channels,
        has_goal, is_engaged, duration_seconds, started_at, ended_at.

    Raises:
        InputRefused: a span of time of zero or that cannot be read, or there are no events.
        UnknownName: no such touchpoint, column or property.

    Example:
        ``lab.sessions(gap="2h", markers=["email:click"])``
    """
    rule = recutting.Rule(gap=gap, markers=markers, session_id=session_id, longest=longest)
    asked = recutting.Filter(where=where, segment=lab._within(segment), pattern=pattern)
    return recutting.sessions(lab._warehouse, lab._place, rule, asked)


@question
def compare_sessions(
    lab: "Lab",
    /,
    a: Mapping[str, Any] | None,
    b: Mapping[str, Any] | None = None,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """What two rules to cut sessions make of the same actions.

    Args:
        a: a rule as ``sessions`` takes it, for example ``{"gap": "1h"}``; None is the
            published one.
        b: the other one.
        where: as in ``sessions``.
        segment: as there.
        pattern: as there.

    Returns:
        One row per measure with value_a, value_b and difference (b - a): sessions;
        sessions_changed, those that the other rule does not cut alike; customers_changed_share,
        customers with such a session; actions_per_session, sessions_per_customer,
        duration_p50_seconds, duration_mean_seconds, single_action_share, engaged_share,
        several_channels_share, goal_share (of sessions); steps, which end with a session.

    Raises:
        InputRefused: as ``sessions``, or no action is left.
        UnknownName: as ``sessions``; a rule has a key that does not exist.
    """
    asked = recutting.Filter(where=where, segment=lab._within(segment), pattern=pattern)
    return recutting.compared(lab._warehouse, lab._place, a, b, asked)
