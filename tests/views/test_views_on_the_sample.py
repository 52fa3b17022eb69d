"""Views on the sample: each panel explains itself, adds up, and leads to as many journeys."""

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from journeylab.lab import Lab
from journeylab.lab.business import KPIS as JOURNEY_KPIS
from journeylab.lab.periods import KPIS
from journeylab.views import VIEWS, Choices, Content, Panel, content_of, read_filters
from journeylab.views.asked import asked
from journeylab.views.behind import journeys_behind, key_of, rows_of
from journeylab.views.heeded import heeded
from journeylab.views.registry import WHICH

#: The panels of each view, in order.
PANELS = {
    "overview": [
        "trend_conversion_rate",
        "trend_journeys",
        "trend_revenue",
        "changes",
        "findings",
        "kpis",
    ],
    "back_and_forth": ["arcs", "matrix", "ping_pong", "loops"],
    "bottlenecks": ["waits_us", "waits_unset", "waiting_now", "stays"],
    "drop_offs": [
        "last_steps",
        "stages",
        "last_three_steps",
        "next_moves",
        "visits_by_outcome",
    ],
    "journeys": ["variants", "single_journeys"],
}
#: Views of what to mend.
FINDINGS = ("bottlenecks", "opportunities")
CHAT = {"ch": "chat", "seg": "device,mobile", "from": "2026-02-20"}


def shown(lab: Lab, choices: Choices, told: dict[str, str]) -> Content:
    return content_of(lab, read_filters(told, choices), choices)


def drilled(lab: Lab, choices: Choices, told: dict[str, str], panel: Panel, row: Any) -> int:
    """Journeys that a row of a panel leads to under the filters its view heeds."""
    assert panel.drill is not None
    filters = heeded(read_filters(told, choices))
    rows = rows_of(panel, key_of(row, panel.drill))
    assert rows == [row]
    return journeys_behind(lab, filters, choices, panel.drill, rows).height


@pytest.mark.parametrize("view", PANELS)
def test_every_panel_explains_itself(view, sample_lab, sample_choices):
    """A title, a sentence with a number, who is counted, how, and columns that exist."""
    content = shown(sample_lab, sample_choices, {"view": view})

    assert [panel.name for panel in content.panels] == PANELS[view]
    assert content.headline
    assert content.empty == ""
    for panel in content.panels:
        assert panel.title
        assert any(sign.isdigit() for sign in panel.sentence), panel.name
        assert any(sign.isdigit() for sign in panel.population), panel.name
        assert panel.definition.endswith("."), panel.name
        assert panel.columns
        assert {column.name for column in panel.columns} <= {*panel.table.columns}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"view": "overview"}, id="weeks and findings"),
        pytest.param({"view": "overview", **CHAT}, id="weeks, filtered"),
        pytest.param({"view": "back_and_forth"}, id="back and forth, all"),
        pytest.param({"view": "back_and_forth", **CHAT}, id="back and forth, filtered"),
        pytest.param({"view": "bottlenecks", **CHAT}, id="bottlenecks"),
        pytest.param({"view": "drop_offs"}, id="drop-offs, all"),
        pytest.param({"view": "drop_offs", **CHAT}, id="drop-offs, filtered"),
        pytest.param({"view": "journeys", **CHAT}, id="journeys, filtered"),
    ],
)
def test_a_row_leads_to_as_many_journeys_as_it_says(told, sample_lab, sample_choices):
    """First and last rows of every panel whose rows count journeys; the others lead somewhere."""
    content = shown(sample_lab, sample_choices, told)

    with_drills = [p for p in content.panels if p.drill and p.drill.table != "journey"]
    assert with_drills
    for panel in with_drills:
        for place in {0, panel.table.height - 1}:
            row = panel.table.row(place, named=True)
            found = drilled(sample_lab, sample_choices, told, panel, row)
            if panel.drill.count is None:
                assert found > 0, panel.name
            else:
                assert found == row[panel.drill.count], panel.name


def test_totals_equal_the_journeys_of_the_filters(sample_lab, sample_choices):
    """Variants and the grid hold every journey; each ended one is a drop-off once."""
    told = {"view": "journeys", **CHAT}
    filters = read_filters(told, sample_choices)
    counts = sample_lab.journey_counts(
        where=filters.journeys_asked("Europe/Berlin"),
        segment=sample_lab.segment("device", "mobile"),
    ).row(0, named=True)

    variants, grid = shown(sample_lab, sample_choices, told).panels
    drop_offs = shown(sample_lab, sample_choices, {**told, "view": "drop_offs"}).panels[0]

    assert counts["journeys"] > 0
    assert variants.table["journeys"].sum() == counts["journeys"]
    assert grid.table.height == counts["journeys"]
    dropped = counts["journeys_settled"] - counts["converted"]
    assert drop_offs.table["exits"].sum() == dropped


@pytest.mark.parametrize("view", [view.key for view in VIEWS if set(WHICH) <= {*view.filters}])
def test_nobody_is_an_empty_view(view, sample_lab, sample_choices):
    """Filters that fit no journey are said, not drawn."""
    nobody = {"view": view, "from": "2026-02-01", "to": "2026-02-01", "ch": "chat", "conv": "open"}

    content = shown(sample_lab, sample_choices, nobody)

    assert content.panels == ()
    assert content.empty != ""


