"""Typical journeys, and how journeys fit the designed map."""

from typing import TYPE_CHECKING

import polars as pl

from journeylab.errors import InputRefused, UnknownName
from journeylab.lab import (
    narrowed,
    typical,
)
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question
from journeylab.lab.typical import MapLike

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def conformance(
    lab: "Lab",
    /,
    map: MapLike | None = None,
    *,
    where: str | None = None,
    segment: Group | None = None,
) -> pl.DataFrame:
    """How many settled journeys follow the designed map: ``conformance``.

    Args:
        map: another map to hold them against: a file, its content as a mapping, or a
            ``DesignedMap``; None reads the published table, which is empty where the run
            had no map file.
        where: condition on columns of ``journeys``; not with another map.
        segment: segment, name of one, or period (from, before) of the journeys' start.

    Raises:
        InputRefused: a condition that cannot be read, or another map for some journeys.
        SettingsError: the map cannot be used as it stands.
        UnknownName: it names a touchpoint or stage that does not exist.
    """
    journeys = lab._chosen(where, segment, None)
    if map is None:
        published = lab.table("conformance")
        if journeys is None:
            return published
        return lab._laid("conformance", narrowed.conformance(lab._warehouse, published, journeys))
    if journeys is not None:
        raise InputRefused(
            "another map for some journeys",
            "Lab.conformance",
            "leave out where and segment, or make it the map of the next run",
        )
    return typical.conformance(lab, map)


@question
def deviations(
    lab: "Lab", /, *, where: str | None = None, segment: Group | None = None
) -> pl.DataFrame:
    """Where settled journeys leave the designed map: ``deviations``, most journeys first.

    Args:
        where: condition on columns of ``journeys``. For some journeys, what tells of those
            that do not deviate is null.
        segment: segment, name of one, or period (from, before) of the journeys' start.
    """
    published, journeys = lab.table("deviations"), lab._chosen(where, segment, None)
    if journeys is None:
        return published
    return lab._laid("deviations", narrowed.deviations(lab._warehouse, published, journeys))


@question
def conformance_weekly(
    lab: "Lab", /, *, where: str | None = None, segment: Group | None = None
) -> pl.DataFrame:
    """The share that follows the designed map by week of start: ``conformance_weekly``.

    Args:
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
    """
    published, journeys = lab.table("conformance_weekly"), lab._chosen(where, segment, None)
    if journeys is None:
        return published
    return lab._laid(
        "conformance_weekly", narrowed.conformance_weekly(lab._warehouse, published, journeys)
    )


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
def archetypes(
    lab: "Lab", /, *, where: str | None = None, segment: Group | None = None
) -> pl.DataFrame:
    """Typical journeys: ``archetypes``, largest first; empty where there is no structure.

    Args:
        where: condition on columns of ``journeys``. For some journeys the kinds are those of
            all, by their numbers; counts, shares, rates and medians are of the chosen ones.
        segment: segment, name of one, or period (from, before) of the journeys' start.
    """
    published, journeys = lab.table("archetypes"), lab._chosen(where, segment, None)
    if journeys is None:
        return published
    return lab._laid("archetypes", narrowed.archetypes(lab._warehouse, published, journeys))


@question
def archetype_quality(lab: "Lab", /) -> pl.DataFrame:
    """Whether journeys fall into kinds at all: ``archetype_quality``, with a verdict."""
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
