"""Simulated shops with a known fault, run through the pipeline: tables by name."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from journeylab.pipeline import Step, open_run, registry, run, take
from journeylab.settings import Settings, parse_settings
from journeylab.simulate import write_events
from journeylab.simulate.contract import CHANNELS
from journeylab.warehouse import Warehouse, open_read_only, place_of, read_models

ROOT = Path(__file__).resolve().parents[2]
#: The end of the simulated span; outcomes of the last 30 days are not settled.
AS_OF = datetime(2026, 7, 1)


def published(folder: Path, scenario: str, *, seed: int, events: int) -> Warehouse:
    """The snapshot of one run over the events of a scenario."""
    report = run(delivered(folder, scenario, seed=seed, events=events), started_at=AS_OF)
    failed = [check for check in report.checks if check.severity == "error" and not check.passed]
    assert failed == []
    assert report.snapshot is not None
    return open_read_only(report.snapshot / "journeylab.duckdb")


def tables(scenario: str, *names: str, seed: int, events: int) -> dict[str, pl.DataFrame]:
    """Some marts and what they are made from, nothing else; nothing is left on disk."""
    with TemporaryDirectory() as folder:
        settings = delivered(Path(folder), scenario, seed=seed, events=events)
        steps = {step.name: step for step in registry(settings)}
        wanted = standing_with([f"marts.{name}" for name in names], steps)
        with open_run(settings, full=False, started_at=AS_OF, as_of=None) as context:
            for name, step in steps.items():
                if name in wanted:
                    take(step, context)
            marts = read_models("marts")
            return {
                name: context.warehouse.table(place_of(marts[f"marts.{name}"])) for name in names
            }


def delivered(folder: Path, scenario: str, *, seed: int, events: int) -> Settings:
    """Settings of a shop whose events of a scenario have been delivered."""
    write_events(folder / "landing", seed=seed, events=events, scenario=scenario)
    shutil.copy(ROOT / "touchpoints.toml", folder / "touchpoints.toml")
    sources = {
        name: {"channel": name, "format": "contract", "path": f"landing/{name}"}
        for name in CHANNELS
    }
    told = {"sources": sources, "publish": {"events": False}}
    return parse_settings(told, root=folder, where="test")


def standing_with(names: list[str], steps: Mapping[str, Step]) -> set[str]:
    """Names of steps and of all they are made from."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in steps and name not in found:
            found.add(name)
            waiting += steps[name].reads
    return found
