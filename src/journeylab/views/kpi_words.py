"""Business figures as people write them: in their unit, with their interval and change."""

from collections.abc import Mapping
from typing import Any, Final

from journeylab.views.wording import interval_text, money_text, share_text, time_text

#: Figures whose names are not said as they are written.
_NAMES: Final = {
    "csat": "Satisfied (CSAT)",
    "csat_response": "Answers to satisfaction surveys (CSAT)",
    "nps": "Recommend (NPS)",
    "nps_response": "Answers to surveys whether to recommend (NPS)",
    "roi": "Return on the spend",
    "sales_cycle_p50_seconds": "Time to purchase (median)",
    "sales_cycle_read_seconds": "Longest time to purchase that can be read",
}


def name_of(kpi: str) -> str:
    """A business figure as people call it: medians as such, without the unit of the column."""
    words = kpi.replace("_p50_seconds", "_p50").replace("_p50", " (median)")
    words = words.replace("_converted_only", ", of those that bought").replace("_", " ")
    return _NAMES.get(kpi, words[:1].upper() + words[1:])


def told(row: Mapping[str, Any]) -> str:
    """A row of ``kpis`` or ``kpis_weekly``: the figure with its interval; '–' without one."""
    if row["value"] is None:
        return "–"
    if row["unit"] == "share":
        return interval_text(row["value"], row["low"], row["high"])
    value = value_text(row["value"], row["unit"], row["currency"])
    if row["low"] is None or row["high"] is None:
        return value
    low, high = (value_text(row[end], row["unit"], row["currency"]) for end in ("low", "high"))
    return f"{value} ({low} to {high})"


def told_before(row: Mapping[str, Any]) -> str:
    """The figure of the period before; '–' without one."""
    before = row["value_before"]
    return "–" if before is None else value_text(before, row["unit"], row["currency"])


def told_change(row: Mapping[str, Any]) -> str:
    """By how much it changed, shares in points with their interval; '–' without one."""
    change = row["change"]
    if change is None:
        return "–"
    if row["unit"] == "share":
        points = f"{100 * change:+.1f} points"
        if row["change_low"] is None:
            return points
        return f"{points} ({100 * row['change_low']:+.0f} to {100 * row['change_high']:+.0f})"
    sign = "+" if change > 0 else "-" if change < 0 else "±"
    return f"{sign}{value_text(abs(change), row['unit'], row['currency'])}"


def value_text(value: float, unit: str, currency: str | None) -> str:
    """A figure in its unit, as people write it."""
    if unit == "share":
        return share_text(value)
    if unit == "seconds":
        return time_text(value)
    if unit == "money":
        return money_text(value, currency)
    if unit == "points":
        return f"{value:+.0f}"
    return f"{value:,.2f}" if unit == "ratio" else f"{value:,.0f}"
