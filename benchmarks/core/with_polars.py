"""The core job in Polars, lazily and with its streaming engine."""

from typing import Any

import polars as pl
from timing import GAP_US, STEPS, TOP, WINDOW_US, answers, contest


def work(files: str) -> dict[str, Any]:
    """Answer the four questions."""
    pause = (pl.col("at_us") - pl.col("at_us").shift()).over("customer")
    timed = (
        pl.scan_parquet(files)
        .with_columns(
            at_us=pl.col("occurred_at").cast(pl.Int64),
            touchpoint=pl.col("touchpoint").cast(pl.Categorical),
        )
        .drop("occurred_at")
        .sort("customer", "at_us")
        .with_columns(pause=pause, before=pl.col("touchpoint").shift().over("customer"))
        .with_columns(session=(~(pl.col("pause") <= GAP_US).fill_null(False)).cum_sum())
        .collect(engine="streaming")
    )
    sessions = (
        timed.lazy()
        .group_by("session", maintain_order=False)
        .agg(
            events=pl.len(),
            lasted=pl.col("at_us").max() - pl.col("at_us").min(),
            path=pl.col("touchpoint").cast(pl.String).str.join(">"),
        )
        .collect(engine="streaming")
    )
    counted = sessions.select(
        pl.len(), (pl.col("events").cast(pl.Int64) ** 2).sum().alias("n2"), pl.col("lasted").sum()
    ).row(0)
    edges: list[tuple[Any, ...]] = []
    for scope, held in (("session", pl.col("pause") <= GAP_US), ("customer", pl.lit(True))):
        found = (
            timed.lazy()
            .filter(pl.col("before").is_not_null() & held)
            .group_by("before", "touchpoint")
            .agg(
                pl.len(),
                pl.col("customer").n_unique(),
                pl.col("pause").quantile(0.5, "linear").alias("p50"),
                pl.col("pause").quantile(0.9, "linear").alias("p90"),
            )
            .collect(engine="streaming")
        )
        edges += [(scope, *row) for row in found.iter_rows()]
    variants = (
        sessions.lazy()
        .group_by("path")
        .len()
        .sort(["len", "path"], descending=[True, False])
        .head(TOP)
        .collect(engine="streaming")
        .iter_rows()
    )
    return answers(counted, edges, _funnel(timed), variants)


def _funnel(timed: pl.DataFrame) -> list[int]:
    names = pl.col("touchpoint").cast(pl.String)
    rows = (
        timed.lazy()
        .filter(names.is_in(STEPS))
        .with_columns(start=pl.when(names == STEPS[0]).then("at_us"))
    )
    reached = [pl.col("customer").filter(pl.col("start").is_not_null()).n_unique().alias("1")]
    for number, step in enumerate(STEPS[1:], start=2):
        before = "start" if number == 2 else f"start_{number - 1}"
        newest = pl.col(before).cum_max().forward_fill().over("customer")
        rows = rows.with_columns(
            pl.when((names == step) & (pl.col("at_us") - newest <= WINDOW_US))
            .then(newest)
            .alias(f"start_{number}")
        )
        held = pl.col("customer").filter(pl.col(f"start_{number}").is_not_null())
        reached.append(held.n_unique().alias(f"{number}"))
    return list(rows.select(reached).collect(engine="streaming").row(0))


if __name__ == "__main__":
    contest(work)
