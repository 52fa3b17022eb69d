"""Sums per sample of customers -> findings that survive many comparisons. Pure functions, no I/O.

A candidate is a touchpoint that is slow, leaky or churny, a loop whose journeys convert less,
or late answers after the goal whose customers buy less again. Each is an excess over a
reference, n × (figure - reference), with the standard error of a bootstrap over customers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import t as student

from journeylab.analysis.chain import Chain, chain_of, solve, with_exit_rate
from journeylab.analysis.graph import START
from journeylab.analysis.resampling import poisson_weights
from journeylab.analysis.statistics import MIN_CUSTOMERS, significant
from journeylab.errors import InputRefused

Floats = NDArray[np.float64]

#: Share of false findings that is accepted among those reported.
FALSE_SHARE: Final = 0.05
#: Groups of customers that are drawn whole, as ``analysis.customer_samples`` makes them.
SAMPLES: Final = 1024
REPLICATES: Final = 1000

_FACES: Final = {
    "slow": ("wait_hours", "waits"),
    "leaky": ("exits", "visits"),
    "churny": ("returns", "visits"),
}
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
    "p_adjusted": pl.Float64,
    "is_opportunity": pl.Boolean,
    "conversions": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Sums of one comparison: row 0 as they are, row 1 and on in the replicates."""

    face: str
    item: str
    touchpoint_key: int
    unit: str
    customers: int
    journeys: int
    amount: Floats
    n: Floats
    other_amount: Floats
    other_n: Floats
    sign: float

    @property
    def excesses(self) -> Floats:
        """n × (figure - reference), or its negative where less is worse."""
        with np.errstate(divide="ignore", invalid="ignore"):
            reference = self.other_amount / self.other_n
        return self.sign * (self.amount - self.n * reference)


def candidates(
    faces: pl.DataFrame,
    touchpoints: pl.DataFrame,
    visits: pl.DataFrame,
    loops: pl.DataFrame,
    answers: pl.DataFrame,
    edges: pl.DataFrame,
    *,
    seed: int,
) -> pl.DataFrame:
    """Every comparison that could be an opportunity, judged together.

    p is one-sided: excess ÷ its standard error in a Poisson bootstrap over 1,024 random groups
    of customers, against Student's t with as many degrees of freedom as customers less one.
    So it has no smallest step, as a count of replicates would have. All candidates of all
    faces are adjusted together, and the interval of those that survive is widened to the
    level 1 - 0.05 × survivors ÷ candidates, because they were chosen by their size.

    Args:
        faces: as ``analysis.bottleneck_faces``.
        touchpoints: as ``core.touchpoints``; goals and losses are no candidates.
        visits: as ``analysis.visit_samples``.
        loops: as ``analysis.loop_samples``.
        answers: as ``analysis.answer_samples``.
        edges: as ``graph.edges``, for the conversions that a lower exit rate gives.
        seed: the run's seed.

    Returns:
        Candidates of 30 customers or more, by (face, item); ``excess_low`` and ``excess_high``
        at 95 % where they are no opportunity.

    Source:
        Benjamini, Hochberg: Controlling the false discovery rate (1995); Benjamini,
        Yekutieli: False discovery rate-adjusted multiple confidence intervals (2005).
    """
    weights = _weights(seed)
    found = [
        *_of_faces(faces, touchpoints, visits, weights),
        *_of_loops(loops, visits, weights),
        *_of_answers(answers, touchpoints, weights),
    ]
    found.sort(key=lambda candidate: (candidate.face, candidate.item))
    if not found:
        return pl.DataFrame(schema=_SCHEMA)
    excesses = np.array([candidate.excesses[0] for candidate in found])
    errors = np.array([_standard_error(candidate.excesses[1:]) for candidate in found])
    degrees = np.array([min(candidate.customers, SAMPLES) - 1 for candidate in found])
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = np.where(errors > 0, student.sf(excesses / errors, degrees), 1.0)
    adjusted = benjamini_hochberg(p_values)
    chosen = adjusted <= FALSE_SHARE
    levels = np.where(chosen, FALSE_SHARE * chosen.sum() / len(found), FALSE_SHARE)
    reach = student.ppf(1 - levels / 2, degrees) * errors
    chain = chain_of(edges)
    rows = []
    for place, candidate in enumerate(found):
        reference = candidate.other_amount[0] / candidate.other_n[0]
        excess = float(excesses[place])
        rows.append(
            {
                "face": candidate.face,
                "item": candidate.item,
                "touchpoint_key": candidate.touchpoint_key,
                "unit": candidate.unit,
                "n": int(candidate.n[0]),
                "customers": candidate.customers,
                "journeys": candidate.journeys,
                "figure": significant(candidate.amount[0] / candidate.n[0]),
                "reference": significant(reference),
                "excess": significant(excess),
                "excess_low": significant(excess - reach[place]),
                "excess_high": significant(excess + reach[place]),
                "p_value": significant(p_values[place]),
                "p_adjusted": significant(adjusted[place]),
                "is_opportunity": bool(chosen[place]),
                "conversions": significant(
                    _conversions(candidate, excess, reference, chain) if chosen[place] else None
                ),
            }
        )
    return pl.DataFrame(rows, schema=_SCHEMA)


