"""Waits, exits, stages and loops: order, numbers and fading of their rows."""

import json
from typing import Any

import polars as pl
import pytest
import small_tables as small

from journeylab import figures
from journeylab.figures.rows import interval_text


def texts(figure: dict[str, Any]) -> list[str]:
    return [note["text"] for note in figure["layout"]["annotations"]]


def keys(trace: dict[str, Any]) -> list[str]:
    return [json.loads(key)[0] for key in trace["customdata"]]


def test_an_interval_has_the_digits_of_its_rate() -> None:
    """Bounds of a small rate would be the same whole number else, and tell nothing."""
    assert interval_text(0.276, 0.241, 0.308) == "28% (24–31)"
    assert interval_text(0.0193, 0.0186, 0.0201) == "1.9% (1.9–2.0)"
    assert interval_text(0.0, 0.0, 0.0042) == "0% (0.0–0.4)"
    assert interval_text(0.5, None, None) == "50%"


def test_waits_for_us_stand_apart_and_first() -> None:
    """Each group has a heading in a row of its own; within it most hours first."""
    figure = figures.bottlenecks(small.bottlenecks(), small.nodes())
    dots = figure["data"][-2]

    assert keys(dots) == ["mail:click", "web:look", "web:help"]
    assert dots["y"] == [1, 3, 4]
    assert "<b>Waiting for us</b>" in texts(figure)
    assert "<b>Whose turn it is, is not set</b>" in texts(figure)
    assert figure["layout"]["yaxis2"]["ticktext"] == ["40 h", "1,200 h", "20 h"]


def test_a_dot_is_the_median_and_a_tick_the_ninetieth_percentile() -> None:
    """On a logarithmic axis of times people say; few customers are faded."""
    figure = figures.bottlenecks(small.bottlenecks(), small.nodes())
    sure, few, dots, _ = figure["data"]

    assert dots["x"] == [5.0, 60.0, 30.0]
    assert sure["x"] == [
        5.0,
        7200.0,
        None,
        7200.0,
        7200.0,
        None,
        60.0,
        3600.0,
        None,
        3600.0,
        3600.0,
        None,
    ]
    assert few["x"][:2] == [30.0, 60.0]
    assert dots["marker"]["opacity"] == [1, 1, 0.35]
    assert dots["marker"]["size"] == [16, 24, pytest.approx(8 + 16 * 0.15)]
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert figure["layout"]["xaxis"]["ticktext"] == ["10 s", "1 min", "10 min", "1 h"]


def test_a_touchpoint_nobody_moved_on_from_has_no_wait() -> None:
    """Nodes without a median are left out."""
    nodes = small.nodes().filter(small.pl.col("node") != "web:look")

    assert keys(figures.bottlenecks(small.bottlenecks(), nodes)["data"][-2]) == [
        "mail:click",
        "web:help",
    ]


def test_exits_come_in_bars_with_rate_and_interval_beside() -> None:
    """Most exits first; a touchpoint without exits is left out; few customers are faded."""
    figure = figures.drop_offs(small.drop_offs())
    bars, sure, few = figure["data"]

    assert (keys(bars), bars["x"]) == (["web:look", "mail:click", "web:help"], [30, 20, 5])
    assert bars["marker"]["opacity"] == [1, 1, 0.35]
    assert figure["layout"]["yaxis2"]["ticktext"] == ["10% (6–12)", "40% (25–50)", "50% (12–88)"]
    assert (keys(sure), sure["x"], sure["y"]) == (["web:look", "mail:click"], [0.1, 0.4], [0, 1])
    assert sure["error_x"]["arrayminus"] == pytest.approx([0.0375, 0.15])
    assert (keys(few), few["opacity"]) == (["web:help"], 0.35)


def test_exits_can_be_ordered_by_rate() -> None:
    """The rate of few customers does not come first, whatever it is."""
    bars = figures.drop_offs(small.drop_offs(), by="rate")["data"][0]

    assert keys(bars) == ["mail:click", "web:look", "web:help"]


def test_another_order_is_refused() -> None:
    """The orders there are, are named."""
    with pytest.raises(ValueError, match="choose one of exits, rate"):
        figures.drop_offs(small.drop_offs(), by="name")


