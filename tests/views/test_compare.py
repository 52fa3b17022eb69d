"""The view Compare on the sample: which groups, in which words, and what is said of them."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from journeylab.views import content_of, read_filters
from journeylab.views.behind import journeys_behind, rows_of
from journeylab.views.groups import pair_of


def pair(told, lab, choices):
    return pair_of(lab, read_filters({"view": "compare", **told}, choices), choices)


def test_segments_are_compared_on_one_map(sample_lab, sample_choices):
    """Both sizes are said; the group leads to its paths; cells tell both shares."""
    told = {"view": "compare", "seg": "device,mobile", "vs": "device,desktop"}
    content = content_of(sample_lab, read_filters(told, sample_choices), sample_choices)

    assert [panel.name for panel in content.panels] == [
        "moves",
        "touchpoints",
        "shares",
        "averages",
        "steps",
        "drift",
    ]
    sizes = content.panels[0].table.row(0, named=True)
    assert content.panels[0].population == (
        f"device: mobile: {sizes['group_journeys_a']:,} settled journeys of"
        f" {sizes['group_customers_a']:,} customers; device: desktop:"
        f" {sizes['group_journeys_b']:,} settled journeys of {sizes['group_customers_b']:,}"
        " customers. Open journeys and those about help alone are left out."
    )
    assert content.links[0] == (
        "What people did: device: mobile",
        {"view": "paths", "seg": "device,mobile"},
    )


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"seg": "device,mobile", "vs": "device,desktop"}, id="two segments"),
        pytest.param({"seg": "device,mobile"}, id="one and all others"),
        pytest.param({}, id="two periods"),
    ],
)
def test_steps_and_moves_of_both_groups_lead_to_their_journeys(told, sample_lab, sample_choices):
    """The shares of a step add up in each group; a row's journeys are those of both."""
    filters = read_filters({"view": "compare", **told}, sample_choices)
    panels = {panel.name: panel for panel in content_of(sample_lab, filters, sample_choices).panels}
    steps = panels["steps"]

    sums = steps.table.group_by("step").agg(pl.col("share_a", "share_b", "journeys").sum())
    assert sums["share_a"].to_list() == pytest.approx([1.0] * sums.height)
    assert sums["share_b"].to_list() == pytest.approx([1.0] * sums.height)
    assert sums["journeys"].n_unique() == 1
    named = [json.loads(key) for key in steps.figure["data"][0]["link"]["customdata"] if key]
    for key in named[:2]:
        rows = rows_of(steps, json.dumps(key))
        found = journeys_behind(sample_lab, filters, sample_choices, steps.drill, rows)
        assert found.height == sum(row["journeys"] for row in rows)
        assert found.select("customer_id", "journey_id").is_unique().all()
    move = panels["moves"].table.row(0, named=True)
    behind = journeys_behind(sample_lab, filters, sample_choices, panels["moves"].drill, [move])
    assert behind["occurrences"].sum() >= move["n_a"] * (move["value_a"] or 0)


def test_without_a_choice_two_times_four_weeks_are_compared(sample_lab, sample_choices):
    """The last full weeks of which few journeys are open, and it is said so."""
    content = content_of(
        sample_lab, read_filters({"view": "compare"}, sample_choices), sample_choices
    )
    found = pair({}, sample_lab, sample_choices)

    assert content.headline.startswith("Nothing was chosen, so the last four full weeks")
    first, before = found.a
    assert (before - first).days == 28
    assert found.b[1] == first
    assert found.name_a in content.headline


@pytest.mark.parametrize(
    ("told", "names"),
    [
        pytest.param(
            {"dial": "period=2026-04-01_2026-04-10"},
            ("1 Apr to 10 Apr 2026", "22 Mar to 31 Mar 2026"),
            id="a period and as long before",
        ),
        pytest.param(
            {"dial": "period=2026-04-01_2026-04-10,against=2026-02-01_2026-02-20"},
            ("1 Apr to 10 Apr 2026", "1 Feb to 20 Feb 2026"),
            id="two periods",
        ),
        pytest.param(
            {"from": "2026-04-01", "to": "2026-04-10"},
            ("1 Apr to 10 Apr 2026", "22 Mar to 31 Mar 2026"),
            id="the days of the filters",
        ),
        pytest.param(
            {"seg": "device,mobile"}, ("device: mobile", "all other journeys"), id="against others"
        ),
        pytest.param(
            {"seg": "device,mobile", "dial": "period=2026-04-01_2026-04-10"},
            ("1 Apr to 10 Apr 2026 (device: mobile)", "22 Mar to 31 Mar 2026 (device: mobile)"),
            id="two periods of a segment",
        ),
    ],
)
def test_groups_are_named_as_people_say_them(told, names, sample_lab, sample_choices):
    """A dial beats segments, segments beat days."""
    found = pair(told, sample_lab, sample_choices)

    assert (found.name_a, found.name_b) == names


@pytest.mark.parametrize(
    "dial",
    [
        "period=2026-02-30_2026-03-01",
        "period=2026-04-10_2026-04-01",
        "period=0001-01-01_0001-01-05",
        "period=2026-04-01_2026-04-10,against=2026-04-05_2026-04-20",
        "period=",
        "exit.web:payment=-20",
    ],
)
def test_a_hostile_dial_is_left_out(dial, sample_lab, sample_choices):
    """No such day, backwards, before time, overlapping, empty, of another view."""
    assert pair({"dial": dial}, sample_lab, sample_choices).said != ""


def test_periods_are_cut_in_the_reporting_zone(sample_lab, sample_choices):
    """Midnight in Berlin, in summer two hours before that of UTC."""
    found = pair({"dial": "period=2026-04-01_2026-04-01"}, sample_lab, sample_choices)

    assert found.a == (
        datetime(2026, 3, 31, 22, tzinfo=UTC),
        datetime(2026, 4, 1, 22, tzinfo=UTC),
    )


def test_groups_that_cannot_be_compared_say_why(sample_lab, sample_choices):
    """The same segment twice; days before which there is nothing."""
    same = read_filters(
        {"view": "compare", "seg": "device,mobile", "vs": "device,mobile"}, sample_choices
    )
    first = replace(
        read_filters({"view": "compare"}, sample_choices), last_day=sample_choices.first_day
    )

    assert "journeys are in both groups: choose groups apart" in (
        content_of(sample_lab, same, sample_choices).empty
    )
    assert "group b holds no settled journey" in (
        content_of(sample_lab, first, sample_choices).empty
    )


def test_few_days_make_no_comparison(sample_lab, sample_choices):
    """Without two full weeks there is nothing to compare by default."""
    short = replace(sample_choices, last_day=date(2026, 2, 9))

    assert pair({}, sample_lab, short) is None
