"""Two groups compared move by move -> a table of what the one does more and less often."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.places import touchpoints_of

COLUMNS: Final = {
    "from_node",
    "to_node",
    "value_a",
    "value_b",
    "difference",
    "difference_low",
    "difference_high",
    "is_significant",
    "is_insufficient",
    "n_a",
    "n_b",
    "group_journeys_a",
    "group_customers_a",
    "group_journeys_b",
    "group_customers_b",
}

_ROOM: Final = 27  # pixels a row
_COLUMN: Final = 46  # pixels
_LABELS: Final = 190  # pixels of the labels at the left
_TOP: Final = 96  # pixels of the labels above
_RIGHT: Final = 72  # pixels into which the last of them leans
_LEAST: Final = 0.01  # difference below which a cell stays empty
_FULL: Final = 0.25  # difference of the full colour
_START: Final = "(start)"
_ENDS: Final = {"(dropped)": "Journey ends", "(converted)": "Converted"}
_PALE: Final = 0.16  # opacity of what may be chance

#: Words on a full colour, light and dark page.
_ON_FULL: Final = ("#FFFFFF", "#12171D")

#: Light and dark page: less, the same, more. Orange and blue are told apart by everybody.
_SCALES: Final = (
    ("#D55E00", "#F6F7F9", "#0072B2"),
    ("#EC7A22", "#20262E", "#3FA0DB"),
)


def differences(
    table: pl.DataFrame,
    nodes: pl.DataFrame,
    *,
    name_a: str = "group a",
    name_b: str = "group b",
    title: str = "What the two groups do differently",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw by how much the moves of one group differ from those of another.

    A cell is the share of the moves from its row that go to its column, in group a less in
    group b, in percentage points. Differences beyond chance are bold and in full colour: blue
    where group a does it more, orange where less; the others, which may be chance, are pale.

    Args:
        table: ``Lab.compare(a, b, on="edges")``.
        nodes: ``graph_nodes``, for plain names and the order of rows and columns.
        name_a: the one group, in plain words.
        name_b: the other.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Cells carry ``customdata``: JSON text of [from, to].
        ``layout.meta.min_width`` says how many pixels it needs. Without differences of one
        percentage point or more, a figure that says so.

    Raises:
        ValueError: a table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.compare(a, b, on='edges')")
    walked = {row["node"]: row["label"] for row in touchpoints_of(nodes, "before")}
    labels = {_START: "Start"} | walked | _ENDS
    order = {name: place for place, name in enumerate(labels)}
    cells = [
        row
        for row in table.to_dicts()
        if row["from_node"] in order
        and row["to_node"] in order
        and row["difference"] is not None
        and abs(row["difference"]) >= _LEAST
    ]
    if not cells:
        return rows.nothing(
            title, "No move differs by one percentage point or more between the groups.", dark
        )
    lines = sorted({row["from_node"] for row in cells}, key=order.__getitem__)
    columns = sorted({row["to_node"] for row in cells}, key=order.__getitem__)
    sure = table["is_significant"].sum()
    drawn = sum(row["is_significant"] for row in cells)
    first, second = style.escaped(name_a), style.escaped(name_b)
    head = cells[0]
    layout = style.frame(
        title=title,
        sentences=[
            f"{first}: {head['group_journeys_a']:,} settled journeys of"
            f" {head['group_customers_a']:,} customers; {second}: {head['group_journeys_b']:,} of"
            f" {head['group_customers_b']:,}. {sure} of {table.height} moves differ beyond"
            f" chance{f', {drawn} of them drawn' if drawn < sure else ''}.",
            f"Percentage points more (+) or less (-) of the moves from the row that go to the"
            f" column among {first} than among {second}. Bold, full colour: beyond chance; pale:"
            " may be chance. Below 1 point left blank.",
        ],
        legend=[
            (_SCALES[dark][2], "■", f"more among {style.shortened(name_a)}"),
            (_SCALES[dark][0], "■", f"less among {style.shortened(name_a)}"),
        ],
        room=_ROOM * len(lines),
        bottom=12,
        dark=dark,
    )
    layout["height"] += _TOP
    layout["margin"]["t"] += _TOP
    layout["margin"]["r"] = _RIGHT
    for note in layout["annotations"]:
        note["yshift"] += _TOP - 4
    layout["meta"]["min_width"] = _LABELS + _COLUMN * len(columns)
    layout["yaxis"] = {
        **rows.row_axis([rows.label(labels[name]) for name in lines], dark),
        "showgrid": False,
        "ticks": "",
    }
    layout["xaxis"] = {
        "side": "top",
        "tickmode": "array",
        "tickvals": list(range(len(columns))),
        "ticktext": [rows.label(labels[name]) for name in columns],
        "tickangle": -45,
        "ticks": "",
        "range": [-0.5, len(columns) - 0.5],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
    }
    names = (first, second)
    layers = [
        _layer([c for c in cells if c["is_significant"] is told], lines, columns, labels, names)
        for told in (False, True)
    ]
    less, same, more = _SCALES[dark]
    for layer, told in zip(layers, (False, True), strict=True):
        layer["colorscale"] = [[0, less], [0.5, same], [1, more]]
        layer["opacity"] = 1 if told else _PALE
        layout["annotations"] += _words(layer, dark, sure=told)
    return {"data": layers, "layout": layout}


def _layer(
    cells: list[dict[str, Any]],
    lines: list[str],
    columns: list[str],
    labels: dict[str, str],
    names: tuple[str, str],
) -> dict[str, Any]:
    """Cells of one kind over the whole table, so that all keep their place."""
    ys = {name: place for place, name in enumerate(lines)}
    xs = {name: place for place, name in enumerate(columns)}
    z: list[list[float | None]] = [[None] * len(columns) for _ in lines]
    text, told, keys = ([[""] * len(columns) for _ in lines] for _ in range(3))
    for cell in cells:
        x, y = xs[cell["to_node"]], ys[cell["from_node"]]
        points = f"{100 * cell['difference']:+.0f}".replace("-", "\u2212")
        z[y][x] = cell["difference"]
        text[y][x] = f"<b>{points}</b>" if cell["is_significant"] else points
        keys[y][x] = json.dumps([cell["from_node"], cell["to_node"]])
        told[y][x] = _told(cell, labels, names)
    return {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(lines))),
        "z": z,
        "zmin": -_FULL,
        "zmax": _FULL,
        "showscale": False,
        "text": text,
        "hovertext": told,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False,
        "customdata": keys,
        "xgap": 2,
        "ygap": 2,
    }


def _told(cell: dict[str, Any], labels: dict[str, str], names: tuple[str, str]) -> str:
    left, right = (style.escaped(labels[cell[end]]) for end in ("from_node", "to_node"))
    shares = (
        f"<br>{_share(cell['value_a'])} of {cell['n_a']:,} moves from there among {names[0]},"
        f"<br>{_share(cell['value_b'])} of {cell['n_b']:,} among {names[1]}"
    )
    between = ""
    if cell["difference_low"] is not None and cell["difference_high"] is not None:
        low, high = 100 * cell["difference_low"], 100 * cell["difference_high"]
        between = f"<br>95% interval {low:+.0f} to {high:+.0f} percentage points"
    sure = "beyond chance" if cell["is_significant"] else "may be chance"
    few = f"; fewer than {rows.FEW} customers" if cell["is_insufficient"] else ""
    return f"<b>{left} → {right}</b>{shares}{between}<br>{sure}{few}"


def _share(share: float | None) -> str:
    return "none" if share is None else style.share_text(share)


def _words(layer: dict[str, Any], dark: bool, *, sure: bool) -> list[dict[str, Any]]:
    """Numbers over the cells, in one size, which Plotly itself would fit to the cells."""
    words, strong = (style.ink(dark), _ON_FULL[dark]) if sure else (style.muted(dark),) * 2
    return [
        {
            "text": text,
            "x": x,
            "xref": "x",
            "y": y,
            "yref": "y",
            "showarrow": False,
            "font": {
                "size": 12,
                "color": strong if abs(layer["z"][y][x]) >= _FULL * 0.6 else words,
            },
        }
        for y, line in enumerate(layer["text"])
        for x, text in enumerate(line)
        if text
    ]
