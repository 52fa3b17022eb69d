"""Touches of settled journeys, counted -> credit per unit and model. Pure functions, no I/O.

What is shared out is counted per group of customers, so that the same sums serve the figure and
its bootstrap. Credit adds up to what was shared out, to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.chain import chain_of
from journeylab.analysis.chances import removal_effects
from journeylab.analysis.credits import largest_remainder, normalised, removals
from journeylab.analysis.customer_groups import SAMPLES, sample_sums, sample_weights
from journeylab.analysis.graph import CONVERTED, DROPPED, START
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.statistics import MIN_CUSTOMERS, significant

Floats = NDArray[np.float64]

#: Ways to share out a conversion, simplest first.
MODELS: Final = ("first", "last", "linear", "position", "time_decay", "markov", "shapley")
#: Unit of the conversions that nothing touched within the look-back.
NONE: Final = "(none)"
#: Above so many units the chain of each replicate is not solved: markov has no intervals then.
MAX_UNITS: Final = 400

_MARKOV: Final = "markov"
_PURPOSE: Final = "attribution"
_CONVERSION_PLACES: Final = 6
_VALUE_PLACES: Final = 4
_CENT_PLACES: Final = 2
_MEASURES: Final = ("conversions", "value")

SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "model": pl.String,
    "unit": pl.String,
    "currency": pl.String,
    "conversions": pl.Decimal(18, _CONVERSION_PLACES),
    "conversions_low": pl.Float64,
    "conversions_high": pl.Float64,
    "conversions_total": pl.Int64,
    "conversion_share": pl.Float64,
    "conversion_share_low": pl.Float64,
    "conversion_share_high": pl.Float64,
    "value": pl.Decimal(18, _VALUE_PLACES),
    "value_low": pl.Float64,
    "value_high": pl.Float64,
    "value_total": pl.Decimal(18, _VALUE_PLACES),
    "removal_effect": pl.Float64,
    "journeys": pl.Int64,
    "converted": pl.Int64,
    "customers": pl.Int64,
    "is_insufficient": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database counted: tables of ``lab.attribution_…`` of the same names."""

    credits: pl.DataFrame
    moves: pl.DataFrame
    reach: pl.DataFrame
    totals: pl.DataFrame


def attribution(counted: Counted, models: Sequence[str], *, seed: int) -> pl.DataFrame:
    """Credit of each unit under each model, with intervals from a bootstrap over customers.

    Args:
        counted: what settled journeys touched, and what they came to.
        models: some of ``MODELS``.
        seed: of the draws.

    Returns:
        One row per (model, currency, unit), models as given, currencies by name, most
        conversions first, ties by name, ``(none)`` last. ``conversions`` and ``value`` of a
        model and currency add up to ``conversions_total`` and ``value_total``.
    """
    shared = _Shared(counted, seed)
    parts = [shared.of(model) for model in models]
    made = pl.DataFrame([row for part in parts for row in part], schema=SCHEMA)
    ranks = {model: rank for rank, model in enumerate(models)}
    return made.sort(
        pl.col("model").replace_strict(ranks, return_dtype=pl.Int64),
        "currency",
        pl.col("unit") == NONE,
        "conversions",
        "unit",
        descending=[False, False, False, True, False],
        nulls_last=True,
    )


