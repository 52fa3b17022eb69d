"""Values -> text for people: counts, shares, times, money, days. One way for page and report."""

from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from journeylab.figures.style import NO_BREAK, time_text
from journeylab.views.content import Form

NOTHING: Final = "–"


def written(value: Any, form: Form, timezone: str = "UTC") -> str:  # noqa: ANN401 - of any column
    """A value as a table or a fact shows it; '–' for null.

    Args:
        value: as the frame holds it; shares in [0, 1], times in seconds, instants in UTC.
        form: of its column.
        timezone: in which instants are told.

    Example:
        >>> written(1922, "count"), written(0.3447, "share"), written(None, "money")
        ('1,922', '34.5%', '–')
    """
    if value is None:
        return NOTHING
    match form:
        case "count":
            return f"{value:,.0f}"
        case "share":
            return f"{value:.1%}"
        case "number":
            return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"
        case "seconds":
            return time_text(float(value))
        case "money":
            return f"{value:,.2f}"
        case "day":
            return f"{_local(value, timezone):%-d %b %Y}"
        case "instant":
            return f"{_local(value, timezone):%-d %b %Y, %H:%M}"
        case "yes":
            return "yes" if value else "no"
        case "text" | "code":
            if isinstance(value, list | tuple):
                return " → ".join(str(part) for part in value)
            return str(value)


def interval(low: float | None, high: float | None) -> str:
    """A 95% interval of a share, in words; '' without one.

    Example:
        >>> interval(0.318, 0.3725).replace(NO_BREAK, " ")
        '95%: 31.8–37.2%'
    """
    if low is None or high is None:
        return ""
    return f"95%:{NO_BREAK}{100 * low:.1f}–{high:.1%}"


def _local(value: date | datetime, timezone: str) -> date:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(ZoneInfo(timezone))
    return value
