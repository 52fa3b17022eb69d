"""Questions for single journeys: those of a pattern, and those behind a row of a table."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
from sqlglot import exp

from journeylab.analysis.statistics import intervals
from journeylab.errors import InputRefused, UnknownName
from journeylab.lab import compile
from journeylab.lab.choosing import (
    JOURNEY,
    Group,
    chosen,
    every_segment,
    matches,
    read_pattern,
)
from journeylab.lab.walking import Dials, path_tables
from journeylab.warehouse import Warehouse

#: Tables whose rows lead to their journeys: the template, and the columns it is told.
DRILLS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "graph_edges": ("edge_journeys", ("part", "from_node", "to_node")),
    "arcs": ("arc_journeys", ("part", "from_node", "to_node", "is_return")),
    "graph_nodes": ("node_journeys", ("part", "node")),
    "drop_offs": ("exit_journeys", ("touchpoint",)),
    "drop_off_paths": ("last_steps_journeys", ("touchpoint", "path")),
    "loops": ("loop_journeys", ("touchpoints", "entered_touchpoint")),
    "next_moves": ("move_journeys", ("touchpoint", "move")),
    "ping_pong": ("pair_journeys", ("touchpoint", "other_touchpoint")),
    "stage_kpis": ("stage_journeys", ("stage",)),
    "stays": ("visit_journeys", ("touchpoint",)),
    "visits_by_outcome": ("visitor_journeys", ("touchpoint",)),
    "variants": ("variant_journeys", ("touchpoints",)),
    "waiting_now": ("waiting_journeys", ("touchpoint",)),
    "archetypes": ("archetype_journeys", ("archetype_number",)),
    "deviations": ("deviation_journeys", ("kind", "touchpoint")),
    "zombie_leads": ("zombie_journeys", ("touchpoint",)),
    "step_matrix": ("step_journeys", ("step", "touchpoint")),
    "paths": ("path_journeys", ("step", "from_touchpoint", "to_touchpoint", "is_return")),
}
#: Faces of ``bottlenecks``, of which each leads to journeys of its own.
_FACES: Final = {"slow": "wait_journeys", "leaky": "exit_journeys", "churny": "return_journeys"}

_SUMS: Final = ("sum_xx", "sum_xn", "sum_nn")
_COUNTS: Final = ("successes", "trials", "customers")


def journeys(
    warehouse: Warehouse,
    place: str,
    pattern: str | None,
    *,
    where: str | None,
    segment: Group | None,
    limit: int | None,
) -> pl.DataFrame:
    """Journeys a condition, segment and pattern leave; see ``Lab.journeys``."""
    filtered = chosen(warehouse, place, where=where, group=segment)
    given = compile.narrowed(filtered, "step_flows")
    if pattern is None:
        extra = [
            exp.cast(exp.null(), "bigint").as_(name)
            for name in ("first_matched_step", "last_matched_step", "matches")
        ]
        query = exp.select("journeys.*", *extra).from_(compile.published("journeys"))
        if filtered is not None:
            query = query.join("chosen", using=list(JOURNEY), join_type="semi", copy=False)
    else:
        given["fitting"] = matches(read_pattern(warehouse, pattern))
        query = (
            exp.select("journeys.*", "first_matched_step", "last_matched_step", "matches")
            .from_(compile.published("journeys"))
            .join("fitting", using=list(JOURNEY), copy=False)
        )
    return _rows(warehouse, query, given, limit)


def pattern_matches(
    warehouse: Warehouse,
    place: str,
    pattern: str,
    *,
    where: str | None,
    segment: Group | None,
    limit: int | None,
) -> pl.DataFrame:
    """Every match of a pattern, one row each; see ``Lab.matches``."""
    given = compile.narrowed(chosen(warehouse, place, where=where, group=segment), "step_flows")
    query = matches(read_pattern(warehouse, pattern), "pattern_matches")
    _refuse_negative(limit)
    if limit is not None:
        query = query.limit(limit, copy=False)
    return warehouse.frame(compile.composed(query, given))


def journeys_of(
    warehouse: Warehouse,
    place: str,
    table: str,
    row: Mapping[str, Any],
    *,
    where: str | None,
    segment: Group | None,
    limit: int | None,
    dials: Mapping[str, Any],
) -> pl.DataFrame:
    """Journeys behind one row of a table; see ``Lab.journeys_of``."""
    name, keys = _drill(table, row)
    missing = [key for key in keys if key not in row]
    if missing:
        raise InputRefused(
            f"the row lacks {', '.join(missing)}",
            f"Lab.journeys_of({table!r}, …)",
            f"give a row of {table}: table.row(0, named=True)",
        )
    if table in ("paths", "step_matrix"):
        usual = {"steps": 10, "top": 12} if table == "step_matrix" else {}
        told = Dials(**{**usual, "where": where, "segment": segment, **dials})
        given = path_tables(warehouse, place, told)
    elif dials:
        raise InputRefused(
            f"{table} has no dials", "Lab.journeys_of", f"leave out {', '.join(dials)}"
        )
    else:
        filtered = chosen(warehouse, place, where=where, group=segment)
        given = compile.narrowed(filtered, "step_flows", "journeys")
        given["moves"] = compile.template("moves")
    given["found"] = compile.template(name, **{key: row[key] for key in keys})
    query = (
        exp.select("journeys.*", "occurrences")
        .from_(compile.published("journeys"))
        .join("found", using=list(JOURNEY), copy=False)
    )
    return _rows(warehouse, query, given, limit)


def journey_counts(
    warehouse: Warehouse,
    place: str,
    pattern: str | None,
    *,
    where: str | None,
    segment: Group | None,
) -> pl.DataFrame:
    """How many journeys are left and how they fare; see ``Lab.journey_counts``."""
    filtered = chosen(warehouse, place, where=where, group=segment, pattern=pattern)
    rows = compile.rows_where("journeys", JOURNEY, None) if filtered is None else filtered
    members = compile.labelled(rows, segment="asked", level=None)
    counted = _counts(warehouse, members)
    if counted.is_empty():
        counted = pl.DataFrame([_none_of(counted.schema)], schema=counted.schema)
    total = int(counted["journeys"].sum())
    if filtered is not None:
        total = warehouse.scalar("select count(*) from main.journeys where outcome != 'service'")
    return counts_of((counted, total))


def counts_of(told: tuple[pl.DataFrame, int]) -> pl.DataFrame:
    """``journey_counts`` of the row that counts them, and how many journeys there are in all."""
    counted, total = told
    share = pl.lit(None, dtype=pl.Float64) if total == 0 else pl.col("journeys") / total
    return _with_rates(counted).with_columns(share.alias("share")).drop("segment", "level")


def headline(
    warehouse: Warehouse, place: str, *, where: str | None, segment: Group | None
) -> pl.DataFrame:
    """What came of some journeys, one row; see ``Lab.headline``."""
    filtered = chosen(warehouse, place, where=where, group=segment)
    rows = compile.rows_where("journeys", JOURNEY, None) if filtered is None else filtered
    members = {"members": compile.placed(rows)}
    return headline_of(warehouse.frame(compile.composed(compile.template("headline"), members)))


def headline_of(counted: pl.DataFrame) -> pl.DataFrame:
    """``headline`` of the rows that ``lab.headline`` has."""
    rates = intervals(counted.select("measure", pl.lit("all").alias("item"), *_COUNTS, *_SUMS))
    first = counted.row(0, named=True)
    told = {name: first[name] for name in counted.columns if name not in ("measure", *_COUNTS)}
    of_all = {name: told[name] for name in told if name not in _SUMS}
    found: dict[str, Any] = {
        **of_all,
        "customers": of_all["customers_all"],
        "journeys_settled": first["trials"],
        "customers_settled": first["customers"],
        "is_insufficient": rates["is_insufficient"][0],
    }
    del found["customers_all"]
    for row in rates.to_dicts():
        found[f"{row['measure']}"] = row["successes"]
        found[f"{row['measure']}_rate"] = row["rate"]
        found[f"{row['measure']}_rate_low"] = row["low"]
        found[f"{row['measure']}_rate_high"] = row["high"]
    return pl.DataFrame([found], infer_schema_length=None)


def journey_steps(warehouse: Warehouse, customer_id: str, journey_id: str) -> pl.DataFrame:
    """The steps of one journey in their order; see ``Lab.journey_steps``."""
    query = (
        exp.select("*")
        .from_(compile.published("steps"))
        .where(
            exp.column("customer_id").eq(exp.Literal.string(customer_id)),
            exp.column("journey_id").eq(exp.Literal.string(journey_id)),
        )
        .order_by("step_number")
    )
    return warehouse.frame(compile.composed(query, {}))


def segments(warehouse: Warehouse) -> pl.DataFrame:
    """Every level of every segment with its size and conversion; see ``Lab.segments``."""
    return _with_rates(_counts(warehouse, every_segment(warehouse)))


def counted_by_level(warehouse: Warehouse, members: exp.Query) -> pl.DataFrame:
    """Journeys and conversion of each level of a query of (segment, level, journey)."""
    return _with_rates(_counts(warehouse, members))


def _counts(warehouse: Warehouse, members: exp.Query) -> pl.DataFrame:
    query = compile.composed(compile.template("segment_counts"), {"members": members})
    return warehouse.frame(query)


def _with_rates(counted: pl.DataFrame) -> pl.DataFrame:
    numbered = counted.with_row_index("number")
    rates = intervals(
        numbered.select(
            pl.lit("conversion_rate").alias("measure"),
            pl.col("number").cast(pl.String).str.zfill(9).alias("item"),
            pl.col("converted").alias("successes"),
            pl.col("journeys_settled").alias("trials"),
            pl.col("customers_settled").alias("customers"),
            *_SUMS,
        )
    )
    return pl.concat(
        [
            counted.drop(*_SUMS),
            rates.select(
                pl.col("rate").alias("conversion_rate"),
                pl.col("low").alias("conversion_rate_low"),
                pl.col("high").alias("conversion_rate_high"),
                "is_insufficient",
            ),
        ],
        how="horizontal",
    )


def _none_of(schema: pl.Schema) -> dict[str, Any]:
    texts = ("segment", "level")
    return {name: None if name in texts else 0 for name in schema}


def _drill(table: str, row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    if table == "bottlenecks":
        face = row.get("face")
        if face not in _FACES:
            raise UnknownName.of("face", str(face), "bottlenecks", _FACES)
        return _FACES[face], ("touchpoint",)
    if table not in DRILLS:
        known = sorted([*DRILLS, "bottlenecks"])
        raise UnknownName.of("table that leads to journeys", table, "Lab.journeys_of", known)
    return DRILLS[table]


def _rows(
    warehouse: Warehouse, query: exp.Select, given: dict[str, exp.Query], limit: int | None
) -> pl.DataFrame:
    _refuse_negative(limit)
    ordered = query.order_by("customer_id", "journey_number", copy=False)
    if limit is not None:
        ordered = ordered.limit(limit, copy=False)
    return warehouse.frame(compile.composed(ordered, given))


def _refuse_negative(limit: int | None) -> None:
    if limit is not None and limit < 0:
        raise InputRefused(f"limit is {limit}", "Lab", "give 0 or more, or None for all")
