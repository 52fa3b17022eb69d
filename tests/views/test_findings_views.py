"""Designed map, opportunities, archetypes and data health on the sample, and without a goal."""

import polars as pl
import pytest
from frame_choices import choices_of_frame

import journeylab as jl
from journeylab.errors import UnknownName
from journeylab.views import Filters, content_of, read_filters
from journeylab.views.behind import journeys_behind, rows_of
from journeylab.views.kpi_words import name_of
from journeylab.views.opportunities import paths_around
from journeylab.views.what_if import changes_of, example_of

#: Views, and panels of other views, that no filter can hold for.
UNFILTERED = ("designed_map", "data_health", "automation_candidates", "kpis", "findings", "quality")
NIGHTLY = ("designed_map", "opportunities", "archetypes", "data_health")


@pytest.fixture(scope="module")
def contents(sample_lab, sample_choices):
    """Each view once, as nothing is filtered."""
    return {
        key: content_of(sample_lab, Filters(view=key), sample_choices)
        for key in (*NIGHTLY, "compare", "overview")
    }


def test_every_panel_tells_what_it_shows(contents):
    """Words, the columns it names, and that filters do not apply; names are not told twice."""
    for key, content in contents.items():
        names = [panel.name for panel in content.panels]
        assert len(names) == len(set(names)) > 0
        for panel in content.panels:
            assert panel.sentence.endswith("."), panel.name
            assert panel.definition.endswith("."), panel.name
            assert {column.name for column in panel.columns} <= set(panel.table.columns)
            unfiltered = "Filters do not apply here." in panel.population
            assert unfiltered == (key in UNFILTERED or panel.name in UNFILTERED), panel.name


def test_rows_lead_to_as_many_journeys_as_they_count(contents, sample_lab, sample_choices):
    """Journeys that will hardly buy, steps of two groups, weeks of starts and of goals."""
    drilled = {}
    for key, content in contents.items():
        for panel in content.panels:
            if panel.drill is None or panel.drill.count is None:
                continue
            for row in panel.table.filter(pl.col(panel.drill.count) > 0).head(3).to_dicts():
                found = journeys_behind(
                    sample_lab, Filters(view=key), sample_choices, panel.drill, [row]
                )
                assert found.height == row[panel.drill.count]
                drilled[panel.name] = drilled.get(panel.name, 0) + 1
    assert {"steps", "trend_journeys", "trend_revenue"} <= set(drilled)
    assert len(drilled) >= 5


def test_links_lead_to_three_touchpoints():
    """Two findings of one touchpoint have one link."""
    told = pl.DataFrame(
        {
            "touchpoint": ["pay", "pay", "cart", "home", "help"],
            "label": ["Pay", "Pay", "Cart"] + ["x"] * 2,
        }
    )

    links = paths_around(told)

    assert [label for label, _ in links] == [
        f"What people do around {n}" for n in ("Pay", "Cart", "x")
    ]
    assert [query["at"] for _, query in links] == ["pay", "cart", "home"]


def test_an_opportunity_leads_to_its_cases(contents, sample_lab):
    """The visits that ended, waited or came back: as many as its figure says."""
    panel = contents["opportunities"].panels[0]

    for row in panel.table.to_dicts():
        found = sample_lab.journeys_of(panel.drill.table, row, limit=None)
        cases = row["n"] if row["face"] == "slow" else row["figure"] * row["n"]
        assert found["occurrences"].sum() == pytest.approx(cases)


def test_without_a_map_the_view_says_how_to_make_one(contents):
    """With the text to start from, which names what buyers do."""
    content = contents["designed_map"]

    assert content.headline.startswith("No designed map is set.")
    assert 'touchpoint = "purchase:completed"' in content.panels[0].table["line"].to_list()


def test_no_structure_is_said_plainly(contents):
    """The sample's journeys differ by degrees; no kinds are drawn."""
    content = contents["archetypes"]

    assert content.headline.startswith("No structure:")
    assert [panel.name for panel in content.panels] == ["quality"]
    assert content.panels[0].figure is None


def test_health_tells_horizon_and_rejected_rows(contents):
    """Facts and sentences say the same numbers as the tables; instants as Berlin reads them."""
    content = contents["data_health"]
    rejected = next(panel for panel in content.panels if panel.name == "rejected")

    assert content.headline.startswith("The data is complete up to 3 Jun 2026, 01:24.")
    assert content.facts[1].base == "23 of 27,664 delivered rows"
    assert rejected.table["rejected_rows"].sum() == 23


CHANGEABLE = pl.DataFrame(
    {
        "touchpoint": ["web:cart", "web:payment", "web:payment"],
        "measure": ["return_rate", "exit_rate", "slow_share"],
        "present": [0.25, 0.5, 0.25],
        "visits": [90, 40, 40],
    }
)


