"""Settings and rules -> the named values that SQL models and Python steps are bound to."""

from datetime import UTC, datetime
from typing import Any

from journeylab.designed_map import load_designed_map
from journeylab.events import CHANNEL_ORDER
from journeylab.rules import Rules
from journeylab.settings import Settings


def parameters(
    settings: Settings,
    rules: Rules,
    *,
    run_id: str,
    started_at: datetime,
    as_of: datetime,
    names_are_touchpoints: bool = False,
) -> dict[str, Any]:
    """Collect every parameter a model may declare.

    Args:
        settings: the run's settings.
        rules: the touchpoint rules.
        run_id: name of the run.
        started_at: start of the run, UTC without a zone.
        as_of: instant up to which events count, UTC without a zone.
        names_are_touchpoints: whether an event's name is its touchpoint where no rule matches.

    Returns:
        parameter -> value; a model is bound to those it declares.
    """
    told = settings.identity
    return {
        "rules": rules,
        "settings": settings,
        "run_id": run_id,
        "started_at": started_at,
        "as_of": as_of,
        "seed": 0,
        "names_are_touchpoints": names_are_touchpoints,
        "tested_properties": rules.tested_properties,
        "channel_order": list(CHANNEL_ORDER),
        "session_gap_minutes": settings.sessions.session_gap_minutes,
        "max_session_hours": settings.sessions.max_session_hours,
        "journey_timeout_days": settings.journeys.journey_timeout_days,
        "goal_grace_seconds": settings.journeys.goal_grace_seconds,
        "collapse_repeats": settings.journeys.collapse_repeats,
        "target_wait_hours": settings.bottlenecks.target_wait_hours,
        "target_exit_rate": settings.bottlenecks.target_exit_rate,
        "target_return_rate": settings.bottlenecks.target_return_rate,
        "assume_complete": settings.run.assume_complete,
        "reporting_timezone": settings.run.reporting_timezone,
        "reporting_currency": settings.run.reporting_currency,
        "allowed_properties": list(settings.privacy.properties),
        "refused_consent": [word.strip().lower() for word in settings.privacy.refused_consent],
        "kinds": list(told.kinds),
        "exclusive_kinds": list(told.exclusive_kinds),
        "max_degree": told.max_degree,
        "max_customer_identifiers": told.max_customer_identifiers,
        "device_policy": told.device_policy,
        "remove_plus_tags": told.remove_plus_tags,
        "phone_country_code": told.phone_country_code,
        "junk_values": list(told.junk_values),
        "test_domains": list(told.test_domains),
        "role_mailboxes": list(told.role_mailboxes),
        "identity_rules_path": settings.paths.identity_rules,
        "designed_map": load_designed_map(settings.paths.designed_map),
        "zombie_chance": settings.opportunities.zombie_chance,
        "max_other_share": settings.checks.max_other_share,
        "max_duplicate_share": settings.checks.max_duplicate_share,
        "max_shared_device_share": settings.checks.max_shared_device_share,
    }


def naive_utc(instant: datetime) -> datetime:
    """Turn an instant into UTC without a zone; one without a zone is taken as UTC."""
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)
