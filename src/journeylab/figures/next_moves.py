"""What people did next -> for each touchpoint the shares of its visits, by direction."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "touchpoint",
    "move",
    "visits",
    "visits_settled",
    "customers",
    "share",
    "share_low",
    "share_high",
    "next_touchpoint",
    "next_touchpoint_visits",
    "is_insufficient",
}

#: Moves in the order stacked: what they are called, and their colour.
MOVES: Final = {
    "goal": ("to the goal", style.CONVERTED_COLOUR),
    "advance": ("on to the next stage", "#0072B2"),
    "skip": ("on, past a stage", "#004C7A"),
    "stay": ("within the stage", "#56B4E9"),
    "self": ("the same again", "#A8D4F0"),
    "lateral": ("to a place without a stage", "#C9D3DE"),
    "back": ("back a stage", style.RETURN_COLOUR),
    "restart": ("back to the start", "#8F3E00"),
    "loss": ("loss, bought later", "#882255"),
    "dropped": ("ended there", style.DROPPED_COLOUR),
}


def next_moves(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    title: str = "Where people went instead",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw for each touchpoint what followed its visits; a row adds up to all of them.

    Args:
        table: ``next_moves``.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [touchpoint, move].
        Rows stand by the share that ended there, most first; those of fewer than 30 customers
        are faded. Without visits, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.next_moves()")
    by_place: dict[str, dict[str, dict[str, Any]]] = {}
    for row in table.to_dicts():
        by_place.setdefault(row["touchpoint"], {})[row["move"]] = row
    if not by_place:
        return rows.nothing(title, "No settled visits to show.", dark)
    places = sorted(by_place, key=lambda name: (-_share(by_place[name], "dropped"), name))
    labels = {} if touchpoints is None else dict(touchpoints["touchpoint", "label"].iter_rows())
    anyone = {name: next(iter(by_place[name].values())) for name in places}
    seen = [move for move in MOVES if any(move in by_place[name] for name in places)]
    visits = sum(row["visits_settled"] for row in anyone.values())
    layout = style.frame(
        title=title,
        sentences=[
            f"What followed {visits:,} settled visits before the goal; each row adds up to 100%,"
            " most ended first. At the right: the share that ended there, with its 95% interval."
            + rows.faded_text(row["is_insufficient"] for row in anyone.values()),
        ],
        legend=[(_colour(move, dark), "■", MOVES[move][0]) for move in seen],
        room=rows.ROW * len(places),
        dark=dark,
    )
    layout["annotations"] += [
        rows.heading("Share of the visits", 0, dark),
        rows.right_heading("Ended there", dark),
    ]
    layout |= {"barmode": "stack", "uniformtext": {"minsize": 10, "mode": "hide"}}
    layout["xaxis"] = rows.panel(0, 1, dark, range=[0, 1], tickformat=".0%", nticks=5, tickangle=0)
    layout["yaxis"] = rows.row_axis(
        [
            rows.label(
                labels.get(name) or name, f"{anyone[name]['visits_settled']:,} visits", dark=dark
            )
            for name in places
        ],
        dark,
    )
    layout["yaxis2"] = rows.right_axis([_ended(by_place[name]) for name in places], dark)
    bars = [_bar(by_place, places, move, labels, dark) for move in seen]
    return {"data": [*bars, rows.ghost("x")], "layout": layout}


def _share(moves: dict[str, dict[str, Any]], move: str) -> float:
    return float(moves[move]["share"]) if move in moves else 0.0


def _ended(moves: dict[str, dict[str, Any]]) -> str:
    row = moves.get("dropped")
    if row is None:
        return "0%"
    return rows.interval_text(row["share"], row["share_low"], row["share_high"])


def _colour(move: str, dark: bool) -> str:
    return style.dropped(dark) if move == "dropped" else MOVES[move][1]


def _bar(
    by_place: dict[str, dict[str, dict[str, Any]]],
    places: list[str],
    move: str,
    labels: dict[str, str],
    dark: bool,
) -> dict[str, Any]:
    own = [(y, by_place[name][move]) for y, name in enumerate(places) if move in by_place[name]]
    return {
        "type": "bar",
        "orientation": "h",
        "name": MOVES[move][0],
        "x": [row["share"] for _, row in own],
        "y": [y for y, _ in own],
        "width": 0.6,
        "marker": {
            "color": _colour(move, dark),
            "opacity": [rows.FADED if row["is_insufficient"] else 1 for _, row in own],
        },
        "text": [style.share_text(row["share"]) for _, row in own],
        "textposition": "inside",
        "insidetextfont": {
            "color": rows.inks(
                _colour(move, dark), (row["is_insufficient"] for _, row in own), dark
            )
        },
        "insidetextanchor": "middle",
        "textangle": 0,
        "customdata": [json.dumps([row["touchpoint"], move]) for _, row in own],
        "hovertext": [_told(row, labels) for _, row in own],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(row: dict[str, Any], labels: dict[str, str]) -> str:
    name, after = row["touchpoint"], row["next_touchpoint"]
    most = (
        ""
        if after is None
        else f"<br>most often to {style.escaped(labels.get(after) or after)},"
        f" {row['next_touchpoint_visits']:,} visits"
    )
    return (
        f"<b>{style.escaped(labels.get(name) or name)}: {MOVES[row['move']][0]}</b><br>"
        + rows.interval_text(row["share"], row["share_low"], row["share_high"])
        + f", {row['visits']:,} of {row['visits_settled']:,} visits{most}"
    )
