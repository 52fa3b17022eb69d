"""Words on a step-unrolled picture: labels, headings, legend and what it says in a sentence."""

from typing import Any

from journeylab.figures import style
from journeylab.figures.columns import OTHER, Block, Look


def block_text(name: str, journeys: int, look: Look, population: int) -> str:
    """Name of a block and its share of all journeys, where that is 1 % or more."""
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


def headings(places: dict[Block, tuple[float, float]], last: int) -> list[dict[str, Any]]:
    """The number of each column over it; the last holds only how journeys end."""
    columns = {step: x for (step, _), (x, _) in places.items()}
    return [
        {
            "text": "Then" if step == last else f"Step {step}",
            "x": x,
            "xref": "paper",
            "xanchor": "right" if step == last else "left",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 4,
            "showarrow": False,
            "font": {"size": 12, "color": style.ONWARD_COLOUR},
        }
        for step, x in columns.items()
    ]


def legend(look: Look) -> dict[str, Any]:
    """What the colours of blocks and bands mean, in one line."""
    return style.legend_line(
        [
            *((colour, "■", name) for name, colour in look.colours.items()),
            (style.ONWARD_COLOUR, "▬", "first visit"),
            (style.RETURN_COLOUR, "▬", "back to a step seen before"),
            (look.colour("(dropped)"), "▬", "dropped"),
        ]
    )


def subtitle(moves: list[dict[str, Any]], look: Look, population: int) -> str:
    """How many journeys, the busiest way back, and what share of it all is shown by name."""
    starts = {row["from_touchpoint"] for row in moves if row["step"] == 1}
    start = look.text(starts.pop()) if len(starts) == 1 else "their first step"
    steps = max(row["step"] for row in moves)
    walked = sum(row["journeys"] for row in moves)
    merged = sum(row["journeys"] for row in moves if row["from_touchpoint"] == OTHER)
    beyond = sum(row["journeys"] for row in moves if row["to_touchpoint"] == "(continues)")
    first = f"{population:,} journeys from {start}. Heights are journeys."
    returns = [row for row in moves if row["is_return"]]
    if returns:
        most = min(
            returns,
            key=lambda r: (-r["journeys"], r["step"], r["from_touchpoint"], r["to_touchpoint"]),
        )
        left, right = (look.text(most[f"{side}_touchpoint"]) for side in ("from", "to"))
        first += (
            f" Busiest way back: {left} to {right} after step {most['step']},"
            f" {most['journeys']:,} journeys."
        )
    second = (
        f"Touchpoints shown by name cover {style.share_text(1 - merged / walked)} of these steps;"
        f" {style.share_text(beyond / population)} of journeys go on after step {steps}."
    )
    return f"{first}<br>{second}"