class _Shared:
    """Sums of what is shared out, as they are (row 0) and in each replicate."""

    def __init__(self, counted: Counted, seed: int) -> None:
        self.reach = {row["unit"]: row for row in counted.reach.to_dicts()}
        self.units = sorted(unit for unit in self.reach if unit is not None)
        self.currencies = counted.totals["currency"].unique().sort(nulls_last=True).to_list()
        drawn = sample_weights(seed=seed, purpose=_PURPOSE)
        self.weights = np.vstack([np.ones(SAMPLES), drawn]).T
        self.customers = int(counted.totals["sample_number"].n_unique())
        self._credits = counted.credits
        self._totals = counted.totals
        self._moves = counted.moves
        self._effects: Floats | None = None

    def of(self, model: str) -> list[dict[str, Any]]:
        """Rows of one model."""
        rows: list[dict[str, Any]] = []
        for currency in self.currencies:
            totals = self._totals.filter(pl.col("currency").eq_missing(pl.lit(currency)))
            credit = {name: self._credit(model, name, currency, totals) for name in _MEASURES}
            rows += self._rows(model, currency, totals, credit)
        return rows

    def _credit(self, model: str, measure: str, currency: Any, totals: pl.DataFrame) -> Floats:  # noqa: ANN401 - text or None
        """Credit per replicate (rows) and unit (columns), ``(none)`` last."""
        none = self._sums(totals, f"none_{measure}")
        rule = "linear" if model == _MARKOV else model
        credit = self._rule(rule, measure, currency)
        if model == _MARKOV:
            earned = self._sums(totals, measure) - none
            shares = normalised(self.effects(), self._rule("linear", "conversions", currency))
            credit = shares * earned[:, np.newaxis]
        return np.column_stack([credit, none])

    def _rule(self, rule: str, measure: str, currency: Any) -> Floats:  # noqa: ANN401 - text or None
        found = self._credits.filter(pl.col("currency").eq_missing(pl.lit(currency)))
        places = np.searchsorted(np.array(self.units, dtype=str), found["unit"].to_numpy())
        table = sample_sums(places, len(self.units), found, f"{rule}_{measure}")
        credit: Floats = (table @ self.weights).T
        return credit

    def _sums(self, totals: pl.DataFrame, column: str) -> Floats:
        places = np.zeros(totals.height, np.intp)
        sums: Floats = sample_sums(places, 1, totals, column)[0] @ self.weights
        return sums

    def effects(self) -> Floats:
        """Removal effects per replicate and unit; the replicates NaN with too many units."""
        if self._effects is None:
            size = len(self.units)
            self._effects = np.full((self.weights.shape[1], size), np.nan)
            self._effects[0] = self._exact_effects()
            if size <= MAX_UNITS and size:
                for number, counts in enumerate(self._drawn_moves(), start=1):
                    self._effects[number] = removals(counts)
        return self._effects

    def _exact_effects(self) -> Floats:
        places = {unit: f"u{number:06}" for number, unit in enumerate(self.units)}
        ends = pl.when("is_converted").then(pl.lit(CONVERTED)).otherwise(pl.lit(DROPPED))
        named = pl.col("from_unit", "to_unit").replace_strict(places, return_dtype=pl.String)
        edges = (
            self._moves.with_columns(named)
            .select(
                pl.col("from_unit").fill_null(START).alias("from_node"),
                pl.col("to_unit").fill_null(ends).alias("to_node"),
                pl.col("transitions").alias("transitions_settled"),
            )
            .group_by("from_node", "to_node")
            .agg(pl.col("transitions_settled").sum())
            .sort("from_node", "to_node")
        )
        chain = chain_of(edges)
        if chain is None or not self.units:
            return np.zeros(len(self.units))
        told = dict(zip(chain.nodes, removal_effects(chain), strict=True))
        return np.array([np.nan_to_num(told[places[unit]]) for unit in self.units])

    def _drawn_moves(self) -> list[Floats]:
        size = len(self.units)
        names = np.array(self.units, dtype=str)
        origins = np.zeros(self._moves.height, np.int64)
        targets = np.where(self._moves["is_converted"].to_numpy(), size, size + 1)
        for column, places, shift in (("from_unit", origins, 1), ("to_unit", targets, 0)):
            known = self._moves[column].is_not_null().to_numpy()
            told = self._moves[column].drop_nulls().to_numpy()
            places[known] = np.searchsorted(names, told) + shift
        kinds, place = np.unique(origins * (size + 2) + targets, return_inverse=True)
        table = sample_sums(place, len(kinds), self._moves, "transitions") @ self.weights[:, 1:]
        drawn = []
        for column in table.T:
            counts = np.zeros((size + 1) * (size + 2))
            counts[kinds] = column
            drawn.append(counts.reshape(size + 1, size + 2))
        return drawn

    def _rows(
        self,
        model: str,
        currency: Any,  # noqa: ANN401 - text or None
        totals: pl.DataFrame,
        credit: dict[str, Floats],
    ) -> list[dict[str, Any]]:
        sums = {name: Decimal(str(totals[name].sum())) for name in _MEASURES}
        places = {"conversions": _CONVERSION_PLACES, "value": _places(sums["value"])}
        parts = {
            name: largest_remainder(credit[name][0], sums[name], places[name]) for name in _MEASURES
        }
        sold = credit["conversions"].sum(axis=1, keepdims=True)
        shares = np.divide(
            credit["conversions"],
            sold,
            out=np.full(credit["conversions"].shape, np.nan),
            where=sold > 0,
        )
        has_bounds = self.customers > 1 and (model != _MARKOV or len(self.units) <= MAX_UNITS)
        bounds = {
            name: _bounds(values) if has_bounds else None
            for name, values in (("conversion_share", shares), *credit.items())
        }
        rows = []
        for number, unit in enumerate([*self.units, NONE]):
            reach = self.reach.get(None if unit == NONE else unit)
            if reach is None or (unit == NONE and not parts["conversions"][-1]):
                continue
            row = {
                "model": model,
                "unit": unit,
                "currency": currency,
                "conversions": parts["conversions"][number],
                "conversions_total": int(sums["conversions"]),
                "conversion_share": significant(float(shares[0, number])),
                "value": None if currency is None else parts["value"][number],
                "value_total": None if currency is None else sums["value"],
                **{name: reach[name] for name in ("journeys", "converted", "customers")},
                "is_insufficient": reach["customers"] < MIN_CUSTOMERS,
            }
            if model == _MARKOV and unit != NONE:
                row["removal_effect"] = significant(float(self.effects()[0, number]))
            for name, pair in bounds.items():
                if pair is not None and (name != "value" or currency is not None):
                    row[f"{name}_low"], row[f"{name}_high"] = (
                        significant(float(side[number])) for side in pair
                    )
            rows.append(row)
        return rows


def _bounds(values: Floats) -> tuple[Floats, Floats]:
    """Percentiles of the replicates in the rows after the first, widened to hold the first."""
    drawn = values[1:][~np.isnan(values[1:]).any(axis=1)]
    if not len(drawn):
        drawn = values[:1]
    low, high = np.quantile(drawn, BOUNDS, axis=0)
    return np.minimum(low, values[0]), np.maximum(high, values[0])


def _places(total: Decimal) -> int:
    """Decimals of money: cents, unless the total has more."""
    return _CENT_PLACES if total == round(total, _CENT_PLACES) else _VALUE_PLACES