def benjamini_hochberg(p_values: Floats) -> Floats:
    """Least share of false findings at which each would still be reported.

    Example:
        >>> benjamini_hochberg(np.array([0.01, 0.5, 0.02])).tolist()
        [0.03, 0.5, 0.03]
    """
    count = len(p_values)
    order = np.argsort(-p_values, kind="stable")
    scaled = p_values[order] * count / np.arange(count, 0, -1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return adjusted


def _weights(seed: int) -> Floats:
    """Row 0 counts every sample once; each further row is one replicate."""
    samples = np.arange(SAMPLES, dtype=np.uint64)
    drawn = [
        poisson_weights(samples, seed=seed, purpose="opportunities", replicate=replicate)
        for replicate in range(REPLICATES)
    ]
    return np.vstack([np.ones(SAMPLES), *drawn]).astype(np.float64)


def _standard_error(replicates: Floats) -> float:
    usable = replicates[np.isfinite(replicates)]
    return float(usable.std(ddof=1)) if len(usable) > 1 else 0.0


def _sums(samples: pl.DataFrame, group: str, columns: list[str], weights: Floats) -> Floats:
    """Weighted sums of each group, in the order of its names: (column, group, row of weights)."""
    places = samples[group].rank("dense").to_numpy().astype(np.int64) - 1
    size = int(places.max()) + 1 if len(places) else 0
    drawn = samples["sample_number"].to_numpy().astype(np.int64)
    found = []
    for column in columns:
        table = np.zeros((size, SAMPLES))
        np.add.at(table, (places, drawn), samples[column].to_numpy().astype(np.float64))
        found.append(table @ weights.T)
    return np.stack(found)


def _of_faces(
    faces: pl.DataFrame, touchpoints: pl.DataFrame, visits: pl.DataFrame, weights: Floats
) -> Iterator[_Candidate]:
    """A touchpoint against the others of its stage, or against all others."""
    names = touchpoints.select("touchpoint_key", "touchpoint", "stage")
    told = faces.filter(
        pl.col("customers") >= MIN_CUSTOMERS, pl.col("reference").is_not_null()
    ).join(names, on="touchpoint_key")
    keys = visits["touchpoint_key"].unique().sort().to_list()
    stages = dict(names.select("touchpoint_key", "stage").iter_rows())
    rows = {key: place for place, key in enumerate(keys)}
    for face, columns in _FACES.items():
        amounts, counts = _sums(visits, "touchpoint_key", list(columns), weights)
        journeys = visits.group_by("touchpoint_key").agg(pl.col("journeys").sum())
        reached = dict(journeys.iter_rows())
        for row in told.filter(pl.col("face") == face, pl.col("touchpoint_key").is_in(keys)).rows(
            named=True
        ):
            own = rows[row["touchpoint_key"]]
            others = [
                place
                for key, place in rows.items()
                if place != own
                and (row["reference_scope"] == "all" or stages[key] == row["stage"])
            ]
            if others:
                yield _Candidate(
                    face=face,
                    item=row["touchpoint"],
                    touchpoint_key=row["touchpoint_key"],
                    unit=row["unit"],
                    customers=row["customers"],
                    journeys=reached[row["touchpoint_key"]],
                    amount=amounts[own],
                    n=counts[own],
                    other_amount=amounts[others].sum(axis=0),
                    other_n=counts[others].sum(axis=0),
                    sign=1.0,
                )


def _of_loops(loops: pl.DataFrame, visits: pl.DataFrame, weights: Floats) -> Iterator[_Candidate]:
    """Journeys that walked a loop against those that stood where it is entered and did not."""
    keys = visits["touchpoint_key"].unique().sort().to_list()
    reached, bought = _sums(visits, "touchpoint_key", ["journeys", "converted"], weights)
    named = loops.with_columns(
        item=pl.col("loop_keys").list.eval(pl.element().cast(pl.String)).list.join(",")
    )
    with_loop, with_loop_bought = _sums(named, "item", ["journeys", "converted"], weights)
    told = named.group_by("item").agg(pl.first("touchpoint_key"), pl.first("customers"))
    for place, row in enumerate(told.sort("item").iter_rows(named=True)):
        own = keys.index(row["touchpoint_key"])
        yield _Candidate(
            face="loop",
            item=row["item"],
            touchpoint_key=row["touchpoint_key"],
            unit="lost conversions",
            customers=row["customers"],
            journeys=int(with_loop[place, 0]),
            amount=with_loop_bought[place],
            n=with_loop[place],
            other_amount=bought[own] - with_loop_bought[place],
            other_n=reached[own] - with_loop[place],
            sign=-1.0,
        )


def _of_answers(
    answers: pl.DataFrame, touchpoints: pl.DataFrame, weights: Floats
) -> Iterator[_Candidate]:
    """Questions after the goal answered late against those answered in time."""
    columns = ["late", "late_again", "prompt", "prompt_again"]
    late, late_again, prompt, prompt_again = _sums(answers, "touchpoint_key", columns, weights)
    told = (
        answers.group_by("touchpoint_key")
        .agg(pl.first("journeys"), pl.first("customers"))
        .join(touchpoints.select("touchpoint_key", "touchpoint"), on="touchpoint_key")
    )
    for place, row in enumerate(told.sort("touchpoint_key").iter_rows(named=True)):
        yield _Candidate(
            face="late answer",
            item=row["touchpoint"],
            touchpoint_key=row["touchpoint_key"],
            unit="lost repeat purchases",
            customers=row["customers"],
            journeys=row["journeys"],
            amount=late_again[place],
            n=late[place],
            other_amount=prompt_again[place],
            other_n=prompt[place],
            sign=-1.0,
        )


def _conversions(
    candidate: _Candidate, excess: float, reference: float, chain: Chain | None
) -> float | None:
    """Conversions more were the figure the reference; None where the face gives none."""
    if candidate.face in ("loop", "late answer"):
        return excess
    if candidate.face != "leaky" or chain is None:
        return None
    try:
        changed = with_exit_rate(chain, candidate.item, reference)
    except InputRefused:  # without exits here some journeys would never end
        return None
    gained = solve(changed).p_start - solve(chain).p_start
    return float(gained * chain.visits[chain.place(START)])
