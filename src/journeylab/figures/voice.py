"""What customers said -> dots with whiskers, delights above and pains below."""

from typing import Any, Final

import polars as pl

from journeylab.figures import measured, rows, style

COLUMNS: Final = {
    "survey",
    "subject",
    "part",
    "from_node",
    "touchpoint",
    "label",
    "figure",
    "low",
    "high",
    "scores",
    "customers",
    "is_insufficient",
}
#: Survey -> what its figure is, and how the axis says it.
SURVEYS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "csat": ("share of scores of 4 or 5", {"tickformat": ".0%"}),
    "nps": ("promoters less detractors per 100 scores", {}),
}


def voice(
    table: pl.DataFrame,
    survey: str = "csat",
    *,
    subject: str = "touchpoint",
    top: int = 30,
    title: str = "What customers say",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how customers score each touchpoint, or each move into one.

    Args:
        table: ``Lab.voice()``.
        survey: ``csat`` or ``nps``.
        subject: ``touchpoint`` or ``transition``.
        top: rows drawn at most, in the order of the table, delights first.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of [part, from_node,
        touchpoint]. Whiskers are 95 % intervals; rows of fewer than 30 customers are faded.
        Without scores, a figure that says so.

    Raises:
        ValueError: the table lacks a column, or there is no such survey.
    """
    rows.need(table, COLUMNS, "Lab.voice()")
    if survey not in SURVEYS:
        raise ValueError(f"no survey {survey!r}; choose one of {', '.join(SURVEYS)}")
    what, axis = SURVEYS[survey]
    found = [
        row
        for row in table.to_dicts()
        if row["survey"] == survey and row["subject"] == subject and row["figure"] is not None
    ]
    if not found:
        return rows.nothing(title, f"There is no score of {survey} to show.", dark)
    drawn = found[:top]
    dots = [_dot(row, survey) for row in drawn]
    layout = style.frame(
        title=title,
        sentences=[
            f"{survey.upper()} of {len(drawn)} of {len(found)} {subject}s: {what}. Whiskers: 95%"
            " interval." + rows.faded_text(dot.is_insufficient for dot in dots)
        ],
        room=rows.ROW * len(dots),
        dark=dark,
    )
    ranged = {"range": measured.reach(dots), **axis}
    return measured.measured(dots, layout, axis=ranged, dark=dark)


def _dot(row: dict[str, Any], survey: str) -> measured.Dot:
    came = "" if row["from_node"] is None else f"from {row['from_node']}"
    told = (
        rows.interval_text(row["figure"], row["low"], row["high"])
        if survey == "csat"
        else _points(row["figure"], row["low"], row["high"])
    )
    note = " · ".join(part for part in (came, row["part"]) if part)
    return measured.Dot(
        key=[row["part"], row["from_node"], row["touchpoint"]],
        text=row["label"],
        note=style.escaped(style.shortened(note)),
        right=told,
        told=f"{told}<br>{row['scores']:,} scores of {row['customers']:,} customers",
        value=row["figure"],
        low=row["low"],
        high=row["high"],
        colour=style.CHANNEL_COLOURS["web"],
        is_insufficient=row["is_insufficient"],
    )


def _points(figure: float, low: float | None, high: float | None) -> str:
    """A figure in points with its interval, as in ``+20 (-5 to +45)``."""
    told = f"{figure:+.0f}"
    return told if low is None or high is None else f"{told} ({low:+.0f} to {high:+.0f})"
