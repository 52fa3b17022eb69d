"""Tables of loops and of going to and fro, added up of cells of chosen journeys.

As ``adding``: each function makes the table of the model of its name.
"""

from typing import Final

import numpy as np
import polars as pl

from journeylab.analysis.statistics import MIN_CUSTOMERS
from journeylab.lab.adding import Settings, before, moments
from journeylab.lab.cells import Choice, Ints, added

_PER_SECOND: Final = 1e6
_MOMENTS: Final = ("successes", "trials", "customers", "sum_xx", "sum_xn", "sum_nn")
_KINDS: Final = {"loop": "kept_loops", "ping_pong": "kept_ping_pongs"}


def loops(
    choice: Choice, _: Settings, touchpoints: pl.DataFrame, visits: pl.DataFrame
) -> pl.DataFrame:
    """``graph.loops``, of ``core.touchpoints`` and ``graph.visits``."""
    name = "kept_loops"
    told = _walkers(choice, name).with_columns(
        occurrences=choice.sums(name, "occurrences"),
        runs=choice.sums(name, "runs"),
        rounds_max=choice.greatest(name, "rounds"),
        seconds_spent=choice.sums(name, "microseconds") / _PER_SECOND,
    )
    medians = choice.medians("kept_loop_times") / _PER_SECOND
    return (
        told.with_columns(seconds_p50=medians)
        .filter(pl.col("journeys") > 0)
        .join(_entered(choice, "kept_loop_entries", touchpoints), on="keys")
        .join(choice.table("kept_loop_names"), on="keys")
        .join(_reached(visits), on="touchpoint_key")
        .with_columns(
            steps_spent=pl.col("length") * pl.col("occurrences"),
            journeys_without=pl.col("journeys_settled") - pl.col("journeys_with"),
            converted_without=pl.col("journeys_converted") - pl.col("converted_with"),
        )
        .sort("occurrences", "loop", descending=[True, False])
    )


def ping_pongs(
    choice: Choice, _: Settings, touchpoints: pl.DataFrame, visits: pl.DataFrame
) -> pl.DataFrame:
    """``graph.ping_pongs``, of ``core.touchpoints`` and ``graph.visits``."""
    name = "kept_ping_pongs"
    names = dict(touchpoints.select("touchpoint_key", "touchpoint").iter_rows())
    told = _walkers(choice, name).with_columns(
        bounces=choice.sums(name, "bounces"),
        runs=choice.sums(name, "runs"),
        rounds_max=choice.greatest(name, "rounds"),
        rounds_p50=choice.medians("kept_ping_pong_rounds"),
        pair_keys=pl.col("keys").str.split(",").cast(pl.List(pl.UInt16)),
    )
    pairs = [[names[key] for key in pair] for pair in told["pair_keys"]]
    return (
        told.with_columns(touchpoints=pl.Series(pairs, dtype=pl.List(pl.String)))
        .filter(pl.col("journeys") > 0)
        .join(_entered(choice, "kept_ping_pong_entries", touchpoints), on="keys")
        .join(_reached(visits), on="touchpoint_key")
        .with_columns(
            journeys_without=pl.col("journeys_settled") - pl.col("journeys_with"),
            converted_without=pl.col("journeys_converted") - pl.col("converted_with"),
            first=pl.col("pair_keys").list.get(0),
            second=pl.col("pair_keys").list.get(1),
        )
        .sort("bounces", "first", "second", descending=[True, False, False])
        .drop("first", "second")
    )


