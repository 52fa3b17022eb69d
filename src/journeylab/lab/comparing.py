"""Two groups of journeys, or weeks one after another -> how their maps differ."""

from typing import Any, Final

import polars as pl
from sqlglot import exp

from journeylab.analysis.comparison import Deals, compare_ratios
from journeylab.errors import InputRefused, NothingSettled
from journeylab.lab import compile
from journeylab.lab.choosing import JOURNEY, Group, chosen
from journeylab.lab.features import KeptSums, journey_sums
from journeylab.lab.remembering import Remembered
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
    kept: KeptSums | None = None,
) -> pl.DataFrame:
    """Differences of two groups of journeys; see ``Lab.compare``."""
    refuse_unknown("comparison", on, tuple(_TEMPLATES))
    refuse_unknown("part", part, PARTS)
    remembered = Remembered[Any](0) if kept is None else kept.remembered
    sides = _sides(warehouse, place, a, b, where, within, remembered)
    who = compile.composed(compile.template("group_members"), {"sides": sides})
    members = remembered.of(who, lambda: warehouse.frame(who))
    sizes = _sizes(members)
    if kept is None:
        sums = journey_sums(_features(warehouse, on, part, sides))
    else:
        sums = kept.of(f"{on} {part}", lambda: _features(warehouse, on, part, None))
    found = sums.of_sides(members)
    if on == "nodes":
        ratios = _nodes(found.keys, _no_candidates(warehouse))
    else:
        ratios = _edges(found.keys) if on == "edges" else _kpis(found.keys)
    made = compare_ratios(found, ratios, seed=seed, deals=deals)
    return _named(made, on).with_columns(
        pl.lit(value, dtype=pl.Int64).alias(name) for name, value in sizes.items()
    )


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
    kept: KeptSums | None = None,
) -> pl.DataFrame:
    """How far each week's map lies from those before; see ``Lab.drift``."""
    refuse_unknown("part", part, PARTS)
    filtered = chosen(warehouse, place, where=where, group=segment)
    given = compile.narrowed(filtered, "step_flows", "journeys")
    query = compile.template("drift")
    if kept is None:
        given["moves"] = compile.template("moves")
        given["weekly_moves"] = compile.template("weekly_moves", part=part)
        return warehouse.frame(compile.composed(query, given))
    sums = kept.of(f"edges {part}", lambda: _features(warehouse, "edges", part, None))
    weeks = warehouse.frame(compile.composed(_weeks(filtered), {}))
    with warehouse.given("weekly_moves", sums.weekly_moves(weeks)):
        return warehouse.frame(compile.composed(query, given))


def _weeks(filtered: exp.Query | None) -> exp.Query:
    """Where the journeys stand in the snapshot, and in which weeks they started."""
    started = exp.func("date_trunc", exp.Literal.string("week"), exp.column("started_at"))
    rows: exp.Query = (
        exp.select(
            *JOURNEY,
            exp.column("rowid").as_("row_number"),
            exp.cast(started, "date").as_("week_start_date"),
        )
        .from_(compile.published("journeys"))
        .where(exp.column("outcome").neq("service"))
    )
    if filtered is not None:
        rows = compile.only(rows, among=filtered)
    return exp.select("row_number", "week_start_date").from_(rows.subquery("started"))


def _sides(
    warehouse: Warehouse,
    place: str,
    a: Group,
    b: Group | None,
    where: str | None,
    within: Group | None,
    remembered: Remembered[Any],
) -> exp.Query:
    first = chosen(warehouse, place, where=where, group=a)
    if first is None:
        raise InputRefused("no group a", "Lab.compare", "give a segment or a period")
    if b is None:
        every = chosen(warehouse, place, where=where) or compile.rows_where(
            "journeys", JOURNEY, None
        )
        second: exp.Query = compile.without(every, among=first)
    else:
        second = chosen(warehouse, place, where=where, group=b) or first
        both = compile.only(first, among=second).subquery("both_groups")
        text = compile.composed(exp.select(exp.func("count", exp.Star())).from_(both), {})
        shared = remembered.of(text, lambda: warehouse.scalar(text))
        if shared:
            raise InputRefused(
                f"{shared} journeys are in both groups",
                "Lab.compare",
                "choose groups apart; leave b out to compare a with all others",
            )
    frame = None if within is None else chosen(warehouse, place, group=within)
    if frame is not None:
        first, second = (compile.only(side, among=frame) for side in (first, second))
    return compile.stacked([_side("a", first), _side("b", second)])


def _side(name: str, journeys: exp.Query) -> exp.Select:
    return exp.select(exp.Literal.string(name).as_("side"), *JOURNEY).from_(
        journeys.subquery("members")
    )


def _sizes(members: pl.DataFrame) -> dict[str, int]:
    sizes = {}
    for side in ("a", "b"):
        counted = members.filter("is_counted", side=side)
        if counted.is_empty():
            raise NothingSettled(
                f"group {side} holds no settled journey",
                "Lab.compare",
                "choose an older period or a wider segment; service journeys do not count",
            )
        sizes[f"group_journeys_{side}"] = counted.height
        sizes[f"group_customers_{side}"] = counted["customer_id"].n_unique()
    return sizes


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
