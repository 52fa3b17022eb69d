"""Delivered files -> raw tables, manifest and rejected rows. Knows formats, but no vendor."""

from journeylab.intake.book import Accepted, entries
from journeylab.intake.deliveries import Delivery
from journeylab.intake.loading import IntakeReport, load_again, load_source
from journeylab.intake.replaying import Replayed, rejected_rows, replay
from journeylab.intake.retention import expire, expire_former, kept_since

__all__ = [
    "Accepted",
    "Delivery",
    "IntakeReport",
    "Replayed",
    "entries",
    "expire",
    "expire_former",
    "kept_since",
    "load_again",
    "load_source",
    "rejected_rows",
    "replay",
]
