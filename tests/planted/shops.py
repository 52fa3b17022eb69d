"""Simulated shops with a known fault, run through the whole pipeline: tables by name."""

import shutil
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from journeylab.pipeline import run
from journeylab.settings import parse_settings
from journeylab.simulate import write_events
from journeylab.simulate.contract import CHANNELS
from journeylab.warehouse import Warehouse, open_read_only

ROOT = Path(__file__).resolve().parents[2]
#: The end of the simulated span; outcomes of the last 30 days are not settled.
AS_OF = datetime(2026, 7, 1)


def published(folder: Path, scenario: str, *, seed: int, events: int) -> Warehouse:
    """The snapshot of one run over the events of a scenario."""
    write_events(folder / "landing", seed=seed, events=events, scenario=scenario)
    shutil.copy(ROOT / "touchpoints.toml", folder / "touchpoints.toml")
    sources = {
        name: {"channel": name, "format": "contract", "path": f"landing/{name}"}
        for name in CHANNELS
    }
    settings = parse_settings(
        {"sources": sources, "publish": {"events": False}}, root=folder, where="test"
    )
    report = run(settings, started_at=AS_OF)
    assert [
        check for check in report.checks if check.severity == "error" and not check.passed
    ] == []
    assert report.snapshot is not None
    return open_read_only(report.snapshot / "journeylab.duckdb")


def tables(scenario: str, *names: str, seed: int, events: int) -> dict[str, pl.DataFrame]:
    """Some published tables of one run; nothing is left on disk."""
    with (
        TemporaryDirectory() as folder,
        published(Path(folder), scenario, seed=seed, events=events) as snapshot,
    ):
        return {name: snapshot.table(f"main.{name}") for name in names}
