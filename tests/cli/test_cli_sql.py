"""``journeylab sql``: readable tables, CSV and JSON; writes are refused."""

import json
import os
import subprocess
import sys

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
