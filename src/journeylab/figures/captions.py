"""Words on a step-unrolled picture: labels, headings, legend and what it says in a sentence."""

from typing import Any

from journeylab.figures import style
from journeylab.figures.columns import OTHER, Block, Look, anchor_of, sizes_of


def block_text(name: str, journeys: int, look: Look, population: int) -> str:
    """Name of a block and its share of all journeys, where that is 1% or more."""
    share = journeys / population
    label = style.escaped(style.shortened(look.label(name)))
    return f"{label}  {style.share_text(share)}" if share >= 0.01 else label


def last_labels(
    sizes: dict[Block, int],
    places: dict[Block, tuple[float, float]],
    look: Look,
    population: int,
    last: int,
) -> list[dict[str, Any]]:
    """Labels of the last column, which Plotly would turn inwards, over the bands."""
    return [
        {
            "text": block_text(name, sizes[step, name], look, population),
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 5,
            "y": 1 - y,
            "yref": "paper",
            "yanchor": "middle",
            "showarrow": False,
        }
        for (step, name), (_, y) in places.items()
        if step == last
    ]


def headings(
    places: dict[Block, tuple[float, float]], last: int, anchor: Block | None, look: Look
) -> list[dict[str, Any]]:
    """The number of each column over it, counted from the anchor where one stands inside."""
    columns = {step: x for (step, _), (x, _) in places.items()}
    return [
        {
            "text": _heading(step, last, anchor, look),
            "x": x,
            "xref": "paper",
            "xanchor": "right" if step == last else "left",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 4,
            "showarrow": False,
            "font": {
                "size": 12,
                "color": style.ink(look.dark)
                if anchor is not None and step == anchor[0]
                else style.ONWARD_COLOUR,
            },
        }
        for step, x in columns.items()
    ]


def column_words(step: int, anchor: Block | None) -> str:
    """Which column it is, within a sentence."""
    if anchor is None:
        return f"step {step}"
    away = step - anchor[0]
    if away == 0:
        return "where all paths meet"
    return f"{abs(away)} step{'s' if abs(away) > 1 else ''} {'before' if away < 0 else 'after'}"


def anchor_band(anchor: Block, places: dict[Block, tuple[float, float]], dark: bool) -> Any:  # noqa: ANN401 - a shape
    """A tint behind the column in which all paths meet."""
    x, _ = places[anchor]
    return {
        "name": "anchor",
        "type": "rect",
        "xref": "paper",
        "yref": "paper",
        "x0": max(0, x - 0.014),
        "x1": min(1, x + 0.014),
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": style.grid(dark),
    }


def _heading(step: int, last: int, anchor: Block | None, look: Look) -> str:
    if anchor is None:
        return "Then" if step == last else f"Step {step}"
    away = step - anchor[0]
    if away == 0:
        return f"<b>{style.escaped(style.shortened(look.label(anchor[1])))}</b>"
    if step == 0:
        return "Earlier"
    return "Then" if step == last else f"{abs(away)} {'before' if away < 0 else 'after'}"


def legend(look: Look) -> dict[str, Any]:
    """What the colours of blocks and bands mean, in one line."""
    return style.legend_line(
        [
            *((colour, "■", name) for name, colour in look.colours.items()),
            (style.ONWARD_COLOUR, "▬", "first visit"),
            (style.RETURN_COLOUR, "▬", "back to a step seen before"),
            (look.colour("(converted)"), "▬", "converted"),
            (look.colour("(dropped)"), "▬", "dropped"),
            (look.colour("(open)"), "▬", "still open"),
            (look.colour(OTHER), "■", "other, or goes on"),
        ]
    )


def subtitle(moves: list[dict[str, Any]], look: Look, population: int) -> str:
    """How many journeys, the busiest way back, and what share of it all is shown by name."""
    anchor = anchor_of(sizes_of(moves))
    steps = max(row["step"] for row in moves)
    walked = sum(row["journeys"] for row in moves)
    merged = sum(row["journeys"] for row in moves if row["from_touchpoint"] == OTHER)
    beyond = sum(row["journeys"] for row in moves if row["to_touchpoint"] == "(continues)")
    first = f"{population:,} journeys {_where(moves, look, anchor)}. Heights are journeys."
    returns = [row for row in moves if row["is_return"]]
    if returns:
        most = min(
            returns,
            key=lambda r: (-r["journeys"], r["step"], r["from_touchpoint"], r["to_touchpoint"]),
        )
        left, right = (look.text(most[f"{side}_touchpoint"]) for side in ("from", "to"))
        place = column_words(most["step"], anchor)
        place = f"after {place}" if anchor is None else f"from {place}"
        first += f" Busiest way back: {left} to {right} {place}, {most['journeys']:,} journeys."
    second = (
        f"Touchpoints shown by name cover {style.share_text(1 - merged / walked)} of these steps"
    )
    if anchor is not None and anchor[0] == steps + 1:
        return f"{first}<br>{second}."
    place = f"step {steps}" if anchor is None else "the last column"
    return (
        f"{first}<br>{second}; {style.share_text(beyond / population)} of journeys go on after"
        f" {place}."
    )


def _where(moves: list[dict[str, Any]], look: Look, anchor: Block | None) -> str:
    """From, to or around what the paths are drawn."""
    if anchor is not None:
        is_last = anchor[0] > max(row["step"] for row in moves)
        return f"{'to' if is_last else 'around'} {look.text(anchor[1])}"
    starts = {row["from_touchpoint"] for row in moves if row["step"] == 1}
    return f"from {look.text(starts.pop())}" if len(starts) == 1 else "from their first step"
