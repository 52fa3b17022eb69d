"""The frame of the page before any figure is in it. It needs no snapshot."""

import json
from html import escape
from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html

from journeylab.dashboard.aria import aria
from journeylab.views.locales import Locale

#: The page as the server sends it; the fonts are the reader's own, so nothing is fetched.
_INDEX: Final = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin">
<meta name="jl-locale" content="%locale%">
<title>{%title%}</title>
{%favicon%}
{%css%}
<script async id="plotly" src="%plotly%"></script>
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""
#: Read while the server is still asked; Dash alone would wait for a figure. See assets/page.js.
_PLOTLY: Final = "_dash-component-suites/plotly/package_data/plotly.min.js"
#: Stores: what they hold is explained in callbacks.py.
_STORES: Final = (
    "url",
    "told",
    "run",
    "dark",
    "again",
    "busy",
    "written",
    "turned",
    "asked",
    "one",
    "newest",
    "done",
)
_THEME: Final[dict[str, Any]] = {
    "fontFamily": "Inter, system-ui, 'DejaVu Sans', sans-serif",
    "primaryColor": "blue",
    "respectReducedMotion": True,
}


def index(locale: Locale, base_path: str) -> str:
    """The page as the server sends it; scripts read how numbers are written from its head."""
    told = {
        "decimal": locale.decimal,
        "group": locale.group,
        "percent": locale.percent,
        "day": locale.day,
        "months": locale.months,
    }
    page = _INDEX.replace("%plotly%", escape(base_path + _PLOTLY))
    return page.replace("%locale%", escape(json.dumps(told)))


def page(title: str, *, poll_seconds: float) -> dmc.MantineProvider:
    """The whole page, empty."""
    return dmc.MantineProvider(
        [
            dcc.Interval(id="tick", interval=int(poll_seconds * 1000)),
            dcc.Download(id="file"),
            *[dcc.Store(id=name) for name in _STORES],
            html.A("Skip to the figures", href="#content", className="jl-skip"),
            html.Div(
                _header(title), className="jl-header", role="region", **aria(label="Page header")
            ),
            html.Div(
                [
                    html.Aside(
                        html.Div(id="filters"),
                        id="side",
                        className="jl-side",
                        **aria(label="Filters"),
                    ),
                    html.Main(_main(), id="content", className="jl-main", tabIndex=-1),
                ],
                id="shell",
                className="jl-shell",
            ),
            _drawer(),
            html.Div(id="live", role="status", className="jl-unseen", **aria(live="polite")),
        ],
        id="mantine",
        defaultColorScheme="auto",
        theme=_THEME,
    )


def _header(title: str) -> list[Any]:
    return [
        dmc.Burger(
            id="burger",
            size="sm",
            opened=False,
            className="jl-burger",
            **aria(label="Filters", controls="side"),
        ),
        html.Div(
            [html.H1(title), html.P(id="freshness")],
            className="jl-name",
        ),
        html.Div(
            [
                html.Button("Copy link", id="copy", className="jl-button jl-copy"),
                html.Details(
                    [
                        html.Summary("Download", id="download", className="jl-button"),
                        html.Div(id="downloads", className="jl-downloads"),
                    ],
                    id="download-box",
                    className="jl-menu",
                ),
                dmc.ColorSchemeToggle(
                    lightIcon=html.Span("☀", **aria(hidden="true")),
                    darkIcon=html.Span("☾", **aria(hidden="true")),
                    id="theme",
                    variant="default",
                    size="lg",
                    **aria(label="Light or dark"),
                ),
            ],
            className="jl-actions",
        ),
    ]


def _main() -> list[Any]:
    return [
        html.Div(
            [
                html.Span(id="stale-words", role="alert"),
                html.Button("Try again", id="retry", className="jl-button"),
            ],
            id="stale",
            className="jl-banner",
        ),
        html.Div(
            [
                html.Span(id="news-words", role="status", **aria(live="polite")),
                html.Button("Show it", id="show-news", className="jl-button"),
            ],
            id="news",
            className="jl-banner jl-news",
        ),
        html.Div(id="facts", className="jl-dimmed"),
        html.Nav(html.Ul(id="views", className="jl-views"), **aria(label="Views")),
        html.Div(
            html.Div("Reading the data …", className="jl-state"), id="body", className="jl-dimmed"
        ),
    ]


def _drawer() -> dmc.Drawer:
    return dmc.Drawer(
        [
            html.Div(id="drill"),
            html.Div(
                dmc.SegmentedControl(
                    id="axis",
                    data=[
                        {"value": "step", "label": "By step"},
                        {"value": "time", "label": "By time"},
                    ],
                    value="step",
                    size="xs",
                ),
                id="axis-box",
                className="jl-axis",
            ),
            html.Div(id="line"),
        ],
        id="drawer",
        title="Journeys",
        position="right",
        size="min(860px, 100vw)",
        padding="md",
        keepMounted=True,
        closeButtonProps={"aria-label": "Close"},
    )
