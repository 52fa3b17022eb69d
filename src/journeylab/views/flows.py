"""Two groups of journeys -> their steps side by side, and the way from a row to journeys."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from journeylab.lab import Lab
from journeylab.views.groups import Pair

KEYS: Final = ("step", "from_touchpoint", "to_touchpoint", "is_return")
#: How the steps of both are asked: so many touchpoints a step that none is merged in one group
#: and named in the other; drawings merge them together.
DIALS: Final[Mapping[str, Any]] = {"steps": 5, "top": 50}


def flows(lab: Lab, pair: Pair) -> pl.DataFrame:
    """The first steps of two groups: how many journeys of each, and which share of theirs.

    Args:
        lab: the snapshot.
        pair: the groups; without a second one, all others of the same condition.

    Returns:
        One row per move of any of the two: ``KEYS``, journeys_a, journeys_b, share_a, share_b,
        difference (a - b, as shares) and journeys of both, largest difference first.
    """
    first = _paths(lab, pair, pair.a).select(*KEYS, journeys_a="journeys")
    if pair.b is not None:
        second = _paths(lab, pair, pair.b).select(*KEYS, journeys_b="journeys")
        both = first.join(second, on=KEYS, how="full", coalesce=True)
    else:
        every = _paths(lab, pair, None).select(*KEYS, journeys="journeys")
        both = every.join(first, on=KEYS, how="left").select(
            *KEYS, "journeys_a", journeys_b=pl.col("journeys") - pl.col("journeys_a").fill_null(0)
        )
    counted = both.with_columns(pl.col("journeys_a", "journeys_b").fill_null(0))
    shares = counted.with_columns(
        (pl.col(f"journeys_{side}") / pl.col(f"journeys_{side}").sum().over("step").clip(1)).alias(
            f"share_{side}"
        )
        for side in ("a", "b")
    )
    return shares.with_columns(
        difference=pl.col("share_a") - pl.col("share_b"),
        journeys=pl.col("journeys_a") + pl.col("journeys_b"),
    ).sort(pl.col("difference").abs(), *KEYS, descending=[True, False, False, False, False])


def both_groups(pair: Pair) -> tuple[Mapping[str, Any], ...]:
    """The two groups as ``Lab.journeys_of`` takes them; all others are what no group narrows."""
    groups = (None,) if pair.b is None else (pair.a, pair.b)
    return tuple({"where": pair.where, "segment": _within(pair, group)} for group in groups)


def _paths(lab: Lab, pair: Pair, group: Any) -> pl.DataFrame:  # noqa: ANN401 - as Lab takes it
    return lab.paths(where=pair.where, segment=_within(pair, group), **DIALS)


def _within(pair: Pair, group: Any) -> Any:  # noqa: ANN401 - as Lab takes it
    told = [part for part in (group, pair.within) if part is not None]
    return told or None
