"""Moves of ``Lab.paths`` -> a step-unrolled Sankey, in which every height adds up."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import captions, style
from journeylab.figures.columns import (
    ENDS,
    Block,
    Look,
    anchor_of,
    drawn_moves,
    key_of,
    look_of,
    pad_of,
    places_of,
    sizes_of,
)

COLUMNS: Final = {
    "step",
    "from_touchpoint",
    "to_touchpoint",
    "is_return",
    "journeys",
    "share",
    "conversion_rate",
    "wait_p50_seconds",
}

_THICKNESS: Final = 12
_COLUMN: Final = 170  # pixels
_HEADINGS: Final = 28  # pixels of the step numbers
_MARGIN: Final = {"l": 8, "r": 150, "t": 132, "b": 12}


def paths(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    title: str = "What people did, step by step",
    height: int = 620,
    dark: bool = False,
) -> dict[str, Any]:
    """Draw what people did step by step; a band of its own shows who came back.

    A column is a step, a height counts journeys. Blocks are coloured by channel and keep their
    order from column to column and from picture to picture. Each band is split in two: a first
    visit is grey, a return to a touchpoint already seen in that journey orange. Journeys that
    ended in an earlier column are not drawn again. In pictures that lead to a touchpoint or
    stand around it, its column is marked, and journeys that begin later than the first column
    start from a block of their own.

    Args:
        table: as ``Lab.paths`` returns it.
        touchpoints: as ``Lab.touchpoints`` returns it: plain names (``label``), channels, and
            by its rows the order of blocks. Without it names stand as they are, by channel.
        title: heading.
        height: in pixels.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bands and blocks carry ``customdata``: JSON text of
        [step, from, to, is_return] and of [step, touchpoint]. Without journeys, a figure
        that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    missing = COLUMNS - set(table.columns)
    if missing:
        raise ValueError(f"the table lacks {', '.join(sorted(missing))}; draw what Lab.paths gives")
    if table.is_empty():
        return _empty(title, height, dark)
    moves = drawn_moves(table.to_dicts())
    look = look_of(moves, touchpoints, dark)
    population = int(table.filter(pl.col("step") == pl.col("step").min())["journeys"].sum())
    sizes = sizes_of(moves)
    anchor = anchor_of(sizes)
    room = height - _MARGIN["t"] - _MARGIN["b"]
    places = places_of(sizes, look, room)
    drawn = style.layout(
        title=title, subtitle=captions.subtitle(moves, look, population), height=height, dark=dark
    )
    first, last = min(places)[0], max(places)[0]
    return {
        "data": [
            {
                "type": "sankey",
                "arrangement": "fixed",
                "orientation": "h",
                "valueformat": ",",
                "node": {
                    **_blocks(sizes, places, look, population, last, anchor),
                    "pad": pad_of(moves, sizes, room),
                    "sort": "input",
                },
                "link": _bands(moves, places, look, sizes, anchor),
            }
        ],
        "layout": {
            **drawn,
            "margin": dict(_MARGIN),
            "meta": {"top": _MARGIN["t"] - _HEADINGS, "min_width": _COLUMN * (last - first + 1)},
            "shapes": [] if anchor is None else [captions.anchor_band(anchor, places, dark)],
            "annotations": [
                captions.legend(look),
                *captions.headings(places, last, anchor, look),
                *captions.last_labels(sizes, places, look, population, last),
            ],
        },
    }


def _blocks(
    sizes: dict[Block, int],
    places: dict[Block, tuple[float, float]],
    look: Look,
    population: int,
    last: int,
    anchor: Block | None,
) -> dict[str, Any]:
    return {
        "label": [
            "" if step == last else captions.block_text(name, sizes[step, name], look, population)
            for step, name in places
        ],
        "color": [look.colour(name) for _, name in places],
        "x": [x for x, _ in places.values()],
        "y": [y for _, y in places.values()],
        "thickness": _THICKNESS,
        "line": {"width": 0},
        "customdata": [json.dumps([step, key_of(name)]) for step, name in places],
        "hovertemplate": [
            f"<b>{look.text(name)}</b>, {captions.column_words(step, anchor)}"
            f"<br>{sizes[step, name]:,} journeys"
            f" · {style.share_text(sizes[step, name] / population)} of all<extra></extra>"
            for step, name in places
        ],
    }


def _bands(
    moves: list[dict[str, Any]],
    places: dict[Block, tuple[float, float]],
    look: Look,
    sizes: dict[Block, int],
    anchor: Block | None,
) -> dict[str, Any]:
    numbers = {node: number for number, node in enumerate(places)}
    ordered = sorted(
        moves,
        key=lambda row: (
            row["step"],
            look.order(row["from_touchpoint"]),
            look.order(row["to_touchpoint"]),
            row["is_return"],
        ),
    )
    ends = [(row["step"], row["from_touchpoint"], row["to_touchpoint"]) for row in ordered]
    return {
        "source": [numbers[step, left] for step, left, _ in ends],
        "target": [numbers[step + 1, right] for step, _, right in ends],
        "value": [row["journeys"] for row in ordered],
        "color": [_band_colour(row, look) for row in ordered],
        "label": [_band_text(row, look, sizes, anchor) for row in ordered],
        "customdata": [
            json.dumps([step, key_of(left), right, bool(row["is_return"])])
            for (step, left, right), row in zip(ends, ordered, strict=True)
        ],
        "arrowlen": 6,
        "hovertemplate": "%{label}<extra></extra>",
    }


def _band_colour(row: dict[str, Any], look: Look) -> str:
    name = row["to_touchpoint"]
    if name in ENDS:
        return style.faded(look.colour(name), ENDS[name][1])
    if row["is_return"]:
        return style.faded(style.RETURN_COLOUR, 0.55)
    return style.faded(style.ONWARD_COLOUR, 0.3)


def _band_text(
    row: dict[str, Any], look: Look, sizes: dict[Block, int], anchor: Block | None
) -> str:
    left, right = (
        look.text(row["from_touchpoint"]),
        look.text(row["to_touchpoint"]),
    )
    of_step = row["journeys"] / sizes[row["step"], row["from_touchpoint"]]
    lines = [
        f"<b>{left} → {right}</b>{' (back to a step seen before)' if row['is_return'] else ''}",
        f"{row['journeys']:,} journeys · {style.share_text(row['share'])} of all ·"
        f" {style.share_text(of_step)} of {captions.column_words(row['step'], anchor)} “{left}”",
    ]
    later = []
    if row["conversion_rate"] is not None and row["to_touchpoint"] not in ENDS:
        later.append(f"{style.share_text(row['conversion_rate'])} of the settled ones convert")
    if row["wait_p50_seconds"] is not None:
        later.append(f"median wait {style.time_text(row['wait_p50_seconds'])}")
    return "<br>".join([*lines, " · ".join(later)] if later else lines)


def _empty(title: str, height: int, dark: bool) -> dict[str, Any]:
    drawn = style.layout(title=title, subtitle="No journeys to show.", height=height, dark=dark)
    hidden = {"visible": False}
    return {"data": [], "layout": {**drawn, "xaxis": hidden, "yaxis": hidden}}
