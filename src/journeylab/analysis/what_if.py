"""Changes of touchpoints -> conversions, value and time that would be. Pure functions, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.chain import Chain, Solution, chain_of, solve
from journeylab.analysis.chain_changes import (
    EXIT_RATE,
    MEASURES,
    RETURN_RATE,
    SLOW_SHARE,
    Waits,
    changed,
    present,
    waits_of,
)
from journeylab.analysis.chances import interval
from journeylab.analysis.graph import START
from journeylab.analysis.redrawn_changes import redrawn_figures
from journeylab.analysis.statistics import MIN_CUSTOMERS, significant
from journeylab.errors import InputRefused, NothingSettled, UnknownName

Floats = NDArray[np.float64]
#: touchpoint -> measure -> value; a measure is one of ``MEASURES``.
Changes = Mapping[str, Mapping[str, float]]

JOINT: Final = "joint"

_WHERE: Final = "what_if"
_MEANINGS: Final = {
    EXIT_RATE: "The other moves from there take the place of the exits in their present mix.",
    RETURN_RATE: "Who no longer goes back does what the others there do.",
    SLOW_SHARE: "Associated, not caused: who waited less went on differently.",
    JOINT: "All changes at once; the single rows do not add up to it.",
}
_FIGURES: Final = (
    "conversions_per_1000",
    "expected_seconds",
    "extra_conversions",
    "extra_value",
    "extra_seconds",
)
_SCHEMA: Final = {
    "touchpoint": pl.String,
    "measure": pl.String,
    "present": pl.Float64,
    "changed_to": pl.Float64,
    "conversions_per_1000_present": pl.Float64,
    **{f"{figure}{bound}": pl.Float64 for figure in _FIGURES for bound in ("", "_low", "_high")},
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "is_insufficient": pl.Boolean,
    "meaning": pl.String,
}
_CHANGEABLE: Final = {
    "touchpoint": pl.String,
    "measure": pl.String,
    "present": pl.Float64,
    "visits": pl.Int64,
    "customers": pl.Int64,
}


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """One replicate as it is: its chain and waits, and the mean value of a sale; NaN for none."""

    chain: Chain
    waits: Waits
    solution: Solution
    mean_value: float


def what_if(moves: pl.DataFrame, touchpoints: pl.DataFrame, changes: Changes) -> pl.DataFrame:
    """What the settled journeys would have come to, had touchpoints been different.

    Args:
        moves: as ``resampled_moves``, of settled journeys of which there are some.
        touchpoints: ``touchpoint``, ``is_goal``, ``stage_rank`` and ``customers`` with
            settled visits before the goal.
        changes: touchpoint -> ``exit_rate``, ``return_rate`` or ``slow_share`` -> share of
            its visits.

    Returns:
        One row per change in the given order, and with several a last one of them jointly:
        the value now and then; conversions per 1,000 started journeys with interval;
        conversions, value and seconds a journey more (or fewer) over the ``journeys`` that
        are settled, with intervals; expected seconds of a journey. Value is null without one.

    Raises:
        UnknownName: there is no such touchpoint before the goal, or no such measure.
        InputRefused: no change, a goal, a value that is no share or cannot be reached, or a
            node left without a way out.
    """
    ranks = dict(touchpoints.select("touchpoint", "stage_rank").iter_rows())
    customers = dict(touchpoints.select("touchpoint", "customers").iter_rows())
    goals = set(touchpoints.filter("is_goal")["touchpoint"])
    whole = _state(moves.filter(pl.col("replicate") == 0))
    _refuse_unfit(changes, whole.chain, goals)
    scenarios = _scenarios(changes)
    figures = np.stack([_figures(whole, scenario, ranks) for scenario in scenarios])
    drawn = redrawn_figures(moves, whole.chain.nodes, scenarios, ranks)
    bounds = dict(zip(("", "_low", "_high"), (figures, *interval(figures, drawn)), strict=True))
    journeys = float(whole.chain.visits @ whole.chain.start)
    factors = (1000.0, 1.0, journeys, journeys, 1.0)
    rows: list[dict[str, Any]] = []
    for number, scenario in enumerate(scenarios):
        node, measure, value = _named(scenario)
        people = min(customers.get(name) or 0 for name in scenario)
        row = {
            "touchpoint": node,
            "measure": measure,
            "present": present(whole.chain, whole.waits, node, measure, ranks) if node else None,
            "changed_to": value,
            "conversions_per_1000_present": whole.solution.p_start * 1000.0,
        }
        for figure, factor, place in zip(_FIGURES, factors, range(len(_FIGURES)), strict=True):
            row |= {f"{figure}{b}": told[number, place] * factor for b, told in bounds.items()}
        row = {name: _rounded(value) for name, value in row.items()}
        rows.append(
            row
            | {
                "journeys": int(journeys),
                "customers": people,
                "is_insufficient": people < MIN_CUSTOMERS,
                "meaning": _MEANINGS[measure],
            }
        )
    return pl.DataFrame(rows, schema=_SCHEMA)


def changeable(moves: pl.DataFrame, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """What ``what_if`` can change, and what it is at present.

    Args:
        moves: as for ``what_if``.
        touchpoints: as for ``what_if``.

    Returns:
        One row per touchpoint and measure that is above 0 and can be lowered, by both:
        ``touchpoint``, ``measure``, ``present`` (share of visits), ``visits`` and
        ``customers`` with settled visits.
    """
    ranks = dict(touchpoints.select("touchpoint", "stage_rank").iter_rows())
    customers = dict(touchpoints.select("touchpoint", "customers").iter_rows())
    goals = set(touchpoints.filter("is_goal")["touchpoint"])
    state = _state(moves.filter(pl.col("replicate") == 0))
    rows = []
    for node in sorted(set(state.chain.nodes) & set(ranks) - goals):
        for measure in sorted(MEASURES):
            now = present(state.chain, state.waits, node, measure, ranks)
            try:
                changed(state.chain, state.waits, node, {measure: now / 2}, ranks)
            except InputRefused:
                continue
            if now > 0:
                visits = int(state.chain.visits[state.chain.place(node)])
                rows.append((node, measure, significant(now), visits, customers.get(node) or 0))
    return pl.DataFrame(rows, schema=_CHANGEABLE, orient="row")


def _scenarios(changes: Changes) -> list[Changes]:
    """Each change alone; then, where there are several, all at once."""
    single: list[Changes] = [
        {node: {measure: value}}
        for node, measures in changes.items()
        for measure, value in measures.items()
    ]
    return [*single, changes] if len(single) > 1 else single


def _named(scenario: Changes) -> tuple[str | None, str, float | None]:
    """Touchpoint, measure and value of a single change."""
    told = [(node, *change) for node, measures in scenario.items() for change in measures.items()]
    return told[0] if len(told) == 1 else (None, JOINT, None)


def _state(part: pl.DataFrame) -> _State:
    counted = pl.col("transitions").alias("transitions_settled")
    chain = chain_of(part.with_columns(counted, pl.col("seconds").alias("seconds_settled")))
    if chain is None:
        raise NothingSettled("no journey is settled", _WHERE, "wait until some are")
    sales, value = part.filter(pl.col("value").is_not_null()).select("sales", "value").sum().row(0)
    return _State(
        chain, waits_of(part, chain), solve(chain), float(value / sales) if sales else np.nan
    )


def _figures(state: _State, changes: Changes, ranks: Mapping[str, int | None]) -> Floats:
    """Chance to convert and seconds of a started journey then; how much more, and value."""
    chain = state.chain
    for node, measures in changes.items():
        chain = changed(chain, state.waits, node, measures, ranks)
    then = solve(chain)
    more = then.p_start - state.solution.p_start
    seconds = float(then.expected_seconds @ chain.start)
    gone = seconds - float(state.solution.expected_seconds @ chain.start)
    return np.array([then.p_start, seconds, more, more * state.mean_value, gone])


def _refuse_unfit(changes: Changes, chain: Chain, goals: set[str]) -> None:
    example = '{"web:payment": {"exit_rate": 0.2}}'
    if not changes or not all(changes.values()):
        raise InputRefused("nothing changes", _WHERE, f"write, for example, {example}")
    for node, measures in changes.items():
        chain.place(node)
        if not isinstance(measures, Mapping):
            raise InputRefused(
                f"{node!r} is to be {measures!r}", _WHERE, f"name what changes: {example}"
            )
        if node in goals or node == START:
            kind = "a goal" if node in goals else "where journeys start"
            raise InputRefused(
                f"{node!r} is {kind} and not what one mends", _WHERE, "choose a touchpoint before"
            )
        for measure, value in measures.items():
            if measure not in MEASURES:
                raise UnknownName.of("measure", measure, f"{_WHERE}, {node!r}", MEASURES)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise InputRefused(
                    f"{measure} {value!r} of {node!r}", _WHERE, f"write a share: {example}"
                )


def _rounded(value: Any) -> Any:  # noqa: ANN401 - a cell of a row: text or number
    if not isinstance(value, float):
        return value
    return None if np.isnan(value) else significant(value)
