"""Pairs, next moves, where they had been, variants and the queue: order, numbers, keys."""

import json
from typing import Any

import polars as pl
import way_tables as ways

from journeylab import figures


def keys(trace: dict[str, Any]) -> list[Any]:
    return [json.loads(key) for key in trace["customdata"]]


def words(figure: dict[str, Any]) -> str:
    return str(figure["layout"]["title"]["subtitle"]["text"])


def test_pairs_are_told_from_where_they_begin() -> None:
    """Most bounces first; a pair of unknown difference has no dot; the key is the row's."""
    figure = figures.ping_pong(ways.ping_pong())
    bars, sure, few = figure["data"]

    assert (keys(bars), bars["x"]) == ([["mail:click", "web:look"], ["a", "b"]], [30, 10])
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert texts[2:] == ["web:look ⇄ mail:click", "a ⇄ b", "25% / 50%", "unknown / 50%"]
    assert (sure["x"], few["x"]) == ([-25.0], [])
    assert words(figures.ping_pong(ways.ping_pong(), top=1)).startswith(
        "40 times there and back between 2 pairs; the 1 shown hold 75% of them."
    )


def test_what_followed_a_visit_adds_up_to_all() -> None:
    """Where most ended comes first; few customers are faded; each part has its own key."""
    figure = figures.next_moves(ways.next_moves())
    *bars, _ = figure["data"]

    assert [bar["name"] for bar in bars] == [
        "to the goal",
        "on to the next stage",
        "back a stage",
        "ended there",
    ]
    assert sum(share for bar in bars for share in bar["x"]) == 2.0
    assert keys(bars[1]) == [["mail:click", "advance"]]
    assert (bars[1]["y"], bars[1]["marker"]["opacity"]) == ([1], [0.35])
    assert figure["layout"]["yaxis2"]["ticktext"] == ["25% (12–38)", "0%"]
    assert "208 settled visits" in words(figure)


def test_where_the_dropped_had_been_more_comes_first() -> None:
    """Two dots a row and the difference in points; a touchpoint without both is left out."""
    figure = figures.visits_by_outcome(ways.visits_by_outcome())
    *_, lost, bought, _ = figure["data"]

    assert (keys(lost), lost["x"]) == ([["h"], ["l"]], [0.25, 0.5])
    assert (bought["name"], bought["x"]) == ("converted journeys", [0.0, 1.0])
    assert bought["marker"]["opacity"] == [0.35, 1]
    assert figure["layout"]["yaxis2"]["ticktext"] == [
        "+25 (0 to +50)",
        "-50 (-75 to -25)",
    ]


def test_a_path_is_a_row_of_squares() -> None:
    """The commonest first; a return has a rim; a long path is cut and says by how much."""
    figure = figures.variants(ways.variants())
    squares = figure["data"][0]

    assert (squares["x"][:3], len(squares["x"])) == ([1, 2, 3], 3 + 16)
    assert squares["marker"]["line"]["width"][:3] == [0, 0, 3]
    assert keys(squares)[0] == [["web:look", "email:click", "web:look"]]
    assert len(keys(squares)[3][0]) == 18
    assert figure["layout"]["annotations"][-1]["text"] == "+2"
    assert figure["layout"]["yaxis2"]["ticktext"][1] == "none settled"
    assert words(figures.variants(ways.variants(), top=1)).startswith(
        "16 journeys took 2 different paths up to the goal; the 1 shown hold 75% of the journeys."
    )


def test_each_who_waits_is_a_dot() -> None:
    """By place, most first; size by value at stake; the sign says what they may still do."""
    figure = figures.waiting_now(ways.waiting_now())
    may_buy, bought, helped, _ = figure["data"]

    assert figure["layout"]["yaxis2"]["ticktext"] == ["2 wait", "1 wait"]
    assert [trace["marker"]["symbol"] for trace in (may_buy, bought, helped)] == [
        "circle",
        "diamond",
        "square",
    ]
    assert (may_buy["x"], may_buy["marker"]["size"], bought["marker"]["size"]) == (
        [86400.0],
        [18],
        [8],
    )
    assert keys(helped) == [["email:reply"]]
    assert "3 customers wait, the longest for 1.0 days" in words(figure)
    assert "64 EUR at stake" in may_buy["hovertext"][0]


def test_names_are_plain_where_they_are_known() -> None:
    """Labels of the touchpoint file stand in pairs, moves and paths."""
    names = pl.DataFrame(
        {"touchpoint": ["web:look"], "label": ["Look"], "channel": ["web"]},
    )

    pairs = figures.ping_pong(ways.ping_pong(), touchpoints=names)
    moves = figures.next_moves(ways.next_moves(), touchpoints=names)
    paths = figures.variants(ways.variants(), touchpoints=names)

    assert pairs["layout"]["annotations"][2]["text"] == "Look ⇄ mail:click"
    assert moves["layout"]["yaxis"]["ticktext"][0].startswith("Look<br>")
    assert paths["data"][0]["text"][0] == "Look"
