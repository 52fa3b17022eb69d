"""Building tables: held to their header, checked, and refused without losing the old one."""

from dataclasses import replace

import polars as pl
import pytest

from journeylab.errors import ModelError, QueryError, UnknownName
from journeylab.warehouse import Column, TableCheck, build, ensure, judge, memory, read_model, write

MODEL = """\
-- model:  core.visits
-- about:  Visits of the tiny shop.
-- scope:  global
-- grain:  one row per visit
-- key:    visit_id
-- reads:
-- params: least
-- column: visit_id | integer | Number.
-- column: seconds  | double  | Stay in seconds; null while open.
-- check:  error | seconds >= 0 | a stay is not negative
-- check:  warn  | seconds < 60 | stays are short

select visit_id, seconds::double as seconds from given where visit_id >= $least
"""


@pytest.fixture
def model(tmp_path):
    """A model of two columns with an error and a warning."""
    (tmp_path / "visits.sql").write_text(MODEL)
    return read_model(tmp_path / "visits.sql")


@pytest.fixture
def warehouse():
    """Three visits; the last one is still open."""
    with memory(threads=1) as made:
        made.execute(
            "create table given as"
            " from (values (1, 5), (2, 90), (3, null)) as v (visit_id, seconds)"
        )
        yield made


def test_a_table_is_built_with_bound_parameters(warehouse, model):
    """Values that the model does not name are ignored; a check passes where it is null."""
    results = build(warehouse, model, {"least": 2, "other": 1})

    assert warehouse.rows("from core.visits") == [(2, 90.0), (3, None)]
    assert [(r.check, r.severity, r.faulty_rows, r.passed) for r in results] == [
        ("visits_1", "error", 0, True),
        ("visits_2", "warn", 1, False),
    ]
    assert warehouse.rows(results[1].query) == [(2, 90.0)]


def test_an_empty_table_passes_its_checks(warehouse, model):
    """And has its columns."""
    results = build(warehouse, model, {"least": 9})

    assert [result.faulty_rows for result in results] == [0, 0]
    assert warehouse.columns("core.visits") == {"visit_id": "INTEGER", "seconds": "DOUBLE"}


@pytest.mark.parametrize(
    ("query", "error", "told"),
    [
        pytest.param(
            "select 1 as visit_id, 2.0::double as second",
            ModelError,
            "seconds: header double, table lacks it; second: header lacks it",
            id="another name",
        ),
        pytest.param(
            "select 1 as visit_id, 2 as seconds",
            ModelError,
            "seconds: header double, table integer",
            id="another type",
        ),
        pytest.param(
            "select 2.0::double as seconds, 1 as visit_id",
            ModelError,
            "another order",
            id="another order",
        ),
        pytest.param(
            "select 1 as visit_id, seconds::double as seconds from given",
            ModelError,
            r"2 rows repeat the key \(visit_id\)",
            id="doubles of the key",
        ),
        pytest.param("select nothing", QueryError, "nothing", id="a query DuckDB refuses"),
    ],
)
def test_a_refused_table_leaves_the_old_one_standing(warehouse, model, query, error, told):
    """The build is one transaction."""
    build(warehouse, model, {"least": 2})

    with pytest.raises(error, match=told):
        build(warehouse, replace(model, query=query, params=()), {})

    assert warehouse.rows("from core.visits") == [(2, 90.0), (3, None)]


@pytest.mark.parametrize(
    ("rows", "doubles"),
    [
        pytest.param([(1, "a"), (1, "b"), (2, "a")], 0, id="in order"),
        pytest.param([(2, "a"), (1, "b"), (1, "a")], 0, id="in no order"),
        pytest.param([(2, "a"), (1, "b"), (2, "a")], 1, id="doubled apart"),
        pytest.param([(2, "a"), (2, "a"), (2, "a")], 2, id="doubled side by side"),
        pytest.param([(1, None), (2, None)], 0, id="half a key"),
        pytest.param([(1, None), (2, "a"), (1, None)], 1, id="half a key doubled"),
        pytest.param([(3,), (1,), (2,)], 0, id="dense numbers"),
        pytest.param([(3,), (1,), (3,)], 1, id="dense numbers doubled"),
        pytest.param([(900,), (1,), (-900,)], 0, id="sparse numbers"),
        pytest.param([(900,), (1,), (900,)], 1, id="sparse numbers doubled"),
        pytest.param([(2,), (None,), (1,)], 0, id="a number is missing"),
        pytest.param([(2,), (None,), (None,)], 1, id="two numbers are missing"),
    ],
)
def test_keys_are_told_apart_in_any_order(warehouse, model, rows, doubles):
    """However a table is stored, as many rows repeat a key as grouping finds."""
    columns = (Column("number", "integer", ""), Column("letter", "varchar", ""))[: len(rows[0])]
    key = tuple(column.name for column in columns)
    told = ", ".join(f"{column.name}::{column.type} as {column.name}" for column in columns)
    query = f"select {told} from keys"
    keyed = replace(model, query=query, params=(), checks=(), columns=columns, key=key)

    with warehouse.given("keys", pl.DataFrame(rows, schema=list(key), orient="row")):
        if not doubles:
            assert build(warehouse, keyed, {}) == []
            return
        with pytest.raises(ModelError, match=f"{doubles} rows repeat the key"):
            build(warehouse, keyed, {})


def test_a_parameter_without_a_value_is_named(warehouse, model):
    """Before anything is built."""
    with pytest.raises(UnknownName, match="no parameter 'least'"):
        build(warehouse, model, {"leest": 1})


def test_a_frame_made_by_python_is_held_to_the_header_too(warehouse, model):
    """Columns come in any order and are cast; a missing one is named; doubles are refused."""
    write(warehouse, model, pl.DataFrame({"seconds": [1], "visit_id": [7]}))
    assert warehouse.rows("from core.visits") == [(7, 1.0)]

    with pytest.raises(ModelError, match="frame lacks seconds"):
        write(warehouse, model, pl.DataFrame({"visit_id": [8]}))
    with pytest.raises(ModelError, match="1 rows repeat the key"):
        write(warehouse, model, pl.DataFrame({"visit_id": [8, 8], "seconds": [1.0, 2.0]}))
    assert warehouse.rows("from core.visits") == [(7, 1.0)]


def test_a_check_over_tables_counts_the_faulty_rows(warehouse):
    """Its query returns them; values are bound."""
    check = TableCheck(
        name="long",
        on="given",
        severity="warn",
        about="stays are short",
        params=("most",),
        query="select visit_id from given where seconds > $most",
    )

    result = judge(warehouse, check, {"most": 60})

    assert (result.faulty_rows, result.passed) == (1, False)
    assert judge(warehouse, check, {"most": 90}).passed


def test_ensure_makes_a_table_once(warehouse):
    """A second call leaves its rows alone."""
    columns = (Column("run_id", "varchar", "Run."),)
    ensure(warehouse, "ops.runs", columns)
    warehouse.execute("insert into ops.runs values ('20260301')")

    ensure(warehouse, "ops.runs", columns)

    assert warehouse.rows("from ops.runs") == [("20260301",)]


def test_ensure_adds_the_columns_an_older_release_lacked(warehouse):
    """Rows stay; the new column is null in them."""
    old = [Column("run_id", "varchar", "Run.")]
    ensure(warehouse, "ops.runs", old)
    warehouse.execute("insert into ops.runs values ('first')")

    ensure(warehouse, "ops.runs", [*old, Column("seconds", "double", "How long it took.")])

    assert warehouse.rows("select run_id, seconds from ops.runs") == [("first", None)]
