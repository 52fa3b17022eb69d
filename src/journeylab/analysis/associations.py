"""Conversions with and without something -> how many are lost, and how sure. Pure, no I/O."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from journeylab.analysis.customer_groups import sample_sums, sample_weights
from journeylab.analysis.statistics import significant

Floats = NDArray[np.float64]

_LEVEL: Final = 0.95
_SCHEMA: Final = {
    "face": pl.String,
    "item": pl.String,
    "touchpoint_key": pl.UInt16,
    "unit": pl.String,
    "n": pl.Int64,
    "customers": pl.Int64,
    "journeys": pl.Int64,
    "figure": pl.Float64,
    "reference": pl.Float64,
    "excess": pl.Float64,
    "excess_low": pl.Float64,
    "excess_high": pl.Float64,
    "p_value": pl.Float64,
}


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Those with something beside those without.

    Attributes:
        face: of the finding.
        unit: of the excess.
        items: names.
        keys: touchpoint_key of each item.
        customers: of each item.
        journeys: of each item.
        sides: n and successes of those with it, then of those without: items down, groups of
            customers across.
    """

    face: str
    unit: str
    items: list[str]
    keys: list[int]
    customers: list[int]
    journeys: list[int]
    sides: tuple[Floats, Floats, Floats, Floats]


def association_tests(
    loops: pl.DataFrame,
    visits: pl.DataFrame,
    answers: pl.DataFrame,
    touchpoints: pl.DataFrame,
    *,
    seed: int,
) -> pl.DataFrame:
    """Conversions that go missing with loops, and repeat purchases with late answers.

    The excess is n times (rate without - rate with). p is that of the excess ÷ its standard
    error in a Poisson bootstrap over customers, one-sided, under Student's t with as many
    degrees of freedom as customers less one; the interval is by the same t.

    Args:
        loops: as ``analysis.loop_samples``.
        visits: as ``analysis.visit_samples``.
        answers: as ``analysis.answer_samples``.
        touchpoints: as ``core.touchpoints``.
        seed: the run's seed.

    Returns:
        Per (face, item), sorted so; ``face`` is ``loop`` or ``late answer``.
    """
    weights = sample_weights(seed=seed, purpose="associations")
    every = np.vstack([np.ones((1, weights.shape[1])), weights])
    tests = [
        _tested(pairs, every)
        for pairs in (_of_answers(answers, touchpoints), _of_loops(loops, visits))
        if pairs is not None
    ]
    return pl.concat(tests) if tests else pl.DataFrame(schema=_SCHEMA)


def _tested(pairs: _Pairs, weights: Floats) -> pl.DataFrame:
    """The tests of some pairs, in their order."""
    n, successes, other_n, other_successes = pairs.sides
    lost = _lost(pairs.sides, weights)
    excess, replicates = lost[:, 0], lost[:, 1:]
    errors = np.zeros(len(excess))
    is_known = np.isfinite(replicates)
    whole = is_known.all(axis=1)
    errors[whole] = np.ascontiguousarray(replicates[whole]).std(axis=1, ddof=1)
    for row in np.flatnonzero(~whole & (is_known.sum(axis=1) > 1)):
        errors[row] = replicates[row][is_known[row]].std(ddof=1)
    degrees = np.maximum(np.array(pairs.customers, dtype=np.float64) - 1, 1)
    reach = stdtrit(degrees, (1 + _LEVEL) / 2) * errors
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(errors > 0, stdtr(degrees, -excess / errors), 1.0)
        rate, other_rate = (
            of.sum(axis=1) / by.sum(axis=1)
            for of, by in ((successes, n), (other_successes, other_n))
        )
    figures = {
        "figure": rate,
        "reference": other_rate,
        "excess": excess,
        "excess_low": excess - reach,
        "excess_high": excess + reach,
        "p_value": p,
    }
    return pl.DataFrame(
        {
            "face": [pairs.face] * len(excess),
            "item": pairs.items,
            "touchpoint_key": pairs.keys,
            "unit": [pairs.unit] * len(excess),
            "n": n.sum(axis=1).astype(np.int64),
            "customers": pairs.customers,
            "journeys": pairs.journeys,
            **{name: [significant(one) for one in told.tolist()] for name, told in figures.items()},
        },
        schema=_SCHEMA,
    )


def _lost(sides: tuple[Floats, Floats, Floats, Floats], weights: Floats) -> Floats:
    """Successes that go missing with each, a row a pair and a column for each row of weights."""
    n, successes, other_n, other_successes = (  # whole numbers, exact in any order
        side @ weights.T for side in sides
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        lost: Floats = n * (other_successes / other_n) - successes
    return lost


def _of_loops(loops: pl.DataFrame, visits: pl.DataFrame) -> _Pairs | None:
    """Journeys that walked a loop beside those that stood where it is entered and did not."""
    if loops.is_empty():
        return None
    reached, (journeys, converted) = _tables(visits, "touchpoint_key", "journeys", "converted")
    named = loops.with_columns(
        item=pl.col("loop_keys").list.eval(pl.element().cast(pl.String)).list.join(",")
    )
    items, (with_loop, with_loop_converted) = _tables(named, "item", "journeys", "converted")
    told = named.group_by("item").agg(pl.first("touchpoint_key", "customers")).sort("item")
    keys = told["touchpoint_key"].to_list()
    own = [reached.index(key) for key in keys]
    return _Pairs(
        face="loop",
        unit="lost conversions",
        items=items,
        keys=keys,
        customers=told["customers"].to_list(),
        journeys=with_loop.sum(axis=1).astype(np.int64).tolist(),
        sides=(
            with_loop,
            with_loop_converted,
            journeys[own] - with_loop,
            converted[own] - with_loop_converted,
        ),
    )


def _of_answers(answers: pl.DataFrame, touchpoints: pl.DataFrame) -> _Pairs | None:
    """Questions after the goal answered late beside those answered in time."""
    if answers.is_empty():
        return None
    columns = ("late", "late_again", "prompt", "prompt_again")
    keys, sides = _tables(answers, "touchpoint_key", *columns)
    names = dict(touchpoints.select("touchpoint_key", "touchpoint").iter_rows())
    told = answers.group_by("touchpoint_key").agg(pl.first("journeys", "customers"))
    counts = {key: (journeys, customers) for key, journeys, customers in told.iter_rows()}
    order = sorted(range(len(keys)), key=lambda place: names[keys[place]])
    in_order = [keys[place] for place in order]
    late, late_again, prompt, prompt_again = (side[order] for side in sides)
    return _Pairs(
        face="late answer",
        unit="lost repeat purchases",
        items=[names[key] for key in in_order],
        keys=in_order,
        customers=[counts[key][1] for key in in_order],
        journeys=[counts[key][0] for key in in_order],
        sides=(late, late_again, prompt, prompt_again),
    )


def _tables(
    samples: pl.DataFrame, group: str, *columns: str
) -> tuple[list[Any], list[Floats]]:  # Any: numbers or texts
    """Names of the groups, sorted, and a table (group, sample) of each column."""
    names = samples[group].unique().sort().to_list()
    place = {name: number for number, name in enumerate(names)}
    places = samples[group].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    return names, [sample_sums(places, len(names), samples, column) for column in columns]
