"""Whole runs: nights, repetition, two at once, a reader beside, nothing delivered."""

import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from journeylab.settings import Settings
from journeylab.simulate import write_sample
from journeylab.warehouse import open_current, open_warehouse, show
from sample import NIGHTS, deliver, run_at, shop

pytestmark = pytest.mark.slow

READER = """
import sys, time, duckdb
database, stop = sys.argv[1:]
reads = 0
while True:
    with duckdb.connect(database, read_only=True) as opened:
        rows = opened.execute("select count(*), sum(steps) from journeys").fetchall()
        assert opened.execute("select count(*) from events").fetchall()[0][0] > 0
    reads += 1
    try:
        open(stop)
        break
    except FileNotFoundError:
        time.sleep(0.05)
print(reads, rows)
"""


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Deliveries of three nights as the sample's, of sixty customers."""
    folder = tmp_path_factory.mktemp("few")
    write_sample(folder, seed=7, customers=60, first_day=date(2026, 2, 1))
    return folder


@pytest.fixture(scope="module")
def one_night(tmp_path_factory, few):
    """A shop after the first of those nights; tests take a copy."""
    folder = tmp_path_factory.mktemp("one_night")
    settings = shop(folder)
    deliver(folder, NIGHTS[0], sample=few)
    run_at(settings, 1)
    (folder / "var" / "run.lock").unlink()
    return folder


def copied(shop_folder: Path, target: Path) -> Settings:
    """The settings of a copy of a shop; it goes on from the tables that were copied."""
    shutil.copytree(shop_folder, target, symlinks=True, dirs_exist_ok=True)
    return shop(target)


def journeylab(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "journeylab", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def published(settings: Settings) -> tuple[str, int]:
    """The run that the current snapshot is of, and its events."""
    with open_current(settings.paths.published) as snapshot:
        return (
            snapshot.scalar("select run_id from snapshot_info"),
            snapshot.scalar("select count(*) from events"),
        )


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def wait_for_lock(folder: Path) -> None:
    """Wait until a started run says in its lock file that it has begun."""
    lock = folder / "var" / "run.lock"
    for _ in range(600):
        if lock.is_file() and lock.read_text():
            return
        time.sleep(0.05)
    pytest.fail("the run never took its lock")


def test_nights_one_by_one_equal_one_delivery(tmp_path, few, monkeypatch):
    """Nights in the wrong order hash the same as all at once; so does the last in full."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", "the same key for both folders")
    one, many = tmp_path / "one", tmp_path / "many"
    for folder in (one, many):
        folder.mkdir()
    at_once = shop(one)
    deliver(one, sample=few)
    first = run_at(at_once, 1)
    nightly = shop(many)
    for hour, night in enumerate(reversed(NIGHTS), start=1):
        deliver(many, night, sample=few)
        last = run_at(nightly, hour)
    rebuilt = run_at(nightly, len(NIGHTS) + 1, full=True)

    runs = (first, last, rebuilt)
    hashes = {show(run.snapshot.parents[1], run.run_id).content_hash for run in runs}
    assert len(hashes) == 1
    assert last.row_counts == first.row_counts


def test_two_runs_at_once_and_a_reader_beside_them(tmp_path, few, one_night):
    """The second run ends with 5 and names the first; the reader never fails."""
    settings = copied(one_night, tmp_path)
    database = settings.paths.published / "current" / "journeylab.duckdb"
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(database), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deliver(tmp_path, NIGHTS[1], sample=few)
    first = journeylab(tmp_path, "run", "--quiet")
    wait_for_lock(tmp_path)

    second = finished(journeylab(tmp_path, "run", "--quiet"))

    assert second[0] == 5
    assert f"process {first.pid}" in second[2]
    assert finished(first)[0] in (0, 3)
    stop.touch()
    code, out, err = finished(reader)
    assert code == 0, err
    assert int(out.split()[0]) > 1


def test_a_killed_run_leaves_the_old_snapshot_and_the_next_one_mends(tmp_path, few, one_night):
    """Kill -9 in the middle: the old snapshot answers, the next run publishes everything."""
    settings = copied(one_night, tmp_path)
    before = published(settings)
    deliver(tmp_path, NIGHTS[1], sample=few)
    killed = journeylab(tmp_path, "run", "--quiet")
    wait_for_lock(tmp_path)
    time.sleep(0.5)
    killed.send_signal(signal.SIGKILL)
    assert finished(killed)[0] == -signal.SIGKILL
    assert published(settings) == before

    after = run_at(settings, 2)

    assert after.snapshot is not None
    assert published(settings)[1] > before[1]


def test_tables_that_no_model_makes_are_dropped(tmp_path, one_night):
    """One of a former release, which may name people, and one that a kill left half made."""
    settings = copied(one_night, tmp_path)
    stood: set[str] = set()
    for path, places in (
        (settings.paths.warehouse, ["graph.of_a_former_release", "core.steps__making"]),
        (settings.paths.row_marts, ["main.steps__making"]),
    ):
        with open_warehouse(path, spill=tmp_path / "spill") as database:
            for name in places:
                database.execute(f"create table {name} as select 1 as one")
            stood |= set(database.table_names())
    strangers = {"graph.of_a_former_release", "core.steps__making", "main.steps__making"}

    run_at(settings, 2)

    there: set[str] = set()
    for path in (settings.paths.warehouse, settings.paths.row_marts):
        with open_warehouse(path, spill=tmp_path / "spill") as database:
            there |= set(database.table_names())
    assert there == stood - strangers


def test_nothing_delivered_publishes_an_empty_snapshot(tmp_path):
    """No folder, no file: every table is there and empty, nothing is called a rate."""
    report = run_at(shop(tmp_path), 1)

    assert report.exit_code in (0, 3)
    with open_current(tmp_path / "var" / "published") as snapshot:
        assert snapshot.scalar("select count(*) from journeys") == 0
        assert snapshot.rows("select value from kpis where kpi = 'conversion_rate'") in (
            [],
            [(None,)],
        )


def test_from_nothing_to_an_answer(tmp_path):
    """init, simulate, run, sql: what a stranger types first."""
    for words in (("init",), ("simulate",), ("run", "--quiet")):
        code, _, err = finished(journeylab(tmp_path, *words))
        assert code in (0, 3), err

    code, out, _ = finished(
        journeylab(
            tmp_path, "sql", "select count(*) > 100 as many from journeys", "--format", "csv"
        )
    )

    assert code == 0
    assert out.split() == ["many", "true"]
