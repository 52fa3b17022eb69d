"""One full run over simulated deliveries, with the CPU time of each step and layer.

Called by ``benchmarks``; ``folder`` holds ``landing/<channel>``. Leaves its snapshot beside it.
"""

import json
import resource
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from journeylab.pipeline import run
from journeylab.run_report import RunReport, StepProgress
from journeylab.settings import Settings, load_settings

CHANNELS = ("web", "email", "chat", "purchase")


def cpu_seconds() -> float:
    """CPU seconds of this process so far, in all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(
    settings: Settings, *, started_at: datetime
) -> tuple[RunReport, list[tuple[str, float, float]]]:
    """A full run, and of each step its name, wall seconds and CPU seconds of all threads."""
    steps: list[tuple[str, float, float]] = []
    since = 0.0

    def on_step(progress: StepProgress) -> None:
        nonlocal since
        if progress.seconds is None:
            since = cpu_seconds()
        else:
            steps.append((progress.name, progress.seconds, cpu_seconds() - since))

    return run(settings, full=True, started_at=started_at, on_step=on_step), steps


def main() -> None:
    """Run everything and tell what it took."""
    folder, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    work = folder / "nightly"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    sources = (
        f'[sources.{name}]\nchannel = "{name}"\nformat = "contract"\n'
        f'path = "{folder / "landing" / name}"\n'
        for name in CHANNELS
    )
    (work / "journeylab.toml").write_text("\n".join(sources))
    settings = load_settings(work / "journeylab.toml")
    began, spent = time.perf_counter(), cpu_seconds()
    report, steps = timed(settings, started_at=datetime(2026, 7, 1, 3, tzinfo=UTC))
    took = {"seconds": time.perf_counter() - began, "cpu_seconds": cpu_seconds() - spent}
    layers: dict[str, float] = {}
    for name, _, cpu in steps:
        layer = name.split(".")[0]
        layers[layer] = layers.get(layer, 0.0) + cpu
    answers = {
        "events": sum(row["events"] for row in report.row_counts),
        "exit_code": report.exit_code,
        "slowest": sorted(steps, key=lambda step: -step[2])[:10],
        "layers": layers,
        "disk_bytes": sum(path.stat().st_size for path in work.rglob("*") if path.is_file()),
    }
    out.write_text(json.dumps({**took, "answers": answers}))


if __name__ == "__main__":
    main()
