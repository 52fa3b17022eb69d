"""Blocks of a step-unrolled picture: how large, where, and how they look. No drawing."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from journeylab.figures import style

#: Where journeys end, in the order of the blocks at the foot of a column: label, opacity.
ENDS: Final[dict[str, tuple[str, float]]] = {
    "(converted)": ("Converted", 0.45),
    "(end)": ("Finished", 0.35),
    "(reached)": ("Reached", 0.35),
    "(open)": ("Still open", 0.35),
    "(continues)": ("Goes on", 0.3),
    "(dropped)": ("Dropped", 0.4),
}
OTHER: Final = "(other)"

#: Where journeys come from, left of their first step drawn: label.
ORIGINS: Final[dict[str, str]] = {
    "(start)": "Starts",
    "(earlier)": "Earlier steps",
}

#: A block: its column, counted from 1, and its name.
Block = tuple[int, str]

PAD: Final = 12  # pixels between the blocks of a column

_CHANNEL_RANKS: Final = {"web": 0, "email": 1, "chat": 2, "purchase": 3}
_UNKNOWN: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """How touchpoints are written, coloured and ordered."""

    labels: dict[str, str]
    colours: dict[str, str]
    ranks: dict[str, int]
    channels: dict[str, str]
    dark: bool

    def label(self, name: str) -> str:
        """Name for people, not yet escaped."""
        if name in ENDS:
            return ENDS[name][0]
        if name in ORIGINS:
            return ORIGINS[name]
        return "Other" if name == OTHER else self.labels.get(name, name)

    def text(self, name: str) -> str:
        """Name for people, escaped."""
        return style.escaped(self.label(name))

    def colour(self, name: str) -> str:
        """Colour of a block."""
        if name == "(dropped)":
            return style.DROPPED_COLOUR_DARK if self.dark else style.DROPPED_COLOUR
        if name == "(converted)":
            return style.CONVERTED_COLOUR
        if name in (OTHER, "(continues)", "(earlier)"):
            return style.MERGED_COLOUR
        if name in ORIGINS:
            return style.ONWARD_COLOUR
        return style.ONWARD_COLOUR if name in ENDS else self.colours[self.channels[name]]

    def order(self, name: str) -> tuple[int, int, int, str]:
        """Place in a column: as the touchpoints are given; merged and ended ones last."""
        if name in ENDS:
            return (3, list(ENDS).index(name), 0, name)
        if name in ORIGINS:
            return (2, list(ORIGINS).index(name), 0, name)
        if name == OTHER:
            return (1, 0, 0, name)
        channel_rank = _CHANNEL_RANKS.get(self.channels[name], len(_CHANNEL_RANKS))
        return (0, self.ranks.get(name, _UNKNOWN), channel_rank, name)


def look_of(moves: list[dict[str, Any]], touchpoints: pl.DataFrame | None, dark: bool) -> Look:
    """How to write, colour and order what the moves name.

    Args:
        moves: rows of ``Lab.paths``.
        touchpoints: names, channels and order, or None.
        dark: whether the picture stands on a dark page.
    """
    ends = {*ENDS, *ORIGINS, OTHER}
    names = {row[side] for row in moves for side in ("from_touchpoint", "to_touchpoint")} - ends
    told = {} if touchpoints is None else {r["touchpoint"]: r for r in touchpoints.to_dicts()}
    channels = {
        name: told.get(name, {}).get("channel")
        or (name.split(":", 1)[0] if ":" in name else "events")
        for name in sorted(names)
    }
    known = sorted(
        set(channels.values()), key=lambda name: (_CHANNEL_RANKS.get(name, len(name) + 9), name)
    )
    ranks = {name: rank for rank, name in enumerate(told)}
    return Look(
        labels={name: told[name].get("label") or name for name in names if name in told},
        colours=style.channel_colours(known),
        ranks=ranks,
        channels=channels,
        dark=dark,
    )


def drawn_moves(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of ``Lab.paths`` as they are drawn: without those that rest where they are.

    A journey that has ended is not drawn again, nor one that has not begun. What went on
    before the first column is told apart, as '(earlier)', from what goes on after the last.
    """
    first = min((row["step"] for row in rows), default=1)
    moves = []
    for row in rows:
        left = row["from_touchpoint"]
        if left == "(continues)" and row["step"] == first:
            moves.append({**row, "from_touchpoint": "(earlier)"})
        elif left not in ENDS and row["to_touchpoint"] != "(start)":
            moves.append(row)
    return moves


