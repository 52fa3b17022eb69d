"""URL in, page out: the callbacks that run on the server, and those that run in the browser.

The URL's query is the only state. Controls change the URL, the URL asks the server, and what the
server tells sets the controls, so that a link, the back button and a click are the same thing.
Stores: ``url`` is the URL's query; ``told`` is what the last drawing said of itself (the query it
was asked with and its canonical form, the values of the controls, the snapshot); ``asked`` is the
mark or row last chosen; ``one`` the journey last chosen. Scripts are in assets/page.js.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, html, no_update
from flask import g

from journeylab.dashboard import controls, drawing, ready
from journeylab.dashboard.answers import Answer, Answers, Opened
from journeylab.errors import NoSnapshot
from journeylab.views import Filters, read_filters, view_of, write_filters
from journeylab.views.locales import Locale, text_in
from journeylab.views.written import written

_LOG: Final = logging.getLogger(__name__)
_MOST_QUERY: Final = 4096  # characters


def role() -> str:
    """The role of who asks; serving sets it, and without serving all may see all."""
    return str(g.get("role", "analyst"))


def query_of(search: str | None) -> dict[str, str]:
    """A URL's query as key -> value; the last of a repeated key counts."""
    return dict(parse_qsl((search or "").lstrip("?")[:_MOST_QUERY]))


def reference(doing: str) -> str:
    """Write the present fault into the log under a reference that may be told."""
    name = secrets.token_hex(4)
    _LOG.exception("%s failed, reference %s", doing, name)
    return name


def register(app: Dash, answers: Answers) -> None:
    """Give an app the callbacks of the frame."""

    @app.callback(
        Output("told", "data"),
        Output("run", "data"),
        Output("facts", "children"),
        Output("views", "children"),
        Output("body", "children"),
        Output("freshness", "children"),
        Output("downloads", "children"),
        Output("live", "children"),
        Input("url", "data"),
        Input("dark", "data"),
        Input("again", "data"),
        State("run", "data"),
    )
    def draw(search: str | None, dark: bool | None, _: Any, run: str | None) -> tuple[Any, ...]:  # noqa: ANN401 - a counter of the browser
        return drawn(answers, search, dark=bool(dark), run=run, who=role(), keep=ready.kept)

    @app.callback(
        Output("filters", "children"),
        Input("run", "data"),
        State("url", "data"),
    )
    def filters(run: str | None, search: str | None) -> Any:  # noqa: ANN401 - components
        if not run:
            return None
        with answers.snapshot() as opened:
            asked = read_filters(query_of(search), opened.choices)
            return controls.panel(asked, opened.choices, answers.locale)

    @app.callback(Output("newest", "data"), Input("tick", "n_intervals"))
    def newest(_: int | None) -> str | None:
        return answers.run_id()

    _in_the_browser(app)


def drawn(
    answers: Answers,
    search: str | None,
    *,
    dark: bool,
    run: str | None,
    who: str,
    keep: Callable[[Answer, str, Callable[[], Any]], Any] = ready.made,
) -> tuple[Any, ...]:
    """What ``draw`` sets, in its order; every state of the page is made here.

    Args:
        answers: of the app.
        search: query of the URL.
        dark: whether figures stand on a dark page.
        run: of the page as it stands; None for none.
        who: role of who asks.
        keep: what stands for a part of the page that is the same whenever it is asked for.
    """
    told: dict[str, Any] = {"asked": search or "", "run": None, "values": None}
    try:
        with answers.snapshot() as opened:
            filters = read_filters(allowed(query_of(search), who), opened.choices)
            told |= _of_controls(filters, opened)
            answer = answers.answer_from(opened, filters, dark=dark)
        content = answer.content
        said = content.headline or content.empty
        return (
            told,
            answer.run_id if answer.run_id != run else no_update,
            keep(answer, "facts", lambda: drawing.facts_row(answer.facts)),
            drawing.switch(answer, who),
            keep(answer, f"body for {who}", lambda: drawing.body(answer, who)),
            _freshness(answer, answers.locale),
            keep(answer, "downloads", lambda: drawing.downloads(answer)),
            f"{answer.facts[0].value} journeys. {told['view']}: {said}",
        )
    except NoSnapshot:
        return told, None, None, None, drawing.unpublished(), "No data yet", None, "No data yet"
    except Exception:
        # Whatever it was, the page says that it failed and keeps its inside to the log.
        shown = drawing.failed(reference("drawing"), told["run"] or answers.run_id())
        asked = told["run"] if told["run"] != run and told["run"] else no_update
        return told, asked, None, no_update, shown, no_update, None, "The page could not be made"