@pytest.mark.parametrize(
    ("dial", "changes"),
    [
        pytest.param(
            "exit.web:payment=-20,back.web:cart=10",
            {("web:payment", "exit_rate"): -20, ("web:cart", "return_rate"): 10},
            id="two changes",
        ),
        pytest.param("exit.web:payment=-999", {("web:payment", "exit_rate"): -100}, id="clamped"),
        pytest.param("wait.web:payment=50", {}, id="longer waits are not in the data"),
        pytest.param("exit.web:nowhere=-20", {}, id="no such touchpoint"),
        pytest.param("exit.web:cart=-20", {}, id="nobody leaves there"),
        pytest.param("exit.web:payment=0", {}, id="no change"),
        pytest.param("exit.web:payment=-2e9,=,..,exit.=1", {}, id="no numbers"),
        pytest.param("rate", {}, id="another view's"),
        pytest.param("", {}, id="nothing"),
    ],
)
def test_the_dial_of_what_if_is_read_or_left_out(dial, changes):
    """Percent of present values; what cannot be read or changed is left out."""
    assert changes_of(dial, CHANGEABLE) == changes


def test_the_example_is_the_best_opportunity_that_can_be_changed():
    """Else the most visited place that people leave."""
    table = pl.DataFrame(
        {
            "rank": [2, 1],
            "face": ["leaky", "loop"],
            "touchpoint": ["web:payment", "web:cart"],
        }
    )

    assert example_of(table, CHANGEABLE) == {("web:payment", "exit_rate"): -20}
    assert example_of(table.clear(), CHANGEABLE) == {("web:payment", "exit_rate"): -20}
    assert example_of(table, CHANGEABLE.clear()) == {}


def test_what_if_is_worked_out_for_the_dial(sample_lab, sample_choices):
    """A fifth fewer exits from payment: the share told is the one asked for."""
    told = {"view": "opportunities", "dial": "exit.web:payment=-20"}
    content = content_of(sample_lab, read_filters(told, sample_choices), sample_choices)

    panel = next(panel for panel in content.panels if panel.name == "what_if")
    row = panel.table.row(0, named=True)
    assert row["changed_to"] == pytest.approx(0.8 * row["present"])
    assert panel.sentence.startswith("With 20% fewer exits from Payment, ")
    assert (content.dials[0].key, content.dials[0].value) == ("exit.web:payment", "-20")
    assert len({dial.key for dial in content.dials}) == len(content.dials) <= 4


def test_a_change_leads_to_the_journeys_it_is_about(sample_lab, sample_choices):
    """As many as leave from payment today; all changes together have none of their own."""
    told = {"view": "opportunities", "dial": "exit.web:payment=-20,back.web:cart=-10"}
    filters = read_filters(told, sample_choices)
    panels = content_of(sample_lab, filters, sample_choices).panels
    panel = next(panel for panel in panels if panel.name == "what_if")
    exits = sample_lab.drop_offs().filter(touchpoint="web:payment")["exits"].item()

    rows = rows_of(panel, '["web:payment", "exit_rate"]')

    behind = journeys_behind(sample_lab, filters, sample_choices, panel.drill, rows)
    assert behind.height == exits > 1
    with pytest.raises(UnknownName):
        rows_of(panel, '[null, "joint"]')


def test_a_log_without_a_goal_gives_sentences():
    """Nothing fails: the view says what is missing."""
    rows = pl.DataFrame(
        {
            "customer_id": ["ana", "ana"],
            "touchpoint": ["web:home", "web:cart"],
            "occurred_at": ["2026-03-01 10:00:00", "2026-03-01 10:05:00"],
        }
    ).with_columns(pl.col("occurred_at").str.to_datetime())
    names = {name: name for name in rows.columns}
    with jl.from_events(rows, **names) as lab:
        choices = choices_of_frame(lab)
        told = {
            key: content_of(lab, Filters(view=key), choices)
            for key in ("designed_map", "opportunities", "archetypes", "compare")
        }

    for key in ("designed_map", "opportunities"):
        assert "needs a goal" in told[key].empty
    assert told["archetypes"].headline.startswith("Not tried: ")
    assert "fewer than two full weeks" in told["compare"].empty


@pytest.mark.parametrize(
    ("kpi", "name"),
    [
        ("conversion_rate", "Conversion rate"),
        ("first_response_p50_seconds", "First response (median)"),
        ("time_to_goal_p50_converted_only", "Time to goal (median), of those that bought"),
        ("nps", "Recommend (NPS)"),
    ],
)
def test_business_figures_have_names_that_people_say(kpi, name):
    """No column's name, unit or p50 is left in them."""
    assert name_of(kpi) == name
