"""Contestants in environments of their own, run in turns, and what each of their processes took."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CACHE = Path(__file__).parents[1] / "var" / "bench"
HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A script, and the packages its environment needs; none is journeylab's own environment.

    Attributes:
        name: as the table calls it.
        script: below ``benchmarks/``; called with the input and the file for its answers.
        packages: what pip installs for it.
        arguments: further arguments of the script.
        runs: how often it runs at most, for the slow ones.
        compared: whether its answers must equal the first contestant's.
    """

    name: str
    script: str
    packages: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    runs: int = 99
    compared: bool = True


@dataclass(slots=True)
class Runs:
    """What the runs of one contestant took; its own clock where its script keeps one."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_bytes: list[int] = field(default_factory=list)
    spill_bytes: list[int] = field(default_factory=list)
    answers: Any = None
    failed: str | None = None


def contest(
    contestants: Sequence[Contestant], given: Path, *, rounds: int, limit_seconds: float
) -> dict[str, Runs]:
    """Run all contestants in turns, then hold their answers to the first one's.

    Raises:
        SystemExit: two answers differ; no time is worth printing then.
    """
    told = {contestant.name: Runs() for contestant in contestants}
    for turn in range(rounds):
        for contestant in contestants:
            runs = told[contestant.name]
            if runs.failed is not None or turn >= contestant.runs:
                continue
            print(f"  round {turn + 1}: {contestant.name}", file=sys.stderr, flush=True)
            _run(contestant, given, runs, limit_seconds)
    answered = [c for c in contestants if c.compared and told[c.name].answers is not None]
    for other in answered[1:]:
        _refuse_difference(answered[0].name, other.name, told)
    return told


def _refuse_difference(one: str, other: str, told: Mapping[str, Runs]) -> None:
    first, second = told[one].answers, told[other].answers
    for key in first:
        if key in second and not _same(first[key], second[key]):
            pairs = zip(first[key], second[key], strict=False)
            shown = next((pair for pair in pairs if not _same(*pair)), "their number")
            raise SystemExit(f"{one} and {other} differ in {key}: {shown}")


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - plain JSON
    """Equal; floats within a billionth, because tools interpolate quantiles each in its way."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(abs(one), abs(other))
    return bool(one == other)


def _run(contestant: Contestant, given: Path, runs: Runs, limit_seconds: float) -> None:
    try:
        python = _environment(contestant.packages)
    except subprocess.CalledProcessError as error:
        runs.failed = f"cannot be installed: {str(error.stderr).strip().splitlines()[-1][:90]}"
        return
    spill, out = CACHE / "spill", CACHE / "answers.json"
    shutil.rmtree(spill, ignore_errors=True)
    spill.mkdir(parents=True)
    out.unlink(missing_ok=True)
    log = CACHE / f"{contestant.script.replace('/', '_')}.log"
    with log.open("w") as written:
        took = _measured(
            [
                str(python),
                str(HERE / contestant.script),
                str(given),
                str(out),
                *contestant.arguments,
            ],
            written.fileno(),
            spill,
            limit_seconds,
        )
    shutil.rmtree(spill, ignore_errors=True)
    if took is None or not out.exists():
        lines = log.read_text().strip().splitlines() or ["no word"]
        runs.failed = f"over {limit_seconds:.0f} s" if took is None else lines[-1][:90]
        return
    seconds, cpu_seconds, peak, spilled = took
    told = json.loads(out.read_text())
    runs.seconds.append(told.get("seconds", seconds))
    runs.cpu_seconds.append(told.get("cpu_seconds") or cpu_seconds)
    runs.peak_bytes.append(peak)
    runs.spill_bytes.append(spilled)
    runs.answers = told["answers"]


def _environment(packages: Sequence[str]) -> Path:
    """The interpreter of an environment with the packages, made when it is not there."""
    if not packages:
        return Path(sys.executable)
    folder = CACHE / "environments" / "+".join(packages).replace("=", "").replace("[", "_")
    python = folder / "bin" / "python"
    if not (folder / "whole").exists():
        print(f"  installing {' '.join(packages)}", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", *packages],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True)
        (folder / "whole").touch()
    return python


def _measured(
    command: Sequence[str], output: int, spill: Path, limit_seconds: float
) -> tuple[float, float, int, int] | None:
    """Wall and CPU seconds, peak memory and spill of a process and all it starts."""
    environment = {**os.environ, "SPILL": str(spill), "TMPDIR": str(spill)}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=output, stderr=output, env=environment, cwd=spill, start_new_session=True
    )
    ticks: dict[int, int] = {}
    peak = spilled = 0
    while process.poll() is None:
        resident = 0
        for pid, spent, pages in _session(process.pid):
            ticks[pid] = max(spent, ticks.get(pid, 0))
            resident += pages * PAGE
        peak = max(peak, resident)
        spilled = max(spilled, _size(spill))
        if time.perf_counter() - began > limit_seconds:
            os.killpg(process.pid, 9)
            process.wait()
            return None
        time.sleep(0.05)
    return time.perf_counter() - began, sum(ticks.values()) / TICKS, peak, spilled


def _session(leader: int) -> list[tuple[int, int, int]]:
    """(pid, CPU ticks, resident pages) of every process of a session."""
    found = []
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            text = Path(entry.path, "stat").read_text()
        except OSError:
            continue
        told = text.rsplit(")", 1)[1].split()
        if int(told[3]) == leader:
            found.append((int(entry.name), int(told[11]) + int(told[12]), int(told[21])))
    return found


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_blocks * 512
        except OSError:
            continue
    return total


def table(told: Mapping[str, Runs], *, events: int, first: str) -> str:
    """A Markdown table; ratios are medians against the contestant named ``first``."""
    base = told[first]
    lines = [
        "| | wall s, median (least – most) | CPU s | CPU ns/event | CPU against "
        f"{first} | peak GB | spill GB |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, runs in told.items():
        if not runs.seconds:
            lines.append(f"| {name} | {runs.failed or 'not run'} | | | | | |")
            continue
        cpu = statistics.median(runs.cpu_seconds)
        lines.append(
            f"| {name} | {statistics.median(runs.seconds):.2f}"
            f" ({min(runs.seconds):.2f} – {max(runs.seconds):.2f}) | {cpu:.2f}"
            f" | {cpu / events * 1e9:,.0f} | {_against(cpu, base)}"
            f" | {max(runs.peak_bytes) / 1e9:.2f} | {max(runs.spill_bytes) / 1e9:.1f} |"
        )
    return "\n".join(lines)


def _against(cpu: float, base: Runs) -> str:
    return f"{cpu / statistics.median(base.cpu_seconds):.2f}" if base.cpu_seconds else ""
