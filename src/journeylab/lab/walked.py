"""Plain paths of chosen journeys, counted of the values of their first steps."""

from typing import Any, Final

import numpy as np
import polars as pl

from journeylab.lab import compile
from journeylab.lab.cells import Choice, Ints, quantile
from journeylab.lab.walking import Dials, is_from_the_start
from journeylab.warehouse import Warehouse

_NAME: Final = "kept_walks"
_MOST_STEPS: Final = 8  # of those values
_SHARES: Final = (0.5, 0.9)
_PER_SECOND: Final = 1e6
_MOVE: Final = ("step", "touchpoint", "next_touchpoint", "returns_next")
_OTHER: Final = "(other)"


def is_kept(dials: Dials) -> bool:
    """Whether the values say all that is asked for."""
    is_short = dials.offset == 0 and dials.steps <= _MOST_STEPS
    return is_short and dials.occurrence != "all" and is_from_the_start(dials)


def paths(warehouse: Warehouse, choice: Choice, dials: Dials) -> pl.DataFrame:
    """The picture, as ``walking.paths``.

    Args:
        warehouse: the snapshot, for this thread.
        choice: of journeys.
        dials: of a plain picture.
    """
    told = _moves(choice, dials)
    given = {
        "walked": compile.whole_of("walked_kept"),
        # Names are chosen already: those merged are one touchpoint of their own.
        "path_moves": compile.template(
            "path_moves",
            top=told.height + 1,
            columns=dials.steps,
            first_step=1,
            last_step=dials.steps,
        ),
    }
    query = compile.composed(compile.template("paths", is_repeated=False), given)
    with warehouse.given("walked_kept", told):
        return warehouse.frame(query)


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
        None if row["returns_next"] is None else _waits(values.values, kept, starts, row["item"])
        for row in merged.select("returns_next", "item").iter_rows(named=True)
    ]
    nothing: dict[str, Any] = {
        "customer_id": pl.lit(None, dtype=pl.String),
        "journey_id": pl.lit(None, dtype=pl.String),
        "waits": pl.lit(None, dtype=pl.List(pl.Float64)),
    }
    return merged.drop("item").with_columns(
        is_first=pl.col("step") == 1,
        wait_seconds=pl.Series(waits, dtype=pl.List(pl.Float64)),
        **nothing,
    )


def _waits(values: Ints, kept: Ints, starts: Ints, items: list[int]) -> list[float | None]:
    """Quantiles of the waits of some items together, in seconds."""
    parts = [values[kept[starts[item] : starts[item + 1]]] for item in items]
    together = parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))
    seconds = together / _PER_SECOND
    return [quantile(seconds, 0, len(seconds), share) for share in _SHARES]


def _counted(marks: Any, starts: Ints) -> Ints:  # noqa: ANN401 - marks of values
    """Marks of each item, of which some have no values."""
    totals = np.concatenate(([0], np.cumsum(marks)))
    told: Ints = totals[starts[1:]] - totals[starts[:-1]]
    return told