def key_of(name: str) -> str:
    """What ``Lab.paths`` calls a block."""
    return "(continues)" if name == "(earlier)" else name


def sizes_of(moves: list[dict[str, Any]]) -> dict[Block, int]:
    """Journeys in each block: as many flow in as out, where they neither start nor end."""
    into: dict[Block, int] = defaultdict(int)
    out: dict[Block, int] = defaultdict(int)
    for row in moves:
        out[row["step"], row["from_touchpoint"]] += row["journeys"]
        into[row["step"] + 1, row["to_touchpoint"]] += row["journeys"]
    return {block: max(out[block], into[block]) for block in dict.fromkeys([*out, *into])}


def places_of(sizes: dict[Block, int], look: Look, room: int) -> dict[Block, tuple[float, float]]:
    """Centre of each block in fractions of the plot."""
    columns = _columns(sizes)
    scale = _scale(sizes, columns, room)
    first = min(columns)
    width = max(max(columns) - first, 1)
    places = {}
    for step in sorted(columns):
        top = 0.0
        for name in sorted(columns[step], key=look.order):
            tall = sizes[step, name] * scale
            places[step, name] = (
                _inside((step - first) / width),
                _inside((top + tall / 2) / room),
            )
            top += tall + PAD
    return places


def pad_of(moves: list[dict[str, Any]], sizes: dict[Block, int], room: int) -> float:
    """The padding at which Plotly chooses the scale that the places were made for, in pixels.

    It takes the scale from columns of its own, in which blocks nothing leads to stand first
    and blocks that lead nowhere last, and shrinks blocks until each fits with its padding.
    """
    layers = _layers(moves, sizes)
    scale = _scale(sizes, _columns(sizes), room)
    pads = [
        (room - scale * sum(sizes[block] for block in blocks)) / (len(blocks) - 1)
        for blocks in layers.values()
        if len(blocks) > 1
    ]
    return round(max(0.0, min(pads, default=float(PAD))), 3)


def _columns(sizes: dict[Block, int]) -> dict[int, list[str]]:
    columns: dict[int, list[str]] = defaultdict(list)
    for step, name in sizes:
        columns[step].append(name)
    return columns


def _scale(sizes: dict[Block, int], columns: dict[int, list[str]], room: int) -> float:
    """Pixels a journey, so that the fullest column fits."""
    return min(
        (room - (len(names) - 1) * PAD) / sum(sizes[step, name] for name in names)
        for step, names in columns.items()
    )


def _layers(moves: list[dict[str, Any]], sizes: dict[Block, int]) -> dict[int, list[Block]]:
    """Blocks by the longest way that leads to them; those that lead nowhere in the last."""
    depth = dict.fromkeys(sizes, 0)
    leading = set()
    for row in sorted(moves, key=lambda row: row["step"]):
        left = (row["step"], row["from_touchpoint"])
        right = (row["step"] + 1, row["to_touchpoint"])
        depth[right] = max(depth[right], depth[left] + 1)
        leading.add(left)
    last = max(depth.values())
    layers: dict[int, list[Block]] = defaultdict(list)
    for block in sizes:
        layers[depth[block] if block in leading else last].append(block)
    return layers


def anchor_of(sizes: dict[Block, int]) -> Block | None:
    """The block in the middle or at the end that all journeys of the picture pass; None for none.

    Pictures that begin with their anchor or at every first step have no columns before it,
    so there is nothing to tell apart.
    """
    columns = _columns(sizes)
    if 0 not in columns:
        return None
    alone = [step for step, names in columns.items() if step and len(names) == 1]
    middle = max(columns) / 2
    nearest = sorted(alone, key=lambda step: (abs(step - middle), step))
    return (nearest[0], columns[nearest[0]][0]) if nearest else None


def _inside(fraction: float) -> float:
    """Plotly takes 0 and 1 for 'not given'."""
    return round(min(0.999, max(0.001, fraction)), 6)
