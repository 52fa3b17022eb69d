"""A part of the page that a reader opened -> the table in it."""

from typing import Any

from dash import MATCH, Dash, Input, Output, State, html, no_update

from journeylab.dashboard import drawing, later, words
from journeylab.dashboard.answers import Answers
from journeylab.dashboard.callbacks import allowed, query_of, reference, role
from journeylab.views import read_filters


def register(app: Dash, answers: Answers) -> None:
    """Give an app the callback of the tables under figures."""

    @app.callback(
        Output({"type": "later-table", "panel": MATCH}, "children"),
        Input({"type": "wanted-table", "panel": MATCH}, "data"),
        State("told", "data"),
        State("dark", "data"),
        prevent_initial_call=True,
    )
    def table(wanted: dict[str, Any] | None, told: dict[str, Any] | None, dark: bool | None) -> Any:  # noqa: ANN401 - components
        if not wanted or not told:
            return no_update
        return unfolded(answers, wanted["panel"], told, dark=bool(dark), who=role())


def unfolded(
    answers: Answers, panel: str, told: dict[str, Any], *, dark: bool, who: str
) -> list[Any]:
    """The table of a panel of the page that is shown, or why it is not there.

    Args:
        answers: of the app.
        panel: its name.
        told: query and run of the page.
        dark: whether its figures stand on a dark page.
        who: role of who asks.
    """
    try:
        with answers.snapshot() as opened:
            if opened.run_id != told["run"]:
                return [html.P(words.NEWER, className="jl-small")]
            filters = read_filters(allowed(query_of(told["asked"]), who), opened.choices)
            answer = answers.answer_from(opened, filters, dark=dark)
            found = {one.name: one for one in answer.content.panels}[panel]
            drill = found.drill if drawing.may_drill(who) else None
            return later.rows(found, drill, opened.choices)
    except Exception:
        # Whatever it was, the part says that it failed and keeps its inside to the log.
        name = reference("reading a table")
        return [html.P([words.PART_FAILED, html.Code(name)], className="jl-small", role="alert")]
