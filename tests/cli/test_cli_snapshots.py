"""``journeylab snapshots``: list, show, diff, rollback."""

import json
from datetime import datetime

import pytest

from journeylab.warehouse import hold, open_read_only
from shelf import ANA, BEN, publish_marts, publish_shelf


@pytest.fixture(autouse=True)
def shop(tmp_path):
    """Two nights: Ana's journey, then Ben's too and less revenue."""
    publish_shelf(tmp_path / "var", "20260301", journeys=[ANA], kpis={"orders": 1, "revenue": 20})
    publish_shelf(
        tmp_path / "var", "20260302", journeys=[ANA, BEN], kpis={"orders": 1, "revenue": 12.5}
    )


def test_the_list_marks_the_current_one(typed):
    """Newest first."""
    code, out, _ = typed("snapshots", "list")

    lines = [line.split()[:6] for line in out.splitlines()[2:]]
    assert code == 0
    assert lines == [
        ["*", "20260302", "2026-03-01", "02:15", "2026-02-28", "23:59"],
        ["20260301", "2026-03-01", "02:15", "2026-02-28", "23:59", "3"],
    ]


def test_an_empty_list_says_what_to_do(typed, tmp_path):
    """And is no failure."""
    (tmp_path / "empty.toml").write_text("[paths]\nvar = 'elsewhere'\n")

    code, out, _ = typed("snapshots", "list", "--config", "empty.toml")

    assert (code, out) == (0, "nothing is published yet; make a snapshot with: journeylab run\n")


def test_show_tells_what_made_a_snapshot_and_its_tables(typed):
    """The current one unless named."""
    code, out, _ = typed("snapshots", "show")

    assert code == 0
    assert "run:              20260302 (current)\n" in out
    assert "settings hash:    c0ffee\n" in out
    assert out.endswith("table     rows\n--------  ----\njourneys     2\nkpis         2\n")


def test_diff_shows_what_differs_and_counts_what_does_not(typed):
    """Rows by table, then KPIs, then the map, which these snapshots have not."""
    code, out, _ = typed("snapshots", "diff")

    assert code == 0
    assert out == (
        "20260301 -> 20260302\n"
        "\n"
        "table     before  after           added  removed  changed\n"
        "--------  ------  -----  --------------  -------  -------\n"
        "journeys       1      2  not told apart\n"
        "kpis           2      2  not told apart\n"
        "0 of 2 tables hold the same rows\n"
        "\n"
        "kpi      before  after  change  95 % interval  test\n"
        "-------  ------  -----  ------  -------------  ----------\n"
        "revenue      20   12.5    -7.5                 not tested\n"
        "1 of 2 KPIs are equal; * is beyond chance at 95 %\n"
        "\n"
        "map: 0 appeared, 0 vanished, 0 moved by more than 0.05 of their source's flow\n"
    )


def test_a_diff_of_real_tables_fits_a_hundred_columns_and_is_json_too(typed, tmp_path):
    """The longest names there are; JSON has what the text rounds."""
    kpi = {"kpi": "time_to_goal_p50_converted_only", "unit": "share", "currency": "EUR"}
    edge = {"part": "before", "from_node": "web:" + "x" * 60, "to_node": "web:" + "y" * 60}
    for run_id, value in (("20260303", 0.123456), ("20260304", 0.234567)):
        publish_marts(
            tmp_path / "var",
            run_id,
            kpis=[{**kpi, "value": value, "low": value - 0.01, "high": value + 0.01}],
            graph_edges=[{**edge, "transitions": 5, "share_out": value}],
        )

    out = typed("snapshots", "diff")[1]
    told = json.loads(typed("snapshots", "diff", "--json", "--moved", "0.2")[1])

    assert max(map(len, out.splitlines())) <= 100
    assert "+0.097 to +0.125  newcombe *" in out
    assert "graph_edges       1      1      0        0        1" in out
    assert "map: 0 appeared, 0 vanished, 1 moved" in out
    assert told["rows"][0]["key"] == ["part", "from_node", "to_node"]
    assert told["kpis"][0]["before"] == 0.123456
    assert told["edges"] == []


def test_rollback_makes_the_older_one_current(typed):
    """And says what comes next."""
    code, out, _ = typed("snapshots", "rollback")

    assert code == 0
    assert out == "current is now 20260301; the next run publishes a new snapshot\n"
    assert typed("sql", "select count(*) as n from journeys")[1] == "n\n-\n1\n(1 row)\n"


def test_rollback_waits_for_no_run(typed, tmp_path):
    """While a run is at work it exits 5 and names the process."""
    with hold(tmp_path / "var/run.lock", started_at=datetime(2026, 3, 2, 2, 15)):
        code, _, err = typed("snapshots", "rollback")

    assert code == 5
    assert "another run holds the warehouse: process" in err
    assert "started 2026-03-02T02:15:00 UTC" in err


def test_an_unknown_run_is_told_with_the_nearest(typed):
    """Exit code 2."""
    code, _, err = typed("snapshots", "show", "20260303")

    assert code == 2
    assert "no snapshot '20260303'" in err


def test_prune_removes_and_thins_what_it_says_beforehand(typed):
    """The dry run changes nothing; the current one keeps its rows."""
    told = typed("snapshots", "prune", "--keep", "1", "--keep-month-ends", "0", "--dry-run")[1]
    assert told == "20260301 would be removed, 1.1 MB\n"

    assert typed("snapshots", "prune", "--keep-rows", "1")[1].startswith("20260301 thinned, ")
    held = [line.split()[-1] for line in typed("snapshots", "list")[1].splitlines()[2:]]
    assert held == ["rows", "marts"]

    assert typed("snapshots", "prune", "--keep", "1", "--keep-month-ends", "0")[1].startswith(
        "20260301 removed"
    )
    assert typed("snapshots", "prune")[1] == "nothing to remove and nothing to thin\n"


def test_the_list_fits_a_hundred_columns(typed, tmp_path):
    """With ids of real runs, and room for millions of rows and gigabytes."""
    publish_shelf(tmp_path / "var", "20260303T021500.123456")

    lines = typed("snapshots", "list")[1].splitlines()

    assert (
        max(map(len, lines)) + len("9,999,999") - len("rows") + len("9,999.9") - len("1.1") <= 100
    )


def test_pruning_everything_is_refused(typed):
    """Exit code 2, and nothing is removed."""
    assert typed("snapshots", "prune", "--keep", "0")[0] == 2


def test_aggregates_are_exported_without_rows(typed, tmp_path):
    """One file that names its run; an existing file is not overwritten."""
    code, out, _ = typed("export", "aggregates", "--output", "shared.duckdb")

    assert (code, out) == (0, "aggregates written to shared.duckdb; k_floor: none\n")
    with open_read_only(tmp_path / "shared.duckdb") as opened:
        assert opened.table_names() == ["main.kpis", "main.snapshot_info"]
        assert opened.rows("select run_id, has_rows from snapshot_info") == [("20260302", False)]
    assert typed("export", "aggregates", "--output", "shared.duckdb")[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shared.duckdb", "var"]
