"""Tables of stages, stays and what came next, added up of cells of chosen journeys.

As ``adding``: each function makes the table of the model of its name.
"""

import math
from typing import Any, Final

import numpy as np
import polars as pl

from journeylab.analysis.stays import CAUSES
from journeylab.lab.adding import Settings, before, moments
from journeylab.lab.cells import Choice, Ints, added

_MICROSECONDS_A_DAY: Final = 86_400_000_000
#: Times at which curves are drawn, beside none and the longest.
_POINTS: Final = 200


def stage_edge_counts(choice: Choice, _: Settings) -> pl.DataFrame:
    """``graph.stage_edge_counts``."""
    name = "kept_stage_moves"
    told = choice.cells(name).items.with_columns(
        transitions=choice.sums(name, "transitions"),
        transitions_settled=choice.sums(name, "transitions", "settled"),
        journeys=choice.counts(name),
        journeys_settled=choice.counts(name, "settled"),
        customers=choice.customers(name),
        customers_settled=choice.customers(name, "settled"),
    )
    return told.filter(pl.col("transitions") > 0)


def stage_nodes(choice: Choice, _: Settings) -> pl.DataFrame:
    """``graph.stage_nodes``."""
    name = "kept_stage_visits"
    told = choice.cells(name).items.with_columns(
        visits=choice.sums(name, "visits"),
        visits_settled=choice.sums(name, "visits", "settled"),
        journeys=choice.counts(name),
        journeys_settled=choice.counts(name, "settled"),
        journeys_converted=choice.counts(name, "converted"),
        customers=choice.customers(name),
        customers_settled=choice.customers(name, "settled"),
        falls=choice.sums(name, "falls"),
        falls_settled=choice.sums(name, "falls", "settled"),
        exits=choice.sums(name, "exits"),
    )
    return told.filter(pl.col("journeys") > 0)


def stage_proportions(choice: Choice, _: Settings, stages: pl.DataFrame) -> pl.DataFrame:
    """``analysis.stage_proportions``, of ``config.stages``."""
    name = "kept_stage_visits"
    cells = choice.cells(name)
    x, n = choice.by_customer(name, "exits"), choice.by_customer(name, None)
    told = cells.items.select(measure=pl.lit("stage_exit_share"), item="node").with_columns(
        successes=added(x, cells.group_starts),
        trials=added(n, cells.group_starts),
        customers=added(n > 0, cells.group_starts),
        sum_xx=added(x * x, cells.group_starts),
        sum_xn=added(x * n, cells.group_starts),
        sum_nn=added(n * n, cells.group_starts),
    )
    return told.filter(pl.col("customers") > 0, pl.col("item").is_in(stages["stage"].implode()))


