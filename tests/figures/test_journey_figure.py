"""One journey as a zig-zag: where it turned back, where it waited, what came after the goal."""

import polars as pl
import pytest
import small_tables as small

from journeylab import figures


def test_the_way_back_is_orange_and_what_follows_the_goal_dotted() -> None:
    """Look, mail, look again, paid; then help."""
    figure = figures.journey(small.steps())
    onward, back, after = figure["data"][:3]

    assert (onward["x"], onward["y"]) == ([1, 2, None, 3, 4, None], [0, 1, None, 0, 2, None])
    assert (back["x"], back["y"]) == ([2, 3, None], [1, 0, None])
    assert back["line"]["color"] == "#D55E00"
    assert (after["x"], after["line"]["dash"]) == ([4, 5, None], "dot")


def test_form_and_colour_of_a_marker_are_its_channel() -> None:
    """Circle, square and star, in the colours of all figures."""
    markers = figures.journey(small.steps())["data"][3:]

    assert [
        (trace["name"], trace["marker"]["symbol"], trace["marker"]["color"]) for trace in markers
    ] == [
        ("web", "circle", "#0072B2"),
        ("email", "square", "#E69F00"),
        ("purchase", "star", "#CC79A7"),
    ]
    assert markers[0]["customdata"] == ['["ana-0", 1]', '["ana-0", 3]', '["ana-0", 5]']


def test_only_waits_over_ten_minutes_are_written() -> None:
    """A day; neither a minute nor exactly ten minutes."""
    steps = small.steps().with_columns(
        wait_seconds=pl.when(pl.col("step_number") == 4).then(600.0).otherwise("wait_seconds")
    )

    notes = figures.journey(steps)["layout"]["annotations"]

    assert [(note["text"], note["x"], note["y"]) for note in notes[1:]] == [("1.0 days", 1.5, 0.5)]


def test_rows_follow_the_touchpoints_given() -> None:
    """Without them, names in the order they were first seen."""
    names = pl.DataFrame(
        {
            "touchpoint": ["mail:click", "web:home", "web:look"],
            "label": ["Click", "Home", "Look"],
        }
    )

    plain = figures.journey(small.steps())["layout"]["yaxis"]["ticktext"]
    ordered = figures.journey(small.steps(), touchpoints=names)["layout"]["yaxis"]["ticktext"]

    assert plain == ["web:look", "mail:click", "shop:paid", "web:help"]
    assert ordered == ["Click", "Look", "shop:paid", "web:help"]


def test_steps_can_stand_by_the_clock() -> None:
    """Positions are instants, and the wait is written half way between them."""
    figure = figures.journey(small.steps(), x="time")

    assert figure["data"][1]["x"] == ["2026-03-02T09:00:00", "2026-03-02T09:01:00", None]
    assert figure["layout"]["xaxis"]["type"] == "date"
    assert figure["layout"]["annotations"][1]["x"] == "2026-03-01T21:00:00"


def test_the_heading_tells_steps_time_and_returns() -> None:
    """From the first event of the first step to the last event of the last."""
    words = figures.journey(small.steps())["layout"]["title"]["subtitle"]["text"]

    assert words.startswith(
        "5 steps in 1.0 days, from 01 Mar 2026, 09:00 UTC."
        " 1 of them goes back to a touchpoint seen before."
    )


def test_two_journeys_are_refused() -> None:
    """The number found and the way out are named."""
    two = pl.concat([small.steps(), small.steps().with_columns(journey_id=pl.lit("bea-0"))])

    with pytest.raises(ValueError, match="holds 2 journeys; filter it to one"):
        figures.journey(two)


def test_another_axis_is_refused() -> None:
    """The axes there are, are named."""
    with pytest.raises(ValueError, match="choose one of step, time"):
        figures.journey(small.steps(), x="day")
