"""Conditions of users are read as SQL, held to known columns, and spelled anew."""

import duckdb
import pytest

from journeylab.errors import InputRefused, UnknownName
from journeylab.predicates import parse_where

COLUMNS = {
    "channel": "VARCHAR",
    "steps": "BIGINT",
    "is_linear": "BOOLEAN",
    "started_at": "TIMESTAMP",
    "order": "VARCHAR",
}


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        pytest.param("steps > 3", '("steps" > 3)', id="comparison"),
        pytest.param("IS_LINEAR", '("is_linear")', id="flag in capitals"),
        pytest.param("channel is null", '("channel" IS NULL)', id="null"),
        pytest.param(
            "channel in ('web', 'e''mail')", "(\"channel\" IN ('web', 'e''mail'))", id="in"
        ),
        pytest.param("\"order\" = 'a;b' -- why", "(\"order\" = 'a;b')", id="quoted name, comment"),
        pytest.param(
            "steps = 1 or not (is_linear and steps > 2)",
            '("steps" = 1 OR NOT ("is_linear" AND "steps" > 2))',
            id="or stays inside brackets",
        ),
        pytest.param(
            "started_at >= date '2026-03-01' - interval 2 days",
            "(\"started_at\" >= CAST('2026-03-01' AS DATE) - INTERVAL '2' DAYS)",
            id="dates",
        ),
        pytest.param(
            "date_trunc('week', started_at) = date '2026-03-02'",
            "(DATE_TRUNC('WEEK', \"started_at\") = CAST('2026-03-02' AS DATE))",
            id="weeks",
        ),
    ],
)
def test_a_condition_is_spelled_anew(text: str, spelled: str) -> None:
    """Names are quoted and comments gone; DuckDB understands the result."""
    made = parse_where(text, COLUMNS)

    assert made == spelled
    columns = ", ".join(f'null::{kind} as "{name}"' for name, kind in COLUMNS.items())
    assert duckdb.sql(f"select 1 from (select {columns}) where {made}").fetchall() in ([], [(1,)])


def test_columns_may_carry_their_table() -> None:
    """In a join each column names where it comes from."""
    assert parse_where("steps > 3", COLUMNS, table="j") == '("j"."steps" > 3)'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("steps", id="a value"),
        pytest.param("steps + 1", id="a sum"),
        pytest.param("'web'", id="a text"),
        pytest.param("steps > 3 and channel", id="a value beside a condition"),
        pytest.param("steps = 1; drop table journeys", id="two statements"),
        pytest.param("steps = 1; steps = 2", id="two conditions"),
        pytest.param("steps = 1) or (1 = 1", id="brackets turned round"),
        pytest.param("steps = 1 union select 1", id="union"),
        pytest.param("steps = 1 limit 1", id="limit"),
        pytest.param("steps in (select 1)", id="query inside"),
        pytest.param("exists (select 1)", id="exists"),
        pytest.param("steps = (select 1)", id="scalar query"),
        pytest.param("count(*) > 1", id="aggregate"),
        pytest.param("row_number() over () = 1", id="window"),
        pytest.param("channel = $name", id="parameter"),
        pytest.param("channel = ?", id="question mark"),
        pytest.param("channel = getenv('HOME')", id="environment"),
        pytest.param("channel = current_setting('threads')", id="settings"),
        pytest.param("read_text('/etc/passwd') is null", id="file"),
        pytest.param("channel = $$a$$", id="dollar quotes"),
        pytest.param("channel = e'a'", id="escaped text"),
        pytest.param("date_trunc('week''; drop', started_at) is null", id="no unit"),
        pytest.param("channel::json is null", id="other type"),
        pytest.param("case when is_linear then true end", id="case"),
        pytest.param("steps = 1 as x", id="alias"),
        pytest.param("channel = 'web", id="open quote"),
        pytest.param("(" * 3000 + "true" + ")" * 3000, id="too long"),
        pytest.param("(" * 1900 + "true" + ")" * 1900, id="too deep"),
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    """Nothing reaches the database that could do more than compare columns."""
    with pytest.raises(InputRefused, match="write one condition"):
        parse_where(text, COLUMNS)


def test_an_unknown_column_gets_the_nearest() -> None:
    """Columns of other tables are unknown, spelled with their table or not."""
    with pytest.raises(UnknownName, match="did you mean 'channel'"):
        parse_where("chanel = 'web'", COLUMNS)
    with pytest.raises(UnknownName, match="no column"):
        parse_where("information_schema.tables.steps = 1", COLUMNS)
