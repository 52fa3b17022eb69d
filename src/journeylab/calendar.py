"""Business hours: calendar.toml -> the instants at which business opens and closes. No clock."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from journeylab.errors import SettingsError, nearest
from journeylab.settings import Settings

WEEKDAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)

_KEYS: Final = ("timezone", "holidays", "hours")
_DAY_MINUTES: Final = 24 * 60
_SCHEMA: Final = {
    "changes_at": pl.Datetime("us"),
    "is_open": pl.Boolean(),
    "open_microseconds": pl.Int64(),
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekly hours as (from, to) in minutes of the day, closed on holidays."""

    timezone: str
    hours: dict[str, tuple[tuple[int, int], ...]]
    holidays: frozenset[date] = field(default=frozenset())


def load_calendar(path: Path, *, timezone: str) -> Calendar | None:
    """Read a calendar file.

    Args:
        path: the file.
        timezone: zone of a calendar that names none.

    Returns:
        The calendar; None where there is no file.

    Raises:
        SettingsError: not TOML, an unknown key or weekday, a zone or hours nobody can read.
    """
    if not path.is_file():
        return None
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not TOML: {error}", str(path), "mend the line it names") from error
    return parse_calendar(told, where=str(path), timezone=timezone)


def parse_calendar(told: dict[str, Any], *, where: str, timezone: str) -> Calendar:
    """Check what a calendar file says.

    Args:
        told: the file's content.
        where: name of the file for errors.
        timezone: zone of a calendar that names none.

    Raises:
        SettingsError: see ``load_calendar``.
    """
    for key in told:
        if key not in _KEYS:
            raise SettingsError(f"unknown key {key!r}", where, nearest(key, _KEYS))
    zone = told.get("timezone", timezone)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError) as error:
        raise SettingsError(f"no time zone {zone!r}", where, "write one like Europe/Berlin") from (
            error
        )
    holidays = told.get("holidays", [])
    for day in holidays:
        if type(day) is not date:
            raise SettingsError(f"holiday {day!r} is no date", where, "write 2026-12-25")
    hours = told.get("hours", {})
    for day in hours:
        if day not in WEEKDAYS:
            raise SettingsError(f"unknown weekday {day!r}", where, nearest(day, WEEKDAYS))
    spans = {
        day: tuple(_span(text, f"{where}, {day}") for text in texts) for day, texts in hours.items()
    }
    if not any(spans.values()):
        raise SettingsError("no business hours", where, 'write monday = ["09:00-17:00"] in [hours]')
    return Calendar(zone, spans, frozenset(holidays))


def business_hours(horizon: pl.DataFrame, *, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """When business opens and closes from the first event to the as-of instant.

    Args:
        horizon: one row with ``first_event_at``, as ``core.horizon``.
        settings: they name the calendar file.
        as_of: instant up to which events count, UTC without a zone.

    Returns:
        Changes in order, the first closed and before all events, each with the time open
        until then; empty without a calendar or without events.
    """
    calendar = load_calendar(settings.paths.calendar, timezone=settings.run.reporting_timezone)
    first = horizon["first_event_at"].min() if horizon.height else None
    if calendar is None or not isinstance(first, datetime):
        return pl.DataFrame(schema=_SCHEMA)
    rows: list[tuple[datetime, bool, int]] = [(first - timedelta(days=2), False, 0)]
    open_for = 0
    for opens, closes in _joined(_openings(calendar, first, max(first, as_of))):
        rows.append((opens, True, open_for))
        open_for += (closes - opens) // timedelta(microseconds=1)
        rows.append((closes, False, open_for))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _openings(
    calendar: Calendar, first: datetime, last: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Open spans in UTC without a zone, day by local day."""
    zone = ZoneInfo(calendar.timezone)
    day = first.replace(tzinfo=UTC).astimezone(zone).date()
    end = last.replace(tzinfo=UTC).astimezone(zone).date()
    while day <= end:
        if day not in calendar.holidays:
            for start, stop in sorted(calendar.hours.get(WEEKDAYS[day.weekday()], ())):
                yield _instant(day, start, zone), _instant(day, stop, zone)
        day += timedelta(days=1)


def _joined(
    spans: Iterator[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime]]:
    """Spans that touch or overlap as one; those a change of clocks swallows are left out."""
    held: tuple[datetime, datetime] | None = None
    for opens, closes in spans:
        if opens >= closes:
            continue
        if held and opens <= held[1]:
            held = (held[0], max(held[1], closes))
            continue
        if held:
            yield held
        held = (opens, closes)
    if held:
        yield held


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day + timedelta(days=minute // _DAY_MINUTES), time())
    local += timedelta(minutes=minute % _DAY_MINUTES)
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def _span(text: object, where: str) -> tuple[int, int]:
    parts = str(text).split("-")
    minutes = [_minute(part.strip()) for part in parts]
    if len(minutes) != 2 or minutes[0] is None or minutes[1] is None or minutes[0] >= minutes[1]:
        raise SettingsError(f"hours {text!r} cannot be read", where, 'write "09:00-17:00"')
    return minutes[0], minutes[1]


def _minute(text: str) -> int | None:
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdigit() and minute.isdigit() and int(minute) < 60):
        return None
    found = int(hour) * 60 + int(minute)
    return found if found <= _DAY_MINUTES else None
