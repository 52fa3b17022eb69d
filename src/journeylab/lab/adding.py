"""Tables of visits and moves, added up of cells of chosen journeys.

Each function makes the table of the model of its name; tests hold the two equal. All take the
choice, the run's settings, and the tables that are told beside it.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from journeylab.lab.cells import Choice, Ints, added

_PER_SECOND: Final = 1e6  # numpy divides by it, Polars would multiply by its inverse
_PLACE: Final = ("part", "touchpoint_key")
_EDGE: Final = ("part", "from_node", "to_node")
Settings = Mapping[str, Any]


def visit_counts(choice: Choice, _: Settings) -> pl.DataFrame:
    """``graph.visit_counts``."""
    items, starts = _by_touchpoint(choice)

    def sums(amount: str, which: str = "every") -> Ints:
        return added(choice.sums("kept_visits", amount, which), starts)

    def counts(which: str) -> Ints:
        return added(choice.counts("kept_visits", which), starts)

    def customers(which: str) -> Ints:
        return added(choice.customers("kept_visits", which), starts)

    told = items.with_columns(
        visits=sums("visits"),
        visits_settled=sums("visits", "settled"),
        journeys=counts("every"),
        journeys_settled=counts("settled"),
        journeys_converted=counts("converted"),
        customers=customers("every"),
        customers_settled=customers("settled"),
        exits=sums("exits", "settled") * (items["part"] == "before").to_numpy(),
        returns=sums("returns"),
        returns_settled=sums("returns", "settled"),
        bounces=sums("bounces"),
        bounces_settled=sums("bounces", "settled"),
        wait_microseconds=sums("wait_microseconds"),
        waits=sums("waits"),
    )
    return told.filter(pl.col("visits") > 0).sort(*_PLACE, descending=[True, False])


def visits(choice: Choice, _: Settings, counts: pl.DataFrame) -> pl.DataFrame:
    """``graph.visits``, of ``graph.visit_counts``."""
    dwells = _quantiles(choice, "kept_dwells", dwell_p50_seconds=0.5)
    waits = _quantiles(choice, "kept_next_waits", wait_p50_seconds=0.5, wait_p90_seconds=0.9)
    seconds = pl.Series(counts["wait_microseconds"].cast(pl.Int64).to_numpy() / _PER_SECOND)
    total = pl.when(pl.col("waits") > 0).then(seconds)
    return (
        counts.join(dwells, on=_PLACE, how="left", maintain_order="left")
        .join(waits, on=_PLACE, how="left", maintain_order="left")
        .with_columns(wait_total_seconds=total)
        .drop("wait_microseconds")
    )


def customer_visits(choice: Choice, _: Settings) -> pl.DataFrame:
    """``analysis.customer_visits``."""
    cells = choice.cells("kept_visits")
    journeys = choice.by_customer("kept_visits", None)
    is_before = np.repeat((cells.items["part"] == "before").to_numpy(), np.diff(cells.group_starts))
    kept = np.flatnonzero(is_before & (journeys > 0))
    keys = np.repeat(cells.items["touchpoint_key"].to_numpy(), np.diff(cells.group_starts))
    amounts = {
        "visits": "visits",
        "exits": "exits",
        "returns": "returns",
        "waits": "waits",
        "wait_microseconds": "capped_microseconds",
        "return_microseconds": "return_microseconds",
    }
    return pl.DataFrame(
        {
            "touchpoint_key": keys[kept],
            "customer_key": choice.journeys.customers[cells.journeys[cells.groups[kept]]],
            "journeys": journeys[kept],
            "converted": choice.by_customer("kept_visits", None, "converted")[kept],
            **{
                name: choice.by_customer("kept_visits", amount)[kept]
                for name, amount in amounts.items()
            },
        }
    )


def visit_proportions(choice: Choice, _: Settings, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """``analysis.visit_proportions``, of ``core.touchpoints``."""
    of = {
        "visits": choice.by_customer("kept_visits", "visits"),
        "journeys": choice.by_customer("kept_visits", None),
        "exits": choice.by_customer("kept_visits", "exits"),
        "converted": choice.by_customer("kept_visits", None, "converted"),
    }
    told = [
        before(moments(choice, of[x], of[n], of["journeys"] > 0)).with_columns(
            measure=pl.lit(measure)
        )
        for measure, x, n in (
            ("exit_rate", "exits", "visits"),
            ("drop_off_rate", "exits", "journeys"),
            ("conversion_at", "converted", "journeys"),
        )
    ]
    names = touchpoints.select("touchpoint_key", item="touchpoint")
    return pl.concat(told).join(names, on="touchpoint_key").sort("measure", "item")


def visit_samples(choice: Choice, _: Settings, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """``analysis.visit_samples``, of ``core.touchpoints``."""
    cells = choice.cells("kept_visits")
    waiting = choice.by_customer("kept_visits", "waits") > 0
    told = cells.items.with_columns(
        customers=choice.customers("kept_visits", "settled"),
        journeys=choice.counts("kept_visits", "settled"),
        converted=choice.counts("kept_visits", "converted"),
        waiting_customers=added(waiting, cells.group_starts),
        wait_microseconds=choice.sums("kept_visits", "capped_microseconds", "settled"),
        **{
            name: choice.sums("kept_visits", name, "settled")
            for name in ("visits", "exits", "returns", "waits", "return_microseconds")
        },
    )
    passing = touchpoints.filter(~pl.col("is_goal"), ~pl.col("is_loss"))
    return (
        told.filter(pl.col("journeys") > 0, part="before")
        .join(passing, on="touchpoint_key", how="semi")
        .sort("touchpoint_key", "sample_number")
    )


def edge_counts(choice: Choice, _: Settings) -> pl.DataFrame:
    """``graph.edge_counts``."""

    def sums(amount: str, which: str = "every") -> Ints:
        return choice.sums("kept_moves", amount, which)

    told = choice.cells("kept_moves").items.with_columns(
        transitions=sums("transitions"),
        transitions_settled=sums("transitions", "settled"),
        journeys=choice.counts("kept_moves"),
        journeys_settled=choice.counts("kept_moves", "settled"),
        customers=choice.customers("kept_moves"),
        customers_settled=choice.customers("kept_moves", "settled"),
        returns=sums("returns"),
        returns_settled=sums("returns", "settled"),
        bounces=sums("bounces"),
        bounces_settled=sums("bounces", "settled"),
        value=money(choice.sums_of("kept_moves", choice.journeys.values)),
    )
    return told.filter(pl.col("transitions") > 0).sort(*_EDGE, descending=[True, False, False])


def edges(choice: Choice, _: Settings, counts: pl.DataFrame) -> pl.DataFrame:
    """``graph.edges``, of ``graph.edge_counts``."""
    values, starts = choice.sorted_values("kept_move_waits")
    n = np.diff(starts)
    totals = np.concatenate(([0], np.cumsum(values)))
    with np.errstate(invalid="ignore"):
        means = (totals[starts[1:]] - totals[starts[:-1]]) / n / _PER_SECOND
    shares = {"wait_p10_seconds": 0.1, "wait_p50_seconds": 0.5, "wait_p90_seconds": 0.9}
    waits = (
        _quantiles(choice, "kept_move_waits", **shares)
        .with_columns(wait_mean_seconds=means)
        .filter(pl.Series(n > 0))
    )
    kinds = (
        choice.cells("kept_move_kinds")
        .items.with_columns(n=choice.sums("kept_move_kinds", "transitions"))
        .filter(pl.col("n") > 0)
    )
    directions = (
        kinds.group_by(*_EDGE, "direction")
        .agg(pl.col("n").sum())
        .sort("n", "direction", descending=[True, False])
        .unique(_EDGE, keep="first", maintain_order=True)
        .join(kinds.group_by(_EDGE).agg(pl.col("depth").max()), on=_EDGE)
    )

    settled = pl.col("transitions_settled")

    def share(*over: str) -> pl.Expr:
        return pl.when(settled.sum().over(over) > 0).then(settled / settled.sum().over(over))

    def of_settled(name: str) -> pl.Expr:
        return pl.when(settled > 0).then(pl.col(f"{name}s_settled") / settled)

    return (
        counts.join(waits, on=_EDGE, how="left", maintain_order="left")
        .join(directions.drop("n"), on=_EDGE, how="left", maintain_order="left")
        .with_columns(
            share_out=share("part", "from_node"),
            share_in=share("part", "to_node"),
            return_share=of_settled("return"),
            bounce_share=of_settled("bounce"),
        )
    )


def bracket_counts(choice: Choice, _: Settings) -> pl.DataFrame:
    """``graph.bracket_counts``."""
    told = choice.cells("kept_brackets").items.with_columns(
        journeys=choice.sums("kept_brackets", "moves"),
        journeys_settled=choice.sums("kept_brackets", "moves", "settled"),
        customers=choice.customers("kept_brackets"),
        customers_settled=choice.customers("kept_brackets", "settled"),
    )
    return told.filter(pl.col("journeys") > 0).sort("part", "node", descending=[True, False])


def wait_mixes(
    choice: Choice, _: Settings, faces: pl.DataFrame, touchpoints: pl.DataFrame
) -> pl.DataFrame:
    """``analysis.wait_mixes``, of ``analysis.bottleneck_faces`` and ``core.touchpoints``."""
    slow = faces.filter(pl.col("reference").is_not_null(), face="slow")
    references = dict(slow.select("touchpoint_key", "reference").iter_rows())
    values, starts = choice.sorted_values("kept_waits")
    items = choice.values("kept_waits").items
    rows = []
    for place, (from_key, to_key) in enumerate(items.iter_rows()):
        own = values[starts[place] : starts[place + 1]]
        if from_key in references and len(own):
            others = int(
                np.searchsorted(own, math.floor(references[from_key] * 3.6e9), side="right")
            )
            rows.append((from_key, to_key, len(own) - others, others))
    keys = ("from_key", "to_key")
    schema = {key: items.schema[key] for key in keys} | dict.fromkeys(
        ("slow_moves", "other_moves"), pl.Int64
    )
    names = touchpoints.select("touchpoint_key", "touchpoint")
    told = pl.DataFrame(rows, schema=schema, orient="row")
    for key, name in zip(keys, ("touchpoint", "next_touchpoint"), strict=True):
        named = names.rename({"touchpoint_key": key, "touchpoint": name})
        told = told.join(named, on=key)
    return told.drop(keys).sort("touchpoint", "next_touchpoint")


def moments(choice: Choice, x: Ints, n: Ints, seen: Any) -> pl.DataFrame:  # noqa: ANN401 - marks
    """Sums over customers of successes, trials and their products, by touchpoint and part."""
    items, starts = _by_touchpoint(choice)
    places = choice.cells("kept_visits").group_starts[starts]

    def summed(amounts: Any) -> Ints:  # noqa: ANN401 - numbers or marks
        return added(amounts, places)

    return items.with_columns(
        successes=summed(x),
        trials=summed(n),
        customers=summed(seen),
        sum_xx=summed(x * x),
        sum_xn=summed(x * n),
        sum_nn=summed(n * n),
    )


def before(told: pl.DataFrame) -> pl.DataFrame:
    """Rows of touchpoints before the goal that anybody visited."""
    return told.filter(pl.col("customers") > 0, part="before").drop("part")


def money(units: Ints) -> pl.Series:
    """Ten thousandths -> amounts of money."""
    halves = np.stack([units, units >> 63], axis=1)  # 128 bits, the lower ones first
    amounts = pa.Array.from_buffers(
        pa.decimal128(38, 4), len(units), [None, pa.py_buffer(np.ascontiguousarray(halves))]
    )
    return pl.Series(amounts)


def _by_touchpoint(choice: Choice) -> tuple[pl.DataFrame, Ints]:
    """Touchpoints by part, and where the samples of each begin among the items of visits."""
    items = choice.cells("kept_visits").items.select(_PLACE)
    if items.is_empty():
        return items, np.zeros(1, dtype=np.int64)
    is_first = items.select(
        pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in _PLACE)
    )[:, 0].to_numpy()
    firsts = np.flatnonzero(np.concatenate(([True], is_first[1:])))
    return items[firsts], np.append(firsts, items.height)


def _quantiles(choice: Choice, name: str, **shares: float) -> pl.DataFrame:
    """Quantiles of values for each item, in seconds."""
    found = choice.quantiles(name, tuple(shares.values()))
    return choice.values(name).items.with_columns(
        pl.Series(column, [_seconds(row[place]) for row in found], dtype=pl.Float64)
        for place, column in enumerate(shares)
    )


def _seconds(microseconds: float | None) -> float | None:
    return None if microseconds is None else microseconds / _PER_SECOND
