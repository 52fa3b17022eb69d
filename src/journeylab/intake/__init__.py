"""Delivered files -> raw tables, manifest and rejected rows. Knows formats, but no vendor."""

from journeylab.intake.loading import IntakeReport, load_source
from journeylab.intake.replaying import Replayed, rejected_rows, replay

__all__ = ["IntakeReport", "Replayed", "load_source", "rejected_rows", "replay"]
