"""Polars, lazily and with its streaming engine, on the published rows as Parquet."""

from pathlib import Path
from typing import Any

import polars as pl
from timing import COLUMNS, STEPS, TOP, WINDOW_US, by_step, contest, ranked


def funnel(folder: Path) -> list[int]:
    """Customers at each step: the newest start of a chain, handed on by running maxima."""
    rows = (
        pl.scan_parquet(folder / "published" / "events.parquet")
        .filter(pl.col("touchpoint").is_in(STEPS))
        .with_columns(at_us=pl.col("occurred_at").cast(pl.Int64))
        .with_columns(start_1=pl.when(pl.col("touchpoint") == STEPS[0]).then("at_us"))
    )
    for number, step in enumerate(STEPS[1:], start=2):
        newest = pl.col(f"start_{number - 1}").cum_max().forward_fill().over("customer_id")
        fits = (pl.col("touchpoint") == step) & (pl.col("at_us") - newest <= WINDOW_US)
        rows = rows.with_columns(pl.when(fits).then(newest).alias(f"start_{number}"))
    reached = [
        pl.col("customer_id").filter(pl.col(f"start_{k}").is_not_null()).n_unique().alias(f"{k}")
        for k in range(1, len(STEPS) + 1)
    ]
    return list(rows.select(reached).collect(engine="streaming").row(0))


def variants(folder: Path) -> list[list[Any]]:
    """Paths of journeys; the file is in their order."""
    found = (
        pl.scan_parquet(folder / "published" / "steps.parquet")
        .filter(pl.col("part") == "before")
        .group_by("journey_id", maintain_order=False)
        .agg(path=pl.col("touchpoint").sort_by("step_number").str.join(">"))
        .group_by("path")
        .len()
        .sort(["len", "path"], descending=[True, False])
        .head(TOP)
        .collect(engine="streaming")
    )
    return ranked(list(found.iter_rows()))


def paths(folder: Path) -> list[list[Any]]:
    """What journeys did in their first steps."""
    goes_on = pl.col("returns_next").is_not_null()
    is_last = pl.col("step_number") == COLUMNS
    is_settled, wait = pl.col("is_settled"), pl.col("next_wait_seconds")
    found = (
        pl.scan_parquet(folder / "published" / "flows.parquet")
        .filter(pl.col("step_number") <= COLUMNS)
        .with_columns(
            entered=pl.when(goes_on & is_last)
            .then(pl.lit("(continues)"))
            .otherwise("next_touchpoint"),
            is_return=~is_last & pl.col("returns_next").fill_null(value=False),
        )
        .group_by("step_number", "touchpoint", "entered", "is_return")
        .agg(
            pl.len().alias("journeys"),
            pl.col("is_converted").filter(is_settled).mean().alias("conversion_rate"),
            wait.quantile(0.5, interpolation="linear").alias("wait_p50_seconds"),
            wait.quantile(0.9, interpolation="linear").alias("wait_p90_seconds"),
        )
        .collect(engine="streaming")
    )
    return by_step(found.iter_rows())


if __name__ == "__main__":
    contest({"funnel": funnel, "variants": variants, "paths": paths})
