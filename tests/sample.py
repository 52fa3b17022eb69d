"""The sample shop as tests use it: a folder of its own, nights delivered one by one."""

import shutil
from datetime import datetime
from pathlib import Path

from journeylab.pipeline import run
from journeylab.run_report import RunReport
from journeylab.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
NIGHTS = ("2026-06-01", "2026-06-02", "2026-06-03")
AS_OF = datetime(2026, 6, 3)


def shop(folder: Path) -> Settings:
    """Settings of the sample over an empty landing folder and warehouse in ``folder``.

    On one thread: so few rows take a tenth longer on two.
    """
    for name in ("journeylab.toml", "touchpoints.toml"):
        shutil.copy(ROOT / name, folder / name)
    settings = load_settings(folder / "journeylab.toml")
    return settings.model_copy(update={"run": settings.run.model_copy(update={"threads": 1})})


def deliver(folder: Path, night: str = "-", *, sample: Path = SAMPLE) -> None:
    """Put the deliveries of one night into the landing folders; without one, all of them."""
    for path in sorted((sample / "landing").glob(f"*/*{night}*")):
        landing = folder / "data" / "sample" / "landing" / path.parent.name
        landing.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, landing / path.name)


def run_at(settings: Settings, hour: int, *, full: bool = False) -> RunReport:
    """Run the shop as of the end of the sample; the hour tells runs of one test apart."""
    return run(settings, full=full, started_at=datetime(2026, 6, 3, hour), as_of=AS_OF)
