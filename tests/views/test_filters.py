"""The state of a page in its URL: round trips, allow-lists, bounds."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylab.views import Choices, Filters, only_view, read_filters, write_filters

CHOICES = Choices(
    views=("overview", "paths"),
    channels=("web", "email", "chat"),
    touchpoints={"web:home": "Home", "web:cart": "Cart"},
    segments={"device": ("desktop", "mobile"), "loyal": ("true", "false")},
    first_day=date(2026, 3, 1),
    last_day=date(2026, 6, 30),
    timezone="Europe/Berlin",
)


def test_a_plain_page_has_an_empty_query():
    """Defaults are left out, so links stay short."""
    assert write_filters(Filters(view="overview"), CHOICES) == {}


def test_every_filter_has_its_key():
    """One key each, words as they are."""
    told = {
        "view": "paths",
        "from": "2026-03-05",
        "to": "2026-04-01",
        "ch": "web,chat",
        "seg": "device,mobile",
        "conv": "dropped",
        "at": "web:cart",
        "dir": "around",
        "part": "after",
        "steps": "3",
        "top": "9",
        "vs": "loyal,true",
        "dial": "rate",
    }

    filters = read_filters(told, CHOICES)

    assert filters == Filters(
        view="paths",
        first_day=date(2026, 3, 5),
        last_day=date(2026, 4, 1),
        channels=("web", "chat"),
        segment=("device", "mobile"),
        outcome="dropped",
        anchor="web:cart",
        direction="around",
        part="after",
        steps=3,
        top=9,
        other_segment=("loyal", "true"),
        dial="rate",
    )
    assert write_filters(filters, CHOICES) == told


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"view": "<script>"}, id="no such view"),
        pytest.param({"steps": "5e3", "top": "-1"}, id="no numbers"),
        pytest.param({"from": "yesterday", "to": "2026-02-30"}, id="no days"),
        pytest.param({"from": "2026-05-01", "to": "2026-04-01"}, id="ends before it begins"),
        pytest.param({"at": "web:nowhere", "dir": "before"}, id="no such touchpoint"),
        pytest.param({"dir": "before"}, id="a direction from nowhere"),
        pytest.param({"seg": "device,tv", "vs": "x' or 1=1"}, id="no such segment"),
        pytest.param({"ch": "web,email,chat"}, id="all channels are no filter"),
        pytest.param({"ch": "fax"}, id="no such channel"),
        pytest.param({"dial": "a'b", "extra": "1"}, id="signs a dial has not"),
        pytest.param({"from": "2020-01-01", "to": "2030-01-01"}, id="days beyond the data"),
    ],
)
def test_what_is_not_allowed_falls_back_to_its_default(told):
    """A hostile or stale link opens a page, never an error."""
    assert read_filters(told, CHOICES) == Filters(view="overview")


def test_numbers_are_clamped():
    """Nine billion steps are eight."""
    filters = read_filters({"steps": "999", "top": "1"}, CHOICES)

    assert (filters.steps, filters.top) == (8, 3)


@given(
    st.dictionaries(
        st.sampled_from(["view", "from", "to", "ch", "seg", "conv", "at", "dir", "steps", "dial"]),
        st.text(max_size=30) | st.sampled_from(["paths", "web", "2026-04-04", "web:cart", "4"]),
    )
)
def test_any_query_reads_as_filters_that_write_themselves(told):
    """Read, written and read again, filters are the same."""
    filters = read_filters(told, CHOICES)

    assert read_filters(write_filters(filters, CHOICES), CHOICES) == filters


def test_days_are_cut_in_the_reporting_zone():
    """A day in Berlin starts an hour, in summer two, before that of UTC."""
    filters = Filters(
        view="paths",
        first_day=date(2026, 3, 5),
        last_day=date(2026, 4, 1),
        channels=("chat", "web"),
        outcome="dropped",
    )

    assert filters.journeys_asked("Europe/Berlin") == (
        "started_at >= '2026-03-04 23:00:00'"
        " and started_at < '2026-04-01 22:00:00'"
        " and (list_contains(channel_names, 'chat') or list_contains(channel_names, 'web'))"
        " and outcome in ('lost', 'lapsed')"
    )
    assert Filters(view="paths").journeys_asked("UTC") is None


def test_another_view_keeps_the_filters_and_leaves_its_own_dial():
    """Whoever looks at mobile journeys keeps looking at them."""
    filters = Filters(view="paths", segment=("device", "mobile"), dial="rate")

    assert only_view(filters, "overview") == Filters(view="overview", segment=("device", "mobile"))
