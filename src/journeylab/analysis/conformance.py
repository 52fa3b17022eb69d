"""Variants and the designed map -> fitness and named deviations. Pure functions, no I/O."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.alignment import align, compiled
from journeylab.analysis.customer_groups import Cells, groups_of, replicated, sample_weights
from journeylab.analysis.resampling import BOUNDS, REPLICATES
from journeylab.analysis.statistics import significant
from journeylab.designed_map import DEVIATIONS, DesignedMap

Floats = NDArray[np.float64]

#: Where a deviation stands before any touchpoint fitted.
START: Final = "(start)"

_PURPOSE: Final = "deviation_times"

_DEVIATION: Final = pl.Struct(
    {"kind": pl.String, "touchpoint": pl.String, "anchor": pl.String, "is_allowed": pl.Boolean}
)
_ALIGNED: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "variant_key": pl.Int64,
    "cost": pl.Int32,
    "missing_steps": pl.Int32,
    "fitness": pl.Float64,
    "fitness_so_far": pl.Float64,
    "follows_map": pl.Boolean,
    "deviations": pl.List(_DEVIATION),
}
_EFFECTS: Final = {
    "item": pl.String,
    "seconds_with": pl.Float64,
    "seconds_without": pl.Float64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def aligned_variants(
    variants: pl.DataFrame, touchpoints: pl.DataFrame, *, designed_map: DesignedMap | None
) -> pl.DataFrame:
    """Each distinct path held against the designed map.

    Args:
        variants: ``variant_key`` and ``touchpoint_keys`` of each path.
        touchpoints: ``touchpoint_key`` (dense from 0), ``touchpoint``, ``stage``.
        designed_map: the map; None gives no rows.

    Returns:
        Per variant, sorted by it: ``cost``; ``missing_steps``, which are no deviation;
        ``fitness`` = 1 - cost ÷ (steps + shortest complete run); ``fitness_so_far`` = 1 -
        cost with a free end ÷ steps; ``follows_map``: no deviation but allowed ones; and its
        ``deviations`` in order.

    Source:
        Fitness as in pm4py's alignments (van der Aalst, Adriansyah, van Dongen: Replaying
        history on process models for conformance checking, 2012).
    """
    if designed_map is None or variants.is_empty():
        return pl.DataFrame(schema=_ALIGNED)
    places = touchpoints.sort("touchpoint_key")
    names = places["touchpoint"].to_list()
    ordered = variants.sort("variant_key")
    lengths = ordered["touchpoint_keys"].list.len().to_numpy().astype(np.int64)
    paths = ordered["touchpoint_keys"].explode().to_numpy().astype(np.int64)
    found = align(paths, lengths, compiled(designed_map, names, places["stage"].to_list()))
    keys = ordered["variant_key"]
    steps = np.array([step.name for step in designed_map.steps], dtype=object)
    told = np.array([*names, START], dtype=object)
    is_skip = found.move_steps >= 0
    moves = pl.DataFrame(
        {
            "variant_key": keys.gather(found.move_paths),
            "kind": [DEVIATIONS[kind] for kind in found.move_kinds],
            "touchpoint": np.where(
                is_skip, steps[found.move_steps], told[found.move_codes]
            ).tolist(),
            "anchor": told[found.move_anchors].tolist(),
        },
        schema={"variant_key": pl.Int64, "kind": pl.String, "touchpoint": pl.String, "anchor": str},
    ).with_columns(is_allowed=_allowed(designed_map))
    listed = moves.group_by("variant_key", maintain_order=True).agg(
        deviations=pl.struct("kind", "touchpoint", "anchor", "is_allowed"),
        follows_map=pl.col("is_allowed").all(),
    )
    worst = lengths + designed_map.shortest_run
    return (
        pl.DataFrame(
            {
                "variant_key": keys,
                "cost": found.costs,
                "missing_steps": found.missing,
                "fitness": _rounded(1 - found.costs / worst),
                "fitness_so_far": _rounded(1 - found.costs_so_far / lengths),
            }
        )
        .join(listed, on="variant_key", how="left", maintain_order="left")
        .with_columns(
            pl.col("follows_map").fill_null(value=True),
            pl.col("deviations").fill_null(pl.lit([], dtype=pl.List(_DEVIATION))),
        )
        .select(_ALIGNED.keys())
        .cast(pl.Schema(_ALIGNED))
    )


def time_effects(deviations: pl.DataFrame, sums: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Mean time to the goal with and without each deviation, by a bootstrap over customers.

    Without = journeys that reached the touchpoint the deviation comes after, less those of
    them that deviate.

    Args:
        deviations: ``item`` and ``anchor``, the touchpoint it comes after.
        sums: per (``part``, ``item``, ``customer_hash``) ``journeys`` and ``seconds`` of
            converted journeys: part 'with' and 'taken' (those that reached the anchor) by
            deviation, 'reached' by anchor.
        seed: the run's seed.

    Returns:
        Per item, sorted: both means, their difference (with - without) and its interval; null
        where one side has no converted journey; the interval also below two customers.
    """
    items = deviations.sort("item")
    if items.is_empty() or sums.is_empty():
        empty = {name: [None] * items.height for name in list(_EFFECTS)[1:]}
        return pl.DataFrame({"item": items["item"], **empty}, schema=_EFFECTS)
    several = sums["customer_hash"].n_unique() > 1
    sums = sums.with_columns(group=pl.Series(groups_of(sums["customer_hash"].to_numpy())))
    weights = sample_weights(seed=seed, purpose=_PURPOSE)

    def means_of(*parts: tuple[str, int, list[str]]) -> Floats:
        """Seconds per journey of the added and taken parts, per replicate."""
        totals = [np.zeros((items.height, REPLICATES + 1)) for _ in range(2)]
        for part, sign, names in parts:
            place = {name: number for number, name in enumerate(dict.fromkeys(names))}
            told = sums.filter(pl.col("part") == part, pl.col("item").is_in(list(place)))
            told = told.sort("item", "group", "journeys", "seconds")
            rows = told["item"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
            amounts = told.select(pl.col("journeys", "seconds").cast(pl.Float64)).to_numpy().T
            cells = Cells(rows, told["group"].to_numpy(), amounts, len(place))
            for total, added in zip(totals, replicated(cells, weights), strict=True):
                total += sign * added[[place[name] for name in names]]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(totals[0] > 0, totals[1] / totals[0], np.nan)

    its = items["item"].to_list()
    means = (
        means_of(("with", 1, its)),
        means_of(("reached", 1, items["anchor"].to_list()), ("taken", -1, its)),
    )
    differences = means[0] - means[1]
    rows = []
    for number, item in enumerate(items["item"]):
        drawn = differences[number, 1:]
        drawn = drawn[~np.isnan(drawn)]
        known = not np.isnan(differences[number, 0])
        low, high = np.quantile(drawn, BOUNDS) if known and several and len(drawn) else (None, None)
        rows.append(
            (
                item,
                _figure(means[0][number, 0]),
                _figure(means[1][number, 0]),
                _figure(differences[number, 0]),
                low if low is None else significant(float(low)),
                high if high is None else significant(float(high)),
            )
        )
    return pl.DataFrame(rows, schema=_EFFECTS, orient="row")


def _allowed(designed_map: DesignedMap) -> pl.Expr:
    """Whether the map's allow-list names the deviation."""
    allowed = pl.lit(value=False)
    for kind, touchpoint in designed_map.allowed:
        one = pl.lit(value=True)
        if kind is not None:
            one &= pl.col("kind") == kind
        if touchpoint is not None:
            one &= pl.col("touchpoint") == touchpoint
        allowed |= one
    return allowed


def _rounded(values: Floats) -> pl.Series:
    return pl.Series(values).round_sig_figs(9)


def _figure(value: float) -> float | None:
    return None if np.isnan(value) else significant(float(value))
