"""The tables of loops, voice, service and periods, asked of a Lab."""

import pytest
from shop_frame import frame, opened

from journeylab.errors import InputRefused

ONE = frame(ana=[(0, "web:home")])


def test_voice_service_and_mail_are_tables() -> None:
    """A frame without surveys, conversations and mails has the tables, and they are empty."""
    with opened(ONE) as lab:
        assert lab.voice().height == 0
        assert lab.voice("nps").columns[:3] == ["survey", "subject", "part"]
        assert lab.response_times().height == 0
        assert lab.campaigns().height == 0
        assert lab.rework().height == 0


def test_periods_are_days_or_weeks() -> None:
    """The first column says which."""
    with opened(ONE) as lab:
        assert lab.kpis_by("day").columns[:3] == ["day", "kpi", "value"]
        assert lab.kpis_by().columns[:3] == ["week", "kpi", "value"]
        with pytest.raises(InputRefused, match="no period 'month'"):
            lab.kpis_by("month")


def test_an_unknown_survey_is_refused() -> None:
    """Two kinds are known."""
    with opened(ONE) as lab, pytest.raises(InputRefused, match="no survey 'stars'"):
        lab.voice("stars")
