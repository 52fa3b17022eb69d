"""What holds for every figure: valid, safe with any name, honest when there is nothing."""

import json
from collections.abc import Callable
from typing import Any

import asked_tables as asked
import finding_tables as found
import follow_tables as follow
import plotly.graph_objects as go
import polars as pl
import pytest
import small_tables as small
import view_tables as viewed
import way_tables as ways

from journeylab import figures

NAME = '<img src=x onerror="alert(1)">%{y} $x$'


def curves_of_look(table: pl.DataFrame, *, dark: bool = False) -> dict[str, Any]:
    """The curves of the one touchpoint that the table has the most rows of."""
    names = table["touchpoint"].unique().sort() if "touchpoint" in table.columns else ["web:look"]
    look = NAME if NAME in names else "web:look"
    return figures.stay_curves(table, look, dark=dark)


def freshness(table: pl.DataFrame, *, dark: bool = False) -> dict[str, Any]:
    """Judged at midnight."""
    return figures.freshness(table, viewed.AS_OF, dark=dark)


def listed(table: pl.DataFrame, *, dark: bool = False) -> dict[str, Any]:
    """All columns of the rows, asked for by name."""
    return figures.table(table, columns=follow.journeys().columns, dark=dark)


#: How each figure is drawn: (function, tables it is given, with a name of choice in them).
DRAWN: dict[str, tuple[Callable[..., dict[str, Any]], list[Callable[..., pl.DataFrame]]]] = {
    "back_and_forth": (figures.back_and_forth, [small.edges, small.nodes]),
    "matrix": (figures.matrix, [small.edges, small.nodes]),
    "bottlenecks": (figures.bottlenecks, [small.bottlenecks, small.nodes]),
    "drop_offs": (figures.drop_offs, [small.drop_offs]),
    "funnel": (figures.funnel, [small.funnel]),
    "stage_funnel": (figures.stage_funnel, [small.stages]),
    "journey": (figures.journey, [small.steps]),
    "loops": (figures.loops, [small.loops]),
    "ping_pong": (figures.ping_pong, [ways.ping_pong]),
    "variants": (figures.variants, [ways.variants]),
    "next_moves": (figures.next_moves, [ways.next_moves]),
    "visits_by_outcome": (figures.visits_by_outcome, [ways.visits_by_outcome]),
    "waiting_now": (figures.waiting_now, [ways.waiting_now]),
    "chances": (figures.chances, [found.chances]),
    "stays": (figures.stays, [found.stays]),
    "stay_curves": (curves_of_look, [found.stay_curves]),
    "opportunities": (figures.opportunities, [found.opportunities]),
    "archetypes": (
        figures.archetypes,
        [found.archetypes, found.archetype_steps, small.nodes],
    ),
    "conformance": (figures.conformance, [found.conformance, found.conformance_weekly]),
    "deviations": (figures.deviations, [found.deviations]),
    "kpi_trend": (figures.kpi_trend, [found.kpis_weekly]),
    "attribution": (figures.attribution, [asked.attribution]),
    "retention": (figures.retention, [asked.retention]),
    "lifecycle": (figures.lifecycle, [asked.lifecycle]),
    "time_to_convert": (figures.time_to_convert, [asked.curves, asked.time_to_convert]),
    "differences": (figures.differences, [viewed.differences, small.nodes]),
    "path_differences": (
        figures.path_differences,
        [viewed.steps_of_few, viewed.steps_of_many],
    ),
    "drift": (figures.drift, [viewed.drift]),
    "what_if": (figures.what_if, [viewed.what_if]),
    "step_matrix": (figures.step_matrix, [follow.step_matrix]),
    "follows": (figures.follows, [follow.directly]),
    "touchpoint_shares": (figures.touchpoint_shares, [follow.beside]),
    "spans": (figures.spans, [follow.spans]),
    "arrivals": (figures.arrivals, [follow.arrivals]),
    "funnel_trend": (figures.funnel_trend, [follow.trend]),
    "funnel_instead": (figures.funnel_instead, [follow.instead]),
    "rates": (figures.rates, [follow.segments]),
    "headline": (figures.headline, [follow.headline]),
    "voice": (figures.voice, [follow.voice]),
    "table": (listed, [follow.journeys]),
    "sessions_compared": (figures.sessions_compared, [follow.sessions]),
    "freshness": (freshness, [viewed.health]),
    "rejected": (figures.rejected, [viewed.rejected]),
}

