"""The step-unrolled Sankey: its bands add up, its labels are data, its order is stable."""

import json
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from journeylab import figures

COLUMNS = {
    "step": pl.Int64,
    "from_touchpoint": pl.String,
    "to_touchpoint": pl.String,
    "is_return": pl.Boolean,
    "journeys": pl.Int64,
    "share": pl.Float64,
    "conversion_rate": pl.Float64,
    "wait_p50_seconds": pl.Float64,
}

#: 10 journeys: 6 go home, product; 2 of those go home again; 4 drop out at once.
MOVES = [
    (1, "web:home", "web:product", False, 6, 0.6, 0.5, 90.0),
    (1, "web:home", "(dropped)", False, 4, 0.4, 0.0, None),
    (2, "web:product", "web:home", True, 2, 0.2, 0.5, 7200.0),
    (2, "web:product", "purchase:completed", False, 3, 0.3, 1.0, 30.0),
    (2, "web:product", "(open)", False, 1, 0.1, None, None),
    (2, "(dropped)", "(dropped)", False, 4, 0.4, 0.0, None),
    (3, "web:home", "(continues)", False, 2, 0.2, 0.5, None),
    (3, "purchase:completed", "(converted)", False, 3, 0.3, 1.0, None),
    (3, "(dropped)", "(dropped)", False, 4, 0.4, 0.0, None),
    (3, "(open)", "(open)", False, 1, 0.1, None, None),
]


def table(moves: list[tuple[Any, ...]] = MOVES) -> pl.DataFrame:
    """Moves as Lab.paths returns them."""
    return pl.DataFrame(moves, schema=COLUMNS, orient="row")


def blocks(figure: dict[str, Any]) -> list[list[Any]]:
    """[step, touchpoint] of each block in the order drawn."""
    return [json.loads(told) for told in figure["data"][0]["node"]["customdata"]]


def test_blocks_stand_by_column_and_bands_join_neighbouring_ones() -> None:
    """Who dropped out in column 2 is not drawn again in column 3."""
    figure = figures.paths(table())

    assert blocks(figure) == [
        [1, "web:home"],
        [2, "web:product"],
        [2, "(dropped)"],
        [3, "web:home"],
        [3, "purchase:completed"],
        [3, "(open)"],
        [4, "(converted)"],
        [4, "(continues)"],
    ]
    link = figure["data"][0]["link"]
    assert list(zip(link["source"], link["target"], link["value"], strict=True)) == [
        (0, 1, 6),
        (0, 2, 4),
        (1, 3, 2),
        (1, 4, 3),
        (1, 5, 1),
        (3, 7, 2),
        (4, 6, 3),
    ]


def test_as_many_journeys_leave_a_block_as_enter_it() -> None:
    """In every block that is neither the start nor an end."""
    figure = figures.paths(table())
    link = figure["data"][0]["link"]
    for number, (step, name) in enumerate(blocks(figure)):
        into = sum(v for t, v in zip(link["target"], link["value"], strict=True) if t == number)
        out = sum(v for s, v in zip(link["source"], link["value"], strict=True) if s == number)
        if step > 1 and not name.startswith("("):
            assert into == out, name


def test_a_return_is_orange_and_a_first_visit_grey() -> None:
    """The same colours in every figure; who dropped out is dark grey."""
    link = figures.paths(table())["data"][0]["link"]

    assert link["color"][:4] == [
        "rgba(138,148,163,0.3)",
        "rgba(91,100,112,0.4)",
        "rgba(213,94,0,0.55)",
        "rgba(138,148,163,0.3)",
    ]
    assert json.loads(link["customdata"][2]) == [2, "web:product", "web:home", True]


def test_blocks_never_overlap_and_fill_the_height() -> None:
    """Plotly's own scale: 12 pixels between blocks, the fullest column from edge to edge."""
    figure = figures.paths(table(), height=644)
    node, room = figure["data"][0]["node"], 644 - 132 - 12

    assert node["y"][0] == pytest.approx(0.488)  # (500 - 12) / 10 = 48.8 a journey
    assert node["y"][1] == pytest.approx(6 * 48.8 / 2 / room, abs=1e-5)
    assert node["y"][2] == pytest.approx((6 * 48.8 + 12 + 4 * 48.8 / 2) / room, abs=1e-5)
    assert node["x"] == pytest.approx([0.001, *[1 / 3] * 2, *[2 / 3] * 3, 0.999, 0.999], abs=1e-5)


def test_labels_colours_and_order_come_from_the_touchpoints() -> None:
    """The purchase stands first because its row does, under its plain name."""
    touchpoints = pl.DataFrame(
        {
            "touchpoint": ["purchase:completed", "web:home", "web:product"],
            "label": ["Order", "Home page", None],
            "channel": ["purchase", "web", "shop"],
        }
    )

    figure = figures.paths(table(), touchpoints=touchpoints)

    assert blocks(figure)[3:5] == [[3, "purchase:completed"], [3, "web:home"]]
    node = figure["data"][0]["node"]
    assert node["label"][:4] == [
        "Home page  100%",
        "web:product  60%",
        "Dropped  40%",
        "Order  30%",
    ]
    assert node["color"][:4] == ["#0072B2", "#56B4E9", "#5B6470", "#CC79A7"]


def test_the_last_column_is_labelled_beside_the_plot() -> None:
    """Plotly would turn those labels inwards, over the bands."""
    figure = figures.paths(table())

    assert figure["data"][0]["node"]["label"][-2:] == ["", ""]
    texts = [told["text"] for told in figure["layout"]["annotations"]]
    assert texts[1:] == ["Step 1", "Step 2", "Step 3", "Then", "Converted  30%", "Goes on  20%"]


