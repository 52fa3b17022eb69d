"""A view's content -> one HTML page that works without a network."""

import html
from collections.abc import Sequence
from typing import Any, Final

import polars as pl
from plotly.offline import get_plotlyjs

from journeylab import figures
from journeylab.views.content import Content, Fact, Panel
from journeylab.views.filters import Choices, Filters, write_filters
from journeylab.views.locales import LOCALES, Locale, cell
from journeylab.views.registry import view_of

#: Rows of a table that a page holds; the dashboard's files hold all.
MOST_ROWS: Final = 500

_CSS: Final = """
body { font-family: Inter, system-ui, 'DejaVu Sans', sans-serif; color: #1d2733; margin: 0 auto;
  padding: 24px; max-width: 1200px; line-height: 1.45; }
h1 { font-size: 24px; margin: 0 0 4px; }
.jl-small { color: #5b6470; font-size: 13px; margin: 4px 0; }
.jl-facts { display: flex; flex-wrap: wrap; gap: 12px; padding: 0; margin: 16px 0; }
.jl-facts li { border: 1px solid #d5dae1; border-radius: 8px; padding: 10px 14px;
  list-style: none; flex: 1 1 160px; }
.jl-facts strong { display: block; font-size: 22px; }
"""


def offline_page(
    content: Content,
    facts: Sequence[Fact],
    filters: Filters,
    choices: Choices,
    *,
    title: str,
    source: str,
    locale: Locale = LOCALES["en"],
) -> str:
    """Write a view as one HTML file with its figures, tables and definitions.

    Args:
        content: of the view, drawn for a light page.
        facts: headline figures of the journeys.
        filters: what was asked; the page says it.
        choices: of the same snapshot.
        title: heading of the dashboard.
        source: what the numbers are from, as ``Snapshot 2026…``.
        locale: in whose way the content is written, and its tables are.
    """
    view = view_of(filters.view)
    asked = ", ".join(f"{key}={value}" for key, value in write_filters(filters, choices).items())
    heading = html.escape(f"{title}: {view.label}")
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{heading}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_CSS}{figures.CSS}</style><script>{get_plotlyjs()}</script></head><body>"
        f"<h1>{heading}</h1>"
        f'<p class="jl-small">{html.escape(source)}. {html.escape(view.question)}'
        f" Filters: {html.escape(asked or 'none')}.</p>"
        f"{_facts([*facts, *content.facts])}"
        f"<p>{html.escape(content.headline or content.empty)}</p>"
        + "".join(panel_html(panel, choices.timezone, locale) for panel in content.panels)
        + "</body></html>"
    )


def panel_html(panel: Panel, timezone: str, locale: Locale = LOCALES["en"]) -> str:
    """A panel as a part of a page that holds plotly.js and ``figures.CSS``."""
    table = _as_written(panel, timezone, locale)
    if panel.figure is not None:
        drawn = figures.html(panel.figure, name=f"panel-{panel.name}", table=table)
    else:
        drawn = f'<section class="jl-figure"><h2>{html.escape(panel.title)}</h2>' + _table(table)
        drawn += "</section>"
    said = [panel.note, panel.population, panel.definition]
    return drawn + "".join(f'<p class="jl-small">{html.escape(text)}</p>' for text in said if text)


def _as_written(panel: Panel, timezone: str, locale: Locale) -> pl.DataFrame:
    rows = panel.table.head(MOST_ROWS)
    return pl.DataFrame(
        {
            column.label: pl.Series(
                [cell(value, column.form, timezone, locale) for value in rows[column.name]],
                dtype=pl.String,
            )
            for column in panel.columns
        }
    )


def _table(table: pl.DataFrame) -> str:
    heads = "".join(f"<th>{html.escape(name)}</th>" for name in table.columns)
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(value)}</td>" for value in row) + "</tr>"
        for row in table.iter_rows()
    )
    return f'<div class="jl-scroll" tabindex="0"><table><tr>{heads}</tr>{lines}</table></div>'


def _facts(facts: Sequence[Fact]) -> str:
    def one(fact: Fact) -> str:
        told: list[Any] = [fact.label, fact.value, fact.base]
        label, value, base = (html.escape(text) for text in told)
        return f'<li>{label}<strong>{value}</strong><span class="jl-small">{base}</span></li>'

    return f'<ul class="jl-facts">{"".join(one(fact) for fact in facts)}</ul>'
