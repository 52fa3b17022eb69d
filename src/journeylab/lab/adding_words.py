"""Findings about chosen journeys in plain words, with the queries that show their cases.

As ``adding``: each function makes the table of the model of its name.
"""

from typing import Any, Final

import polars as pl

from journeylab.analysis.statistics import MIN_CUSTOMERS
from journeylab.lab.adding import Settings
from journeylab.lab.cells import Choice

_FINDING: Final = ("face", "item")
_SENTENCES: Final = {
    "slow": "People wait {figure:.1f} hours on average after {label}, and {reference:.1f} in"
    " comparable places: {excess:,.0f} hours more over {n:,} visits of {customers:,} customers.",
    "leaky": "{percent:.1f}% of {n:,} visits to {label} are the last of their journey, and"
    " {other_percent:.1f}% in comparable places: {excess:,.0f} more lost journeys;"
    " {customers:,} customers came by.",
    "churny": "{percent:.1f}% of {n:,} visits to {label} are by people who had been there before,"
    " and {other_percent:.1f}% in comparable places: {excess:,.0f} more steps of {customers:,}"
    " customers.",
    "loop": "{n:,} journeys of {customers:,} customers went round {label} and {percent:.1f}% of"
    " them converted, and {other_percent:.1f}% of those that came by and did not go round:"
    " {excess:,.0f} fewer conversions.",
    "late answer": "{n:,} questions of {customers:,} customers at {label} after the goal were"
    " answered late and {percent:.1f}% of them were followed by another purchase, and"
    " {other_percent:.1f}% of those answered in time: {excess:,.0f} fewer purchases.",
}
_EVIDENCE: Final = {
    "slow": "select journey_id, customer_id, left_at, next_wait_seconds from (select *,"
    " lead(wait_seconds) over (partition by journey_id, customer_id, part order by step_number)"
    " as next_wait_seconds from steps) inner join journeys using (journey_id, customer_id)"
    " where part = 'before' and is_settled and next_wait_seconds is not null"
    " and touchpoint = {quoted} order by next_wait_seconds desc, journey_id",
    "leaky": "select journey_id, customer_id, outcome, steps, ended_at from journeys"
    " where outcome in ('lost', 'lapsed') and is_settled and last_touchpoint = {quoted}"
    " order by ended_at desc, journey_id",
    "churny": "select journey_id, customer_id, step_number, direction, entered_at from steps"
    " inner join journeys using (journey_id, customer_id) where part = 'before' and is_return"
    " and is_settled and touchpoint = {quoted} order by entered_at desc, journey_id, step_number",
    "loop": "select * from loops where touchpoints = [{quoted_list}]",
    "late answer": "select * from after_care_answers where touchpoint = {quoted}"
    " order by is_late desc, asked_at desc, journey_id, step_number",
}
_NEARLY_ALL: Final = "seen by nearly all"
_DECISIVE: Final = "quiet but decisive"
_MANY, _FEW, _TIMES = 0.8, 0.2, 2  # reach; removal effect by reach
_MOMENTS: Final = {
    _NEARLY_ALL: '"{label}" is seen in {reach:.0f}% of {settled:,} journeys:'
    " what is told there reaches nearly all.",
    _DECISIVE: 'Only {reach:.0f}% of the journeys come to "{label}", and {effect:.0f}% of the'
    " purchases would be missing if nobody went on from there.",
}
_PASSING: Final = (
    "select journey_id, customer_id, outcome, steps, started_at from journeys where is_settled"
    " and (journey_id, customer_id) in (select (journey_id, customer_id) from steps"
    " where part = 'before' and touchpoint = {quoted}) order by started_at desc, journey_id"
)


def finding_words(
    _: Choice, __: Settings, findings: pl.DataFrame, found: pl.DataFrame
) -> pl.DataFrame:
    """``analysis.finding_words``, of ``analysis.findings`` and ``analysis.opportunities``."""
    told = findings.join(found, on=_FINDING, suffix="_found").sort(_FINDING)
    rows = [
        (row["face"], row["item"], _sentence(row), _evidence(row))
        for row in told.iter_rows(named=True)
    ]
    names = (*_FINDING, "sentence", "evidence_sql")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def opportunities(
    _: Choice, __: Settings, findings: pl.DataFrame, found: pl.DataFrame, words: pl.DataFrame
) -> pl.DataFrame:
    """``marts.opportunities``, of findings, ``analysis.opportunities`` and their words."""
    told = found.drop("journeys", "touchpoint_key")
    return (
        findings.join(told, on=_FINDING)
        .join(words, on=_FINDING)
        .rename({"share": "reach"})
        .sort("rank")
    )


def moments_of_influence(
    _: Choice, __: Settings, nodes: pl.DataFrame, touchpoints: pl.DataFrame, chances: pl.DataFrame
) -> pl.DataFrame:
    """``marts.moments_of_influence``, of nodes, ``core.touchpoints`` and their chances."""
    effects = [f"removal_effect{bound}" for bound in ("", "_low", "_high")]
    reach, (effect, low, _high) = pl.col("reach"), (pl.col(name) for name in effects)
    is_decisive = (reach <= _FEW) & (effect >= _TIMES * reach) & (low > reach)
    names = touchpoints.filter(~pl.col("is_goal"), ~pl.col("is_loss"))
    told = (
        nodes.filter(pl.col("customers_settled") >= MIN_CUSTOMERS, part="before")
        .select("node", "reach", customers="customers_settled", journeys="journeys_settled")
        .join(chances.select("node", *effects), on="node", how="left")
        .with_columns(
            moment=pl.when(reach > _MANY)
            .then(pl.lit(_NEARLY_ALL))
            .when(is_decisive)
            .then(pl.lit(_DECISIVE))
        )
        .filter(pl.col("moment").is_not_null())
        .join(
            names.select("touchpoint", "label", "channel", "stage", "owner"),
            left_on="node",
            right_on="touchpoint",
        )
        .sort("moment", "reach", "node", descending=[True, True, False])
        .rename({"node": "touchpoint"})
    )
    rows = told.to_dicts()
    return told.with_columns(
        pl.Series("sentence", [_moment(row) for row in rows], dtype=pl.String),
        pl.Series(
            "evidence_sql",
            [_PASSING.format(quoted=_quoted(row["touchpoint"])) for row in rows],
            dtype=pl.String,
        ),
    )


def _sentence(row: dict[str, Any]) -> str:
    percents = {"percent": 100 * row["figure"], "other_percent": 100 * row["reference"]}
    return _SENTENCES[row["face"]].format(**row, **percents)


def _evidence(row: dict[str, Any]) -> str:
    quoted_list = ", ".join(_quoted(name) for name in row["touchpoints"])
    quoted = _quoted(row["touchpoint"])
    return _EVIDENCE[row["face"]].format(quoted=quoted, quoted_list=quoted_list)


def _moment(row: dict[str, Any]) -> str:
    return _MOMENTS[row["moment"]].format(
        label=row["label"],
        reach=100 * row["reach"],
        settled=round(row["journeys"] / row["reach"]),
        effect=100 * (row["removal_effect"] or 0.0),
    )


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
