"""Designed maps asked of an open snapshot: conformance to another map, and a map to start from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl

from journeylab.analysis.conformance import aligned_variants
from journeylab.analysis.statistics import intervals
from journeylab.designed_map import DesignedMap, load_designed_map, parse_designed_map
from journeylab.errors import InputRefused, UnknownName
from journeylab.warehouse import read_models

#: A map file, its content, or the map itself.
MapLike = str | Path | Mapping[str, Any] | DesignedMap

#: Share of buyers from which a touchpoint is a step, and an optional one, of the starter map.
_MOST: Final = 0.5
_SOME: Final = 0.2

_HEAD: Final = """\
# The way a journey is meant to go, started from what buyers do. Edit it, then: journeylab run

# Allowed anywhere between the steps.
side_steps = []
"""
_TAIL: Final = """
# Steps take one touchpoint, several (touchpoints = ["…", "…"]) or all of a stage (stage = "…").
# optional = true: may be left out. repeats = true: may be taken several times in a row.
# side_steps = ["…"] in a step: allowed between it and the next.
#
# [[returns]]                # after the step "from", the step "to" may be taken again
# from = "web:cart"
# to = "web:product"
#
# [[allowed]]                # deviations that do not count; kind, touchpoint or both
# kind = "repeat"            # skipped, extra, back, repeat, out_of_order
# touchpoint = "web:product"
"""


class _Tables(Protocol):
    """What is asked here: a Lab."""

    def table(self, name: str) -> pl.DataFrame: ...

    def sql(self, query: str, /, **params: Any) -> pl.DataFrame: ...  # noqa: ANN401 - as Lab.sql


def conformance(lab: _Tables, told: MapLike) -> pl.DataFrame:
    """The table ``conformance`` for another map than the published one.

    Args:
        lab: the open snapshot.
        told: the map.

    Raises:
        InputRefused: there is no such file.
        SettingsError: the map cannot be used as it stands.
        UnknownName: it names a touchpoint or stage that does not exist.
    """
    designed = _read(told)
    names = lab.table("touchpoints").select("touchpoint", "stage").sort("touchpoint")
    names = names.with_row_index("touchpoint_key")
    _refuse_unknown(designed, names)
    walked = lab.sql(read_models("lab")["lab.settled_paths"].query)
    codes = dict(zip(names["touchpoint"], names["touchpoint_key"], strict=True))
    variants = (
        walked.select("touchpoints")
        .unique(maintain_order=True)
        .with_row_index("variant_key")
        .with_columns(
            touchpoint_keys=pl.col("touchpoints").list.eval(
                pl.element().replace_strict(codes, return_dtype=pl.Int64)
            )
        )
    )
    aligned = aligned_variants(variants, names, designed_map=designed)
    journeys = walked.join(variants, on="touchpoints").join(aligned, on="variant_key")
    told_twice = pl.concat([journeys.with_columns(outcome=pl.lit("all")), journeys], how="vertical")
    trials = (
        told_twice.group_by("outcome", "customer_id")
        .agg(x=pl.col("follows_map").sum().cast(pl.Int64), n=pl.len().cast(pl.Int64))
        .group_by(item="outcome")
        .agg(
            successes=pl.col("x").sum(),
            trials=pl.col("n").sum(),
            customers=pl.len().cast(pl.Int64),
            sum_xx=(pl.col("x") ** 2).sum(),
            sum_xn=(pl.col("x") * pl.col("n")).sum(),
            sum_nn=(pl.col("n") ** 2).sum(),
        )
        .select(pl.lit("follows_map").alias("measure"), pl.all())
    )
    means = told_twice.group_by(item="outcome").agg(
        journeys_finished=(pl.col("missing_steps") == 0).sum().cast(pl.Int64),
        fitness_mean=pl.col("fitness").sort().mean().round_sig_figs(9),
        fitness_so_far_mean=pl.col("fitness_so_far").sort().mean().round_sig_figs(9),
    )
    return (
        intervals(trials)
        .join(means, on="item", maintain_order="left")
        .select(
            outcome="item",
            journeys="trials",
            customers="customers",
            journeys_following="successes",
            journeys_finished="journeys_finished",
            follows_map_share="rate",
            follows_map_low="low",
            follows_map_high="high",
            fitness_mean="fitness_mean",
            fitness_so_far_mean="fitness_so_far_mean",
            is_insufficient="is_insufficient",
        )
    )


def starter_map(lab: _Tables) -> str:
    """The text of a designed map to start from.

    Args:
        lab: the open snapshot.

    Returns:
        Touchpoints that at least half of the settled buyers visit as steps, in the order in
        which they first do, those of at least a fifth as optional ones.
    """
    visited = lab.sql(read_models("lab")["lab.buyers_way"].query)
    steps = [
        f"\n[[steps]]                  # {row['buyer_share']:.0%} of buyers\n"
        f"touchpoint = {json.dumps(row['touchpoint'], ensure_ascii=False)}\n"
        + ("" if row["buyer_share"] >= _MOST else "optional = true\n")
        for row in visited.iter_rows(named=True)
        if row["buyer_share"] >= _SOME
    ]
    return _HEAD + "".join(steps) + _TAIL


def _read(told: MapLike) -> DesignedMap:
    if isinstance(told, DesignedMap):
        return told
    if isinstance(told, Mapping):
        return parse_designed_map(told, where="Lab.conformance(map=…)")
    found = load_designed_map(Path(told))
    if found is None:
        raise InputRefused(
            f"no map file {str(told)!r}", "Lab.conformance", "lab.starter_map() writes one"
        )
    return found


def _refuse_unknown(designed: DesignedMap, names: pl.DataFrame) -> None:
    touchpoints = names["touchpoint"].to_list()
    stages = names["stage"].drop_nulls().unique().to_list()
    for step in designed.steps:
        for touchpoint in (*step.touchpoints, *step.side_steps):
            if touchpoint not in touchpoints:
                raise UnknownName.of("touchpoint", touchpoint, f"step {step.name!r}", touchpoints)
        if step.stage is not None and step.stage not in stages:
            raise UnknownName.of("stage", step.stage, f"step {step.name!r}", stages)
    for touchpoint in designed.side_steps:
        if touchpoint not in touchpoints:
            raise UnknownName.of("touchpoint", touchpoint, "side_steps of the map", touchpoints)
