"""Dagster's own processes under faults: killed, two at once, days filled in a bad order."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bench import environment
from small_shop import AS_OF, FIRST_NIGHT, deliver_night, write_settings

from journeylab.warehouse import open_read_only

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]


@dataclass
class Shop:
    """The small shop under Dagster: a landing folder, settings, a ``DAGSTER_HOME``."""

    folder: Path

    def __post_init__(self) -> None:
        self.config = write_settings(self.folder / "shop", self.landing)
        told = self.config.read_text().replace("[run]\n", f"[run]\nas_of = {AS_OF}Z\n")
        self.config.write_text(f"{told}\n[report]\nnightly = false\n")
        self.home = self.folder / "dagster"
        self.home.mkdir()
        shutil.copy(ROOT / "pipelines" / "dagster.yaml", self.home)

    @property
    def landing(self) -> Path:
        """Folder that nights are delivered to."""
        return self.folder / "landing"

    @property
    def environment(self) -> dict[str, str]:
        """Environment of its processes."""
        told = {**environment(), "JOURNEYLAB_CONFIG": str(self.config)}
        return {**told, "DAGSTER_HOME": str(self.home), "PYTHONUNBUFFERED": "1"}

    def started(self, job: str, *words: str) -> "subprocess.Popen[str]":
        """A process of Dagster at work on a job."""
        dagster = [sys.executable, "-m", "dagster", "job", "execute"]
        return subprocess.Popen(
            [*dagster, "-m", "journeylab_pipelines.definitions", "-j", job, *words],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, job: str, *words: str) -> tuple[int, str]:
        """Exit code and log of a whole run of a job."""
        process = self.started(job, *words)
        log = process.communicate()[1]
        return process.returncode, log

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command of journeylab, typed beside Dagster."""
        return subprocess.run(
            [sys.executable, "-m", "journeylab", *words, "--config", str(self.config)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def manifest(self) -> dict[str, Any]:
        """What was published last."""
        current = self.folder / "shop" / "var" / "published" / "current"
        return json.loads((current / "manifest.json").read_text())

    def runs(self) -> list[str]:
        """How its runs ended, oldest first."""
        with open_read_only(self.folder / "shop" / "var" / "warehouse.duckdb") as opened:
            return [state for (state,) in opened.rows("select state from ops.runs order by run_id")]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop whose first night waits in the landing folders."""
    made = Shop(tmp_path)
    deliver_night(made.landing, 1)
    return made


def reached(process: "subprocess.Popen[str]", step: str) -> None:
    """Read the log of a run until a step starts."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "STEP_START" in line and f" {step} " in line:
            return
    pytest.fail(f"{step} never started: {''.join(lines[-20:])}")


def of_one_full_run(shop: Shop) -> str:
    """Content hash of one full run of the command line over the same files, in its own folder."""
    aside = Shop(shop.folder / "aside")
    shutil.copytree(shop.landing, aside.landing)
    done = aside.command("run", "--full", "--quiet")
    assert done.returncode in (0, 3), done.stderr
    return aside.manifest()["content_hash"]


@contextmanager
def stopped(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Let a process stand still; its lock stays held."""
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


@pytest.mark.parametrize("step", ["staging_events", "core_sessions", "publish_snapshot"])
def test_a_killed_dagster_run_is_mended_by_the_next(shop, step):
    """Kill -9 of the process of a run: the old snapshot stays, the next run equals a full one."""
    code, log = shop.run("nightly")
    assert code == 0, log[-2000:]
    before = shop.manifest()
    deliver_night(shop.landing, 2)
    process = shop.started("nightly")
    reached(process, step)

    process.kill()
    process.communicate()

    assert process.returncode == -signal.SIGKILL
    assert shop.manifest() == before
    deliver_night(shop.landing, 3)

    code, log = shop.run("nightly")

    assert code == 0, log[-2000:]
    assert shop.runs() == ["published", "running", "published"]
    assert shop.manifest()["content_hash"] == of_one_full_run(shop)


def test_two_nightly_runs_at_once_the_second_says_who_holds_the_lock(shop):
    """As a job of Dagster it fails, as a command it ends with 5; the first ends well."""
    first = shop.started("nightly")
    reached(first, "staging_events")
    with stopped(first):
        code, log = shop.run("nightly")
        typed = shop.command("run", "--quiet")
    ended = first.communicate()[1]

    assert first.returncode == 0, ended[-2000:]
    assert code != 0
    assert "LockHeld" in log
    assert f"process {first.pid}" in log
    assert typed.returncode == 5
    assert f"process {first.pid}" in typed.stderr
    assert shop.runs() == ["published"]


def test_days_filled_one_by_one_and_as_a_range_equal_one_run(shop):
    """The second day first, then the others in one run; a day's files are those of its date."""
    for night in (1, 2, 3, 4):
        deliver_night(shop.landing, night)
        day = FIRST_NIGHT.replace(day=night).timestamp()
        for path in shop.landing.glob(f"*/{night:05}.*"):
            os.utime(path, (day, day))
    config = {"resources": {"run": {"config": {"first_day": "2026-05-03"}}}}
    days = shop.folder / "days.yaml"
    days.write_text(json.dumps(config))

    told = [
        shop.run("backfill", "--tags", json.dumps({"dagster/partition": "2026-05-02"})),
        shop.run("nightly", "--config", str(days)),
        shop.run("backfill", "--tags", json.dumps({"dagster/partition": "2026-05-01"})),
    ]

    assert [code for code, _ in told] == [0, 0, 0], [log[-1000:] for code, log in told if code]
    assert shop.runs() == ["published"] * 3
    assert shop.manifest()["content_hash"] == of_one_full_run(shop)