def test_bottlenecks_and_opportunities_are_of_the_journeys_the_filters_leave(
    sample_lab, sample_choices
):
    """Same exits as Drop-offs, waits that lead to their journeys, what-if over the settled ones."""
    told = {view: shown(sample_lab, sample_choices, {"view": view, **CHAT}) for view in FINDINGS}
    lasts = shown(sample_lab, sample_choices, {"view": "drop_offs", **CHAT}).panels[0].table
    filters = read_filters({"view": "bottlenecks", **CHAT}, sample_choices)
    rates = dict(lasts.select("touchpoint", "exit_rate").iter_rows())

    waits = [panel for panel in told["bottlenecks"].panels if panel.name.startswith("waits_")]
    assert len(waits) > 1
    for panel in waits:
        for row in panel.table.to_dicts():
            assert row["exit_rate"] == rates.get(row["touchpoint"])
        row = panel.table.row(0, named=True)
        found = journeys_behind(sample_lab, filters, sample_choices, panel.drill, [row])
        assert found["occurrences"].sum() == row["n"]
    settled = sample_lab.journey_counts(
        where=filters.journeys_asked("Europe/Berlin"),
        segment=sample_lab.segment("device", "mobile"),
    )["journeys_settled"].item()
    changed = next(p for p in told["opportunities"].panels if p.name == "what_if").table
    assert set(changed["journeys"]) == {settled}
    leads = next(p for p in told["opportunities"].panels if p.name == "zombie_leads").table
    assert leads["journeys"].sum() < sample_lab.zombie_leads().height


def test_stays_in_a_stage_are_told_of_the_journeys_the_filters_leave(sample_lab, sample_choices):
    """Each row names its median stay, and no note says that it is left out."""
    panel = next(
        panel
        for panel in shown(sample_lab, sample_choices, {"view": "drop_offs", **CHAT}).panels
        if panel.name == "stages"
    )

    told = panel.table["stay_p50_seconds"]
    assert told.null_count() < len(told)
    assert told.to_list() != sample_lab.stage_kpis()["stay_p50_seconds"].to_list()
    assert "left out here" not in panel.note


def test_the_dial_orders_last_steps_by_rate(sample_lab, sample_choices):
    """Those of fewer than 30 customers come last, whatever their rate."""
    by_count, by_rate = (
        shown(sample_lab, sample_choices, {"view": "drop_offs", "dial": dial}).panels[0].table
        for dial in ("by=count", "by=rate")
    )

    assert by_count["exits"].is_sorted(descending=True)
    sure = by_rate.filter(~by_rate["is_insufficient"])
    assert sure["exit_rate"].is_sorted(descending=True)
    assert by_rate["is_insufficient"].is_sorted()


def test_the_overview_tells_figures_and_links_findings(sample_lab, sample_choices):
    """Values with their base and change; each of three findings leads to a view."""
    content = shown(sample_lab, sample_choices, {"view": "overview"})

    kpis = {row["kpi"]: row for row in sample_lab.kpis().to_dicts()}
    told = {fact.label: fact for fact in content.facts}
    assert "against the week before" in told["Revenue"].change
    again = told["Customers who buy again"]
    assert again.value == f"{kpis['repeat_purchase_rate']['value']:.0%}"
    assert f"{kpis['repeat_purchase_rate']['n']:,} customers" in again.base
    assert "95%" in again.base
    assert again.definition == kpis["repeat_purchase_rate"]["definition"]
    assert len(content.links) == 3
    for sentence, query in content.links:
        assert sentence.endswith(".")
        assert read_filters(query, sample_choices).view == query["view"]
    findings = next(panel for panel in content.panels if panel.name == "findings")
    values = findings.table["value"].drop_nulls()
    assert values.is_sorted(descending=True)


def test_cards_of_all_journeys_are_the_published_ones_and_filters_hold_for_them(
    sample_lab, sample_choices
):
    """Revenue, mean order and sales cycle, to the last digit; others are of no single journey."""
    assert_frame_equal(
        sample_lab.kpis(where="steps >= 0"),
        sample_lab.kpis().filter(pl.col("kpi").is_in(JOURNEY_KPIS)),
    )
    facts = {fact.label: fact for fact in shown(sample_lab, sample_choices, CHAT).facts}
    bought = sample_lab.journeys(
        **asked(sample_lab, read_filters(CHAT, sample_choices), sample_choices), limit=None
    )
    assert len(facts) == 3
    assert facts["Revenue"].value == f"{bought['value'].sum():,.0f} EUR"
    assert f"of {bought['value'].count():,} converted journeys" in facts["Revenue"].base


def test_weeks_of_all_journeys_are_the_published_ones_and_filters_hold_for_them(
    sample_lab, sample_choices
):
    """A condition that all fit: the same rows; with a filter, findings stay those of all."""
    for period in ("day", "week"):
        every = sample_lab.kpis_by(period, where="steps >= 0")
        assert_frame_equal(every, sample_lab.kpis_by(period).filter(pl.col("kpi").is_in(KPIS)))

    content = shown(sample_lab, sample_choices, {"view": "overview", "conv": "converted"})

    trend = next(panel for panel in content.panels if panel.name == "trend_journeys")
    bought = sample_lab.journey_counts(where="outcome = 'converted'")["journeys"].item()
    assert trend.table["value"].sum() == bought
    assert content.headline.startswith("100")
    assert content.links_title.endswith("of all journeys")


def test_only_the_view_of_single_journeys_shows_them():
    """A viewer may see all others."""
    assert [view.key for view in VIEWS if view.shows_journeys] == ["journeys"]
    assert VIEWS[0].key == "overview"


def test_all_panels_of_other_views_name_no_customer(sample_lab, sample_choices):
    """The queue is told by place; who waits is in its rows, for those who may see them."""
    for view in PANELS:
        if view != "journeys":
            for panel in shown(sample_lab, sample_choices, {"view": view}).panels:
                assert not {"customer_id", "journey_id"} & {*panel.table.columns}
