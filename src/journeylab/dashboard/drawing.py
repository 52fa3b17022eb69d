"""Content -> components: facts, dials, panels. Nothing in it knows one view from another."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import dcc, html

from journeylab import figures
from journeylab.dashboard import later, words
from journeylab.dashboard.answers import Answer
from journeylab.dashboard.aria import aria
from journeylab.views import (
    VIEWS,
    Content,
    Dial,
    Fact,
    Panel,
    View,
    only_view,
    write_filters,
)

#: What a figure in the page is drawn with: no buttons that mean nothing for our figures.
CONFIG: Final[Any] = {**figures.CONFIG, "displayModeBar": False, "doubleClick": False}

#: What a picture that is taken away has and the page sets as text.
_WORDS: Final = ("title", "annotations", "margin", "height")


def views_for(role: str) -> list[View]:
    """The views a role may see."""
    return [view for view in VIEWS if role != "viewer" or not view.shows_journeys]


def switch(answer: Answer, role: str) -> list[Any]:
    """Links to the other views, which keep the filters."""
    return [
        html.Li(
            html.A(
                view.label,
                href=href(write_filters(only_view(answer.filters, view.key), answer.choices)),
                className="jl-link jl-view is-current"
                if _is_current(view, answer)
                else "jl-link jl-view",
            )
        )
        for view in views_for(role)
    ]


def href(query: Any) -> str:  # noqa: ANN401 - any mapping of text
    """A link within the page, wherever the page is served."""
    return "./?" + urlencode(query) if query else "./"


def facts_row(facts: Sequence[Fact]) -> html.Div:
    """Headline figures side by side, each with its base."""
    return html.Div([_fact(fact) for fact in facts], className="jl-facts")


def body(answer: Answer, role: str) -> list[Any]:
    """The content of a view."""
    content = answer.content
    parts: list[Any] = []
    if content.headline:
        parts.append(html.P(content.headline, className="jl-headline"))
    parts += _dials(content, "")
    if content.facts:
        parts.append(facts_row(content.facts))
    if content.links:
        if content.links_title:
            parts.append(html.H2(content.links_title))
        parts.append(_links(content))
    if content.empty:
        parts.append(nothing(content.empty))
    parts += [_panel(panel, answer, role) for panel in content.panels]
    return parts


def nothing(reason: str) -> html.Div:
    """Why there is nothing to see, and the way out."""
    return html.Div(
        [
            html.H2(words.NOTHING_FITS),
            html.P(reason),
            html.A("Reset all filters", href="./", className="jl-link jl-button"),
        ],
        className="jl-state",
        id="empty",
    )


def failed(reference: str, run_id: str | None = None) -> html.Div:
    """That a page could not be made, and where the log says why."""
    snapshot: list[Any] = [" · snapshot ", html.Code(run_id)] if run_id else []
    return html.Div(
        [
            html.H2("That did not work"),
            html.P(words.FAILED),
            html.P(["Reference ", html.Code(reference), *snapshot]),
            html.A("Start over", href="./", className="jl-link jl-button"),
        ],
        className="jl-state",
        id="failed",
    )


def unpublished() -> html.Div:
    """That there is no snapshot yet."""
    return html.Div(
        [html.H2("No data yet"), html.P(words.NO_SNAPSHOT)], className="jl-state", id="unpublished"
    )


def drawn(
    figure: dict[str, Any],
    name: Any,  # noqa: ANN401 - an id of Dash
    *,
    is_later: bool = False,
) -> list[Any]:
    """Legend, drawing in a box that scrolls sideways where it is narrow, and its sentences.

    Args:
        figure: of ``journeylab.figures``.
        name: id of the drawing.
        is_later: whether the page puts it in after the first one is drawn.
    """
    parts = figures.apart(figure)
    layout = parts.drawing["layout"]
    height = layout.get("height", 450)
    whole = {name: figure["layout"].get(name) for name in _WORDS if name in figure["layout"]}
    layout["meta"] = {**layout.get("meta", {}), "whole": whole}
    legend = html.Ul(
        [
            html.Li([html.Span(sign, style={"color": colour}, **aria(hidden="true")), text])
            for colour, sign, text in parts.legend
        ],
        className="jl-legend",
    )
    size = {"height": height, "minWidth": layout.get("meta", {}).get("min_width", 0)}
    graph = dcc.Graph(id=name, figure=parts.drawing, config=CONFIG, responsive=True, style={**size})
    box = html.Div(
        later.held(graph, name, size) if is_later else graph,
        className="jl-scroll",
        tabIndex=0,
        role="group",
        **aria(label=parts.title),
    )
    said = html.P(parts.sentences, className="jl-note")
    return [legend, box, said] if parts.legend else [box, said]


def may_drill(role: str) -> bool:
    """Whether a role may see the journeys behind a figure."""
    return role != "viewer"


def _panel(panel: Panel, answer: Answer, role: str) -> html.Section:
    drill = panel.drill if may_drill(role) else None
    parts: list[Any] = [html.H2(panel.title, id=f"title-{panel.name}")]
    if panel.sentence and panel.sentence != answer.content.headline:
        parts.append(html.P(panel.sentence, className="jl-sentence"))
    parts += _dials(answer.content, panel.name)
    if panel.figure is None:
        parts.append(later.table(panel, drill, answer.choices))
    if panel.figure is not None:
        first = next(one for one in answer.content.panels if one.figure is not None)
        name = {"type": "figure", "panel": panel.name}
        parts += drawn(panel.figure, name, is_later=panel is not first)
    parts += [
        html.P(words.DRILL, className="jl-note") if drill and panel.figure else None,
        html.P(panel.note, className="jl-note") if panel.note else None,
        html.P(panel.population, className="jl-population"),
    ]
    if panel.definition:
        parts.append(
            html.Details(
                [html.Summary("How this is counted"), html.P(panel.definition)],
                className="jl-more",
            )
        )
    if panel.figure is not None:
        parts.append(
            html.Details(
                [html.Summary("Same numbers as a table"), later.folded(panel)],
                className="jl-more jl-table",
            )
        )
    return html.Section(
        [part for part in parts if part is not None],
        className="jl-panel",
        **aria(labelledby=f"title-{panel.name}"),
    )


def _fact(fact: Fact) -> html.Div:
    parts = [
        html.Div(fact.label, className="jl-fact-label"),
        html.Div(fact.value, className="jl-fact-value"),
        html.Div(fact.change, className="jl-fact-change") if fact.change else None,
        html.Div(fact.base, className="jl-fact-base"),
        html.Details(
            [
                html.Summary("How counted", **aria(label=f"How {fact.label} is counted")),
                html.P(fact.definition),
            ],
            className="jl-fact-more",
        )
        if fact.definition
        else None,
    ]
    return html.Div([part for part in parts if part is not None], className="jl-fact")


def _links(content: Content) -> html.Ol:
    return html.Ol(
        [
            html.Li(html.A(sentence, href=href(query), className="jl-link"))
            for sentence, query in content.links
        ],
        className="jl-links",
    )


def _dials(content: Content, panel: str) -> list[Any]:
    own = [_dial(dial) for dial in content.dials if dial.panel == panel]
    return [html.Div(own, className="jl-dials")] if own else []


def _dial(dial: Dial) -> Any:  # noqa: ANN401 - a component
    name = {"type": "dial", "key": dial.key, "default": dial.default}
    if dial.bounds is not None:
        least, greatest, step = dial.bounds
        marks = sorted({least, 0.0, greatest}) if least <= 0 <= greatest else [least, greatest]
        return dmc.InputWrapper(
            dmc.Slider(
                id=name,
                value=float(dial.value),
                min=least,
                max=greatest,
                step=step,
                marks=[{"value": at, "label": f"{at:+.0f}" if at else "0"} for at in marks],
                labelAlwaysOn=True,
                thumbLabel=dial.label,
                mt=36,
                mb=24,
            ),
            label=dial.label,
            className="jl-slider",
        )
    return dmc.Select(
        id=name,
        label=dial.label,
        data=[{"value": value, "label": word} for value, word in dial.choices.items()],
        value=dial.value,
        allowDeselect=False,
        size="sm",
        w=280,
    )


def _is_current(view: View, answer: Answer) -> bool:
    return view.key == answer.filters.view


def downloads(answer: Answer) -> list[Any]:
    """The buttons of what can be taken away from this view."""
    buttons: list[Any] = []
    for panel in answer.content.panels:
        if panel.figure is not None:
            buttons.append(_button("png", panel, f"Picture: {panel.title} (PNG)"))
        buttons.append(_button("csv", panel, f"Table: {panel.title} (CSV)"))
    buttons.append(
        html.Button(
            "This view as a page that works offline (HTML)",
            id={"type": "html", "panel": answer.filters.view},
            className="jl-take",
        )
    )
    return buttons


def _button(kind: str, panel: Panel, label: str) -> html.Button:
    return html.Button(label, id={"type": kind, "panel": panel.name}, className="jl-take")
