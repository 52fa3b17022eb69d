"""Business hours: what a calendar file may say, and the instants it gives."""

from datetime import date, datetime

import polars as pl
import pytest

from journeylab.calendar import business_hours, parse_calendar
from journeylab.errors import SettingsError
from journeylab.settings import Paths, Settings

HOUR = 3_600_000_000


def hours(tmp_path, text, first, last):
    path = tmp_path / "calendar.toml"
    path.write_text(text, encoding="utf-8")
    horizon = pl.DataFrame(
        {"first_event_at": [first]}, schema={"first_event_at": pl.Datetime("us")}
    )
    settings = Settings(paths=Paths(calendar=path))
    return business_hours(horizon, settings=settings, as_of=last).rows()


def test_days_open_and_close_in_their_zone(tmp_path):
    """Two spans on Monday, Tuesday is a holiday; Berlin is two hours ahead in June."""
    text = (
        'timezone = "Europe/Berlin"\nholidays = [2026-06-02]\n[hours]\n'
        'monday = ["13:00-17:00", "09:00-12:00"]\ntuesday = ["09:00-17:00"]\n'
    )

    rows = hours(tmp_path, text, datetime(2026, 6, 1, 8), datetime(2026, 6, 3))

    assert rows == [
        (datetime(2026, 5, 30, 8), False, 0),
        (datetime(2026, 6, 1, 7), True, 0),
        (datetime(2026, 6, 1, 10), False, 3 * HOUR),
        (datetime(2026, 6, 1, 11), True, 3 * HOUR),
        (datetime(2026, 6, 1, 15), False, 7 * HOUR),
    ]


def test_a_night_without_a_close_is_one_span(tmp_path):
    """Sunday is open to its end and Monday from its start; clocks went forward on Sunday."""
    text = (
        'timezone = "Europe/Berlin"\n[hours]\nsunday = ["01:00-24:00"]\nmonday = ["00:00-06:00"]\n'
    )

    rows = hours(tmp_path, text, datetime(2026, 3, 29), datetime(2026, 3, 30, 12))

    assert rows[1:] == [
        (datetime(2026, 3, 29, 0), True, 0),
        (datetime(2026, 3, 30, 4), False, 28 * HOUR),
    ]


def test_no_file_or_no_event_gives_no_hours(tmp_path):
    """Business time is null then."""
    settings = Settings(paths=Paths(calendar=tmp_path / "calendar.toml"))
    some = pl.DataFrame({"first_event_at": [datetime(2026, 6, 1)]})

    assert business_hours(some, settings=settings, as_of=datetime(2026, 6, 2)).rows() == []
    assert hours(tmp_path, '[hours]\nmonday = ["09:00-10:00"]', None, datetime(2026, 6, 2)) == []


@pytest.mark.parametrize(
    ("told", "message"),
    [
        pytest.param({"hour": {}}, "unknown key 'hour'", id="key"),
        pytest.param({"hours": {"montag": ["09:00-10:00"]}}, "unknown weekday 'montag'", id="day"),
        pytest.param({"hours": {"monday": ["9-10"]}}, "hours '9-10' cannot be read", id="span"),
        pytest.param({"hours": {"monday": ["17:00-09:00"]}}, "cannot be read", id="backwards"),
        pytest.param({"hours": {"monday": ["09:00-25:00"]}}, "cannot be read", id="too late"),
        pytest.param({"hours": {}}, "no business hours", id="never open"),
        pytest.param({"timezone": "Berlin"}, "no time zone 'Berlin'", id="zone"),
        pytest.param({"holidays": ["2026-12-25"]}, "is no date", id="holiday as text"),
    ],
)
def test_faults_of_a_calendar_are_named(told, message):
    """Each says what was wrong."""
    with pytest.raises(SettingsError, match=message):
        parse_calendar(told, where="calendar.toml", timezone="UTC")


def test_a_calendar_without_a_zone_takes_the_given_one():
    """The reporting zone."""
    told = {"hours": {"monday": ["09:00-10:30"]}, "holidays": [date(2026, 1, 1)]}

    calendar = parse_calendar(told, where="calendar.toml", timezone="Asia/Tokyo")

    assert calendar.timezone == "Asia/Tokyo"
    assert calendar.hours == {"monday": ((540, 630),)}
    assert calendar.holidays == frozenset({date(2026, 1, 1)})
