"""Typical journeys, and how journeys fit the designed map."""

from typing import TYPE_CHECKING

import polars as pl

from journeylab.errors import UnknownName
from journeylab.lab import (
    typical,
)
from journeylab.lab.explaining import question
from journeylab.lab.typical import MapLike

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def conformance(lab: "Lab", /, map: MapLike | None = None) -> pl.DataFrame:
    """How many settled journeys follow the designed map: ``conformance``.

    Args:
        map: another map to hold them against: a file, its content as a mapping, or a
            ``DesignedMap``; None reads the published table, which is empty where the run
            had no map file.

    Raises:
        SettingsError: the map cannot be used as it stands.
        UnknownName: it names a touchpoint or stage that does not exist.
    """
    return lab.table("conformance") if map is None else typical.conformance(lab, map)


@question
def deviations(lab: "Lab", /) -> pl.DataFrame:
    """Where settled journeys leave the designed map: ``deviations``, most journeys first."""
    return lab.table("deviations")


@question
def conformance_weekly(lab: "Lab", /) -> pl.DataFrame:
    """The share that follows the designed map by week of start: ``conformance_weekly``."""
    return lab.table("conformance_weekly")


@question
def journey_conformance(lab: "Lab", /) -> pl.DataFrame:
    """How each settled journey fits the designed map: ``journey_conformance``."""
    return lab.table("journey_conformance")


@question
def designed_map(lab: "Lab", /) -> pl.DataFrame:
    """Steps of the designed map, in order: ``designed_map``; empty without a map file."""
    return lab.table("designed_map")


@question
def starter_map(lab: "Lab", /) -> str:
    """A designed map to start from, as the text of designed_map.toml, to be edited.

    Returns:
        The touchpoints that most buyers visit, in the order in which they first do; those
        that fewer visit as optional steps.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    lab._judge("starter_map")
    return typical.starter_map(lab)


@question
def archetypes(lab: "Lab", /) -> pl.DataFrame:
    """Typical journeys: ``archetypes``, largest first; empty where there is no structure."""
    return lab.table("archetypes")


@question
def archetype_quality(lab: "Lab", /) -> pl.DataFrame:
    """Whether journeys fall into types at all: ``archetype_quality``, with a verdict."""
    return lab.table("archetype_quality")


@question
def archetype_steps(lab: "Lab", /, archetype_number: int | None = None) -> pl.DataFrame:
    """The moves of one archetype, or of all: ``archetype_steps``, most walked first.

    Raises:
        UnknownName: there is no archetype of that number, though there are others.
    """
    moves = lab.table("archetype_steps")
    if archetype_number is None:
        return moves
    known = moves["archetype_number"].unique().sort().to_list()
    if known and archetype_number not in known:
        numbers = [str(number) for number in known]
        raise UnknownName.of("archetype", str(archetype_number), lab._place, numbers)
    return moves.filter(pl.col("archetype_number") == archetype_number)


@question
def journey_archetypes(lab: "Lab", /) -> pl.DataFrame:
    """The archetype of each settled journey: ``journey_archetypes``."""
    return lab.table("journey_archetypes")
