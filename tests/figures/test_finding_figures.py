"""Chances, stays, opportunities, archetypes, the designed map and trends: numbers and order."""

import json
from typing import Any

import finding_tables as found
import polars as pl
import pytest
import small_tables as small

from journeylab import figures


def texts(figure: dict[str, Any]) -> list[str]:
    return [note["text"] for note in figure["layout"]["annotations"]]


def keys(trace: dict[str, Any]) -> list[list[Any]]:
    return [json.loads(key) for key in trace["customdata"]]


def test_chances_stand_highest_first_beside_the_overall_rate() -> None:
    """Goals are left out; a chance without an interval has no whisker; few are faded."""
    figure = figures.chances(found.chances())
    sure, few, _ = figure["data"]

    assert (keys(sure), sure["x"], sure["y"]) == ([["web:cart"], ["web:look"]], [0.5, 0.25], [1, 2])
    assert sure["error_x"]["array"] == [0.0, 0.125]
    assert (keys(few), few["opacity"]) == ([["web:help"]], 0.35)
    assert figure["layout"]["shapes"][0]["x0"] == 0.25
    assert figure["layout"]["yaxis2"]["ticktext"] == ["75% (25–100)", "50%", "25% (12–38)"]


def test_what_ends_visits_is_stacked_and_adds_up() -> None:
    """Most leaving first; causes that never occur have no colour in the legend."""
    figure = figures.stays(found.stays())
    bars = figure["data"][:-1]

    assert [trace["name"] for trace in bars] == [
        "goal",
        "on to a later stage",
        "within the stage",
        "back to an earlier stage",
        "left for good",
        "not known yet",
    ]
    assert [sum(shares) for shares in zip(*(trace["x"] for trace in bars), strict=True)] == [1, 1]
    assert keys(bars[0]) == [["web:cart", "goal"], ["web:look", "goal"]]
    assert figure["layout"]["yaxis2"]["ticktext"] == ["unknown", "1.5 min"]


def test_a_curve_is_of_one_touchpoint() -> None:
    """Causes are stacked in a fixed order; the most visits watched are told."""
    figure = figures.stay_curves(found.stay_curves(), "web:look")
    back, leave = figure["data"]

    assert (back["x"], back["y"]) == ([60.0, 86400.0], [0.25, 0.25])
    assert (leave["name"], leave["y"]) == ("left for good", [0.5])
    assert "40 visits were watched" in figure["layout"]["title"]["subtitle"]["text"]


def test_opportunities_keep_their_rank_and_say_their_unit() -> None:
    """A bar where conversions are known, words where they are not."""
    figure = figures.opportunities(found.opportunities())
    bars = figure["data"][0]

    assert (bars["x"], bars["text"]) == ([8.0, 0], ["8", "conversions not known"])
    assert keys(bars) == [["leaky", "b"], ["slow", "a"]]
    assert "1,000 EUR" in texts(figure)
    assert any(
        "people leave: 20 more dropped journeys (10 to 30), low effort" in t for t in texts(figure)
    )
    assert bars["hovertext"][0] == "Payment leaks.<br>80 customers"


def test_archetypes_share_rows_and_stand_side_by_side() -> None:
    """Down the rows at the right, up at the left; rows nobody visits are left out."""
    figure = figures.archetypes(found.archetypes(), found.archetype_steps(), small.nodes())
    down, up, out, dots, straight, others = figure["data"]

    assert figure["layout"]["yaxis"]["ticktext"] == ["Click", "web:look", "Converted", "Dropped"]
    assert (max(down["x"]) > 0, min(up["x"]) < 0, max(out["x"]) > 0) == (True, True, True)
    assert down["line"]["width"] == pytest.approx(1 + 14 * 0.8)
    assert keys(dots) == [[1, "mail:click"], [1, "web:look"], [1, "(converted)"]]
    assert (others["x"], others["marker"]["opacity"]) == ([1, 1], 0.35)
    assert min(straight["x"]) > 1
    assert "<b>1. Look, Cart</b><br>75% of journeys<br>50% (38–62) convert" in texts(figure)


def test_weeks_that_may_change_are_hatched_and_empty_ones_left_out() -> None:
    """Shares of all, of converted and of dropped journeys stand in the heading."""
    figure = figures.conformance(found.conformance(), found.conformance_weekly())
    bars = figure["data"][0]

    assert (bars["x"], bars["y"]) == (["2026-03-02", "2026-03-09"], [0.125, 0.5])
    assert bars["marker"]["pattern"]["shape"] == ["", "/"]
    assert bars["error_y"]["array"] == [0.125, 0.25]
    assert figure["layout"]["title"]["subtitle"]["text"].startswith(
        "25% of 100 settled journeys follow it, 50% of 40 that converted, 6.2% of 60 that dropped."
    )


def test_allowed_deviations_are_left_out() -> None:
    """Most journeys first, named by touchpoint and kind."""
    names = pl.DataFrame({"touchpoint": ["web:look"], "label": ["Look"]})

    figure = figures.deviations(found.deviations(), touchpoints=names)

    assert keys(figure["data"][0]) == [["back", "web:look"], ["skipped", "web:cart"]]
    assert texts(figure)[2:4] == ["Look: gone back to", "web:cart: skipped"]


def test_a_trend_is_one_figure_over_time() -> None:
    """Few customers are faded, the axis follows those of enough."""
    figure = figures.kpi_trend(found.kpis_weekly())
    bars = figure["data"][0]

    assert (bars["x"][0], bars["y"]) == ("2026-03-02", [0.25, 0.5, 0.125])
    assert bars["marker"]["color"] == ["#0072B2", "#0072B2", "rgba(0,114,178,0.35)"]
    assert bars["marker"]["pattern"]["shape"] == ["", "", "/"]
    assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(0.75 * 1.05)]
    assert keys(bars)[0] == ["2026-03-02", "conversion_rate"]


def test_money_is_drawn_in_one_currency() -> None:
    """The first by name unless one is asked for; sums have no whiskers and are not faded."""
    euros = figures.kpi_trend(found.kpis_weekly(), "revenue")
    dollars = figures.kpi_trend(found.kpis_weekly(), "revenue", currency="USD")

    assert (euros["data"][0]["y"], dollars["data"][0]["y"]) == ([1200.0, 1500.0], [900.0])
    assert "error_y" not in euros["data"][0]
    assert euros["layout"]["title"]["text"] == "<b>Revenue by week</b>"
    assert euros["layout"]["title"]["subtitle"]["text"].startswith(
        "2 weeks, 27 orders in all, in EUR."
    )


def test_days_are_days() -> None:
    """The same by day, from the column of that name."""
    figure = figures.kpi_trend(found.kpis_weekly().rename({"week": "day"}))

    assert figure["layout"]["title"]["text"] == "<b>Conversion rate by day</b>"
