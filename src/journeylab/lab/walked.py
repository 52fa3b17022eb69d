"""Plain paths of chosen journeys, counted of the values of their first steps."""

from typing import Any, Final

import numpy as np
import polars as pl

from journeylab.lab.cells import Choice, Ints, quantile
from journeylab.lab.walking import Dials, is_from_the_start

_NAME: Final = "kept_walks"
_MOST_STEPS: Final = 8  # of those values
_SHARES: Final = (0.5, 0.9)
_PER_SECOND: Final = 1e6
_MOVE: Final = ("step", "touchpoint", "next_touchpoint", "returns_next")
_OTHER: Final = "(other)"
_PICTURED: Final = ("step", "from_touchpoint", "to_touchpoint", "is_return")
_WAITS: Final = ("wait_p50_seconds", "wait_p90_seconds")


def is_kept(dials: Dials) -> bool:
    """Whether the values say all that is asked for."""
    is_short = dials.offset == 0 and dials.steps <= _MOST_STEPS
    return is_short and dials.occurrence != "all" and is_from_the_start(dials)


def paths(choice: Choice, dials: Dials) -> pl.DataFrame:
    """The plain picture of some journeys, as ``walking.paths``."""
    told = _moves(choice, dials)
    is_last = pl.col("returns_next").is_null()
    counted = ("paths", "settled", "converted")
    moved = told.select(
        pl.col("step").cast(pl.Int64),
        *counted,
        *_WAITS,
        from_touchpoint="touchpoint",
        to_touchpoint="next_touchpoint",
        is_return=(pl.col("step") < dials.steps) & pl.col("returns_next").fill_null(value=False),
    )
    stays = told.filter(is_last).select(  # a path that has ended stays where it did
        pl.int_ranges(pl.col("step").cast(pl.Int64) + 1, dials.steps + 1).alias("step"),
        *counted,
        from_touchpoint="next_touchpoint",
        to_touchpoint="next_touchpoint",
        is_return=pl.lit(value=False),
    )
    both = pl.concat([moved, stays.explode("step").drop_nulls("step")], how="diagonal")
    settled = pl.col("settled")
    return (
        both.group_by(_PICTURED)
        .agg(pl.col(counted).sum(), pl.col(_WAITS).drop_nulls().first())
        .select(
            *_PICTURED,
            pl.col("paths").alias("journeys"),
            "paths",
            (pl.col("paths") / pl.col("paths").sum().over("step")).alias("share"),
            settled.alias("journeys_settled"),
            pl.when(settled > 0).then(pl.col("converted") / settled).alias("conversion_rate"),
            *_WAITS,
        )
        .sort("step", "journeys", *_PICTURED[1:], descending=[False, True, False, False, False])
    )


def _moves(choice: Choice, dials: Dials) -> pl.DataFrame:
    """Rows as ``lab.walked_told``, of the touchpoints that have a name in their column."""
    values = choice.values(_NAME)
    kept = np.flatnonzero(choice.chosen[values.journeys])
    starts = np.searchsorted(kept, values.starts)
    journeys = values.journeys[kept]
    items = values.items.with_row_index("item").with_columns(
        paths=np.diff(starts),
        settled=_counted(choice.of("settled")[journeys], starts),
        converted=_counted(choice.of("converted")[journeys], starts),
    )
    seen = items.filter(pl.col("paths") > 0, pl.col("step") <= dials.steps)
    names = (
        seen.group_by("step", "touchpoint")
        .agg(pl.col("paths").sum())
        .sort("step", "paths", "touchpoint", descending=[False, True, False])
        .filter(pl.int_range(pl.len()).over("step") < dials.top)
        .select("step", "touchpoint", is_named=pl.lit(value=True))
    )
    nexts = names.select(pl.col("step") - 1, next_touchpoint="touchpoint", is_next="is_named")
    is_last = pl.col("returns_next").is_null()
    is_cut = (pl.col("step") == dials.steps) & ~is_last
    merged = (
        seen.join(names, on=["step", "touchpoint"], how="left")
        .join(nexts, on=["step", "next_touchpoint"], how="left")
        .with_columns(
            touchpoint=pl.when("is_named").then("touchpoint").otherwise(pl.lit(_OTHER)),
            next_touchpoint=pl.when(is_cut)
            .then(pl.lit("(continues)"))
            .when(is_last | pl.col("is_next"))
            .then("next_touchpoint")
            .otherwise(pl.lit(_OTHER)),
            returns_next=pl.when(is_cut).then(pl.lit(value=False)).otherwise("returns_next"),
        )
        .group_by(_MOVE, maintain_order=True)
        .agg(pl.col("paths", "settled", "converted").sum(), "item")
    )
    waits = [
        [None, None]
        if row["returns_next"] is None
        else _waits(values.values, kept, starts, row["item"])
        for row in merged.select("returns_next", "item").iter_rows(named=True)
    ]
    return merged.drop("item").with_columns(
        pl.Series(name, [row[place] for row in waits], dtype=pl.Float64)
        for place, name in enumerate(_WAITS)
    )


def _waits(values: Ints, kept: Ints, starts: Ints, items: list[int]) -> list[float | None]:
    """Quantiles of the waits of some items together, in seconds."""
    parts = [kept[starts[item] : starts[item + 1]] for item in items]
    if len(parts) == 1:
        return [
            quantile(values, 0, len(parts[0]), share, _PER_SECOND, parts[0]) for share in _SHARES
        ]
    together = values[np.concatenate(parts)]
    last = len(together) - 1
    near = {min(int(last * share) + more, last) for share in _SHARES for more in (0, 1)}
    together.partition(sorted(near))
    return [quantile(together, 0, len(together), share, _PER_SECOND) for share in _SHARES]


def _counted(marks: Any, starts: Ints) -> Ints:  # noqa: ANN401 - marks of values
    """Marks of each item, of which some have no values."""
    totals = np.concatenate(([0], np.cumsum(marks)))
    told: Ints = totals[starts[1:]] - totals[starts[:-1]]
    return told
