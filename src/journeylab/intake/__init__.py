"""Delivered files -> raw tables, manifest and rejected rows. Knows formats, but no vendor."""

from journeylab.intake.book import Accepted, entries
from journeylab.intake.deliveries import Delivery
from journeylab.intake.job import Erase, Job
from journeylab.intake.loading import IntakeReport, load_again, load_source
from journeylab.intake.replaying import Replayed, rejected_rows, replay
from journeylab.intake.retention import expire, expire_former, kept_since
from journeylab.intake.shapes import Shape, shape_of

__all__ = [
    "Accepted",
    "Delivery",
    "Erase",
    "IntakeReport",
    "Job",
    "Replayed",
    "Shape",
    "entries",
    "expire",
    "expire_former",
    "kept_since",
    "load_again",
    "load_source",
    "rejected_rows",
    "replay",
    "shape_of",
]
