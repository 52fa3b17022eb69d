"""``journeylab doctor``: what would stop or spoil a run, a line each, with how to mend it."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

from journeylab.cluster import what_spark_lacks
from journeylab.errors import JourneyLabError
from journeylab.privacy import read_tombstones
from journeylab.rules import load_rules
from journeylab.run_report import DONE, DONE_WITH_WARNINGS
from journeylab.settings import Settings, Source, load_settings
from journeylab.warehouse import hold, open_current

_LEAST_FREE_BYTES: Final = 2_000_000_000
_SIZE: Final = re.compile(r"^\s*([\d.]+)\s*([KMGT]?i?B?)\s*$", re.IGNORECASE)
_PREFIXES: Final = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``mend`` is empty when it is well."""

    state: Literal["ok", "warn", "fail"]
    what: str
    mend: str = ""


def doctor(*, config: Path | None = None) -> int:
    """Look for what would stop or spoil a run, and say how to mend it.

    Exits 0 when all is well, 3 with warnings, 1 when a run would fail.

    Args:
        config: Settings file; journeylab.toml in this folder when not given.
    """
    findings = list(_findings(config))
    for finding in findings:
        print(f"{finding.state:<4}  {finding.what}")
        if finding.mend:
            print(f"      mend: {finding.mend}")
    states = {finding.state for finding in findings}
    return _FAILED if "fail" in states else DONE_WITH_WARNINGS if "warn" in states else DONE


def _findings(config: Path | None) -> Iterator[Finding]:
    yield _python()
    try:
        settings = load_settings(config)
    except JourneyLabError as error:
        what, where, mend = error.args
        yield Finding("fail", f"settings: {what} ({where})", mend)
        return
    yield Finding("ok", f"settings are read; relative paths start at {settings.root}")
    yield _rules(settings)
    yield from _sources(settings)
    yield _writable(settings.paths.var)
    yield _space(settings.paths.var)
    yield _lock(settings.paths.lock)
    yield _snapshot(settings.paths.published)
    yield _memory(settings.run.memory_limit)
    if settings.run.engine == "spark":
        yield _spark()
    yield _forgettings(settings.paths.var)


def _forgettings(var: Path) -> Finding:
    try:
        pending = read_tombstones(var).pending
    except JourneyLabError as error:
        what, where, mend = error.args
        return Finding("fail", f"tombstones: {what} ({where})", mend)
    if not pending:
        return Finding("ok", "nobody is half forgotten")
    mend = "give the same 'journeylab forget' again, or: journeylab forget --finish"
    return Finding("warn", f"{len(pending)} customers are half forgotten", mend)


def _python() -> Finding:
    told = (
        f"Python {sys.version.split()[0]}, DuckDB {version('duckdb')}, Polars {version('polars')}"
    )
    return Finding("ok", f"{told}, journeylab {version('journeylab')}")


def _rules(settings: Settings) -> Finding:
    path = settings.paths.touchpoints
    try:
        rules = load_rules(path)
    except JourneyLabError as error:
        what, where, mend = error.args
        return Finding("fail", f"touchpoint rules: {what} ({where})", mend)
    if not path.is_file():
        return Finding("warn", f"no {path}: the starter rules hold", "journeylab init writes them")
    return Finding("ok", f"{len(rules.rules)} touchpoint rules in {path}")


def _sources(settings: Settings) -> Iterator[Finding]:
    if not settings.sources:
        yield Finding("fail", "no source is named", "add [sources.<name>] to journeylab.toml")
    for name, source in sorted(settings.sources.items()):
        yield _source(name, source)


def _source(name: str, source: Source) -> Finding:
    if not source.path.is_dir():
        return Finding("fail", f"source {name}: no folder {source.path}", f"mkdir -p {source.path}")
    if not os.access(source.path, os.R_OK | os.X_OK):
        return Finding("fail", f"source {name}: {source.path} cannot be read", "give this user r-x")
    files = [path for path in sorted(source.path.glob(source.pattern)) if path.is_file()]
    unreadable = [path.name for path in files if not os.access(path, os.R_OK)]
    if unreadable:
        listed = ", ".join(unreadable[:3])
        return Finding("fail", f"source {name}: cannot read {listed}", "give this user the right r")
    if not files:
        mend = f"deliver files that match {source.pattern!r}, or change 'pattern'"
        return Finding("warn", f"source {name}: no file in {source.path}", mend)
    return Finding("ok", f"source {name}: {len(files)} files in {source.path}")


def _writable(var: Path) -> Finding:
    standing = _standing(var)
    if standing.is_dir() and os.access(standing, os.W_OK | os.X_OK):
        return Finding("ok", f"{var} can be written")
    return Finding("fail", f"{var} cannot be written", f"give this user the right w on {standing}")


def _space(var: Path) -> Finding:
    free = shutil.disk_usage(_standing(var)).free
    told = f"{free / 1e9:,.1f} GB free for {var}"
    if free < _LEAST_FREE_BYTES:
        return Finding("warn", told, "free some, or lower publish.keep")
    return Finding("ok", told)


def _lock(lock_path: Path) -> Finding:
    if not lock_path.exists():
        return Finding("ok", "no run is at work")
    try:
        with hold(lock_path, started_at=datetime.now(UTC)):
            return Finding("ok", "no run is at work")
    except JourneyLabError as error:
        return Finding("warn", error.args[0], error.args[2])
    except PermissionError:
        return Finding(
            "fail", f"{lock_path} belongs to another user", "run as the user who made it"
        )


def _snapshot(published: Path) -> Finding:
    link = published / "current"
    if not link.is_symlink():
        return Finding("warn", "nothing is published yet", "journeylab run")
    try:
        with open_current(published) as opened:
            run_id = opened.scalar("select run_id from snapshot_info")
    except JourneyLabError as error:
        mend = "journeylab snapshots rollback, or journeylab run"
        return Finding("fail", f"the current snapshot does not open: {error.args[0]}", mend)
    return Finding("ok", f"snapshot {run_id} opens")


def _memory(limit: str) -> Finding:
    wanted = _bytes(limit)
    present = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if wanted is None:
        return Finding("fail", f"memory_limit {limit!r} is no size", 'write it like "4GB"')
    told = f"memory_limit {limit} of {present / 1e9:.1f} GB"
    if wanted > 0.8 * present:
        return Finding("warn", told, "set run.memory_limit to at most 80 % of the machine's")
    return Finding("ok", told)


def _spark() -> Finding:
    lacking = what_spark_lacks()
    if lacking is None:
        return Finding("ok", "pyspark and a Java runtime are there")
    what, where, mend = lacking.args
    return Finding("fail", f"{what} ({where})", mend)


def _bytes(size: str) -> float | None:
    found = _SIZE.match(size)
    if found is None:
        return None
    unit = found[2].lower()
    base = 1024 if "i" in unit else 1000
    return float(found[1]) * float(base) ** _PREFIXES[unit.rstrip("b").rstrip("i")]


def _standing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
