"""Archetypes and the designed map where there are some: planted ways, held against a map."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl
import pytest
from frame_choices import choices_of_frame
from polars.testing import assert_frame_equal

import journeylab as jl
from journeylab.lab import Lab
from journeylab.views import Filters, content_of
from journeylab.views.behind import journeys_behind
from journeylab.views.heeded import heeded

WAYS = (
    ("web:home", "web:product", "web:reviews", "web:product", "web:cart"),
    ("email:click", "web:product", "web:cart"),
    ("chat:started", "web:about", "chat:started"),
    ("web:reviews", "web:about", "web:reviews", "web:home"),
)
MAP = """
[[steps]]
touchpoint = "web:home"
optional = true

[[steps]]
name = "choose"
touchpoints = ["web:product", "web:reviews"]

[[steps]]
touchpoint = "purchase:completed"
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """240 customers walk one of four ways in turn, leaving out a step in ten; three of ten buy."""
    draw = random.Random(1)
    start = datetime(2026, 1, 1)
    rows = []
    for number in range(240):
        at = start + timedelta(hours=number)
        way = [name for name in WAYS[number % 4] if draw.random() >= 0.1] or ["web:home"]
        for touchpoint in way + ["purchase:completed"] * (draw.random() < 0.3):
            at += timedelta(minutes=draw.randint(1, 9))
            rows.append((f"c{number:03}", at, touchpoint))
    frame = pl.DataFrame(rows, schema=["who", "when", "what"], orient="row")
    path = tmp_path_factory.mktemp("map") / "designed_map.toml"
    path.write_text(MAP, encoding="utf-8")
    with jl.from_events(
        frame,
        occurred_at="when",
        touchpoint="what",
        customer_id="who",
        assume_complete=True,
        settings={"run": {"threads": 1}, "paths": {"designed_map": path}},
    ) as lab:
        yield lab


@pytest.mark.parametrize("outcome", ["all", "converted"])
@pytest.mark.parametrize(
    ("view", "panel", "rows"), [("archetypes", 0, 4), ("designed_map", 1, 5)], ids=["kinds", "map"]
)
def test_rows_lead_to_as_many_journeys_as_they_count(view, panel, rows, outcome, planted):
    """Every kind, and every deviation; of all journeys and of those that a filter leaves."""
    choices, filters = choices_of_frame(planted), Filters(view=view, outcome=outcome)
    content = content_of(planted, filters, choices)

    shown = content.panels[panel]
    found = [
        journeys_behind(planted, heeded(filters), choices, shown.drill, [row]).height
        for row in shown.table.to_dicts()
    ]
    assert found == shown.table[shown.drill.count].to_list()
    assert len(found) >= rows


def test_kinds_and_map_of_all_journeys_are_the_published_ones(planted):
    """A condition that all fit: the same table, but for what needs those that do not deviate."""
    every = {"where": "steps > 0"}

    assert_frame_equal(planted.archetypes(**every), planted.archetypes())
    assert_frame_equal(planted.conformance(**every), planted.conformance())
    assert_frame_equal(planted.conformance_weekly(**every), planted.conformance_weekly())
    told = ["rank", "kind", "touchpoint", "journeys", "journey_share", "conversion_rate_with"]
    assert_frame_equal(planted.deviations(**every)[told], planted.deviations()[told])


def test_filters_hold_for_kinds_and_for_the_map(planted):
    """Of those that bought all convert; shares are of them; the map without them says so."""
    choices = choices_of_frame(planted)
    told = {
        view: content_of(planted, Filters(view=view, outcome="converted"), choices)
        for view in ("archetypes", "designed_map")
    }
    bought = planted.journey_counts(where="outcome = 'converted'")["journeys"].item()

    kinds = told["archetypes"].panels[0].table
    assert kinds["conversion_rate"].unique().to_list() == [1.0]
    assert kinds["journey_share"].sum() == pytest.approx(1)
    assert [fact.label for fact in told["designed_map"].facts] == [
        "Follow the map: all",
        "Follow the map: converted",
    ]
    assert f" of {bought:,} settled journeys of " in told["designed_map"].facts[0].base
    for view in ("archetypes", "designed_map"):
        nobody = content_of(planted, Filters(view=view, outcome="open"), choices)
        assert nobody.empty.startswith("No settled journey")


def test_a_condition_holds_for_the_journeys_behind_a_row(planted):
    """As for every table: fewer where it leaves fewer."""
    row = planted.archetypes().row(0, named=True)

    bought = planted.journeys_of("archetypes", row, where="outcome = 'converted'", limit=None)

    assert bought.height == row["converted"]


def test_kinds_are_told_with_size_and_conversion(planted):
    """A fact each, the largest in the headline; no journey is named to those who may not see it."""
    content = content_of(planted, Filters(view="archetypes"), choices_of_frame(planted))

    assert content.headline.startswith("Journeys fall into 4 kinds. The largest, ")
    assert len(content.facts) == 4
    assert len(content.panels[0].figure["data"]) > 4
    assert "medoid_journey_id" not in content.panels[0].table.columns


def test_the_map_is_told_in_its_steps(planted):
    """Two touchpoints take the same step; the first may be left out."""
    content = content_of(planted, Filters(view="designed_map"), choices_of_frame(planted))

    shown = content.panels[2]
    assert shown.sentence == "3 steps, 1 of them optional."
    assert shown.table.select("step_number", "touchpoint_label", "is_optional").rows() == [
        (1, "web:home", True),
        (2, "web:product", False),
        (2, "web:reviews", False),
        (3, "purchase:completed", False),
    ]
    assert content.facts[0].label == "Follow the map: all"
