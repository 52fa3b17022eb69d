"""Two groups of journeys, or weeks one after another -> how their maps differ."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlglot import exp

from journeylab.analysis.comparison import compare_ratios
from journeylab.analysis.dealing import Deals
from journeylab.analysis.permuting import Sums, permuted_sums
from journeylab.analysis.statistics import MIN_CUSTOMERS
from journeylab.lab import compile
from journeylab.lab.choosing import Group, chosen, parts
from journeylab.lab.features import journey_sums
from journeylab.lab.kept import KeptTables
from journeylab.lab.telling import started_weeks
from journeylab.lab.two_groups import TwoGroups, two_groups
from journeylab.lab.walking import PARTS, refuse_unknown
from journeylab.warehouse import Warehouse

_TEMPLATES: Final = {
    "edges": "edge_features",
    "nodes": "node_features",
    "kpis": "kpi_features",
}
#: Figures of a touchpoint: numerator and denominator, which is the customer's where None.
_NODE_RATIOS: Final = (
    ("reach", "reached", "journeys"),
    ("exit_rate", "exits", "visits"),
    ("return_share", "returns", "visits"),
)
#: Business figures: numerator, denominator, whether one is part of the other.
_KPI_RATIOS: Final = (
    ("conversion_rate", "converted", "journeys", True),
    ("linear_share", "linear", "staged", True),
    ("back_and_forth_share", "falling", "staged", True),
    ("refund_share", "refunded", "converted", True),
    ("steps_mean", "steps", "journeys", False),
    ("sessions_mean", "sessions", "journeys", False),
    ("average_order_value", "value", "valued", False),
)
_SEED: Final = 0


def compare(
    warehouse: Warehouse,
    place: str,
    a: Group,
    b: Group | None,
    *,
    on: str,
    part: str,
    where: str | None,
    within: Group | None = None,
    seed: int = _SEED,
    deals: Deals | None = None,
    kept: KeptTables | None = None,
) -> pl.DataFrame:
    """Differences of two groups of journeys; see ``Lab.compare``."""
    refuse_unknown("comparison", on, tuple(_TEMPLATES))
    refuse_unknown("part", part, PARTS)
    if kept is not None:
        of_part = [name for name in _TEMPLATES if part == "before" or name == on]
        asked = repr((a, b, where, within, part, seed, of_part))

        def make() -> dict[str, pl.DataFrame]:
            groups = two_groups(warehouse, place, a, b, where=where, within=within, kept=kept)
            sums = {
                name: kept.sums.of(
                    f"{name} {part}", partial(_features, warehouse, name, part, None)
                )
                for name in of_part
            }
            dealing = kept.sums.deals(sums.values())
            tables = {
                name: told.of_sides(
                    groups.sides, kept.sums.standing(f"{name} {part}", dealing, seed)
                )
                for name, told in sums.items()
            }
            return _compared(groups, tables, _no_candidates(warehouse), seed=seed, deals=dealing)

        return kept.compared.of(asked, make)[on]
    groups = two_groups(warehouse, place, a, b, where=where, within=within, kept=None)
    features = _features(warehouse, on, part, groups.journeys)
    tables = {on: journey_sums(features).of_sides(groups.sides)}
    return _compared(groups, tables, _no_candidates(warehouse), seed=seed, deals=deals)[on]


def _compared(
    groups: TwoGroups,
    tables: Mapping[str, Sums],
    no_candidates: set[str],
    *,
    seed: int,
    deals: Deals | None,
) -> dict[str, pl.DataFrame]:
    """Differences by what is compared; labels are dealt to the customers once for all of it."""
    permuted = permuted_sums([*tables.values()], seed=seed, deals=deals)
    made = {}
    for (on, found), drawn in zip(tables.items(), permuted, strict=True):
        if on == "nodes":
            ratios = _nodes(found.keys, no_candidates)
        else:
            ratios = _edges(found.keys) if on == "edges" else _kpis(found.keys)
        rows = compare_ratios(found, ratios, drawn)
        made[on] = _named(rows, on).with_columns(
            pl.lit(value, dtype=pl.Int64).alias(name) for name, value in groups.sizes.items()
        )
    return made


def _features(warehouse: Warehouse, on: str, part: str, among: exp.Query | None) -> pl.DataFrame:
    """Sums of single journeys, of some or of all."""
    given = {
        **compile.narrowed(among, "step_flows", "journeys"),
        "moves": compile.template("moves"),
    }
    values = {} if on == "kpis" else {"part": part}
    return warehouse.frame(compile.composed(compile.template(_TEMPLATES[on], **values), given))


def drift(
    warehouse: Warehouse,
    place: str,
    *,
    part: str,
    where: str | None,
    segment: Group | None,
    kept: KeptTables | None = None,
) -> pl.DataFrame:
    """How far each week's map lies from those before; see ``Lab.drift``."""
    refuse_unknown("part", part, PARTS)
    if kept is None:
        filtered = chosen(warehouse, place, where=where, group=segment)
        given = {
            **compile.narrowed(filtered, "step_flows", "journeys"),
            "moves": compile.template("moves"),
            "weekly_moves": compile.template("weekly_moves", part=part),
            "started_weeks": compile.template("started_weeks"),
        }
        return warehouse.frame(compile.composed(compile.template("drift"), given))
    sums = kept.sums.of(f"edges {part}", lambda: _features(warehouse, "edges", part, None))
    choice = kept.choice(warehouse, parts(warehouse, place, where=where, group=segment))
    weeks = started_weeks(choice)
    return _distances(sums.weekly_moves(choice, weeks["week_start_date"]), weeks)


