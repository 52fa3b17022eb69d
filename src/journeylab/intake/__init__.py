"""Delivered files -> raw tables, manifest and rejected rows. Knows formats, but no vendor."""

from journeylab.intake.loading import IntakeReport, load_source

__all__ = ["IntakeReport", "load_source"]
