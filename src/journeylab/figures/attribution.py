"""Credit of each unit under several models -> one panel a model, rows in one order."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "model",
    "unit",
    "currency",
    "conversions",
    "conversions_low",
    "conversions_high",
    "conversions_total",
    "value",
    "value_low",
    "value_high",
    "value_total",
    "customers",
    "is_insufficient",
}
#: Names of the models for people.
MODELS: Final = {
    "first": "First touch",
    "last": "Last touch",
    "linear": "Linear",
    "position": "Position",
    "time_decay": "Time decay",
    "markov": "Markov",
    "shapley": "Shapley",
}
MEASURES: Final = ("conversions", "value")

_NONE: Final = "(none)"
_PANEL: Final = 120  # pixels a model at least
_LABELS: Final = 190
_GAP: Final = 0.03  # between two panels, as a share of the width
_MOST: Final = 30  # rows


def attribution(
    table: pl.DataFrame,
    *,
    measure: str = "conversions",
    currency: str | None = None,
    touchpoints: pl.DataFrame | None = None,
    title: str = "Who gets the credit",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the share of the credit that each unit gets under each model, side by side.

    Args:
        table: of ``Lab.attribution``.
        measure: ``conversions`` or ``value``.
        currency: whose conversions; None takes the one with most.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict: a panel of bars per model, each adding up to 100%, the 30
        units with most credit. Bars carry ``customdata``: JSON text of [model, unit]. Rows of
        fewer than 30 customers are faded. Without conversions, a figure that says so.

    Raises:
        ValueError: the table lacks a column, or there is no such measure.
    """
    rows.need(table, COLUMNS, "Lab.attribution()")
    if measure not in MEASURES:
        raise ValueError(f"no measure {measure!r}; choose one of {', '.join(MEASURES)}")
    found = _of_currency(table, currency).filter(pl.col(f"{measure}_total") > 0)
    if found.is_empty():
        return rows.nothing(title, f"No {measure} to share out.", dark)
    total = float(found[f"{measure}_total"][0])
    told = found["currency"][0]
    names = {} if touchpoints is None else dict(touchpoints["touchpoint", "label"].iter_rows())
    shares = found.select(
        "model",
        "unit",
        "customers",
        "is_insufficient",
        *(
            (pl.col(f"{measure}{end}").cast(pl.Float64) / total).alias(f"share{end}")
            for end in ("", "_low", "_high")
        ),
    )
    units = _order(shares)
    models = shares["model"].unique(maintain_order=True).to_list()
    layout = style.frame(
        title=title,
        sentences=[
            _population(measure, total, told)
            + " Each panel adds up to 100%. Whiskers: 95% interval.",
            "Credit is associated with a touch, not caused by it."
            + _left_out(shares, units)
            + rows.faded_text(shares["is_insufficient"]),
        ],
        room=max(rows.ROW * len(units), 72),
        dark=dark,
    )
    layout["meta"]["min_width"] = _LABELS + _PANEL * len(models)
    customers = {row["unit"]: row["customers"] for row in shares.iter_rows(named=True)}
    layout["yaxis"] = rows.row_axis(
        [
            rows.label(names.get(unit, unit), f"{customers[unit]:,} customers", dark=dark)
            for unit in units
        ],
        dark,
    )
    layout["bargap"] = 0.4
    highest = max(
        row[end] or 0.0 for row in shares.iter_rows(named=True) for end in ("share", "share_high")
    )
    traces = []
    for number, model in enumerate(models):
        axis = "x" if number == 0 else f"x{number + 1}"
        width = (1 + _GAP) / len(models)
        layout[axis.replace("x", "xaxis")] = {
            **rows.panel(0, 1, dark, tickformat=".0%", nticks=3, tickangle=0),
            "domain": [number * width, (number + 1) * width - _GAP],
            "range": [0, min(1.0, highest * 1.05)],
        }
        layout["annotations"].append(
            rows.heading(style.escaped(MODELS.get(model, model)), number * width, dark)
        )
        own = {row["unit"]: row for row in shares.filter(model=model).iter_rows(named=True)}
        traces.append(_bars(model, [own.get(unit) for unit in units], axis, names))
    return {"data": traces, "layout": layout}


def _of_currency(table: pl.DataFrame, currency: str | None) -> pl.DataFrame:
    if currency is not None:
        return table.filter(pl.col("currency") == currency)
    most = table.sort("conversions_total", "currency", descending=[True, False], nulls_last=True)
    if most.is_empty():
        return table
    return table.filter(pl.col("currency").eq_missing(pl.lit(most["currency"][0])))


def _order(shares: pl.DataFrame) -> list[str]:
    """Units by their mean share over the models, ``(none)`` last."""
    means = shares.group_by("unit").agg(pl.col("share").sum())
    named = means.filter(pl.col("unit") != _NONE).sort("share", "unit", descending=[True, False])
    return [*named["unit"].to_list()[:_MOST], *means.filter(unit=_NONE)["unit"].to_list()]


def _left_out(shares: pl.DataFrame, units: list[str]) -> str:
    left = shares["unit"].n_unique() - len(units)
    return f" {left:,} units with less credit are not drawn." if left else ""


def _population(measure: str, total: float, currency: str | None) -> str:
    if measure == "value":
        return f"{total:,.0f} {style.escaped(currency or '')} of settled conversions."
    of = f" in {style.escaped(currency)}" if currency else ""
    return f"{total:,.0f} settled conversions{of}."


def _bars(
    model: str, own: list[dict[str, Any] | None], axis: str, names: dict[str, str]
) -> dict[str, Any]:
    told = [(y, row) for y, row in enumerate(own) if row is not None]
    values = [row["share"] for _, row in told]
    lows, highs = (
        [row["share"] if row[name] is None else row[name] for _, row in told]
        for name in ("share_low", "share_high")
    )
    blue, grey = style.CHANNEL_COLOURS["web"], style.ONWARD_COLOUR
    return {
        "type": "bar",
        "orientation": "h",
        "name": MODELS.get(model, style.escaped(model)),
        "xaxis": axis,
        "x": values,
        "y": [y for y, _ in told],
        "error_x": rows.whiskers(values, lows, highs),
        "marker": {
            "color": [grey if row["unit"] == _NONE else blue for _, row in told],
            "opacity": [rows.FADED if row["is_insufficient"] else 1 for _, row in told],
        },
        "customdata": [json.dumps([model, row["unit"]]) for _, row in told],
        "hovertext": [
            f"<b>{style.escaped(names.get(row['unit'], row['unit']))}</b><br>"
            f"{MODELS.get(model, style.escaped(model))}: "
            + rows.interval_text(row["share"], row["share_low"], row["share_high"])
            + f" of the credit<br>touched by {row['customers']:,} customers"
            for _, row in told
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
