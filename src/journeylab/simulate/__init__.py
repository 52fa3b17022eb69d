"""Simulate customers of a shop whose journeys, and their faults, are known beforehand."""

from journeylab.simulate.sample import write_sample
from journeylab.simulate.scale import write_events
from journeylab.simulate.truth import PlantedTruth, SourceTruth, read_truth
from journeylab.simulate.worlds import WORLDS, World

__all__ = [
    "WORLDS",
    "PlantedTruth",
    "SourceTruth",
    "World",
    "read_truth",
    "write_events",
    "write_sample",
]
