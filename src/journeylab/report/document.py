"""News and contents -> one HTML page that fetches nothing, reads without a script and prints."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, Final

from plotly.offline import get_plotlyjs

from journeylab import figures
from journeylab.report.news import Part
from journeylab.views.content import Column, Content, Fact, Panel
from journeylab.views.locales import LOCALES, Locale, cell, text_in
from journeylab.views.registry import View

#: Most bytes a report may take: mail servers take 10 MB, a third more once it is encoded.
MOST_BYTES: Final = 6_000_000

_ROWS_SHOWN: Final = (50, 15, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One view in the report.

    Attributes:
        view: the view.
        light: what it says on a light page.
        dark: the same with figures for a dark page.
    """

    view: View
    light: Content
    dark: Content


def document(
    chapters: Sequence[Chapter],
    parts: Sequence[Part],
    *,
    title: str,
    about: str,
    facts: Sequence[Fact],
    timezone: str,
    locale: Locale = LOCALES["en"],
) -> str:
    """The whole page; tables are cut to fewer rows until it is small enough.

    Args:
        chapters: the views in their order.
        parts: the news, on top.
        title: heading.
        about: one sentence below it.
        facts: headline figures.
        timezone: of the times in tables.
        locale: in whose way all this is written, and tables are.
    """
    for rows in _ROWS_SHOWN:
        drawings: list[dict[str, Any]] = []
        body = "".join(_chapter(found, drawings, rows, timezone, locale) for found in chapters)
        page = _page().substitute(
            title=escape(title),
            about=escape(about),
            contents="".join(
                f'<li><a href="#{place}">{escape(label)}</a></li>'
                for place, label in [
                    *((part.name, part.title) for part in parts),
                    *((found.view.key, found.view.label) for found in chapters),
                ]
            ),
            facts=_facts(facts),
            news="".join(_part(part) for part in parts),
            chapters=body,
            plotly=get_plotlyjs(),
            config=_inert({**figures.CONFIG, "displayModeBar": False}),
            drawings=_inert(drawings),
        )
        if len(page.encode()) <= MOST_BYTES:
            break
    return page


def changed(light: Any, dark: Any, path: tuple[str | int, ...] = ()) -> list[list[Any]]:  # noqa: ANN401 - any JSON
    """Leaves in which a dark figure differs: ``[path, value]`` each.

    Example:
        >>> changed({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]})
        [[['a', 1, 'b'], 3]]
    """
    if isinstance(light, dict) and isinstance(dark, dict) and light.keys() == dark.keys():
        return [leaf for key in light for leaf in changed(light[key], dark[key], (*path, key))]
    if isinstance(light, list) and isinstance(dark, list) and len(light) == len(dark):
        pairs = enumerate(zip(light, dark, strict=True))
        return [leaf for place, (a, b) in pairs for leaf in changed(a, b, (*path, place))]
    return [] if light == dark else [[list(path), dark]]


def _page() -> Template:
    return Template((files("journeylab.report") / "page.html").read_text(encoding="utf-8"))


