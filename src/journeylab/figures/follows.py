"""What follows what, and where paths stand at each step -> tables of shares in colour."""

from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.columns import ENDS
from journeylab.figures.grid import Cell, grid, names_of

STEP_COLUMNS: Final = {"step", "touchpoint", "paths", "share"}
FOLLOW_COLUMNS: Final = {"from_touchpoint", "to_touchpoint", "journeys", "customers"}

_LEAST: Final = 0.005  # share below which a cell stays empty


def step_matrix(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    title: str = "Where people stand at each step",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the share of paths that stand at each touchpoint, step by step.

    Args:
        table: ``Lab.step_matrix()``.
        touchpoints: ``Lab.touchpoints()``: plain names, and the order of rows; without it the
            busiest stand first.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Cells carry ``customdata``: JSON text of [step, touchpoint].
        Columns add up to 100 %. Without paths, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, STEP_COLUMNS, "Lab.step_matrix()")
    if table.is_empty():
        return rows.nothing(title, "There is no path to show.", dark)
    steps = sorted(set(table["step"]))
    lines = _ordered(table, "touchpoint", "paths", touchpoints)
    names = names_of(touchpoints, lines)
    cells = {}
    for row in table.to_dicts():
        if row["share"] >= _LEAST:
            place = (lines.index(row["touchpoint"]), steps.index(row["step"]))
            cells[place] = Cell(
                share=row["share"],
                told=f"<b>{style.escaped(names[row['touchpoint']])}, step {row['step']}</b>"
                f"<br>{row['paths']:,} paths, {style.share_text(row['share'])}",
                key=[row["step"], row["touchpoint"]],
            )
    total = table.filter(step=steps[0])["paths"].sum()
    return grid(
        [names[line] for line in lines],
        [str(step) for step in steps],
        cells,
        title=title,
        sentences=[
            f"% of {total:,} paths that stand at the row at each step. Columns add up to 100%:"
            " those that have ended stay where they ended. Shares below 0.5% are left blank."
        ],
        dark=dark,
    )


def follows(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    title: str | None = None,
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how often what follows what, next or at some time.

    Args:
        table: ``Lab.directly_follows()`` (share of the moves out of the row) or
            ``Lab.eventually_follows()`` (share of the journeys that reached the row).
        touchpoints: ``Lab.touchpoints()``: plain names, and the order of rows and columns.
        title: heading; None says which of the two it is.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Cells carry ``customdata``: JSON text of [from, to]. Without
        moves, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, FOLLOW_COLUMNS, "Lab.directly_follows()")
    is_next = "share_out" in table.columns
    share = "share_out" if is_next else "share"
    rows.need(table, {share}, "Lab.eventually_follows()")
    heading = title or ("What comes next" if is_next else "What comes at some time after")
    if table.is_empty():
        return rows.nothing(heading, "Nothing follows anything here.", dark)
    count = "transitions" if is_next else "journeys"
    lines = _ordered(table, "from_touchpoint", count, touchpoints)
    columns = _ordered(table, "to_touchpoint", count, touchpoints)
    names = names_of(touchpoints, [*lines, *columns])
    cells = {}
    for row in table.to_dicts():
        if row[share] >= _LEAST:
            left, right = row["from_touchpoint"], row["to_touchpoint"]
            cells[lines.index(left), columns.index(right)] = Cell(
                share=row[share],
                told=f"<b>{style.escaped(names[left])} → {style.escaped(names[right])}</b>"
                f"<br>{style.share_text(row[share])}, {row['journeys']:,} journeys of"
                f" {row['customers']:,} customers",
                key=[left, right],
            )
    total = table[count].sum()
    told = (
        f"% of the moves out of the row that go to the column; {total:,} moves in all."
        " Rows add up to 100%."
        if is_next
        else f"% of the journeys that reached the row and came to the column at some time after;"
        f" {len(lines)} touchpoints."
    )
    return grid(
        [names[line] for line in lines],
        [names[column] for column in columns],
        cells,
        title=heading,
        sentences=[told + " Shares below 0.5% are left blank."],
        dark=dark,
    )


def _ordered(
    table: pl.DataFrame, column: str, count: str, touchpoints: pl.DataFrame | None
) -> list[str]:
    """Names of a column as the touchpoints stand, else the busiest first; ends last."""
    sums = table.group_by(column).agg(pl.col(count).sum()).rows()
    given = [] if touchpoints is None else touchpoints["touchpoint"].to_list()
    ranks = {name: rank for rank, name in enumerate(given)}
    ends = {"(start)": -1, "(other)": 1, **{name: 2 for name in ENDS}}
    order = {name: place for place, name in enumerate(ENDS)}
    return [
        name
        for name, _ in sorted(
            sums,
            key=lambda found: (
                ends.get(found[0], 0),
                ranks.get(found[0], len(ranks)),
                order.get(found[0], 0),
                -found[1],
                found[0],
            ),
        )
    ]
