"""Figures of what follows what: which number stands where."""

import json

import follow_tables as follow
import polars as pl
import pytest

from journeylab import figures


def test_a_column_of_the_step_matrix_is_a_step() -> None:
    """Ends stand below touchpoints; cells hold whole percent and tell step and touchpoint."""
    drawn = figures.step_matrix(follow.step_matrix())
    (layer,) = drawn["data"]

    assert drawn["layout"]["yaxis"]["ticktext"] == ["web:look", "paid", "Dropped"]
    assert drawn["layout"]["xaxis"]["ticktext"] == ["1", "2"]
    assert layer["text"] == [["100", ""], ["", "60"], ["", "40"]]
    assert json.loads(layer["customdata"][2][1]) == [2, "(dropped)"]
    assert "10 paths" in drawn["layout"]["title"]["subtitle"]["text"]


def test_what_follows_is_read_by_row() -> None:
    """The start first, ends last; eventually is told of journeys instead of moves."""
    drawn = figures.follows(follow.directly())
    later = figures.follows(follow.directly().rename({"share_out": "share"}).drop("transitions"))

    assert drawn["layout"]["yaxis"]["ticktext"] == ["Starts", "web:look"]
    assert drawn["layout"]["xaxis"]["ticktext"] == ["web:look", "paid", "Dropped"]
    assert drawn["data"][0]["text"] == [["100", "", ""], ["", "60", "40"]]
    assert "20 moves in all" in drawn["layout"]["title"]["subtitle"]["text"]
    assert "at some time after" in later["layout"]["title"]["subtitle"]["text"]


def test_shares_of_touchpoints_tell_waits_or_conversion() -> None:
    """At the right, what the table knows."""
    after = figures.touchpoint_shares(follow.beside())
    starts = figures.touchpoint_shares(follow.starts())

    assert after["data"][0]["x"] == [0.6, 0.4]
    assert after["layout"]["yaxis2"]["ticktext"] == ["1.5 min", ""]
    assert starts["layout"]["yaxis2"]["ticktext"][0] == "25% (25–25)"


def test_spans_end_with_the_last_time() -> None:
    """Empty spans in the middle stay, those behind the last time are left out."""
    drawn = figures.spans(follow.spans())
    short = figures.spans(follow.spans().head(2))

    assert drawn["layout"]["yaxis"]["ticktext"] == [
        "up to 1 min", "1 min to 2 min", "2 min and more",
    ]  # fmt: skip
    assert drawn["layout"]["yaxis2"]["ticktext"] == [
        "75% by then", "75% by then", "100% by then",
    ]  # fmt: skip
    assert short["layout"]["yaxis"]["ticktext"] == ["up to 1 min"]


def test_what_is_not_over_is_hatched() -> None:
    """The running day of arrivals, and weeks whose window is not over."""
    for drawn in (figures.arrivals(follow.arrivals()), figures.funnel_trend(follow.trend())):
        assert drawn["data"][0]["marker"]["pattern"]["shape"] == ["", "/"]
        assert "Hatched" in drawn["layout"]["title"]["subtitle"]["text"]


def test_rules_of_sessions_are_compared_relative_to_the_first() -> None:
    """A fifth fewer sessions, half as long again; a figure of nought has no relation."""
    drawn = figures.sessions_compared(follow.sessions())

    assert drawn["data"][0]["x"] == [-0.2, 0.5]
    assert drawn["layout"]["yaxis2"]["ticktext"] == ["100 → 80", "1.0 min → 1.5 min"]


def test_what_was_done_instead_is_of_one_step() -> None:
    """The step most dropped after, unless another is asked; the next event alone."""
    most = figures.funnel_instead(follow.instead())
    second = figures.funnel_instead(follow.instead(), 2)
    none = figures.funnel_instead(follow.instead(), 3)

    assert most["layout"]["yaxis"]["ticktext"] == ["web:look", "Nothing"]
    assert "4 attempts" in most["layout"]["title"]["subtitle"]["text"]
    assert second["data"][0]["x"] == [1.0]
    assert none["layout"]["title"]["subtitle"]["text"] == "Nobody dropped out after step 3."


