"""One more night on a history, carried on and built whole: CPU, wall and memory of both.

Run it with `.venv/bin/python benchmarks/night_vs_full.py --events 1000000 --folder var/night`.
It prints a Markdown table and how the content hashes compare; it asserts nothing.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from journeylab.simulate import write_events

CHANNELS: Final = ("web", "email", "chat", "purchase")
ROOT: Final = Path(__file__).parents[1]

SOURCE: Final = """\
[sources.{name}]
channel = "{name}"
format = "contract"
path = "landing/{name}"
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    wall_s: float
    cpu_s: float
    peak_gb: float
    layers: dict[str, float]


def prepare(folder: Path, *, events: int, night: int) -> None:
    """Write the history into landing/ and the last events of all, as many as a night, beside it."""
    if (folder / "journeylab.toml").exists():
        return
    write_events(folder / "all", seed=1, events=events)
    frame = pl.scan_parquet(str(folder / "all" / "*" / "*.parquet"))
    cut = frame.select(pl.col("occurred_at").top_k(night).min()).collect().item()
    for name in CHANNELS:
        for path in sorted((folder / "all" / name).glob("*.parquet")):
            table = pl.read_parquet(path)
            for place, part in (
                ("landing", table.filter(pl.col("occurred_at") < cut)),
                ("night", table.filter(pl.col("occurred_at") >= cut)),
            ):
                if part.height:
                    (folder / place / name).mkdir(parents=True, exist_ok=True)
                    part.write_parquet(folder / place / name / f"{place}-{path.name}")
    shutil.rmtree(folder / "all")
    shutil.copy(ROOT / "touchpoints.toml", folder / "touchpoints.toml")
    told = "".join(SOURCE.format(name=name) for name in CHANNELS)
    (folder / "journeylab.toml").write_text(told + "[publish]\nkeep = 3\n")


def run(folder: Path, *options: str) -> Cost:
    """One `journeylab run` in a process of its own."""
    began = time.perf_counter()
    report = folder / "report.json"
    with report.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "journeylab", "run", "--json", "--quiet", *options],
            cwd=folder,
            stdout=out,
        )
        _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 3):
        raise SystemExit(f"journeylab run ended with {code}; see {report}")
    layers: dict[str, float] = {}
    for step in json.loads(report.read_text())["steps"]:
        layer = step["name"].split(".")[0]
        layers[layer] = layers.get(layer, 0.0) + step["seconds"]
    return Cost(
        time.perf_counter() - began,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss * 1024 / 1e9,
        layers,
    )


def hashes(folder: Path) -> dict[str, str]:
    """Content hash of each published table."""
    manifest = json.loads((folder / "var/published/current/manifest.json").read_text())
    return {name: table["content_hash"] for name, table in manifest["tables"].items()}


def main() -> None:
    """Prepare, run the history, the night and the rebuild, and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--night", type=int, default=None, help="events of the night")
    told = parser.parse_args()
    folder: Path = told.folder
    prepare(folder, events=told.events, night=told.night or told.events // 200)
    costs = {"history, whole": run(folder)}
    shutil.copytree(folder / "night", folder / "landing", dirs_exist_ok=True)
    costs["one more night"] = run(folder)
    carried = hashes(folder)
    costs["the same, whole"] = run(folder, "--full")
    rebuilt = hashes(folder)
    layers = list(costs["history, whole"].layers)
    print("| run | CPU s | wall s | peak GB | " + " | ".join(layers) + " |")
    print("|---" * (4 + len(layers)) + "|")
    for name, cost in costs.items():
        parts = " | ".join(f"{cost.layers.get(layer, 0.0):.1f}" for layer in layers)
        print(f"| {name} | {cost.cpu_s:.1f} | {cost.wall_s:.1f} | {cost.peak_gb:.2f} | {parts} |")
    night, full = costs["one more night"], costs["the same, whole"]
    print(
        f"night / whole: CPU {night.cpu_s / full.cpu_s:.3f}, wall {night.wall_s / full.wall_s:.3f}"
    )
    print("tables that differ:", [name for name in carried if carried[name] != rebuilt.get(name)])


if __name__ == "__main__":
    main()