#: Figures that write no name that comes from data.
NAMELESS = {
    "conformance",
    "kpi_trend",
    "drift",
    "lifecycle",
    "retention",
    "spans",
    "arrivals",
    "sessions_compared",
    "headline",
}

every_figure = pytest.mark.parametrize(("draw", "tables"), DRAWN.values(), ids=list(DRAWN))


def test_no_figure_is_forgotten() -> None:
    """Each name of the module that draws is held to the rules below; paths has its own file."""
    others = {"CONFIG", "CSS", "Apart", "apart", "html", "paths"}

    assert set(figures.__all__) - others == set(DRAWN)


@every_figure
@pytest.mark.parametrize("dark", [False, True])
def test_plotly_accepts_it(draw, tables, dark) -> None:
    """A plain dict, valid by Plotly's own rules, that JSON can carry, light and dark."""
    figure = draw(*(table() for table in tables), dark=dark)

    assert json.loads(json.dumps(figure)) == figure
    assert len(go.Figure(figure).data) == len(figure["data"]) > 0


@every_figure
def test_words_stand_out_from_the_page(draw, tables) -> None:
    """Light words on a dark page, dark ones on a light page."""
    colours = [
        draw(*(table() for table in tables), dark=dark)["layout"]["font"]["color"]
        for dark in (False, True)
    ]

    assert colours == ["#1D2733", "#E6E9EE"]


@pytest.mark.parametrize(
    ("draw", "tables"),
    [pair for name, pair in DRAWN.items() if name not in NAMELESS],
    ids=[name for name in DRAWN if name not in NAMELESS],
)
def test_hostile_names_are_drawn_as_text(draw, tables) -> None:
    """Markup, hover variables and formulas in a name stay signs, wherever it is written."""
    figure = draw(*(table(NAME) for table in tables))

    seen = json.dumps(_without_keys(figure))
    assert "&lt;img" in seen
    assert "<img" not in seen
    assert "%{y}" not in seen
    assert "$x" not in seen


@every_figure
def test_what_is_clicked_is_told_as_text(draw, tables) -> None:
    """It is JSON text, which survives the way to a callback."""
    figure = draw(*(table() for table in tables))

    keys = [
        key
        for trace in figure["data"]
        for part in (trace, trace.get("link", {}))
        for key in _flat(part.get("customdata", []))
        if key
    ]
    assert keys
    assert all(isinstance(json.loads(key), list) for key in keys)


@every_figure
def test_nothing_to_see_is_said_in_a_sentence(draw, tables) -> None:
    """Empty tables make a figure without traces whose subtitle says so."""
    figure = draw(*(table().clear() for table in tables))

    assert figure["data"] == []
    assert figure["layout"]["title"]["subtitle"]["text"].endswith(".")
    assert len(go.Figure(figure).data) == 0


@every_figure
def test_another_table_is_refused(draw, tables) -> None:
    """The columns it lacks are named, and where to get them."""
    with pytest.raises(ValueError, match=r"the table lacks .*; draw .*Lab\."):
        draw(*(pl.DataFrame({"x": [1]}) for _ in tables))


@every_figure
def test_the_population_is_told(draw, tables) -> None:
    """A number stands in the words of every figure."""
    figure = draw(*(table() for table in tables))
    layout = figure["layout"]

    words = layout["title"]["subtitle"]["text"] + " ".join(
        layout.get("yaxis", {}).get("ticktext", [])
    )
    assert any(sign.isdigit() for sign in words)


def _without_keys(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure without customdata, which is never shown."""

    def bare(part: dict[str, Any]) -> dict[str, Any]:
        return {
            key: bare(value) if key == "link" else value
            for key, value in part.items()
            if key != "customdata"
        }

    return {**figure, "data": [bare(trace) for trace in figure["data"]]}


def _flat(values: Any) -> list[Any]:
    return [
        inner
        for value in values
        for inner in (_flat(value) if isinstance(value, list) else [value])
    ]