def loop_proportions(choice: Choice, _: Settings, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """``analysis.loop_proportions``, of ``core.touchpoints``."""
    totals = _totals(choice)
    parts = []
    for kind, name in _KINDS.items():
        entries = "kept_loop_entries" if kind == "loop" else "kept_ping_pong_entries"
        cells = choice.cells(name)
        walked = cells.items.with_row_index("place").join(
            _entered(choice, entries, touchpoints), on="keys", maintain_order="left"
        )
        places = walked["place"].to_numpy().astype(np.int64)
        keys = np.zeros(cells.items.height, dtype=np.int64)
        keys[places] = walked["touchpoint_key"].to_numpy()
        n, x = (choice.by_customer(name, None, which) for which in ("settled", "converted"))
        seen = np.flatnonzero(n > 0)
        of_item = np.repeat(np.arange(cells.items.height), np.diff(cells.group_starts))[seen]
        customers = choice.journeys.customers[cells.journeys[cells.groups[seen]]]
        visits = choice.group_of("kept_visits", keys[of_item], customers)
        journeys = choice.by_customer("kept_visits", None)[visits]
        converted = choice.by_customer("kept_visits", None, "converted")[visits]
        n, x = n[seen], x[seen]

        def summed(amounts: Ints, of_item: Ints = of_item, size: int = cells.items.height) -> Ints:
            starts = np.searchsorted(of_item, np.arange(size + 1))
            totals = np.concatenate(([0], np.cumsum(amounts, dtype=np.int64)))
            told: Ints = totals[starts[1:]] - totals[starts[:-1]]
            return told

        own = (x, n, np.ones_like(n), x * x, x * n, n * n)
        taken = (
            x,
            n,
            (journeys == n).astype(np.int64),
            converted**2 - (converted - x) ** 2,
            converted * journeys - (converted - x) * (journeys - n),
            journeys**2 - (journeys - n) ** 2,
        )
        items = cells.items.select(item="keys").with_row_index("place")
        with_it = items.with_columns(
            measure=pl.lit(f"{kind}_with"),
            **{moment: summed(amounts) for moment, amounts in zip(_MOMENTS, own, strict=True)},
        ).filter(pl.col("customers") > 0)
        without = (
            items.with_columns(
                measure=pl.lit(f"{kind}_without"),
                **{
                    moment: summed(amounts) for moment, amounts in zip(_MOMENTS, taken, strict=True)
                },
            )
            .join(walked.select("place", "touchpoint_key"), on="place")
            .join(totals, on="touchpoint_key", suffix="_of_all")
            .with_columns(pl.col(f"{moment}_of_all") - pl.col(moment) for moment in _MOMENTS)
            .with_columns(pl.col(f"{moment}_of_all").alias(moment) for moment in _MOMENTS)
        )
        wanted = ["measure", "item", *_MOMENTS]
        parts += [with_it.select(wanted), without.select(wanted)]
    return pl.concat(parts).sort("measure", "item")


def loop_samples(
    choice: Choice, _: Settings, touchpoints: pl.DataFrame, sums: pl.DataFrame
) -> pl.DataFrame:
    """``analysis.loop_samples``, of ``core.touchpoints`` and ``analysis.visit_sums``."""
    name = "kept_loop_entries"
    cells = choice.cells(name)
    n = choice.by_customer(name, None)
    visits = choice.by_customer("kept_visits", None)[choice.links(name, "kept_visits")]
    told = cells.items.with_columns(
        journeys=added(n, cells.group_starts),
        converted=choice.counts(name, "converted"),
        customers=added(n > 0, cells.group_starts),
        always=added((n > 0) & (n == visits), cells.group_starts),
    )
    entered = _entered(choice, name, touchpoints).select("keys", "touchpoint_key")
    own = told.join(entered, on=["keys", "touchpoint_key"], how="semi", maintain_order="left")
    visitors = sums.select("touchpoint_key", visitors="customers")
    counted = (
        own.group_by("keys", "touchpoint_key")
        .agg(pl.col("customers", "always").sum())
        .join(visitors, on="touchpoint_key")
        .filter(
            pl.col("customers") >= MIN_CUSTOMERS,
            pl.col("visitors") - pl.col("always") >= MIN_CUSTOMERS,
        )
    )
    return (
        own.filter(pl.col("journeys") > 0)
        .drop("customers", "always")
        .join(counted.select("keys", "customers"), on="keys")
        .join(choice.table("kept_loop_names").select("keys", "loop_keys"), on="keys")
        .sort("loop_keys", "sample_number")
    )


def _walkers(choice: Choice, name: str) -> pl.DataFrame:
    """Loops or pairs with the journeys that walked each, and their customers."""
    return choice.cells(name).items.with_columns(
        journeys=choice.counts(name),
        customers=choice.customers(name),
        journeys_with=choice.counts(name, "settled"),
        converted_with=choice.counts(name, "converted"),
    )


def _entered(choice: Choice, name: str, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """The touchpoint by which each loop or pair was entered most often, ties by key."""
    return choice.once(("entered", name), lambda: _most_entered(choice, name, touchpoints))


def _most_entered(choice: Choice, name: str, touchpoints: pl.DataFrame) -> pl.DataFrame:
    return (
        choice.cells(name)
        .items.with_columns(n=choice.sums(name, "occurrences"))
        .filter(pl.col("n") > 0)
        .group_by("keys", "touchpoint_key")
        .agg(pl.col("n").sum())
        .sort("n", "touchpoint_key", descending=[True, False])
        .unique("keys", keep="first", maintain_order=True)
        .join(
            touchpoints.select("touchpoint_key", entered_touchpoint="touchpoint"),
            on="touchpoint_key",
        )
        .select("keys", "touchpoint_key", "entered_touchpoint")
    )


def _reached(visits: pl.DataFrame) -> pl.DataFrame:
    """Settled journeys that reached each touchpoint before the goal."""
    before = visits.filter(part="before")
    return before.select("touchpoint_key", "journeys_settled", "journeys_converted")


def _totals(choice: Choice) -> pl.DataFrame:
    """Conversion of the settled journeys that reached each touchpoint, summed per customer."""
    n, x = (choice.by_customer("kept_visits", None, which) for which in ("settled", "converted"))
    return before(moments(choice, x, n, n > 0))
