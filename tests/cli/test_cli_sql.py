"""``journeylab sql``: readable tables, CSV and JSON; writes are refused."""

import io
import json
import os
import subprocess
import sys

import polars as pl
import pytest

from shelf import ANA, BEN, publish_shelf


@pytest.fixture(autouse=True)
def shop(tmp_path):
    """Two nights: Ana's journey, then Ben's too."""
    publish_shelf(tmp_path / "var", "20260301", journeys=[ANA])
    publish_shelf(tmp_path / "var", "20260302", journeys=[ANA, BEN])


def test_a_table_aligns_numbers_right_and_shows_nulls(typed):
    """And ends with the number of rows."""
    code, out, err = typed("sql", "select * from journeys order by journey_id")

    assert (code, err) == (0, "")
    assert out == (
        "journey_id  outcome      value  linearity\n"
        "----------  ---------  -------  ---------\n"
        "ana-0       converted  12.5000        0.5\n"
        "ben-0       null          null          1\n"
        "(2 rows)\n"
    )


def test_a_long_table_is_cut_and_says_so(typed):
    """--rows shows more."""
    _, out, _ = typed("sql", "select range as n from range(1000)", "--rows", "2")

    assert out == "n\n-\n0\n1\n(1,000 rows, 2 shown; --rows shows more)\n"


def test_no_rows_still_show_the_columns(typed):
    """An empty answer is an answer."""
    _, out, _ = typed("sql", "select kpi from kpis where value > 1e9")

    assert out == "kpi\n---\n(0 rows)\n"


def test_csv_guards_formulas_and_holds_all_rows(typed):
    """A text that begins like a formula gets an apostrophe, a negative number does not."""
    query = "select * from (values ('=1+1', -5), ('plain, with comma', null)) as t (name, n)"

    code, out, _ = typed("sql", query, "--format", "csv")

    assert code == 0
    assert out == 'name,n\n\'=1+1,-5\n"plain, with comma",\n'


def test_json_is_an_array_of_objects(typed):
    """Decimals are numbers, instants are ISO."""
    query = "select journey_id, value, timestamp '2026-03-01' as seen_at from journeys limit 1"

    code, out, _ = typed("sql", query, "--format", "json")

    assert code == 0
    assert json.loads(out) == [
        {"journey_id": "ana-0", "value": 12.5, "seen_at": "2026-03-01T00:00:00"}
    ]


def test_the_answer_goes_to_a_file(typed, tmp_path):
    """Standard output stays empty."""
    code, out, _ = typed("sql", "from kpis", "--format", "csv", "--output", "kpis.csv")

    assert (code, out) == (0, "")
    assert (tmp_path / "kpis.csv").read_text() == "kpi,value\nrevenue,12.5\n"


def test_the_ending_of_a_file_tells_its_form(typed, tmp_path):
    """Parquet keeps types; nothing half written is left beside it."""
    for name in ("kpis.parquet", "kpis.json", "kpis.csv"):
        assert typed("sql", "from kpis", "--output", name)[:2] == (0, "")

    assert pl.read_parquet(tmp_path / "kpis.parquet").rows() == [("revenue", 12.5)]
    assert json.loads((tmp_path / "kpis.json").read_text()) == [{"kpi": "revenue", "value": 12.5}]
    assert (tmp_path / "kpis.csv").read_text() == "kpi,value\nrevenue,12.5\n"
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_parquet_wants_a_file_and_a_file_wants_a_folder(typed):
    """Both are said in words."""
    code, _, err = typed("sql", "from kpis", "--format", "parquet")
    assert (code, "add --output answer.parquet" in err) == (2, True)

    code, _, err = typed("sql", "from kpis", "--output", "no/such/folder.csv")
    assert code == 2
    assert "cannot write: No such file or directory" in err


def test_a_query_may_stand_in_a_file_or_come_from_standard_input(typed, tmp_path, monkeypatch):
    """One of them, and only one."""
    (tmp_path / "ask.sql").write_text("-- the figures\nselect kpi\nfrom kpis")
    monkeypatch.setattr("sys.stdin", io.StringIO("select 7 as n"))

    assert typed("sql", "--file", "ask.sql")[1] == "kpi\n-------\nrevenue\n(1 row)\n"
    assert typed("sql", "-")[1] == "n\n-\n7\n(1 row)\n"
    assert "one query is wanted" in typed("sql")[2]
    assert "one query is wanted" in typed("sql", "select 1", "--file", "ask.sql")[2]
    assert "no option --histroy" in typed("sql", "--histroy")[2]
    assert "there is no such file" in typed("sql", "--file", "other.sql")[2]


def test_the_history_lists_what_was_answered_and_asks_it_again(typed, tmp_path):
    """Refused queries are not kept; one asked again moves to the end; nobody else may read it."""
    typed("sql", "select 1 as n")
    typed("sql", "select 2 as n -- two\n, 3 as m")
    typed("sql", "select nonsense")
    typed("sql", "select 1 as n")

    assert typed("sql", "--history")[1] == (
        "   1  select 2 as n -- two , 3 as m\n   2  select 1 as n\n"
    )
    assert typed("sql", "!1", "--format", "csv")[1] == "n,m\n2,3\n"
    code, _, err = typed("sql", "!9")
    assert (code, "choose !1 to !2" in err) == (2, True)
    assert (tmp_path / "var" / "sql_history.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "query",
    [
        "from read_csv('/etc/passwd')",
        "from '/etc/passwd.csv'",
        "select content from read_text('/etc/hostname')",
    ],
)
def test_other_files_are_out_of_reach(typed, query):
    """External access is off."""
    code, out, err = typed("sql", query)

    assert (code, out) == (1, "")
    assert "disabled" in err or "does not exist" in err


def test_an_older_snapshot_can_be_asked(typed):
    """By the name of its run."""
    _, out, _ = typed("sql", "select count(*) as n from journeys", "--snapshot", "20260301")

    assert out == "n\n-\n1\n(1 row)\n"


@pytest.mark.parametrize("query", ["drop table kpis", "attach 'x.duckdb'", "copy kpis to 'x'"])
def test_writes_are_refused_in_a_sentence(typed, query):
    """Exit code 2, and the table is still there."""
    code, out, err = typed("sql", query)

    assert (code, out) == (2, "")
    assert "is refused: a published snapshot can only be read" in err
    assert typed("sql", "select count(*) as n from kpis")[1] == "n\n-\n1\n(1 row)\n"


def test_a_refused_query_exits_1_with_duckdbs_message(typed):
    """No traceback."""
    code, _, err = typed("sql", "from kpi")

    assert code == 1
    assert 'Did you mean "kpis' in err
    assert "Traceback" not in err


def test_without_a_snapshot_it_says_how_to_make_one(typed, tmp_path):
    """In an empty folder."""
    (tmp_path / "empty.toml").write_text("[paths]\nvar = 'elsewhere'\n")

    code, _, err = typed("sql", "select 1", "--config", "empty.toml")

    assert code == 1
    assert "there is no published snapshot" in err
    assert "journeylab run" in err


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    """``journeylab sql … | head -1`` ends quietly."""
    query = "select range from range(200000)"
    command = f"{sys.executable} -m journeylab sql '{query}' --format csv | head -1"

    told = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert told.stdout == "range\n"
    assert "Traceback" not in told.stderr


def test_signs_a_terminal_obeys_are_spelled_out(typed):
    """A name that would clear the screen does not."""
    _, out, _ = typed("sql", "select 'a' || chr(27) || '[2J' as name")

    assert "a\\x1b[2J" in out
    assert "\x1b" not in out
