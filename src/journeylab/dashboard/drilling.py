"""A chosen mark or row -> the drawer with its journeys, and one journey as a line."""

import json
from typing import Any, Final

import polars as pl
from dash import Dash, Input, Output, html, no_update

from journeylab.dashboard import drawing, words
from journeylab.dashboard.answers import Answers
from journeylab.dashboard.callbacks import query_of, reference, role
from journeylab.dashboard.tables import grid
from journeylab.errors import UnknownName
from journeylab.views import Choices, Panel, read_filters
from journeylab.views.behind import (
    JOURNEY_COLUMNS,
    journey_line,
    journeys_behind,
    rows_of,
)
from journeylab.views.heeded import heeded
from journeylab.views.locales import Locale, figure_in, text_in

#: Journeys the drawer lists; it always tells how many there are.
LISTED: Final = 500
_KEY: Final = ("customer_id", "journey_id")
#: ``Drill.table`` of rows that are one journey each.
ONE_JOURNEY: Final = "journey"


def register(app: Dash, answers: Answers) -> None:
    """Give an app the callbacks of the drawer."""

    @app.callback(
        Output("drawer", "opened"),
        Output("drawer", "title"),
        Output("drill", "children"),
        Input("asked", "data"),
        prevent_initial_call=True,
    )
    def drill(asked: dict[str, Any] | None) -> tuple[Any, ...]:
        return opened_drawer(answers, asked, role())

    @app.callback(
        Output("line", "children"),
        Output("axis-box", "className"),
        Input("one", "data"),
        Input("asked", "data"),
        Input("axis", "value"),
        Input("dark", "data"),
        prevent_initial_call=True,
    )
    def line(
        one: dict[str, Any] | None, asked: dict[str, Any] | None, axis: str, dark: bool | None
    ) -> tuple[Any, str]:
        return line_of(answers, one, asked, axis=axis, dark=bool(dark), who=role())


def opened_drawer(answers: Answers, asked: dict[str, Any] | None, who: str) -> tuple[Any, ...]:
    """What ``drill`` sets: whether the drawer is open, its heading and what is in it.

    Args:
        answers: of the app.
        asked: panel, key, query and run of the page on which the mark was chosen.
        who: role of who asks.
    """
    if not asked:
        return no_update, no_update, no_update
    if who == "viewer":
        return True, "Journeys", html.P(words.NO_JOURNEYS)
    try:
        return _found(answers, asked)
    except UnknownName:
        return no_update, no_update, no_update
    except Exception:
        # Whatever it was, the drawer says that it failed and keeps its inside to the log.
        return True, "Journeys", drawing.failed(reference("drilling"))


def line_of(
    answers: Answers,
    one: dict[str, Any] | None,
    asked: dict[str, Any] | None,
    *,
    axis: str,
    dark: bool,
    who: str,
) -> tuple[Any, str]:
    """What ``line`` sets: the journey chosen last, unless another mark was chosen since."""
    hidden = None, "jl-axis is-hidden"
    if not one or who == "viewer" or (asked and asked["at"] > one["at"]):
        return hidden
    try:
        customer_id, journey_id = json.loads(one["key"])
        with answers.snapshot() as opened:
            figure = journey_line(
                opened.lab,
                str(customer_id),
                str(journey_id),
                x="time" if axis == "time" else "step",
                dark=dark,
            )
    except Exception:
        # As above.
        return drawing.failed(reference("drawing a journey")), "jl-axis is-hidden"
    shown = figure_in(figure, answers.locale)
    return [html.H3(f"Journey {journey_id}"), *drawing.drawn(shown, "journey-line")], "jl-axis"


def _found(answers: Answers, asked: dict[str, Any]) -> tuple[Any, ...]:
    with answers.snapshot() as opened:
        if opened.run_id != asked["run"]:
            return True, "Journeys", html.P(words.NEWER + " Close this and look again.")
        filters = read_filters(query_of(asked["search"]), opened.choices)
        answer = answers.answer_from(opened, filters)
        panels = {panel.name: panel for panel in answer.content.panels}
        panel = panels[asked["panel"]]
        if panel.drill is None:
            return no_update, no_update, no_update
        if panel.drill.table == ONE_JOURNEY:
            return True, "One journey", None
        rows = rows_of(panel, asked["key"])
        found = journeys_behind(opened.lab, heeded(filters), opened.choices, panel.drill, rows)
        newest = found.sort("started_at", "journey_id", descending=[True, False])
        found_first = newest.head(LISTED)
        heading = _heading(panel, rows, dict(opened.choices.touchpoints))
        times = int(found["occurrences"].sum())
        return (
            True,
            heading,
            _list(found.height, times, found_first, opened.choices, answers.locale),
        )


def _heading(panel: Panel, rows: list[dict[str, Any]], labels: dict[str, str]) -> str:
    drill = panel.drill
    keys = drill.keys if drill is not None else ()
    told = []
    for column in panel.columns:
        value = rows[0].get(column.name)
        is_shared = all(row.get(column.name) == value for row in rows)
        if is_shared and column.name in keys and value is not None and not isinstance(value, bool):
            words_of = labels.get(str(value), str(value).strip("()"))
            told.append(f"{column.label.lower()} {words_of}" if column.form != "text" else words_of)
    if all(row.get("is_return") for row in rows):
        told.append("back to a step seen before")
    heading = " · ".join(told)[:160] or panel.title
    return heading[:1].upper() + heading[1:]


def _list(
    size: int, times: int, listed: pl.DataFrame, choices: Choices, locale: Locale
) -> html.Div:
    shown = "" if size <= LISTED else f" The newest {LISTED:,} are listed."
    noun = "journey" if size == 1 else "journeys"
    often = "" if times == size else f", {times:,} times in all"
    columns = tuple(column for column in JOURNEY_COLUMNS if column.name in listed.columns)
    return html.Div(
        [
            html.P(
                [
                    html.Strong(text_in(f"{size:,} {noun}", locale), id="drill-count"),
                    html.Span(text_in(often, locale), id="drill-times"),
                    f".{shown} Choose one to see its steps.",
                ],
                className="jl-sentence",
            ),
            grid(
                {"type": "journeys", "panel": "drawer"},
                listed,
                columns,
                timezone=choices.timezone,
                labels=choices.touchpoints,
                keys=_KEY,
                open_label="See it",
                most_seen=7,
            ),
        ]
    )
