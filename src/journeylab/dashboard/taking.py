"""What a reader takes away: tables as CSV, the present view as one HTML file."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update

from journeylab.dashboard.answers import Answer, Answers
from journeylab.dashboard.callbacks import allowed, query_of, role
from journeylab.dashboard.tables import csv_text
from journeylab.views.locales import Locale
from journeylab.views.page import offline_page


def register(app: Dash, answers: Answers) -> None:
    """Give an app the callbacks of the downloads."""

    @app.callback(
        Output("file", "data"),
        Input({"type": "csv", "panel": ALL}, "n_clicks"),
        Input({"type": "html", "panel": ALL}, "n_clicks"),
        State("url", "data"),
        prevent_initial_call=True,
    )
    def take(_: Any, __: Any, search: str | None) -> Any:  # noqa: ANN401 - counters
        asked = ctx.triggered_id
        if not asked or not ctx.triggered[0]["value"]:
            return no_update
        answer = answers.answer(allowed(query_of(search), role()))
        if asked["type"] == "html":
            return whole_page(answer, app.title, answers.locale)
        return one_table(answer, asked["panel"])


def one_table(answer: Answer, name: str) -> Any:  # noqa: ANN401 - what dcc.Download takes
    """The CSV file of a panel's table; nothing where the view has no such panel."""
    for panel in answer.content.panels:
        if panel.name == name:
            return {
                "content": "\ufeff" + csv_text(panel.table, panel.columns),
                "filename": f"{answer.filters.view}-{name}.csv",
                "type": "text/csv;charset=utf-8",
            }
    return no_update


def whole_page(answer: Answer, title: str, locale: Locale) -> dict[str, str]:
    """The present view as one HTML file that fetches nothing."""
    return {
        "content": offline_page(
            answer.content,
            answer.facts,
            answer.filters,
            answer.choices,
            title=title,
            source=f"Snapshot {answer.run_id}",
            locale=locale,
        ),
        "filename": f"{answer.filters.view}.html",
        "type": "text/html;charset=utf-8",
    }
