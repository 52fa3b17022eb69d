"""Delivered files -> raw tables, manifest and rejected rows. Knows formats, but no vendor."""

from journeylab.intake.job import Erase, Job
from journeylab.intake.loading import IntakeReport, load_source
from journeylab.intake.read import Shape, shape_of

__all__ = ["Erase", "IntakeReport", "Job", "Shape", "load_source", "shape_of"]
