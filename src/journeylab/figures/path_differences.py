"""Moves of two groups side by side -> one step-unrolled Sankey of what the one does more."""

import json
from collections import defaultdict
from typing import Any, Final

import polars as pl

from journeylab.figures import captions, rows, style
from journeylab.figures.columns import (
    ENDS,
    OTHER,
    Block,
    Look,
    drawn_moves,
    look_of,
    pad_of,
    places_of,
    sizes_of,
)

COLUMNS: Final = {"step", "from_touchpoint", "to_touchpoint", "is_return", "journeys"}

_MORE: Final = ("#0072B2", "#3FA0DB")  # light and dark page
_LESS: Final = ("#D55E00", "#EC7A22")
_SAME: Final = 0.01  # difference of shares below which a band is grey
_FULL: Final = 0.1  # difference of the full colour
_WHOLE: Final = 1_000_000  # what all journeys weigh: shares as whole numbers
_COLUMN: Final = 170  # pixels
_HEADINGS: Final = 28
_MARGIN: Final = {"l": 8, "r": 150, "t": 132, "b": 12}


def path_differences(
    a: pl.DataFrame,
    b: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    name_a: str = "group a",
    name_b: str = "group b",
    top: int = 6,
    title: str = "What the two groups do differently, step by step",
    height: int = 620,
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the steps of two groups in one picture: which flows one has gained on the other.

    A height is the mean of the two groups' shares, so that heights add up whatever the sizes
    of the groups. A band is blue where a larger share of group a went that way, orange where
    a smaller one did, the stronger the more they differ; grey below one percentage point.

    Args:
        a: ``Lab.paths(top=50)`` of the one group, from its first step: so many touchpoints that
            none is merged in one group and named in the other.
        b: the same of the other group.
        touchpoints: as ``Lab.touchpoints`` returns it, as in ``paths``.
        name_a: the one group, in plain words.
        name_b: the other.
        top: touchpoints named in a column, those that most came to; others are merged.
        title: heading.
        height: in pixels.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bands between named touchpoints carry ``customdata``: JSON
        text of [step, from, to, is_return]; merged ones carry none. Without journeys in both
        groups, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    for table in (a, b):
        rows.need(table, COLUMNS, "Lab.paths")
    sizes_of_groups = [_journeys(table) for table in (a, b)]
    if not all(sizes_of_groups):
        return rows.nothing(title, "One of the groups made no step.", dark)
    moves = drawn_moves(_merged(_shares(a, b), top))
    look = look_of(moves, touchpoints, dark)
    sizes = sizes_of(moves)
    room = height - _MARGIN["t"] - _MARGIN["b"]
    places = places_of(sizes, look, room)
    first, last = min(places)[0], max(places)[0]
    names = tuple(style.escaped(name) for name in (name_a, name_b))
    drawn = style.layout(
        title=title,
        subtitle=(
            f"{names[0]}: {sizes_of_groups[0]:,} journeys; {names[1]}: {sizes_of_groups[1]:,}."
            f" Heights are the mean of the two shares.<br>{_largest(moves, look, names)}"
        ),
        height=height,
        dark=dark,
    )
    ordered = sorted(
        moves,
        key=lambda row: (
            row["step"],
            look.order(row["from_touchpoint"]),
            look.order(row["to_touchpoint"]),
            row["is_return"],
        ),
    )
    numbers = {block: number for number, block in enumerate(places)}
    return {
        "data": [
            {
                "type": "sankey",
                "arrangement": "fixed",
                "orientation": "h",
                "node": {
                    **_blocks(sizes, places, look, last),
                    "pad": pad_of(moves, sizes, room),
                    "sort": "input",
                },
                "link": {
                    "source": [numbers[row["step"], row["from_touchpoint"]] for row in ordered],
                    "target": [numbers[row["step"] + 1, row["to_touchpoint"]] for row in ordered],
                    "value": [row["journeys"] for row in ordered],
                    "color": [_colour(row, dark) for row in ordered],
                    "label": [_told(row, look, names) for row in ordered],
                    "customdata": [_key(row) for row in ordered],
                    "arrowlen": 6,
                    "hovertemplate": "%{label}<extra></extra>",
                },
            }
        ],
        "layout": {
            **drawn,
            "margin": dict(_MARGIN),
            "meta": {"top": _MARGIN["t"] - _HEADINGS, "min_width": _COLUMN * (last - first + 1)},
            "annotations": [
                style.legend_line(
                    [
                        *((colour, "■", name) for name, colour in look.colours.items()),
                        (_MORE[dark], "▬", f"more among {style.shortened(name_a)}"),
                        (_LESS[dark], "▬", f"less among {style.shortened(name_a)}"),
                        (style.ONWARD_COLOUR, "▬", "alike within 1 point"),
                    ]
                ),
                *captions.headings(places, last, None, look),
                *captions.last_labels(sizes, places, look, _WHOLE, last),
            ],
        },
    }


def _journeys(table: pl.DataFrame) -> int:
    first = table.filter(pl.col("step") == pl.col("step").min())
    return int(first["journeys"].sum())


#: Step, from, to, whether it is a return -> the shares of the two groups that made the move.
_Shares = dict[tuple[int, str, str, bool], list[float]]


def _shares(a: pl.DataFrame, b: pl.DataFrame) -> _Shares:
    shares: _Shares = defaultdict(lambda: [0.0, 0.0])
    for side, table in enumerate((a, b)):
        whole = _journeys(table)
        for row in table.sort("step", "from_touchpoint", "to_touchpoint", "is_return").to_dicts():
            ends = (row["from_touchpoint"], row["to_touchpoint"])
            shares[row["step"], *ends, bool(row["is_return"])][side] += row["journeys"] / whole
    return shares


def _merged(shares: _Shares, top: int) -> list[dict[str, Any]]:
    """The moves with those touchpoints of a column merged that few of both groups came to."""
    came: dict[Block, float] = defaultdict(float)
    for (step, left, _, _), of_both in shares.items():
        came[step, left] += sum(of_both)
    named: dict[int, set[str]] = defaultdict(set)
    for (step, name), _ in sorted(came.items(), key=lambda item: (-item[1], item[0])):
        if not name.startswith("(") and len(named[step]) < top:
            named[step].add(name)

    def block(step: int, name: str) -> str:
        return name if name.startswith("(") or name in named[step] else OTHER

    sums: _Shares = defaultdict(lambda: [0.0, 0.0])
    for (step, left, right, is_return), of_both in shares.items():
        key = (step, block(step, left), block(step + 1, right), is_return)
        for side in (0, 1):
            sums[key][side] += of_both[side]
    return [
        {
            "step": step,
            "from_touchpoint": left,
            "to_touchpoint": right,
            "is_return": is_return,
            "journeys": max(1, round(_WHOLE * (share_a + share_b) / 2)),
            "share_a": share_a,
            "share_b": share_b,
        }
        for (step, left, right, is_return), (share_a, share_b) in sums.items()
    ]


def _blocks(
    sizes: dict[Block, int],
    places: dict[Block, tuple[float, float]],
    look: Look,
    last: int,
) -> dict[str, Any]:
    return {
        "label": [
            "" if step == last else captions.block_text(name, sizes[step, name], look, _WHOLE)
            for step, name in places
        ],
        "color": [look.colour(name) for _, name in places],
        "x": [x for x, _ in places.values()],
        "y": [y for _, y in places.values()],
        "thickness": 12,
        "line": {"width": 0},
        "hovertemplate": [
            f"<b>{look.text(name)}</b>, {captions.column_words(step, None)}"
            f"<br>{style.share_text(sizes[step, name] / _WHOLE)} of journeys on average"
            "<extra></extra>"
            for step, name in places
        ],
    }


def _colour(row: dict[str, Any], dark: bool) -> str:
    difference = row["share_a"] - row["share_b"]
    if abs(difference) < _SAME:
        return style.faded(style.ONWARD_COLOUR, 0.25)
    strength = 0.35 + 0.5 * min(1.0, abs(difference) / _FULL)
    return style.faded((_MORE if difference > 0 else _LESS)[dark], round(strength, 3))


def _key(row: dict[str, Any]) -> str | None:
    ends = (row["from_touchpoint"], row["to_touchpoint"])
    if OTHER in ends:
        return None
    return json.dumps([row["step"], *ends, row["is_return"]])


def _told(row: dict[str, Any], look: Look, names: tuple[str, ...]) -> str:
    left, right = (look.text(row[f"{end}_touchpoint"]) for end in ("from", "to"))
    points = f"{100 * (row['share_a'] - row['share_b']):+.1f}".replace("-", "\u2212")
    back = " (back to a step seen before)" if row["is_return"] else ""
    return (
        f"<b>{left} → {right}</b>{back}<br>{style.share_text(row['share_a'])} of {names[0]}"
        f" · {style.share_text(row['share_b'])} of {names[1]}<br>{points} percentage points"
    )


def _largest(moves: list[dict[str, Any]], look: Look, names: tuple[str, ...]) -> str:
    """The flow that differs most, in words."""
    shown = [row for row in moves if row["to_touchpoint"] not in ENDS] or moves
    row = min(
        shown,
        key=lambda one: (
            -abs(one["share_a"] - one["share_b"]),
            one["step"],
            look.order(one["from_touchpoint"]),
            look.order(one["to_touchpoint"]),
        ),
    )
    left, right = (look.text(row[f"{end}_touchpoint"]) for end in ("from", "to"))
    return (
        f"Largest difference: {left} to {right} after step {row['step']},"
        f" {style.share_text(row['share_a'])} of {names[0]}, {style.share_text(row['share_b'])}"
        f" of {names[1]}."
    )
