"""What credit, cohorts, lifecycle and time to convert look like, in places."""

import json
from datetime import date

import asked_tables as asked
import pytest

from journeylab import figures


def words(figure) -> str:
    """The lines below the heading, as one."""
    return figure["layout"]["title"]["subtitle"]["text"].replace("<br>", " ")


def test_models_stand_side_by_side_over_the_same_rows() -> None:
    """Units by their mean share, those without a touch last and grey, few customers faded."""
    figure = figures.attribution(asked.attribution())

    first, last = figure["data"]
    assert [trace["name"] for trace in (first, last)] == ["First touch", "Last touch"]
    assert (first["xaxis"], last["xaxis"]) == ("x", "x2")
    assert [label.split("<br>")[0] for label in figure["layout"]["yaxis"]["ticktext"]] == [
        "web:look",
        "mail:click",
        "(none)",
    ]
    assert [first["x"], last["x"]] == [
        pytest.approx([0.8, 0.1, 0.1]),
        pytest.approx([0.3, 0.6, 0.1]),
    ]
    assert last["error_x"]["arrayminus"] == pytest.approx([0.125, 0.125, 0.1])
    assert first["marker"]["opacity"] == [1, 0.35, 1]
    assert [json.loads(key) for key in last["customdata"]][1] == ["last", "mail:click"]
    assert words(figure).startswith("10 settled conversions in EUR. Each panel adds up to 100%.")


def test_credit_can_be_drawn_in_money() -> None:
    """The same panels of value; another measure is refused."""
    figure = figures.attribution(asked.attribution(), measure="value")

    assert figure["data"][1]["x"] == pytest.approx([0.3, 0.6, 0.1])
    assert words(figure).startswith("100 EUR of settled conversions.")
    with pytest.raises(ValueError, match="no measure 'clicks'"):
        figures.attribution(asked.attribution(), measure="clicks")
    assert figures.attribution(asked.attribution(), currency="USD")["data"] == []


def test_cells_that_may_grow_are_a_faded_layer() -> None:
    """All cohorts on top; the cohort's own week is its size beside its name, not a cell."""
    figure = figures.retention(asked.retention())

    over, growing = figure["data"]
    assert over["z"] == [[0.25, None], [0.25, None], [None, None]]
    assert growing["z"] == [[None, None], [None, 0.125], [0.25, None]]
    assert (over["opacity"], growing["opacity"]) == (1, 0.35)
    assert figure["layout"]["xaxis"]["ticktext"] == ["week 1", "2"]
    labels = [label.split(" <")[0] for label in figure["layout"]["yaxis"]["ticktext"]]
    assert labels == ["all cohorts", "02 Mar 2026", "09 Mar 2026 *"]
    assert json.loads(growing["customdata"][1][1]) == ["2026-03-02", 2]
    assert words(figure).startswith("60 customers in 2 cohorts")


def test_who_went_quiet_hangs_below() -> None:
    """Nobody is said to have in the week that runs, which is hatched."""
    figure = figures.lifecycle(asked.lifecycle())

    traces = {trace["name"]: trace for trace in figure["data"]}
    assert traces["gone quiet"]["y"] == [0, -30, None]
    assert traces["back after a pause"]["y"] == [0, 0, 15]
    assert traces["new"]["marker"]["pattern"]["shape"] == ["", "", "/"]
    assert traces["new"]["x"][0] == date(2026, 3, 2).isoformat()
    assert words(figure).startswith("3 periods; 75 customers in all")


def test_curves_have_bands_and_are_dotted_where_few_are_watched() -> None:
    """Two traces of the band, then the line, then its dotted end, per group."""
    figure = figures.time_to_convert(asked.curves(), asked.time_to_convert())

    low, high, line, end = figure["data"][:4]
    assert (low["y"], high["y"]) == ([0.0, 0.375], [0.0, 0.625])
    assert high["fill"] == "tonexty"
    assert (line["y"], line["line"]["dash"]) == ([0.0, 0.5], "solid")
    assert (end["y"], end["line"]["dash"]) == ([0.625], "dot")
    assert json.loads(line["customdata"][0]) == ["web:look"]
    assert "Log-rank test of all groups: p = 0.062." in words(figure)
    assert words(figure).endswith("Half of those who convert have within: web:look 30.0 min.")