def _distances(counts: NDArray[np.int64], weeks: pl.DataFrame) -> pl.DataFrame:
    """Rows as ``lab.drift``.

    Args:
        counts: moves, weeks down and kinds of them across.
        weeks: rows as ``lab.started_weeks``.
    """
    before = np.cumsum(counts, axis=0) - counts
    told, told_before = counts.sum(axis=1), before.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = counts / told[:, None] - before / told_before[:, None]
    distances = pl.Series(np.abs(gaps).sum(axis=1) / 2)
    return weeks.select(
        "week_start_date",
        "journeys",
        "journeys_open",
        "customers",
        pl.Series("transitions", told),
        pl.Series("transitions_before", told_before),
        pl.when(pl.Series(told_before > 0)).then(distances).alias("distance"),
        "is_immature",
        (pl.col("customers") < MIN_CUSTOMERS).alias("is_insufficient"),
    ).filter(pl.col("transitions") > 0)


def _edges(keys: pl.DataFrame) -> pl.DataFrame:
    edges = keys.filter(feature="transitions").select("from_node", "to_node")
    return edges.sort("from_node", "to_node").select(
        pl.lit("share_out").alias("measure"),
        "from_node",
        "to_node",
        pl.lit("transitions").alias("numerator"),
        pl.lit("moves").alias("denominator"),
        pl.col("from_node").alias("denominator_from_node"),
        pl.lit(value=True).alias("is_share"),
    )


def _no_candidates(warehouse: Warehouse) -> set[str]:
    """Goals and losses: nobody drops off there."""
    rows = warehouse.rows("select touchpoint from main.touchpoints where is_goal or is_loss")
    return {row[0] for row in rows}


def _nodes(keys: pl.DataFrame, no_candidates: set[str]) -> pl.DataFrame:
    nodes = keys.filter(feature="visits")["from_node"].sort()
    rows = [
        {
            "measure": measure,
            "from_node": node,
            "to_node": None,
            "numerator": over,
            "denominator": under,
            "denominator_from_node": None if under == "journeys" else node,
            "is_share": True,
        }
        for measure, over, under in _NODE_RATIOS
        for node in nodes
        if measure != "exit_rate" or node not in no_candidates
    ]
    return _ratio_frame(rows)


def _kpis(keys: pl.DataFrame) -> pl.DataFrame:
    currencies = keys.filter(feature="valued")["from_node"].sort().to_list()
    rows: list[dict[str, Any]] = []
    for kpi, over, under, is_share in _KPI_RATIOS:
        for currency in currencies if under == "valued" else [None]:
            rows.append(
                {
                    "measure": kpi,
                    "from_node": currency,
                    "to_node": None,
                    "numerator": over,
                    "denominator": under,
                    "denominator_from_node": currency,
                    "is_share": is_share,
                }
            )
    return _ratio_frame(rows)


def _ratio_frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    texts = ("measure", "from_node", "to_node", "numerator", "denominator", "denominator_from_node")
    return pl.DataFrame(rows, schema={**dict.fromkeys(texts, pl.String), "is_share": pl.Boolean})


def _named(made: pl.DataFrame, on: str) -> pl.DataFrame:
    """Names of the key for people, and the order: surest and largest differences first."""
    if on == "nodes":
        made = made.drop("to_node").rename({"from_node": "touchpoint"})
    elif on == "kpis":
        return made.drop("to_node").rename({"measure": "kpi", "from_node": "currency"})
    keys = [name for name in ("measure", "from_node", "to_node", "touchpoint") if name in made]
    return made.sort(
        "p_adjusted",
        pl.col("effect_size").abs(),
        *keys,
        descending=[False, True, *(False for _ in keys)],
        nulls_last=True,
    )
