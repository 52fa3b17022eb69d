"""Changes of touchpoints -> the conversions each would bring, with intervals."""

from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.measured import Dot, measured, reach

COLUMNS: Final = {
    "touchpoint",
    "measure",
    "present",
    "changed_to",
    "conversions_per_1000_present",
    "conversions_per_1000",
    "extra_conversions",
    "extra_conversions_low",
    "extra_conversions_high",
    "extra_value",
    "currency",
    "journeys",
    "customers",
    "is_insufficient",
}

#: What each measure is called.
MEASURES: Final = {
    "exit_rate": "journeys ending there",
    "return_rate": "going back from there",
    "slow_share": "long waits after it",
}
_LEAST_WIDTH: Final = 520  # pixels: the words at both sides are long
_JOINT: Final = "All together"


def what_if(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    title: str = "What would change",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how many more conversions each change would have come with.

    Args:
        table: ``Lab.what_if(changes)``.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of
        [touchpoint, measure], the touchpoint null for all changes at once. Changes of
        touchpoints of fewer than 30 customers are faded. Without changes, a figure that says
        so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.what_if(changes)")
    found = [row for row in table.to_dicts() if row["extra_conversions"] is not None]
    if not found:
        return rows.nothing(title, "No change to show.", dark)
    labels = {} if touchpoints is None else dict(touchpoints["touchpoint", "label"].iter_rows())
    dots = [_dot(row, labels) for row in found]
    head = found[0]
    layout = style.frame(
        title=title,
        sentences=[
            f"Over {head['journeys']:,} settled journeys, of which"
            f" {head['conversions_per_1000_present']:,.0f} in 1,000 convert at present. Dot: more"
            " (or fewer) conversions, with its 95% interval.",
            "Worked out as if all else stayed as it is: a thought to weigh, no forecast."
            + rows.faded_text(row["is_insufficient"] for row in found),
        ],
        room=rows.ROW * len(dots) + 12,
        dark=dark,
    )
    layout["annotations"].append(rows.right_heading("Conversions", dark))
    layout["meta"]["min_width"] = _LEAST_WIDTH
    axis = {"range": reach(dots), "zeroline": True, "zerolinecolor": style.ONWARD_COLOUR}
    return measured(dots, layout, axis=axis, dark=dark)


def _dot(row: dict[str, Any], labels: dict[str, str]) -> Dot:
    low, high = row["extra_conversions_low"], row["extra_conversions_high"]
    between = "" if low is None or high is None else f" ({low:+z,.0f} to {high:+z,.0f})"
    name, small = _JOINT, "every change at once"
    if row["touchpoint"] is not None:
        name = labels.get(row["touchpoint"]) or row["touchpoint"]
        measure = MEASURES.get(row["measure"], row["measure"])
        small = f"{measure} {_share(row['present'])} → {_share(row['changed_to'])}"
    value = ""
    if row["extra_value"] is not None:
        value = f"<br>{row['extra_value']:+z,.0f} {style.escaped(row['currency'] or '')} in value"
    return Dot(
        key=[row["touchpoint"], row["measure"]],
        text=name,
        note=small,
        right=f"{row['extra_conversions']:+z,.0f}{between}",
        told=(
            f"{small}<br>{row['extra_conversions']:+z,.0f} conversions{between}{value}"
            f"<br>{row['conversions_per_1000']:,.0f} in 1,000 would convert"
        ),
        value=row["extra_conversions"],
        low=low,
        high=high,
        colour=style.RETURN_COLOUR if row["touchpoint"] is None else style.CHANNEL_COLOURS["web"],
        is_insufficient=row["is_insufficient"],
    )


def _share(share: float | None) -> str:
    return "unknown" if share is None else style.share_text(share)