def _inert(value: Any) -> str:  # noqa: ANN401 - any JSON
    """JSON that no HTML parser reads as markup, and no template as a name."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _part(part: Part) -> str:
    words = "".join(f"<p>{escape(sentence)}</p>" for sentence in part.sentences)
    if len(part.sentences) > 2:
        *listed, last = part.sentences
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in listed)
        words = f'<ol>{items}</ol><p class="small">{escape(last)}</p>'
    table = _table(part.title, part.heads, part.rows) if part.heads else ""
    return f'<section id="{part.name}"><h2>{escape(part.title)}</h2>{words}{table}</section>'


def _facts(facts: Sequence[Fact]) -> str:
    cells = "".join(
        f"<div><dt>{escape(fact.label)}</dt><dd><strong>{escape(fact.value)}</strong>"
        f"<span>{escape(fact.base)}</span>"
        + (f"<span>{escape(fact.change)}</span>" if fact.change else "")
        + "</dd></div>"
        for fact in facts
    )
    return f"<dl>{cells}</dl>" if cells else ""


def _chapter(
    chapter: Chapter, drawings: list[dict[str, Any]], rows: int, timezone: str, locale: Locale
) -> str:
    content = chapter.light
    said = content.empty or content.headline
    panels = "".join(
        _panel(chapter.view.key, light, dark, drawings, rows, timezone, locale)
        for light, dark in zip(content.panels, chapter.dark.panels, strict=True)
    )
    return (
        f'<section id="{chapter.view.key}" class="chapter"><h2>{escape(chapter.view.label)}</h2>'
        f'<p class="small">{escape(chapter.view.question)}</p>'
        f'<p class="headline">{escape(said)}</p>{_facts(content.facts)}{panels}</section>'
    )


def _panel(
    key: str,
    light: Panel,
    dark: Panel,
    drawings: list[dict[str, Any]],
    rows: int,
    timezone: str,
    locale: Locale,
) -> str:
    drawn = ""
    if light.figure is not None and dark.figure is not None:
        parts = figures.apart(light.figure)
        name = f"{key}-{light.name}-drawing"
        other = figures.apart(dark.figure).drawing
        drawings.append(
            {"name": name, "figure": parts.drawing, "dark": changed(parts.drawing, other)}
        )
        least = int(parts.drawing["layout"].get("meta", {}).get("min_width", 0))
        height = int(parts.drawing["layout"].get("height", 400))
        legend = " ".join(
            f'<span class="key"><span style="color:{colour}" aria-hidden="true">{escape(sign)}'
            f"</span> {escape(label)}</span>"
            for colour, sign, label in parts.legend
        )
        drawn = (
            (f'<p class="legend">{legend}</p>' if legend else "")
            + f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(light.title)}">'
            f'<div class="drawing" id="{name}" style="min-width:{least}px;min-height:{height}px">'
            "</div></div>"
            f'<p class="small">{escape(parts.sentences)}</p>'
        )
    sentence = f"<p>{escape(light.sentence)}</p>" if light.sentence else ""
    note = f'<p class="small">{escape(light.note)}</p>' if light.note else ""
    numbers = _numbers(light, rows, timezone, locale)
    return (
        f'<section class="panel"><h3>{escape(light.title)}</h3>{sentence}'
        f'<p class="small">{escape(light.population)}</p>{drawn}{note}'
        f'<details class="definition"><summary>How it is counted</summary>'
        f"<p>{escape(light.definition)}</p></details>{numbers}</section>"
    )


def _numbers(panel: Panel, rows: int, timezone: str, locale: Locale) -> str:
    if not panel.columns:
        return ""
    shown = panel.table.head(rows)
    cells = [
        tuple(cell(row[column.name], column.form, timezone, locale) for column in panel.columns)
        for row in shown.iter_rows(named=True)
    ]
    told = text_in(f"{panel.table.height:,} rows", locale)
    if panel.table.height > rows:
        told = f"the first {rows} of {told}; the dashboard has all"
    heads = tuple(column.label for column in panel.columns)
    right = tuple(_is_number(column) for column in panel.columns)
    table = _table(panel.title, heads, cells, right)
    is_open = " open" if panel.figure is None else ""
    return f"<details{is_open}><summary>The numbers ({told})</summary>{table}</details>"


def _table(
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[bool] = (),
) -> str:
    sides = [
        ' class="right"' if place < len(right) and right[place] else ""
        for place in range(len(heads))
    ]
    head = "".join(
        f'<th scope="col"{side}>{escape(name)}</th>'
        for name, side in zip(heads, sides, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{side}>{escape(cell)}</td>" for cell, side in zip(row, sides, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(title)}: numbers">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _is_number(column: Column) -> bool:
    return column.form in ("count", "share", "number", "seconds", "money")
