"""Counts between cuts of the stay time -> curves of what ends a stay. Pure functions, no I/O.

Between two instants at which running stays were censored, every stay that ends takes the
same share of all: the share that censoring has left on each stay still at risk. So the
counts between those instants say the curves exactly, ties included, without the stays.
"""

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

_CURVE_SCHEMA: Final = {
    "kind": pl.String,
    "item_key": pl.Int32,
    "cause": pl.String,
    "seconds": pl.Float64,
    "share": pl.Float64,
    "staying_share": pl.Float64,
    "at_risk": pl.Int64,
}
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
    parts = []
    for key, group in _items(cuts):
        curve = _Curve(group)
        points = group["is_point"].to_numpy()
        for cause, column in sorted(CAUSES.items()):
            if not group[column].sum():
                continue
            share = np.cumsum(curve.mass * group[column].to_numpy())
            parts.append(
                pl.DataFrame(
                    {
                        **key,
                        "cause": cause,
                        "seconds": group["cut_microseconds"].to_numpy()[points] / 1e6,
                        "share": share[points],
                        "staying_share": curve.staying[points],
                        "at_risk": curve.watched_after[points],
                    },
                    schema=_CURVE_SCHEMA,
                )
            )
    told = pl.concat(parts) if parts else pl.DataFrame(schema=_CURVE_SCHEMA)
    return told.with_columns(pl.col("share", "staying_share").round_sig_figs(SIGNIFICANT_DIGITS))


def stay_targets(cuts: pl.DataFrame) -> pl.DataFrame:
    """Where to look for the exact median and 90th percentile of each item's stays.

    Args:
        cuts: as ``stay_curves`` takes.

    Returns:
        Per (kind, item_key, quantile) that is reached: it is the ``place``-th shortest of
        the ended stays longer than ``after_microseconds`` and at most ``upto_microseconds``.
    """
    rows: list[dict[str, Any]] = []
    for key, group in _items(cuts):
        curve = _Curve(group)
        instants = group["cut_microseconds"].to_numpy()
        for share in QUANTILES:
            limit = 1 - share + EQUAL_SHARES
            reached = np.flatnonzero((curve.staying <= limit) & (curve.ended > 0))
            if not len(reached):
                continue
            cut = int(reached[0])
            needed = curve.watched[cut] - limit / curve.mass[cut]
            rows.append(
                {
                    **key,
                    "quantile": share,
                    "after_microseconds": int(instants[cut - 1]) if cut else -1,
                    "upto_microseconds": int(instants[cut]),
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


class _Curve:
    """Arrays of one item, an entry a cut."""

    def __init__(self, group: pl.DataFrame) -> None:
        self.ended: NDArray[np.int64] = group.select(
            pl.sum_horizontal(*CAUSES.values()).cast(pl.Int64)
        )[:, 0].to_numpy()
        running = group["running"].to_numpy()
        gone = np.cumsum(self.ended + running)
        total = gone[-1]
        self.watched_after = total - gone
        self.watched = self.watched_after + self.ended + running
        left = self.watched - self.ended
        with np.errstate(divide="ignore", invalid="ignore"):
            grown = np.where(self.watched_after > 0, left / self.watched_after, 1.0)
        #: What one stay that ends counts, as a share of all: 1 ÷ n, more after each censoring.
        self.mass = np.concatenate(([1.0], np.cumprod(grown)[:-1])) / total
        self.staying = self.mass * left
        last = int(np.flatnonzero(self.watched)[-1])
        self.staying[last:] = self.staying[last]  # beyond the longest stay nothing is known


def _items(cuts: pl.DataFrame) -> list[tuple[dict[str, Any], pl.DataFrame]]:
    groups = cuts.sort("kind", "item_key", "cut_microseconds").group_by(
        "kind", "item_key", maintain_order=True
    )
    return [({"kind": key[0], "item_key": key[1]}, group) for key, group in groups]
