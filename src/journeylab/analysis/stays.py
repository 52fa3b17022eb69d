"""Counts between cuts of the stay time -> curves of what ends a stay. Pure functions, no I/O.

Between two instants at which running stays were censored, every stay that ends takes the
same share of all: the share that censoring has left on each stay still at risk. So the
counts between those instants say the curves exactly, ties included, without the stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.statistics import SIGNIFICANT_DIGITS
from journeylab.analysis.survival import EQUAL_SHARES

#: Cause of a stay -> column of the counts.
CAUSES: Final = {
    "goal": "goals",
    "loss": "losses",
    "advance": "advances",
    "stay": "sidesteps",
    "back": "falls",
    "lateral": "laterals",
    "leave": "leaves",
}
QUANTILES: Final = (0.5, 0.9)

_NAMES: Final = {"kind": pl.String, "item_key": pl.Int32, "cause": pl.String}
_FIGURES: Final = {
    "seconds": pl.Float64,
    "share": pl.Float64,
    "staying_share": pl.Float64,
    "at_risk": pl.Int64,
}
_CURVE_SCHEMA: Final = {**_NAMES, **_FIGURES}
_TARGET_SCHEMA: Final = {
    "kind": pl.String,
    "item_key": pl.Int32,
    "quantile": pl.Float64,
    "after_microseconds": pl.Int64,
    "upto_microseconds": pl.Int64,
    "place": pl.Int64,
}


def stay_curves(cuts: pl.DataFrame) -> pl.DataFrame:
    """Share of the stays ended by each cause after each drawn time (Aalen-Johansen).

    Args:
        cuts: one row per (kind, item, cut) as ``analysis.stay_cuts``.

    Returns:
        Per (kind, item_key, cause, seconds), sorted so: ``share`` ended by the cause,
        ``staying_share`` not ended by any (Kaplan-Meier), ``at_risk`` stays watched beyond
        that time. Causes that never occur at an item are left out. The shares of the causes
        and ``staying_share`` sum to 1.
    """
    named: list[tuple[str, int, str]] = []
    drawn: list[NDArray[np.float64]] = []
    for item in _items(cuts):
        curve = _Curve(item)
        for cause in sorted(CAUSES):
            ended = item.ended_by[cause]
            if ended.any():
                share = np.cumsum(curve.mass * ended)
                told = [item.instants / 1e6, share, curve.staying, curve.watched_after]
                named.append((item.kind, item.key, cause))
                drawn.append(np.stack(told)[:, item.is_point])
    if not named:
        return pl.DataFrame(schema=_CURVE_SCHEMA)
    places = np.repeat(np.arange(len(named)), [curve.shape[1] for curve in drawn])
    names = pl.DataFrame(named, schema=_NAMES, orient="row")[places]
    figures = zip(_FIGURES, np.concatenate(drawn, axis=1), strict=True)
    rounded = pl.col("share", "staying_share").round_sig_figs(SIGNIFICANT_DIGITS)
    return (
        names.with_columns(pl.Series(column, values) for column, values in figures)
        .cast(pl.Schema(_CURVE_SCHEMA))
        .with_columns(rounded)
    )


def stay_targets(cuts: pl.DataFrame) -> pl.DataFrame:
    """Where to look for the exact median and 90th percentile of each item's stays.

    Args:
        cuts: as ``stay_curves`` takes.

    Returns:
        Per (kind, item_key, quantile) that is reached: it is the ``place``-th shortest of
        the ended stays longer than ``after_microseconds`` and at most ``upto_microseconds``.
    """
    rows: list[dict[str, Any]] = []
    for item in _items(cuts):
        curve = _Curve(item)
        for share in QUANTILES:
            limit = 1 - share + EQUAL_SHARES
            reached = np.flatnonzero((curve.staying <= limit) & (curve.ended > 0))
            if not len(reached):
                continue
            cut = int(reached[0])
            needed = curve.watched[cut] - limit / curve.mass[cut]
            rows.append(
                {
                    "kind": item.kind,
                    "item_key": item.key,
                    "quantile": share,
                    "after_microseconds": int(item.instants[cut - 1]) if cut else -1,
                    "upto_microseconds": int(item.instants[cut]),
                    "place": max(int(np.ceil(needed)), 1),
                }
            )
    return pl.DataFrame(rows, schema=_TARGET_SCHEMA)


def shares_after(curves: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """What may still come after so long a silence: the curves read at given times.

    Args:
        curves: one row per (touchpoint, cause, seconds), as the published ``stay_curves``.
        asked: rows with ``touchpoint`` and ``seconds`` of silence there; other columns stay.

    Returns:
        The asked rows, one per cause of their touchpoint, with ``cause``, ``share`` (ended
        by the cause up to then), ``final_share`` (in the end), ``staying_share`` and
        ``ahead`` = (final_share - share) ÷ staying_share: the chance that the cause ends a
        stay which lasts that long already; null where none does. A curve is read at its
        last point up to the time asked. Touchpoints without a curve are left out.
    """
    final = pl.col("share").last().over("touchpoint", "cause", order_by="seconds")
    told = curves.select(
        "touchpoint", "cause", "seconds", "share", "staying_share", final_share=final
    )
    causes = told.select("touchpoint", "cause").unique()
    read = (
        asked.with_columns(pl.col("seconds").cast(pl.Float64))
        .join(causes, on="touchpoint")
        .sort("seconds")
        .join_asof(
            told.sort("seconds"),
            on="seconds",
            by=["touchpoint", "cause"],
            strategy="backward",
            check_sortedness=False,
        )
    )
    ahead = (pl.col("final_share") - pl.col("share")) / pl.col("staying_share")
    return read.with_columns(
        ahead=pl.when(pl.col("staying_share") > 0).then(ahead.clip(0.0, 1.0))
    ).sort(*asked.columns, "cause")


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """Counts of one item, an entry a cut, ascending."""

    kind: str
    key: int
    instants: NDArray[np.int64]
    is_point: NDArray[np.bool_]
    running: NDArray[np.int64]
    ended_by: dict[str, NDArray[np.int64]]


class _Curve:
    """Arrays of one item, an entry a cut."""

    def __init__(self, item: _Item) -> None:
        self.ended: NDArray[np.int64] = np.sum(list(item.ended_by.values()), axis=0)
        gone = np.cumsum(self.ended + item.running)
        total = gone[-1]
        self.watched_after = total - gone
        self.watched = self.watched_after + self.ended + item.running
        left = self.watched - self.ended
        with np.errstate(divide="ignore", invalid="ignore"):
            grown = np.where(self.watched_after > 0, left / self.watched_after, 1.0)
        #: What one stay that ends counts, as a share of all: 1 ÷ n, more after each censoring.
        self.mass = np.concatenate(([1.0], np.cumprod(grown)[:-1])) / total
        self.staying = self.mass * left
        last = int(np.flatnonzero(self.watched)[-1])
        self.staying[last:] = self.staying[last]  # beyond the longest stay nothing is known


def _items(cuts: pl.DataFrame) -> Iterator[_Item]:
    """The items, by kind and key."""
    told = cuts.sort("kind", "item_key", "cut_microseconds")
    columns = {
        name: told[name].to_numpy()
        for name in ("cut_microseconds", "is_point", "running", *CAUSES.values())
    }
    begin = 0
    for kind, key, n in told.group_by("kind", "item_key", maintain_order=True).len().iter_rows():
        part = {name: values[begin : begin + n] for name, values in columns.items()}
        begin += n
        yield _Item(
            kind,
            key,
            part["cut_microseconds"],
            part["is_point"],
            part["running"],
            {cause: part[column] for cause, column in CAUSES.items()},
        )
