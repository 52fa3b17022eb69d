"""Delivered files -> raw tables, manifest and rejected rows. Knows formats, but no vendor."""

from journeylab.intake.loading import IntakeReport, load_source
from journeylab.intake.replaying import Replayed, rejected_rows, replay
from journeylab.intake.retention import expire, expire_former, kept_since

__all__ = [
    "IntakeReport",
    "Replayed",
    "expire",
    "expire_former",
    "kept_since",
    "load_source",
    "rejected_rows",
    "replay",
]
