"""``journeylab check`` and ``journeylab rejected`` on a small private warehouse."""

import json
from datetime import datetime

import pytest

from journeylab.warehouse import ensure, hold, open_warehouse, read_models
from shelf import publish_shelf

REJECTED = [
    ("web", "2.json", 7, "not_json", "no JSON", "{oops"),
    ("email", "1.json", 3, "bad_time", "cannot read '=now()'", "=now()"),
]


def _judged(tmp_path, *checks):
    """A warehouse whose last run judged these (severity, table, faulty rows)."""
    var = tmp_path / "var"
    with open_warehouse(var / "warehouse.duckdb", spill=var / "spill", memory_limit="1GB") as made:
        ensure(made, "ops.check_results", read_models("ops")["ops.check_results"].columns)
        for run_id, severity, table, faulty in checks:
            made.execute(
                "insert into ops.check_results values ($run, $table, 'sums', $severity,"
                " 'in equals out', $faulty, 'select 1')",
                {"run": run_id, "table": table, "severity": severity, "faulty": faulty},
            )


def test_checks_that_hold_exit_0(typed, tmp_path):
    """Only the last run counts: the night before had a fault."""
    _judged(
        tmp_path, ("20260301", "error", "graph.edges", 9), ("20260302", "error", "graph.edges", 0)
    )

    code, out, _ = typed("check")

    assert (code, out) == (0, "run 20260302 (last run): 1 of 1 checks pass\n")
    assert "graph.edges" in typed("check", "--all")[1]


@pytest.mark.parametrize(("severity", "code"), [("warn", 3), ("error", 4)])
def test_a_failed_check_sets_the_exit_code(typed, tmp_path, severity, code):
    """With table, rows and what must hold, also when it blocked the run."""
    _judged(
        tmp_path,
        ("20260302", severity, "graph.edges", 2),
        ("20260302", "error", "core.steps", 0),
    )

    told, out, _ = typed("check")

    assert told == code
    assert out.splitlines()[0] == "run 20260302 (last run): 1 of 2 checks pass"
    assert out.splitlines()[3].split() == [
        severity,
        "graph.edges",
        "sums",
        "2",
        *["in", "equals", "out"],
    ]


def test_without_any_run_check_says_so(typed):
    """An empty folder."""
    code, _, err = typed("check")

    assert code == 1
    assert "there is no published snapshot" in err


def _rejected(tmp_path):
    var = tmp_path / "var"
    with open_warehouse(var / "warehouse.duckdb", spill=var / "spill", memory_limit="1GB") as made:
        made.execute("create schema staging")
        for name in ("ops.deliveries", "ops.rejected_rows"):
            ensure(made, name, read_models("ops")[name].columns)
        made.execute(
            "create table staging.rejected_events (delivery_key integer, source varchar,"
            " file_name varchar, row_number bigint, reason_code varchar, reason varchar,"
            " raw_text varchar)"
        )
        for key, row in enumerate(REJECTED):
            values = dict(zip("abcdef", row, strict=True))
            made.execute(
                "insert into staging.rejected_events values ($key, $a, $b, $c, $d, $e, $f)",
                {"key": key, **values},
            )
            made.execute(
                "insert into ops.deliveries (delivery_key, source, sha256, state)"
                " values ($key, $source, $sha256, 'loaded')",
                {"key": key, "source": row[0], "sha256": f"{key}" * 64},
            )


def test_export_writes_the_raw_text_to_a_private_file(typed, tmp_path):
    """Sorted by source; a text a spreadsheet would run gets an apostrophe in CSV."""
    _rejected(tmp_path)

    code, out, _ = typed("rejected", "export", "--output", "rejected.csv")

    assert (code, out) == (0, "2 rejected rows written to rejected.csv\n")
    file = tmp_path / "rejected.csv"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().splitlines() == [
        "id,source,file_name,row_number,reason_code,reason,raw_text",
        "email:1111111111111111:3,email,1.json,3,bad_time,cannot read '=now()','=now()",
        "web:0000000000000000:7,web,2.json,7,not_json,no JSON,{oops",
    ]


def test_export_as_json_lines_keeps_the_text_to_the_letter(typed, tmp_path):
    """And can be narrowed to a source or a reason."""
    _rejected(tmp_path)

    typed("rejected", "export", "--output", "all.jsonl", "--format", "jsonl")
    typed("rejected", "export", "--output", "web.jsonl", "--format", "jsonl", "--source", "web")
    typed("rejected", "export", "--output", "none.csv", "--reason", "too_old")

    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    assert [json.loads(line)["raw_text"] for line in lines] == ["=now()", "{oops"]
    assert json.loads((tmp_path / "web.jsonl").read_text())["row_number"] == 7
    assert (tmp_path / "none.csv").read_text().count("\n") == 1


def test_export_leaves_a_running_run_alone(typed, tmp_path):
    """Exit code 5."""
    _rejected(tmp_path)

    with hold(tmp_path / "var/run.lock", started_at=datetime(2026, 3, 2, 2, 15)):
        code, _, err = typed("rejected", "export", "--output", "rejected.csv")

    assert code == 5
    assert "another run holds the warehouse" in err
    assert not (tmp_path / "rejected.csv").exists()


def test_export_without_a_warehouse_says_how_to_make_one(typed, tmp_path):
    """And makes no file."""
    publish_shelf(tmp_path / "var", "20260301")

    code, _, err = typed("rejected", "export", "--output", "rejected.csv")

    assert code == 1
    assert "there is no warehouse yet" in err
    assert not (tmp_path / "rejected.csv").exists()
