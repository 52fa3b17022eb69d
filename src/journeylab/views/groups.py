"""Filters -> the two groups that Compare holds against each other, and their plain names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from journeylab.lab import Lab
from journeylab.views.filters import Choices, Filters

#: Spelling of two periods in the dial: the second may be left out, it is then as long before.
PERIOD: Final = re.compile(
    r"period=(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)"
    r"(?:,against=(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d))?",
    re.ASCII,
)
OTHERS: Final = "all other journeys"
_WEEKS: Final = 4
_MOST_OPEN: Final = 0.02  # share of a week's journeys that may still be open


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two groups of journeys.

    Attributes:
        a: as ``Lab.compare`` takes it.
        b: the same; None for all others.
        name_a: in plain words.
        name_b: in plain words.
        said: how they were chosen, in a sentence; '' where they were asked for.
        links: filters that show each alone; empty where no filters do.
        where: condition for both.
        within: segment of which both are periods; None for all.
        drift: the weeks by which they were chosen; None where they were asked for.
    """

    a: Any
    b: Any
    name_a: str
    name_b: str
    said: str = ""
    links: tuple[Mapping[str, str], ...] = ()
    where: str | None = None
    within: Any = None
    drift: pl.DataFrame | None = None


def pair_of(lab: Lab, filters: Filters, choices: Choices) -> Pair | None:
    """The groups that filters ask for, else a sensible pair.

    Args:
        lab: the snapshot.
        filters: ``dial`` may name periods, ``period=2026-05-01_2026-05-31`` and, after a comma,
            ``against=2026-04-01_2026-04-30``; then ``segment`` against ``other_segment`` or all
            others; then the days of the filters against as many before them. What cannot be
            read is left out.
        choices: of the same snapshot.

    Returns:
        None where nothing is asked for and there are fewer than two weeks to compare.
    """
    timeless = replace(filters, first_day=None, last_day=None)
    within = None if filters.segment is None else lab.segment(*filters.segment)
    told = _periods(filters.dial)
    if told is None and filters.segment is None and (filters.first_day or filters.last_day):
        first = filters.first_day or choices.first_day
        last = filters.last_day or choices.last_day
        told = None if first is None or last is None else _with_before(first, last)
    if told is not None:
        return _of_periods(told, timeless, choices, within)
    levels = [level for level in (filters.segment, filters.other_segment) if level is not None]
    if levels:
        return Pair(
            a=lab.segment(*levels[0]),
            b=lab.segment(*levels[1]) if levels[1:] else None,
            name_a=_level(levels[0]),
            name_b=_level(levels[1]) if levels[1:] else OTHERS,
            links=tuple({"seg": ",".join(level)} for level in levels),
            where=filters.journeys_asked(choices.timezone),
        )
    drift = lab.drift(where=timeless.journeys_asked(choices.timezone))
    found = _weeks(drift, choices)
    if found is None:
        return None
    return replace(_of_periods(found, timeless, choices, None, said=_SAID), drift=drift)


_SAID: Final = (
    "Nothing was chosen, so the last four full weeks whose journeys are nearly all settled are"
    " compared with the four before."
)


def _of_periods(
    told: tuple[date, date, date, date],
    timeless: Filters,
    choices: Choices,
    within: Any,  # noqa: ANN401 - as Lab.compare takes it
    said: str = "",
) -> Pair:
    first, last, other_first, other_last = told
    of = "" if timeless.segment is None else f" ({_level(timeless.segment)})"
    return Pair(
        a=_instants(first, last, choices.timezone),
        b=_instants(other_first, other_last, choices.timezone),
        name_a=_days(first, last) + of,
        name_b=_days(other_first, other_last) + of,
        said=said,
        links=tuple(
            {"from": one.isoformat(), "to": other.isoformat()}
            for one, other in ((first, last), (other_first, other_last))
        ),
        where=timeless.journeys_asked(choices.timezone),
        within=within,
    )


def _periods(dial: str) -> tuple[date, date, date, date] | None:
    """First and last day of two periods apart; None for anything else."""
    read = PERIOD.fullmatch(dial)
    if read is None:
        return None
    try:
        days = [date.fromisoformat(day) for day in read.groups() if day is not None]
        told = (*days,) if len(days) == 4 else _with_before(days[0], days[1])
    except (ValueError, OverflowError):
        return None
    first, last, other_first, other_last = told
    apart = other_last < first or last < other_first
    return (first, last, other_first, other_last) if first <= last and apart else None


def _with_before(first: date, last: date) -> tuple[date, date, date, date]:
    """A period and the one before it that is as long."""
    return first, last, first - (last - first) - timedelta(days=1), first - timedelta(days=1)


def _weeks(weeks: pl.DataFrame, choices: Choices) -> tuple[date, date, date, date] | None:
    """The last full weeks of which few journeys are open, and as many before; at most four each."""
    if choices.first_day is None or choices.last_day is None:
        return None
    full = weeks.filter(
        (pl.col("week_start_date") >= choices.first_day)
        & (pl.col("week_start_date") <= choices.last_day - timedelta(days=6))
        & (pl.col("journeys_open") <= _MOST_OPEN * (pl.col("journeys") + pl.col("journeys_open")))
    )["week_start_date"]
    if full.is_empty():
        return None
    end: date = full.sort()[-1] + timedelta(days=6)
    count = min(_WEEKS, ((end - choices.first_day).days + 1) // 14)
    if count == 0:
        return None
    return _with_before(end - timedelta(days=7 * count - 1), end)


def _instants(first: date, last: date, timezone: str) -> tuple[datetime, datetime]:
    """A period as Lab takes it: from midnight to midnight in the reporting zone."""
    zone = ZoneInfo(timezone)
    starts = (first, last + timedelta(days=1))
    low, high = (datetime.combine(day, time(), zone).astimezone(UTC) for day in starts)
    return low, high


def _days(first: date, last: date) -> str:
    year = "" if first.year == last.year else " %Y"
    return f"{first.strftime('%-d %b' + year)} to {last:%-d %b %Y}"


def _level(told: tuple[str, str]) -> str:
    name, level = told
    words = name.replace("_", " ")
    return {"true": words, "false": f"not {words}"}.get(level, f"{words}: {level}")
