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
    """Moves between the first steps of journeys; the file is in their order."""
    found = (
        pl.scan_parquet(folder / "published" / "steps.parquet")
        .filter((pl.col("part") == "before") & (pl.col("step_number") <= COLUMNS))
        .with_columns(
            entered=pl.col("touchpoint").shift(-1), following=pl.col("journey_id").shift(-1)
        )
        .filter(pl.col("journey_id") == pl.col("following"))
        .group_by("step_number", "touchpoint", "entered")
        .len()
        .collect(engine="streaming")
    )
    return by_step(list(found.iter_rows()))


if __name__ == "__main__":
    contest({"funnel": funnel, "variants": variants, "paths": paths})
