"""Both engines over the same simulated events: CPU of the driver and of all else, by step.

Run it with `.venv/bin/python benchmarks/engines.py --folder var/engines --events 1000000`; name
the engines to run with `--engines duckdb spark`. It prints two Markdown tables and which published
tables differ; it asserts nothing.
"""

import argparse
import contextlib
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from journeylab.pipeline import run
from journeylab.run_report import StepProgress
from journeylab.settings import load_settings
from journeylab.simulate import write_events
from journeylab.warehouse import RUN_TABLES, content_hash, open_current

CHANNELS: Final = ("web", "email", "chat", "purchase")
#: Makes orphans of a child, as Java is one, children of this process (Linux).
_PR_SET_CHILD_SUBREAPER: Final = 36
ROOT: Final = Path(__file__).parents[1]

SOURCE: Final = """\
[sources.{name}]
channel = "{name}"
format = "contract"
path = "landing/{name}"
"""


def prepare(folder: Path, *, events: int) -> None:
    """Write the events of four channels and their settings, once."""
    if (folder / "journeylab.toml").exists():
        return
    write_events(folder / "landing", seed=1, events=events)
    shutil.copy(ROOT / "touchpoints.toml", folder / "touchpoints.toml")
    told = "".join(SOURCE.format(name=name) for name in CHANNELS)
    (folder / "journeylab.toml").write_text(told)


def measured(folder: Path, engine: str, master: str, buckets: int) -> dict[str, Any]:
    """One full run in this process, in a warehouse of its own: CPU seconds by step."""
    settings = load_settings(folder / "journeylab.toml").on_engine(
        engine, master=master, buckets=buckets
    )
    var = folder / engine
    shutil.rmtree(var, ignore_errors=True)
    paths = settings.paths.model_copy(update={"var": var})
    settings = settings.model_copy(update={"paths": paths})
    steps: dict[str, float] = {}
    since = time.process_time()

    def note(step: StepProgress) -> None:
        nonlocal since
        now = time.process_time()
        if step.seconds is not None:
            steps[step.name] = now - since
        since = now

    began = time.perf_counter()
    run(settings, started_at=datetime(2030, 1, 1, tzinfo=UTC), on_step=note)
    wall = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    with open_current(settings.paths.published) as snapshot:
        names = [n for n in snapshot.table_names() if n.split(".")[1] not in RUN_TABLES]
        hashes = {name: content_hash(snapshot, name) for name in names}
    shutil.rmtree(var)
    return {
        "steps": steps,
        "driver": sum(steps.values()),
        "wall": wall,
        "peak": peak,
        "hashes": hashes,
    }


def apart(options: list[str]) -> dict[str, Any]:
    """Run one engine in a process of its own; what it started is waited for and counted too."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        [sys.executable, __file__, *options], stdout=subprocess.PIPE, text=True
    ) as process:
        told, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{options} ended with {process.returncode}")
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost: dict[str, Any] = json.loads(told.splitlines()[-1])
    return cost | {
        "all": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }


def main() -> None:
    """Run each engine in a process of its own and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--engines", nargs="+", default=["duckdb", "spark"])
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--buckets", type=int, default=2)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.one:
        print(json.dumps(measured(told.folder, told.one, told.master, told.buckets)))
        return
    prepare(told.folder, events=told.events)
    costs = {engine: apart([*sys.argv[1:], "--one", engine]) for engine in told.engines}
    print("| engine | CPU s of all | of them the driver's steps | its peak GB | wall s |")
    print("|---|---|---|---|---|")
    for engine, cost in costs.items():
        print(
            f"| {engine} | {cost['all']:.1f} | {cost['driver']:.1f} | {cost['peak']:.2f} |"
            f" {cost['wall']:.0f} |"
        )
    print("\n| step | " + " | ".join(costs) + " |" + "\n|---" + "|---" * len(costs) + "|")
    for name in dict.fromkeys(name for cost in costs.values() for name in cost["steps"]):
        parts = [cost["steps"].get(name, 0.0) for cost in costs.values()]
        if max(parts) >= 0.1:
            print(f"| {name} | " + " | ".join(f"{part:.2f}" for part in parts) + " |")
    hashes = [cost["hashes"] for cost in costs.values()]
    names = {name for one in hashes for name in one}
    print("\ntables that differ:", [n for n in names if len({one.get(n) for one in hashes}) > 1])


if __name__ == "__main__":
    main()