def _of_controls(filters: Filters, opened: Opened) -> dict[str, Any]:
    """What the script of the page needs to set link and controls."""
    choices, view = opened.choices, view_of(filters.view)
    return {
        "search": urlencode(write_filters(filters, choices)),
        "run": opened.run_id,
        "values": controls.values(filters, choices),
        "idle": controls.greyed(view, filters),
        "view": view.label,
        "days": [day and day.isoformat() for day in (choices.first_day, choices.last_day)],
    }


def allowed(told: Mapping[str, str], who: str) -> dict[str, str]:
    """The query without a view that the role may not see."""
    seen = {view.key for view in drawing.views_for(who)}
    return {key: value for key, value in told.items() if key != "view" or value in seen}


def _freshness(answer: Answer, locale: Locale) -> list[Any]:
    zone = answer.choices.timezone
    until = (
        f"Data up to {written(answer.horizon_at, 'instant', zone)}"
        if answer.horizon_at
        else "No events yet"
    )
    return [
        html.Span(text_in(until, locale), title=f"Time zone {zone}"),
        html.Span(f" · snapshot {answer.run_id}", className="jl-wide"),
    ]


def _in_the_browser(app: Dash) -> None:
    browser: Any = app.clientside_callback  # untyped in Dash

    def script(name: str) -> ClientsideFunction:
        return ClientsideFunction("journeylab", name)

    browser(
        script("start"),
        Output("url", "data"),
        Output("dark", "data"),
        Input("mantine", "id"),
    )
    browser(
        script("busy"),
        Output("busy", "data"),
        Input("url", "data"),
        Input("dark", "data"),
        Input("again", "data"),
    )
    browser(script("told"), Output("done", "data"), Input("told", "data"))
    browser(
        script("write"),
        Output("written", "data"),
        *[Input(name, place) for name, place in controls.CONTROLS.items()],
        Input("reset", "n_clicks"),
        State("told", "data"),
        prevent_initial_call=True,
    )
    # Apart from the controls, because dials may be there before they are.
    browser(
        script("write"),
        Output("turned", "data"),
        Input({"type": "dial", "key": ALL, "default": ALL}, "value"),
        State("told", "data"),
        prevent_initial_call=True,
    )
    browser(
        script("again"),
        Output("again", "data"),
        Input("retry", "n_clicks"),
        Input("show-news", "n_clicks"),
        State("again", "data"),
        prevent_initial_call=True,
    )
    browser(
        script("news"),
        Output("news", "title"),
        Input("newest", "data"),
        State("told", "data"),
        prevent_initial_call=True,
    )
    browser(
        script("burger"),
        Output("side", "data-open"),
        Input("burger", "opened"),
    )
    browser(
        script("copy"),
        Output("copy", "children"),
        Input("copy", "n_clicks"),
        prevent_initial_call=True,
    )
    browser(
        script("choose"),
        Output("asked", "data"),
        Input({"type": "figure", "panel": ALL}, "clickData"),
        Input({"type": "table", "panel": ALL}, "cellRendererData"),
        State("told", "data"),
        prevent_initial_call=True,
    )
    browser(
        script("chooseOne"),
        Output("one", "data"),
        Input({"type": "journeys", "panel": ALL}, "cellRendererData"),
        State("told", "data"),
        prevent_initial_call=True,
    )
    browser(
        script("picture"),
        Output("download", "title"),
        Input({"type": "png", "panel": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
