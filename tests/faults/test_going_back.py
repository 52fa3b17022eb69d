"""A clock that was set back: a run that would count less than the last one by mistake."""

from datetime import datetime

import pytest

from journeylab.errors import ClockBehind
from journeylab.pipeline import open_run
from journeylab.settings import Settings, parse_settings
from journeylab.warehouse import current_run_id, open_warehouse, rollback
from shelf import publish_shelf

SOURCE = {"channel": "web", "format": "contract", "path": "web"}


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Settings of a shop with a warehouse and the snapshots of two mornings in March."""
    settings = parse_settings({"sources": {"web": SOURCE}}, root=tmp_path, where="test")
    for day in (1, 2):
        publish_shelf(settings.paths.var, f"2026030{day}T080000.000000")
    with open_warehouse(settings.paths.warehouse, spill=tmp_path / "spill"):
        return settings


def opened(settings: Settings, started_at: datetime, as_of: datetime | None = None) -> datetime:
    """Open a run, and return up to when it counts events."""
    with open_run(settings, full=False, started_at=started_at, as_of=as_of) as context:
        return context.as_of


def test_a_clock_set_back_stops_the_run(settings):
    """Its events up to now are fewer than yesterday's; the message says what each clock says."""
    with pytest.raises(ClockBehind) as refused:
        opened(settings, datetime(2026, 3, 2, 7, 59))

    assert "the clock says 20260302T075900.000000" in str(refused.value)
    assert "run 20260302T080000.000000 is published already" in str(refused.value)
    assert current_run_id(settings.paths.published) == "20260302T080000.000000"


def test_the_same_instant_is_no_later(settings):
    """Two runs of one name would be one snapshot; a microsecond later is another run."""
    with pytest.raises(ClockBehind):
        opened(settings, datetime(2026, 3, 2, 8))

    later = datetime(2026, 3, 2, 8, 0, 0, 1)
    assert opened(settings, later) == later


def test_whoever_says_up_to_when_may_run(settings):
    """A past day is published again by its instant, whatever the clock says."""
    noon = datetime(2026, 3, 1, 12)

    assert opened(settings, datetime(2026, 3, 2, 7), as_of=noon) == noon


def test_a_clock_that_was_ahead_is_left_behind_by_rolling_back(settings):
    """The snapshot of the wrong day is no longer the last one."""
    rollback(settings.paths.published)

    now = datetime(2026, 3, 1, 20)
    assert opened(settings, now) == now
