"""Differences, drift, what-if, freshness and rejected rows: numbers, order, and what is marked."""

import json

import polars as pl
import small_tables as small
import view_tables as viewed

from journeylab import figures


def test_differences_beyond_chance_stand_out() -> None:
    """Bold and in full colour; the others pale; those below one point left out."""
    figure = figures.differences(
        viewed.differences(), small.nodes(), name_a="mobile", name_b="desktop"
    )
    pale, sure = figure["data"]

    assert figure["layout"]["yaxis"]["ticktext"] == ["Start", "web:look"]
    assert figure["layout"]["xaxis"]["ticktext"] == ["Click", "web:look"]
    assert (pale["z"], pale["opacity"]) == ([[None, -0.25], [None, None]], 0.16)
    assert (sure["z"], sure["opacity"]) == ([[None, None], [0.25, None]], 1)
    assert sure["text"] == [["", ""], ["<b>+25</b>", ""]]
    assert json.loads(sure["customdata"][1][0]) == ["web:look", "mail:click"]
    assert figure["layout"]["title"]["subtitle"]["text"].startswith(
        "mobile: 100 settled journeys of 80 customers; desktop: 60 of 50. 1 of 3 moves"
    )


def test_differences_beyond_chance_are_counted_whether_drawn_or_not() -> None:
    """One of half a point stays blank, and is one of two in the sentence as in the view's."""
    table = viewed.differences().with_columns(is_significant=pl.Series([True, False, True]))

    figure = figures.differences(table, small.nodes())

    assert (
        "60 of 50. 2 of 3 moves differ beyond chance, 1 of them drawn."
        in (figure["layout"]["title"]["subtitle"]["text"])
    )


def test_steps_of_two_groups_are_drawn_by_the_mean_of_their_shares() -> None:
    """Four journeys against ten: heights are millionths of all, blue is more, orange less."""
    figure = figures.path_differences(
        viewed.steps_of_few(), viewed.steps_of_many(), name_a="few", name_b="many", top=1
    )
    drawn = figure["data"][0]
    link, blocks = drawn["link"], drawn["node"]
    names = [text.split("  ")[0] for text in blocks["label"]]
    told = dict(
        zip(link["customdata"], zip(link["value"], link["color"], strict=True), strict=True)
    )

    # web:look 75% and 100%, mail:click 25% and nobody: merged, as only one is named a column.
    assert names[:2] == ["web:look", "Other"]
    assert blocks["label"][0] == "web:look  88%"
    look = json.dumps([1, "web:look", "web:blog", False])
    assert told[look][0] == 450_000  # (0 + 90%) / 2
    assert told[look][1].startswith("rgba(213,94,0,")
    into: dict[int, int] = {}
    for target, value in zip(link["target"], link["value"], strict=True):
        into[target] = into.get(target, 0) + value
    out: dict[int, int] = {}
    for source, value in zip(link["source"], link["value"], strict=True):
        out[source] = out.get(source, 0) + value
    assert all(into[node] == out[node] for node in into if node in out)
    assert figure["layout"]["title"]["subtitle"]["text"].startswith("few: 4 journeys; many: 10.")


def test_a_difference_tells_both_shares_when_hovered() -> None:
    """With their bases, the interval, and whether it may be chance."""
    _, sure = figures.differences(viewed.differences(), small.nodes())["data"]

    assert sure["hovertext"][1][0] == (
        "<b>web:look → Click</b><br>50% of 200 moves from there among group a,"
        "<br>25% of 160 among group b<br>95% interval +12 to +38 percentage points"
        "<br>beyond chance"
    )


def test_weeks_without_a_map_before_them_are_not_drawn() -> None:
    """Those with fewer moves before them than in them; no whiskers, as there is no interval."""
    bars = figures.drift(viewed.drift())["data"][0]

    assert (bars["x"], bars["y"]) == (["2026-03-16", "2026-03-23"], [0.125, 0.25])
    assert bars["marker"]["pattern"]["shape"] == ["", "/"]
    assert "error_y" not in bars


def test_what_would_change_is_a_dot_a_change() -> None:
    """Those of few customers faded, all together in the colour that stands out."""
    names = pl.DataFrame({"touchpoint": ["Look"], "label": ["Look page"]})
    figure = figures.what_if(viewed.what_if(), touchpoints=names)
    sure, few, _ = figure["data"]

    assert (sure["x"], sure["y"]) == ([12.5, 12.5], [0, 2])
    assert [json.loads(key) for key in sure["customdata"]] == [
        ["Look", "exit_rate"],
        [None, "joint"],
    ]
    assert (few["x"], few["opacity"]) == ([0.0], 0.35)
    assert figure["layout"]["yaxis2"]["ticktext"][1] == "+0 (+0 to +0)"
    assert figure["layout"]["yaxis"]["ticktext"][0].startswith("Look page<br>")
    assert "+1,250 EUR in value" in sure["hovertext"][0]


def test_the_oldest_source_stands_first() -> None:
    """Ages in words; a source without events has none."""
    figure = figures.freshness(viewed.health(), viewed.AS_OF)

    assert figure["data"][0]["x"] == [21600.0, 3600.0]
    assert figure["layout"]["yaxis2"]["ticktext"] == ["6.0 h", "1.0 h"]
    assert "the horizon does not wait for it" in figure["data"][0]["hovertext"][0]


def test_most_rejected_rows_stand_first() -> None:
    """Reasons in words, with where the first was seen."""
    bars = figures.rejected(viewed.rejected())["data"][0]

    assert bars["x"] == [5, 2]
    assert json.loads(bars["customdata"][0]) == ["web", "not_json"]
    assert bars["hovertext"][0] == (
        "<b>not json</b>, web<br>5 rows in 2 files<br>first: web.jsonl, row 3"
    )