def test_a_stage_is_split_by_what_became_of_its_journeys() -> None:
    """By rank; parts add up to all that reached it; a stage nobody reached is left out."""
    figure = figures.stage_funnel(small.stages())
    converted, elsewhere, here, _ = figure["data"]

    assert keys(converted) == ["reach", "convert"]
    assert (converted["x"], elsewhere["x"], here["x"]) == ([40, 50], [50, 5], [10, 25])
    assert figure["layout"]["barmode"] == "stack"
    assert figure["layout"]["yaxis2"]["ticktext"] == ["10% (6–25)", "31% (25–50)"]
    labels = figure["layout"]["yaxis"]["ticktext"]
    assert "100 journeys</span>" in labels[0]
    assert "80 journeys<br>median stay 2.0 min</span>" in labels[1]


def test_loops_are_told_from_where_they_are_entered() -> None:
    """Most walked first; both rates beside; a loop of unknown difference has no dot."""
    figure = figures.loops(small.loops())
    bars, sure, few = figure["data"]

    assert (keys(bars), bars["x"]) == (
        [["mail:click", "web:look"], ["web:look", "b", "c"]],
        [30, 10],
    )
    assert texts(figure)[2:] == [
        "web:look ⇄ mail:click",
        "web:look → b → c → …",
        "25% / 50%",
        "unknown / 50%",
    ]
    assert (sure["x"], few["x"]) == ([-25.0], [])
    assert sure["error_x"]["array"] == [25.0]
    assert sure["hovertext"] == [
        "25% convert with it, 50% without<br>-25.0 percentage points (-50 to +0), associated"
    ]


def test_loops_get_plain_names_and_say_how_many_are_shown() -> None:
    """30 of 40 walks are on the one loop shown."""
    names = small.pl.DataFrame({"touchpoint": ["web:look"], "label": ["Look"]})

    figure = figures.loops(small.loops(), touchpoints=names, top=1)

    assert texts(figure)[2] == "Look ⇄ mail:click"
    assert figure["layout"]["title"]["subtitle"]["text"].startswith(
        "40 walks round 2 loops before the goal; the 1 shown hold 75% of them."
    )


def test_a_bar_of_a_funnel_is_the_share_of_those_who_entered() -> None:
    """Its label has the number and the median time, the right side who went on."""
    figure = figures.funnel(small.funnel())
    bars, _ = figure["data"]

    assert bars["x"] == [1.0, 0.5, 0.25]
    assert bars["y"] == [0, 1, 2]
    assert bars["error_x"]["array"] == [0.0, 0.25, 0.25]
    assert bars["error_x"]["arrayminus"] == [0.125, 0.25, 0.125]
    assert bars["marker"]["opacity"] == [1, 1, 0.35]
    assert [json.loads(key) for key in bars["customdata"]] == [[None, 1], [None, 2], [None, 3]]
    labels = figure["layout"]["yaxis"]["ticktext"]
    assert labels[0].startswith("1 web:look<br>")
    assert "100 · median 2.0 min to the next" in labels[0]
    assert "50 · may be left out · median 1.0 min to the next" in labels[1]
    assert figure["layout"]["yaxis2"]["ticktext"] == ["50% (25–75)", "50% (25–75)", ""]
    assert figure["layout"]["title"]["subtitle"]["text"].startswith(
        "100 entered, 25 (25%) took the last step. 3 more are left out by an exclusion."
    )


def test_levels_of_a_funnel_stand_side_by_side() -> None:
    """A bar for each level in a colour of its own, largest level first in each step."""
    told = small.funnel()
    both = pl.concat(
        [told.with_columns(level=pl.lit("web")), told.with_columns(level=pl.lit(None, pl.String))]
    )

    figure = figures.funnel(both)

    web, unknown, _ = figure["data"]
    assert [web["name"], unknown["name"]] == ["web", "(not known)"]
    assert web["marker"]["color"] == "#0072B2"
    assert web["y"] == pytest.approx([-0.1515, 0.8485, 1.8485], abs=1e-4)
    assert unknown["y"] == pytest.approx([0.1515, 1.1515, 2.1515], abs=1e-4)
    assert len(figure["layout"]["yaxis2"]["tickvals"]) == 6
    assert texts(figure)[0].count("■") == 2
    assert "web\u00a0100" in texts(figure)[0]
