"""The Lab on a snapshot."""

from functools import cache
from pathlib import Path

import polars as pl
from timing import COLUMNS, STEPS, by_step, contest, ranked

import journeylab as jl
from journeylab.lab import Lab


@cache
def opened(folder: Path) -> Lab:
    """The snapshot, opened once: connecting is no question."""
    return jl.open(folder / "nightly" / "var" / "published" / "current")


def funnel(folder: Path) -> list[int]:
    """Customers at each step; with it come times between steps, intervals and rates."""
    return opened(folder).funnel(list(STEPS), window="7d")["entered"].to_list()


def variants(folder: Path) -> list[list[object]]:
    """Paths of journeys, from the published table."""
    table = opened(folder).variants().select("touchpoints", "journeys")
    return ranked([(">".join(path), journeys) for path, journeys in table.iter_rows()])


def paths(folder: Path) -> list[list[object]]:
    """What journeys did in their first steps; where one ended it stays, which is left out."""
    table = opened(folder).paths(steps=COLUMNS, top=50)
    moved = table.filter(~pl.col("from_touchpoint").str.starts_with("("))
    return by_step(
        moved.select(
            "step",
            "from_touchpoint",
            "to_touchpoint",
            "is_return",
            "paths",
            "conversion_rate",
            "wait_p50_seconds",
            "wait_p90_seconds",
        ).iter_rows()
    )


if __name__ == "__main__":
    contest({"funnel": funnel, "variants": variants, "paths": paths})
