"""Conversions with and without something -> how many are lost, and how sure. Pure, no I/O."""

from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class _Pair:
    """Those with something beside those without, per group of customers."""

    face: str
    item: str
    touchpoint_key: int
    unit: str
    customers: int
    journeys: int
    n: Floats
    successes: Floats
    other_n: Floats
    other_successes: Floats


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
    rows = []
    pairs = [*_of_answers(answers, touchpoints), *_of_loops(loops, visits)]
    figures = _lost(pairs, np.vstack([np.ones((1, weights.shape[1])), weights]))
    for pair, (excess, *told) in zip(pairs, figures.tolist(), strict=True):
        replicates = np.array(told)
        replicates = replicates[np.isfinite(replicates)]
        error = float(replicates.std(ddof=1)) if len(replicates) > 1 else 0.0
        degrees = max(pair.customers - 1, 1)
        reach = float(stdtrit(degrees, (1 + _LEVEL) / 2)) * error
        rows.append(
            {
                "face": pair.face,
                "item": pair.item,
                "touchpoint_key": pair.touchpoint_key,
                "unit": pair.unit,
                "n": int(pair.n.sum()),
                "customers": pair.customers,
                "journeys": pair.journeys,
                "figure": significant(float(pair.successes.sum() / pair.n.sum())),
                "reference": significant(float(pair.other_successes.sum() / pair.other_n.sum())),
                "excess": significant(excess),
                "excess_low": significant(excess - reach),
                "excess_high": significant(excess + reach),
                "p_value": significant(float(stdtr(degrees, -excess / error)))
                if error > 0
                else 1.0,
            }
        )
    return pl.DataFrame(rows, schema=_SCHEMA)


def _lost(pairs: list[_Pair], weights: Floats) -> Floats:
    """Successes that go missing with each, a row a pair and a column for each row of weights."""
    if not pairs:
        return np.zeros((0, len(weights)))
    n, successes, other_n, other_successes = (  # whole numbers, exact in any order
        np.stack([getattr(pair, name) for pair in pairs]) @ weights.T
        for name in ("n", "successes", "other_n", "other_successes")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        lost: Floats = n * (other_successes / other_n) - successes
    return lost


def _of_loops(loops: pl.DataFrame, visits: pl.DataFrame) -> Iterator[_Pair]:
    """Journeys that walked a loop beside those that stood where it is entered and did not."""
    if loops.is_empty():
        return
    reached, (journeys, converted) = _tables(visits, "touchpoint_key", "journeys", "converted")
    named = loops.with_columns(
        item=pl.col("loop_keys").list.eval(pl.element().cast(pl.String)).list.join(",")
    )
    items, (with_loop, with_loop_converted) = _tables(named, "item", "journeys", "converted")
    told = named.group_by("item").agg(pl.first("touchpoint_key", "customers")).sort("item")
    for place, (_, key, customers) in enumerate(told.iter_rows()):
        own = reached.index(key)
        yield _Pair(
            face="loop",
            item=items[place],
            touchpoint_key=key,
            unit="lost conversions",
            customers=customers,
            journeys=int(with_loop[place].sum()),
            n=with_loop[place],
            successes=with_loop_converted[place],
            other_n=journeys[own] - with_loop[place],
            other_successes=converted[own] - with_loop_converted[place],
        )


def _of_answers(answers: pl.DataFrame, touchpoints: pl.DataFrame) -> Iterator[_Pair]:
    """Questions after the goal answered late beside those answered in time."""
    if answers.is_empty():
        return
    columns = ("late", "late_again", "prompt", "prompt_again")
    keys, (late, late_again, prompt, prompt_again) = _tables(answers, "touchpoint_key", *columns)
    names = dict(touchpoints.select("touchpoint_key", "touchpoint").iter_rows())
    told = answers.group_by("touchpoint_key").agg(pl.first("journeys", "customers"))
    counts = {key: (journeys, customers) for key, journeys, customers in told.iter_rows()}
    for place in sorted(range(len(keys)), key=lambda place: names[keys[place]]):
        journeys, customers = counts[keys[place]]
        yield _Pair(
            face="late answer",
            item=names[keys[place]],
            touchpoint_key=keys[place],
            unit="lost repeat purchases",
            customers=customers,
            journeys=journeys,
            n=late[place],
            successes=late_again[place],
            other_n=prompt[place],
            other_successes=prompt_again[place],
        )


def _tables(
    samples: pl.DataFrame, group: str, *columns: str
) -> tuple[list[Any], list[Floats]]:  # Any: numbers or texts
    """Names of the groups, sorted, and a table (group, sample) of each column."""
    names = samples[group].unique().sort().to_list()
    place = {name: number for number, name in enumerate(names)}
    places = samples[group].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    return names, [sample_sums(places, len(names), samples, column) for column in columns]
