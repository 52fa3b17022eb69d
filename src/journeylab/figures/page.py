"""A figure and its numbers -> a part of an HTML page that fetches nothing."""

import html as markup
import json
from typing import Any, Final

import polars as pl

from journeylab.figures import style

#: How the parts look; put it once into a page.
CSS: Final = """
.jl-figure { margin: 0 0 32px; }
.jl-figure h2 { font-size: 20px; margin: 0 0 4px; }
.jl-figure p { color: #5b6470; margin: 0 0 6px; }
.jl-figure .jl-legend { color: inherit; font-size: 13px; white-space: break-spaces; }
.jl-figure .jl-scroll { overflow-x: auto; }
.jl-figure table { border-collapse: collapse; font-size: 13px; }
.jl-figure td, .jl-figure th { border: 1px solid #b9c0ca; padding: 2px 8px; text-align: left; }
"""


def html(figure: dict[str, Any], *, name: str, table: pl.DataFrame | None = None) -> str:
    """Write a figure as a section: heading and legend as text that wraps, the drawing below.

    The page around it must hold plotly.js (``plotly.offline.get_plotlyjs()``) and ``CSS``
    before the first section.

    Args:
        figure: as the functions of ``figures`` return it.
        name: id of the section, of letters, digits, ``_`` and ``-``.
        table: the same numbers, shown below on demand.

    Returns:
        A ``<section>``. Wide drawings scroll sideways inside it.

    Raises:
        ValueError: the name holds other signs.
    """
    if not name.replace("_", "").replace("-", "").isalnum() or not name.isascii():
        raise ValueError(f"{name!r} is no id of letters, digits, '_' and '-'")
    layout = {**figure["layout"]}
    title = layout.pop("title")
    meta = layout.get("meta", {})
    notes = layout.get("annotations", [])
    legend = "".join(note["text"] for note in notes if note.get("name") == "legend")
    if "top" in meta:
        layout["annotations"] = [note for note in notes if note.get("name") != "legend"]
        layout["margin"] = {**layout["margin"], "t": layout["margin"]["t"] - meta["top"]}
        layout["height"] -= meta["top"]
    drawn = json.dumps({"data": figure["data"], "layout": layout, "config": _CONFIG})
    safe = drawn.replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")
    words = title["subtitle"]["text"].replace("<br>", " ")
    return (
        f'<section class="jl-figure" id="{name}"><h2>{title["text"]}</h2><p>{words}</p>'
        + (f'<p class="jl-legend">{legend}</p>' if legend else "")
        + f'<div class="jl-scroll" tabindex="0"><div id="{name}-drawing"'
        f' style="min-width:{int(meta.get("min_width", 0))}px"></div></div>'
        f'<script>Plotly.newPlot("{name}-drawing",{safe})</script>'
        + ("" if table is None else _table(table))
        + "</section>"
    )


_CONFIG: Final = {**style.CONFIG, "displayModeBar": False}


def _table(table: pl.DataFrame) -> str:
    heads = "".join(f"<th>{markup.escape(name)}</th>" for name in table.columns)
    lines = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
        for row in table.iter_rows()
    )
    return (
        "<details><summary>Same numbers as a table</summary>"
        f'<div class="jl-scroll" tabindex="0"><table><tr>{heads}</tr>{lines}</table></div>'
        "</details>"
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    return markup.escape(f"{value:,.4g}" if isinstance(value, float) else str(value))