def test_rates_are_named_by_their_texts() -> None:
    """A level that is not known is named so; rows without a rate are left out."""
    drawn = figures.rates(follow.segments())

    assert [len(trace["x"]) for trace in drawn["data"][:2]] == [1, 1]
    assert drawn["layout"]["yaxis2"]["ticktext"] == ["50% (25–75)", "25% (0–50)"]
    assert drawn["layout"]["yaxis"]["ticktext"][0].startswith("web:look<br>")
    assert json.loads(drawn["data"][1]["customdata"][0]) == ["device", "(none)"]
    assert "2 of 3 rows" in drawn["layout"]["title"]["subtitle"]["text"]


def test_rates_without_intervals_and_names_are_dots_alone() -> None:
    """Any share will do; without a text the rate itself is the name."""
    drawn = figures.rates(pl.DataFrame({"reach": [0.25], "customers": [40]}), "reach")

    assert drawn["layout"]["yaxis"]["ticktext"] == ["reach"]
    assert drawn["layout"]["yaxis2"]["ticktext"] == ["25%"]
    assert drawn["data"][0]["error_x"]["array"] == [0.0]
    assert "whiskers" not in drawn["layout"]["title"]["subtitle"]["text"]


def test_a_headline_has_a_dot_for_each_measure() -> None:
    """Shares of the settled journeys, faded where few customers stand behind them."""
    drawn = figures.headline(follow.headline())
    sure, few, _ = drawn["data"]

    assert sure["x"] == []
    assert few["x"] == [0.5, 0.5, 0.25]
    assert few["error_x"]["arrayminus"] == [0.25, 0.25, 0.125]
    assert [json.loads(key) for key in few["customdata"]] == [
        ["converted"],
        ["dropped"],
        ["returned"],
    ]
    assert drawn["layout"]["yaxis"]["ticktext"][2] == "Went back to a touchp…"
    assert "10 journeys, of which 8 are settled" in drawn["layout"]["title"]["subtitle"]["text"]


def test_voice_is_told_in_the_unit_of_its_survey() -> None:
    """Shares for csat, points for nps; rows without a score are left out."""
    csat = figures.voice(follow.voice())
    moves = figures.voice(follow.voice(), subject="transition")
    nps = figures.voice(follow.voice(), "nps")

    assert csat["layout"]["yaxis2"]["ticktext"] == ["75% (50–100)"]
    assert csat["layout"]["xaxis"]["tickformat"] == ".0%"
    assert nps["layout"]["yaxis2"]["ticktext"] == ["+20 (-5 to +45)"]
    assert "tickformat" not in nps["layout"]["xaxis"]
    assert json.loads(moves["data"][1]["customdata"][0]) == ["before", "cart", "web:look"]
    with pytest.raises(ValueError, match="no survey 'stars'; choose one of csat, nps"):
        figures.voice(follow.voice(), "stars")


def test_a_table_writes_its_cells_for_people() -> None:
    """Times in their unit, shares in percent, lists as paths, instants to the minute."""
    drawn = figures.table(follow.journeys())
    cells = drawn["data"][0]["cells"]["values"]

    assert drawn["data"][0]["header"]["values"][3:] == [
        "<b>Duration</b>",
        "<b>Conversion rate</b>",
        "<b>Is settled</b>",
        "<b>Goal (UTC)</b>",
    ]
    assert cells == [
        ["web:look", "b"],
        ["web:look → paid", "web:look"],
        ["2", "1,200"],
        ["1.5 min", "0 s"],
        ["50%", "–"],
        ["yes", "no"],
        ["2026-01-05 12:30", "–"],
    ]
    assert "2 of 2 rows, 7 columns" in drawn["layout"]["title"]["subtitle"]["text"]


def test_a_table_shows_the_first_rows_of_the_columns_asked() -> None:
    """In their order; a column it lacks is named."""
    drawn = figures.table(follow.journeys(), columns=["steps", "journey_id"], top=1)

    assert drawn["data"][0]["cells"]["values"] == [["2"], ["web:look"]]
    assert "1 of 2 rows" in drawn["layout"]["title"]["subtitle"]["text"]
    with pytest.raises(ValueError, match="the table lacks step"):
        figures.table(follow.journeys(), columns=["step"])
