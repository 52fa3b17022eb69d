"""Arcs and matrix: the numbers of the graph, and what is drawn onward or back."""

import json
from typing import Any

import polars as pl
import small_tables as small

from journeylab import figures


def rows(figure: dict[str, Any]) -> list[str]:
    return figure["layout"]["yaxis"]["ticktext"]


def test_rows_stand_by_stage_and_those_without_one_last() -> None:
    """Mail (stage 1), look (2), paid (3), help (none); the part after the goal has its own."""
    figure = figures.back_and_forth(small.edges(), small.nodes())

    assert rows(figure) == ["Click", "web:look", "Paid", "Help"]


def test_a_transition_is_split_in_first_visits_and_returns() -> None:
    """60 of 100 moves from mail to look are onward, 40 go to a look seen before."""
    figure = figures.back_and_forth(small.edges(), small.nodes())
    back, onward, _ = figure["data"][-3:]

    assert [json.loads(key) for key in onward["customdata"]] == [
        ["mail:click", "web:look", False],
        ["web:look", "shop:paid", False],
    ]
    assert [json.loads(key) for key in back["customdata"]] == [
        ["web:look", "mail:click", True],
        ["mail:click", "web:look", True],
        ["web:look", "web:look", True],
    ]
    assert onward["hovertext"][0] == (
        "<b>Click → web:look</b> (not seen before)"
        "<br>60 of 100 such moves, by 50 customers"
        "<br>80% of the settled visits to Click go there<br>median wait 5 s"
    )


def test_back_is_left_in_orange_onward_right_in_grey() -> None:
    """The triangle points where the move goes, up or down."""
    figure = figures.back_and_forth(small.edges(), small.nodes())
    lines, (back, onward, _) = figure["data"][:-3], figure["data"][-3:]

    assert [max(line["x"]) > 0 for line in lines] == [False, True, True, False, False]
    assert [line["line"]["color"] for line in lines] == [
        "rgba(213,94,0,0.6)",
        "rgba(138,148,163,0.5)",
        "rgba(138,148,163,0.5)",
        "rgba(213,94,0,0.6)",
        "rgba(213,94,0,0.15)",  # of 5 customers
    ]
    assert back["marker"]["symbol"] == ["triangle-up", "triangle-down", "triangle-down"]
    assert onward["marker"]["symbol"] == ["triangle-down", "triangle-down"]


def test_width_grows_with_the_root_of_the_moves() -> None:
    """64 moves are 15 pixels wide, 9 of them 1 + 14 · 3/8; in whole pixels."""
    figure = figures.back_and_forth(small.edges(), small.nodes())

    widths = [line["line"]["width"] for line in figure["data"][:-3]]
    assert widths == [
        15,
        round(1 + 14 * (60 / 64) ** 0.5),
        round(1 + 14 * (50 / 64) ** 0.5),
        round(1 + 14 * (40 / 64) ** 0.5),
        round(1 + 14 * 3 / 8),
    ]


def test_arcs_of_one_look_are_one_trace_with_a_gap_between() -> None:
    """40 moves back from mail to look and 40 from look to mail are of one width and colour."""
    as_many = pl.when(pl.col("transitions") == 64).then(40).otherwise(pl.col("transitions"))
    edges = small.edges().with_columns(
        transitions=as_many, returns=pl.min_horizontal("returns", 40)
    )
    lines = figures.back_and_forth(edges, small.nodes())["data"][:-3]

    assert [line["x"].count(None) + 1 for line in lines] == [1, 1, 2, 1]


def test_the_heading_says_what_share_is_drawn() -> None:
    """223 moves: 64 + 60 of them on the two largest arcs; 113 are returns."""
    figure = figures.back_and_forth(small.edges(), small.nodes(), top=2)

    assert len(figure["data"]) == 2 + 3
    assert figure["layout"]["title"]["subtitle"]["text"].replace("<br>", " ") == (
        "100 journeys of 80 customers, 223 moves before the goal. 51% of them go back to a"
        " touchpoint seen before, or do it again. The 2 largest of 5 links are drawn; they carry"
        " 56% of the moves. Thicker is more moves, a larger dot more visits."
    )


def test_cells_are_shares_of_the_settled_visits_to_the_row() -> None:
    """Blue onward, orange back or again, and in the last column where journeys end."""
    onward, back, ends = figures.matrix(small.edges(), small.nodes())["data"]

    assert onward["text"] == [["", "80", "", "", ""], ["", "", "38", "", ""]]
    assert back["text"] == [["", "", "", "", ""], ["50", "12", "", "", ""]]
    assert ends["text"] == [["", "", "", "", "20"], ["", "", "", "", ""]]
    assert json.loads(ends["customdata"][0][4]) == ["mail:click", "(dropped)"]
    assert onward["colorscale"][1][1] == "#0072B2"
    assert back["colorscale"][1][1] == "#D55E00"


def test_the_matrix_keeps_the_order_of_the_arcs() -> None:
    """The goal leads nowhere: it is a column and no row; so is the help nobody left."""
    figure = figures.matrix(small.edges(), small.nodes())

    assert rows(figure) == ["Click", "web:look"]
    assert figure["layout"]["xaxis"]["ticktext"] == [
        "Click",
        "web:look",
        "Paid",
        "Help",
        "Journey ends",
    ]
    assert figure["layout"]["meta"]["min_width"] == 190 + 44 * 5


def test_the_part_after_the_goal_has_its_own_graph() -> None:
    """Only the start of that part is left there: no moves between touchpoints."""
    figure = figures.back_and_forth(small.edges(), small.nodes(), part="after")

    assert figure["layout"]["title"]["subtitle"]["text"] == "No moves between touchpoints to show."
