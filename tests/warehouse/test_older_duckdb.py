"""A snapshot as tools with a DuckDB of the 1.x line see it: DBeaver, Metabase, the CLI."""

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from journeylab.lab import open as open_lab
from journeylab.warehouse import memory, publish, read_models
from shelf import INFO

#: Tables that views, macros and the questions below read.
TABLES = (
    "clock",
    "customers",
    "events",
    "graph_edges",
    "journeys",
    "sessions",
    "stages",
    "step_flows",
    "steps",
    "touchpoints",
)
FUNNEL = ["web:product", "web:cart", "purchase:completed"]


def program() -> str:
    """The command-line DuckDB beside this Python, else the one of the system."""
    beside = Path(sys.executable).with_name("duckdb")
    found = str(beside) if beside.is_file() else shutil.which("duckdb")
    if found is None:
        pytest.skip("no duckdb command: pip install duckdb-cli")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if not told.startswith("v1."):
        pytest.skip(f"the duckdb command is {told.strip()}, and a 1.x is wanted")
    return found


@pytest.fixture(scope="module")
def old_file(sample_run, tmp_path_factory):
    """The sample, published with ``storage_version = "v1.0.0"``."""
    models = {name: model for name, model in read_models("marts").items() if model.table in TABLES}
    with memory(threads=1) as warehouse:
        warehouse.execute(
            f"attach '{sample_run.snapshot / 'journeylab.duckdb'}' as now (read_only)"
        )
        warehouse.execute("create schema marts")
        for name, model in models.items():
            warehouse.execute(f"create table {name} as from now.main.{model.table}")
        snapshot = publish(
            warehouse,
            models,
            published=tmp_path_factory.mktemp("old"),
            run_id="old",
            info=INFO,
            keep=1,
            storage_version="v1.0.0",
        )
    return snapshot.database


@pytest.fixture(scope="module")
def asked(old_file):
    """Ask the old file by the old program: rows of text."""
    duckdb = program()

    def ask(query: str) -> list[list[str]]:
        done = subprocess.run(
            [duckdb, "-readonly", "-csv", "-noheader", str(old_file), query],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return list(csv.reader(io.StringIO(done.stdout)))

    return ask


@pytest.mark.parametrize("view", [model.table for model in read_models("star").values()])
def test_every_view_can_be_read(asked, view):
    """A function that only DuckDB 2.0 knows would fail here."""
    assert int(asked(f"select count(*) from {view}")[0][0]) > 0


def test_macros_answer_as_the_lab_does(asked, sample_run):
    """funnel, paths, retention, time_between."""
    with open_lab(sample_run.snapshot) as lab:
        funnel = lab.funnel(FUNNEL)["entered"].to_list()
        paths = lab.paths(steps=2, top=3)["journeys"].to_list()
        retained = lab.retention(periods=2).drop_nulls("cohort_date")["retained"].to_list()
        between = lab.time_between("web:product", "web:cart")["journeys"].to_list()

    def told(query: str) -> list[int]:
        return [int(row[0]) for row in asked(query)]

    assert told(f"select entered from funnel({FUNNEL})") == funnel
    assert told("select journeys from paths(steps := 2, top := 3)") == paths
    assert told("select retained from retention(periods := 2)") == retained
    assert told("select journeys from time_between('web:product', 'web:cart')") == between


def test_comments_and_money_come_through(asked):
    """Texts of columns, and decimals."""
    query = "select comment from duckdb_columns() where table_name = 'journeys' limit 1"

    assert asked(query) == [["event_id of its first action, or the journey the caller gave."]]
    assert float(asked("select sum(value) from journeys")[0][0]) > 0


def test_nothing_can_be_written(old_file):
    """Neither by the program nor by permission."""
    done = subprocess.run(
        [program(), "-readonly", str(old_file), "drop table journeys"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "read-only" in done.stderr
    assert old_file.stat().st_mode & 0o222 == 0


def test_a_file_of_today_is_refused_by_an_old_program_in_words(sample_run):
    """Without the setting the file needs a DuckDB of 2.0 or newer."""
    done = subprocess.run(
        [program(), "-readonly", str(sample_run.snapshot / "journeylab.duckdb"), "select 1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "version" in done.stderr
