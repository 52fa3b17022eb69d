"""Somebody's own SQL: one reading query is answered, everything else refused in a sentence."""

import polars as pl
import pytest

from journeylab.errors import InputRefused, QueryError
from journeylab.warehouse import ask, open_current
from shelf import publish_shelf


@pytest.fixture
def opened(tmp_path):
    """The tiny shop's snapshot, opened for reading."""
    publish_shelf(tmp_path, "20260301")
    with open_current(tmp_path / "published") as snapshot:
        yield snapshot


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select kpi, value from kpis", [("revenue", 12.5)]),
        ("from kpis", [("revenue", 12.5)]),
        ("with k as (from kpis) select value from k;", [(12.5,)]),
        ("show tables", [("journeys",), ("kpis",), ("snapshot_info",)]),
        ("pivot kpis on kpi using sum(value)", [(12.5,)]),
        ("-- a note\nselect 1 as one", [(1,)]),
    ],
)
def test_a_reading_query_is_answered(opened, query, rows):
    """Every form of a question DuckDB knows."""
    assert ask(opened, query).rows() == rows


def test_values_are_bound(opened):
    """A value is never part of the statement."""
    found = ask(opened, "select value from kpis where kpi = $kpi", {"kpi": "revenue"})

    assert found.equals(pl.DataFrame({"value": [12.5]}))


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("create table mine as select 1", "create"),
        ("insert into kpis values ('x', 1)", "insert"),
        ("update kpis set value = 0", "update"),
        ("delete from kpis", "delete"),
        ("drop table kpis", "drop"),
        ("attach 'other.duckdb'", "attach"),
        ("copy kpis to 'kpis.csv'", "copy"),
        ("install httpfs", "install"),
        ("load httpfs", "load"),
        ("set memory_limit = '900GB'", "set"),
        ("pragma database_list", "pragma"),
    ],
)
def test_what_does_not_only_read_is_refused(opened, query, word):
    """In a sentence that says so, not in DuckDB's words."""
    with pytest.raises(InputRefused, match=f"'{word}' is refused: a published snapshot can only"):
        ask(opened, query)


@pytest.mark.parametrize("query", ["", "-- nothing", "select 1; select 2"])
def test_one_query_at_a_time(opened, query):
    """None and two are refused."""
    with pytest.raises(InputRefused, match="one query is wanted"):
        ask(opened, query)


@pytest.mark.parametrize(
    "query",
    [
        "from read_csv('/etc/hostname')",
        "select content from read_text('/etc/hostname')",
        "from '/etc/hostname'",
    ],
)
def test_files_of_the_machine_are_out_of_reach(opened, query):
    """External access is off, so a reading query reads the snapshot only."""
    with pytest.raises(QueryError, match=r"file system operations are disabled|does not exist"):
        ask(opened, query)


def test_a_query_is_stopped_when_its_time_is_over(opened):
    """The connection can be asked again."""
    endless = "select sum(a.range * b.range) from range(1000000) a, range(100000000) b"

    with pytest.raises(QueryError, match=r"took longer than 0\.2 seconds"):
        ask(opened, endless, seconds=0.2)

    assert ask(opened, "select 1 as one", seconds=60).rows() == [(1,)]


@pytest.mark.parametrize(
    ("query", "mend"),
    [
        pytest.param("from kpi", "did you mean 'kpis'?", id="an unknown table"),
        pytest.param("from main.kpi", "did you mean 'kpis'?", id="one with its schema"),
        pytest.param("select valu from kpis", "did you mean 'value'?", id="a column"),
        pytest.param(
            "select told.valu from kpis as told", "did you mean 'value'?", id="an alias's"
        ),
        pytest.param(
            'from kpis where kpi = "web:cart"', "write 'web:cart'", id="a text in double quotes"
        ),
        pytest.param("select nofun(1)", "from duckdb_functions()", id="a function"),
        pytest.param("selec 1", "look at line 1, column 1:", id="syntax, at the beginning"),
        pytest.param(
            "select 1,\n  from from kpis", "look at line 2, column 8:", id="syntax, further on"
        ),
        pytest.param(
            f"select {'1 + ' * 60} from kpis",
            f"look at line 1, column {len('select ') + 4 * 60 + 2}:",
            id="syntax, in a line DuckDB cuts",
        ),
        pytest.param("select 'a'::integer", "try_cast", id="a value"),
        pytest.param("select sum(kpi) from kpis", "cast", id="a type"),
        pytest.param("select kpi, count(*) from kpis", "group by", id="no group"),
        pytest.param("from no_schema.kpis", "did you mean 'kpis'?", id="a schema"),
    ],
)
def test_a_typo_is_told_with_what_to_write(opened, query, mend):
    """The nearest name, or the place in the query."""
    with pytest.raises(QueryError) as refused:
        ask(opened, query)

    assert mend in refused.value.args[2]
