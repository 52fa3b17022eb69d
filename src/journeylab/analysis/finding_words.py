"""Findings -> plain words, and the query that shows the cases. Pure functions, no I/O."""

from typing import Any, Final

import polars as pl

_FINDING: Final = ("face", "item")
_SCHEMA: Final = dict.fromkeys((*_FINDING, "sentence", "evidence_sql"), pl.String)
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


def finding_words(findings: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Tell each opportunity in a sentence, with a query on the snapshot for its cases.

    Args:
        findings: ``analysis.findings``: names and touchpoints by face and item.
        found: ``analysis.opportunities``: figures by face and item.

    Returns:
        Per (face, item) of ``findings``, sorted so: sentence, evidence_sql.
    """
    told = findings.join(found, on=_FINDING).sort(_FINDING)
    rows = [
        (row["face"], row["item"], _sentence(row), _evidence(row))
        for row in told.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _sentence(row: dict[str, Any]) -> str:
    percents = {"percent": 100 * row["figure"], "other_percent": 100 * row["reference"]}
    return _SENTENCES[row["face"]].format(**row, **percents)


def _evidence(row: dict[str, Any]) -> str:
    quoted_list = ", ".join(_quoted(name) for name in row["touchpoints"])
    quoted = _quoted(row["touchpoint"])
    return _EVIDENCE[row["face"]].format(quoted=quoted, quoted_list=quoted_list)


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