def next_move_sums(choice: Choice, _: Settings, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """``analysis.next_move_sums``, of ``core.touchpoints``."""
    name = "kept_next_moves"
    cells = choice.cells(name)
    n = choice.by_customer("kept_visits", "visits")
    exits = choice.by_customer("kept_visits", "exits")
    x = choice.by_customer(name, "visits")
    own = n[choice.links(name, "kept_visits")]
    moved = cells.items.with_columns(
        visits=added(x, cells.group_starts),
        customers=added(x > 0, cells.group_starts),
        sum_xx=added(x * x, cells.group_starts),
        sum_xn=added(x * own, cells.group_starts),
    ).filter(pl.col("customers") > 0)
    rest = [
        before(moments(choice, amounts, n, amounts > 0)).select(
            "touchpoint_key",
            pl.lit(move, dtype=pl.String).alias("move"),
            pl.col("successes").alias("visits"),
            "customers",
            "sum_xx",
            "sum_xn",
        )
        for move, amounts in (("dropped", exits), (None, n))
    ]
    passing = touchpoints.filter(~pl.col("is_goal"), ~pl.col("is_loss"))
    return (
        pl.concat([moved, *rest])
        .join(passing, on="touchpoint_key", how="semi")
        .sort("touchpoint_key", "move", nulls_last=True)
    )


def next_step_counts(choice: Choice, _: Settings) -> pl.DataFrame:
    """``analysis.next_step_counts``."""
    told = choice.cells("kept_next_steps").items.with_columns(
        visits=choice.sums("kept_next_steps", "visits")
    )
    return told.filter(pl.col("visits") > 0)


def last_step_counts(choice: Choice, _: Settings) -> pl.DataFrame:
    """``analysis.last_step_counts``."""
    told = choice.cells("kept_last_steps").items.with_columns(
        journeys=choice.counts("kept_last_steps"), customers=choice.customers("kept_last_steps")
    )
    return told.filter(pl.col("journeys") > 0)


def outcome_sums(choice: Choice, _: Settings) -> pl.DataFrame:
    """``analysis.outcome_sums``."""
    cells = choice.cells("kept_visits")
    customers = choice.journeys.customers
    owners = customers[cells.journeys[cells.groups]]
    journeys = choice.by_customer("kept_visits", None)
    converted = choice.by_customer("kept_visits", None, "converted")
    size = int(customers.max(initial=-1)) + 1
    parts = []
    for measure, which, x in (
        ("visited_with", "dropped", journeys - converted),
        ("visited_without", "converted", converted),
    ):
        made = np.bincount(customers[choice.of(which)], minlength=size)
        n = made[owners]
        is_told = (journeys > 0) & (n > 0)
        visited = before(moments(choice, x * is_told, n * is_told, is_told)).select(
            "touchpoint_key", "successes", "customers", "sum_xx", "sum_xn"
        )
        squares = int((made * made).sum())
        every = pl.DataFrame(
            {
                "touchpoint_key": [None],
                "successes": [int(made.sum())],
                "customers": [int((made > 0).sum())],
                "sum_xx": [squares],
                "sum_xn": [squares],
            },
            schema=visited.schema,
        )
        told = pl.concat([visited, every]).filter(pl.col("customers") > 0)
        parts.append(told.rename({"successes": "journeys"}).with_columns(measure=pl.lit(measure)))
    return pl.concat(parts).sort("measure", "touchpoint_key", nulls_last=True)


def stay_visits(choice: Choice, _: Settings, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """``analysis.stay_visits``, of ``core.touchpoints``."""
    starts = choice.sorted_values("kept_stays")[1]
    n = pl.Series(np.diff(starts))
    stays = (
        choice.values("kept_stays")
        .items.with_columns(
            n=n, open_visits=pl.when(pl.col("cause").is_null()).then(n).otherwise(0)
        )
        .filter(kind="touchpoint")
        .group_by(touchpoint_key=pl.col("item_key").cast(touchpoints.schema["touchpoint_key"]))
        .agg(visits=pl.col("n").sum(), open_visits=pl.col("open_visits").sum())
    )
    customers = choice.customers("kept_visits")
    visitors = (
        choice.cells("kept_visits")
        .items.with_columns(customers=customers)
        .filter(part="before")
        .group_by("touchpoint_key")
        .agg(pl.col("customers").sum())
    )
    told = stays.filter(pl.col("visits") > 0).join(visitors, on="touchpoint_key")
    return told.sort("touchpoint_key")


def stay_cuts(choice: Choice, settings: Settings) -> pl.DataFrame:
    """``analysis.stay_cuts``; of touchpoints or stages alone where ``stay_kinds`` says so."""
    timeout = settings["journey_timeout_days"] * _MICROSECONDS_A_DAY
    parts = []
    for key, stays in _stays(choice, settings["stay_kinds"]).items():
        longest = max(timeout, *(int(own[-1]) for own in stays.values()))
        running, counts = np.unique(stays.get(None, _NONE), return_counts=True)
        points = _points(longest)
        cuts = np.union1d(running, points)
        is_running = np.zeros(len(cuts), dtype=np.int64)
        is_running[np.searchsorted(cuts, running)] = counts
        parts.append(
            pl.DataFrame(
                {
                    "kind": [key[0]],
                    "item_key": [key[1]],
                },
                schema={"kind": pl.String, "item_key": pl.Int32},
            ).join(
                pl.DataFrame(
                    {
                        "cut_microseconds": cuts,
                        "is_point": np.isin(cuts, points),
                        "running": is_running,
                        **{
                            column: np.diff(
                                np.searchsorted(stays.get(cause, _NONE), cuts, side="right"),
                                prepend=0,
                            )
                            for cause, column in CAUSES.items()
                        },
                    }
                ),
                how="cross",
            )
        )
    return pl.concat(parts) if parts else pl.DataFrame(schema=_CUTS)


def stay_quantiles(choice: Choice, settings: Settings, targets: pl.DataFrame) -> pl.DataFrame:
    """``analysis.stay_quantiles``, of ``analysis.stay_targets``."""
    stays = _stays(choice, settings["stay_kinds"])
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for row in targets.iter_rows(named=True):
        bounds = (row["after_microseconds"], row["upto_microseconds"])
        near = [
            own[slice(*np.searchsorted(own, bounds, side="right"))]
            for cause, own in stays[row["kind"], row["item_key"]].items()
            if cause is not None
        ]
        ended = np.sort(np.concatenate(near))
        column = f"stay_p{row['quantile'] * 100:.0f}_seconds"
        if row["place"] <= len(ended):
            told = found.setdefault((row["kind"], row["item_key"]), {})
            told[column] = int(ended[row["place"] - 1]) / 1e6
    return pl.DataFrame(
        [{"kind": kind, "item_key": key, **told} for (kind, key), told in sorted(found.items())],
        schema={
            "kind": pl.String,
            "item_key": pl.Int32,
            "stay_p50_seconds": pl.Float64,
            "stay_p90_seconds": pl.Float64,
        },
    )


def _stays(choice: Choice, kinds: tuple[str, ...]) -> dict[tuple[str, int], dict[str | None, Ints]]:
    """Stays of each touchpoint and stage by what ended them, ascending; none of none."""
    values, starts = choice.sorted_values("kept_stays")
    found: dict[tuple[str, int], dict[str | None, Ints]] = {}
    for place, (kind, key, cause) in enumerate(choice.values("kept_stays").items.iter_rows()):
        own = values[starts[place] : starts[place + 1]]
        if kind in kinds and len(own):
            found.setdefault((kind, key), {})[cause] = own
    return dict(sorted(found.items()))


def _points(longest: int) -> Ints:
    """Times at which a curve is drawn, in microseconds."""
    seconds = (math.pow(longest / 1e6, place / (_POINTS - 1)) for place in range(_POINTS))
    return np.unique([0, *(math.floor(one + 0.5) * 1_000_000 for one in seconds), longest])


_NONE: Final = np.zeros(0, dtype=np.int64)
_CUTS: Final = {
    "kind": pl.String,
    "item_key": pl.Int32,
    "cut_microseconds": pl.Int64,
    "is_point": pl.Boolean,
    **dict.fromkeys(("running", *CAUSES.values()), pl.Int64),
}
