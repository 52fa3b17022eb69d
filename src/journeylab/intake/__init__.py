"""Delivered files -> raw tables, manifest and rejected rows. Knows formats, but no vendor."""

from journeylab.intake.book import Accepted, entries
from journeylab.intake.deliveries import Delivery
from journeylab.intake.loading import IntakeReport, load_again, load_source

__all__ = ["Accepted", "Delivery", "IntakeReport", "entries", "load_again", "load_source"]