def test_the_heading_says_of_whom_and_how_much_is_shown() -> None:
    """Population, busiest way back, share shown by name, share that goes on."""
    moves = [*MOVES[:4], (2, "(other)", "(open)", False, 1, 0.1, None, None), *MOVES[5:]]

    assert figures.paths(table(moves))["layout"]["title"]["subtitle"]["text"] == (
        "10 journeys from web:home. Heights are journeys."
        " Busiest way back: web:product to web:home after step 2, 2 journeys."
        "<br>Touchpoints shown by name cover 95% of these steps;"
        " 20% of journeys go on after step 3."
    )


def test_hovering_tells_count_shares_conversion_and_wait() -> None:
    """Three lines: who moved, how many of whom, how they fared."""
    label = figures.paths(table())["data"][0]["link"]["label"]

    assert label[2] == (
        "<b>web:product → web:home</b> (back to a step seen before)"
        "<br>2 journeys · 20% of all · 33% of step 2 “web:product”"
        "<br>50% of the settled ones convert · median wait 2.0 h"
    )


def test_hostile_names_are_drawn_as_text() -> None:
    """Markup, hover variables and formulas in a name stay signs; customdata keeps the name."""
    name = '<img src=x onerror="alert(1)">%{y} $x$'
    moves = [(1, name, "(dropped)", False, 1, 1.0, 0.0, None)]

    figure = figures.paths(table(moves))

    safe = '&lt;img src=x onerror="alert(1)"&gt;%&#123;y} &#36;x&#36;'
    assert figure["data"][0]["link"]["label"][0].startswith(f"<b>{safe} → Dropped</b>")
    assert figure["data"][0]["node"]["hovertemplate"][0].startswith(f"<b>{safe}</b>, step 1")
    assert "<img" not in json.dumps({**figure, "data": figure["data"][0]["node"]["label"]})
    assert blocks(figure)[0] == [1, name]


def test_plotly_accepts_the_figure_and_nothing_is_sent_anywhere() -> None:
    """A dict without Plotly's objects, valid by Plotly's own rules, light and dark."""
    for dark in (False, True):
        drawn = go.Figure(figures.paths(table(), dark=dark))
        assert len(drawn.data[0].link.value) == 7
    assert figures.CONFIG["showSendToCloud"] is False
    assert figures.CONFIG["plotlyServerURL"] == ""


def test_no_journeys_make_a_sentence() -> None:
    """An empty table is drawn as what it is."""
    figure = figures.paths(table([]))

    assert figure["data"] == []
    assert figure["layout"]["title"]["subtitle"]["text"] == "No journeys to show."
    assert len(go.Figure(figure).data) == 0


def test_another_table_is_refused() -> None:
    """The columns it lacks are named."""
    with pytest.raises(ValueError, match="lacks is_return, share"):
        figures.paths(table().drop("share", "is_return"))


#: 10 journeys to the cart: 4 began with it, 3 at home before it, 3 had been somewhere earlier.
TO_CART = [
    (0, "(start)", "(start)", False, 4, 0.4, 0.5, None),
    (0, "(start)", "web:home", False, 3, 0.3, 0.5, None),
    (0, "(continues)", "web:home", True, 3, 0.3, 0.5, 60.0),
    (1, "(start)", "web:cart", False, 4, 0.4, 0.5, None),
    (1, "web:home", "web:cart", False, 6, 0.6, 0.5, 60.0),
]


def test_a_picture_that_leads_somewhere_begins_with_what_was_earlier() -> None:
    """Who begins later starts later; the last column, where all meet, is as large as all."""
    figure = figures.paths(table(TO_CART))

    assert blocks(figure) == [
        [0, "(start)"],
        [0, "(continues)"],
        [1, "web:home"],
        [1, "(start)"],
        [2, "web:cart"],
    ]
    link = figure["data"][0]["link"]
    assert list(zip(link["source"], link["target"], link["value"], strict=True)) == [
        (0, 2, 3),
        (1, 2, 3),
        (2, 4, 6),
        (3, 4, 4),
    ]
    assert json.loads(link["customdata"][1]) == [0, "(continues)", "web:home", True]
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert texts[1:] == ["Earlier", "1 before", "<b>web:cart</b>", "web:cart  100%"]
    assert figure["layout"]["title"]["subtitle"]["text"].startswith("10 journeys to web:cart.")
    assert [shape["name"] for shape in figure["layout"]["shapes"]] == ["anchor"]


def test_the_column_all_paths_meet_in_is_marked_in_the_middle() -> None:
    """Around the cart: what follows it is counted from it, and goes on beyond the picture."""
    after = [
        (2, "web:cart", "web:home", True, 7, 0.7, 0.5, 60.0),
        (2, "web:cart", "(dropped)", False, 3, 0.3, 0.0, None),
        (3, "web:home", "(continues)", False, 7, 0.7, 0.5, None),
        (3, "(dropped)", "(dropped)", False, 3, 0.3, 0.0, None),
    ]
    figure = figures.paths(table([*TO_CART, *after]))

    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert texts[1:6] == ["Earlier", "1 before", "<b>web:cart</b>", "1 after", "Then"]
    words = figure["layout"]["title"]["subtitle"]["text"]
    assert words.startswith("10 journeys around web:cart.")
    assert words.endswith("70% of journeys go on after the last column.")
    assert figures.paths(table())["layout"]["shapes"] == []
