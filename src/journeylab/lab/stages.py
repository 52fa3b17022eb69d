"""Stages and goals as a notebook writes them -> touchpoint rules. Reads no file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from journeylab.errors import InputRefused, UnknownName
from journeylab.rules import Rules

#: Stages in rank order, each with its touchpoints.
Stages = Mapping[str, Sequence[str]] | Sequence[tuple[str, Sequence[str]]]

_WHERE = "from_events(stages=…)"


def stage_rules(
    stages: Stages | None,
    *,
    goals: Sequence[str],
    waits_for_us: Sequence[str],
    occurring: Iterable[str],
) -> Rules:
    """Write what the caller said as the rules of a touchpoint file.

    Args:
        stages: stages in rank order, each with its touchpoints. A touchpoint that stands in
            two has the first up to the goal and the second after it. None: no stages.
        goals: touchpoints that are goals; one that neither occurs nor has a stage is left out.
        waits_for_us: touchpoints after which an answer from us is due; each occurs or has a
            stage.
        occurring: touchpoints of the data.

    Raises:
        InputRefused: a stage without a list, a touchpoint in three stages or twice in one,
            or a goal of the data without a stage while others have one.
        UnknownName: an answer is due after a touchpoint that is nowhere.
    """
    told = _pairs(stages)
    names = [stage for stage, _ in told]
    if len(set(names)) != len(names):
        raise InputRefused(f"a stage stands twice: {', '.join(names)}", _WHERE, "name each once")
    places: dict[str, list[str]] = {}
    for stage, touchpoints in told:
        for touchpoint in touchpoints:
            places.setdefault(touchpoint, []).append(stage)
    known = {*occurring}
    defined: dict[str, dict[str, Any]] = {}
    for touchpoint, its in places.items():
        if len(its) > 2 or len(set(its)) != len(its):
            raise InputRefused(
                f"touchpoint {touchpoint!r} stands in {', '.join(its)}",
                _WHERE,
                "give it one stage, or two: up to the goal, and after it",
            )
        defined[touchpoint] = {"stage": its[0], "stage_after_goal": its[-1]}
    for goal in goals:
        if told and goal in known and goal not in places:
            raise InputRefused(
                f"goal {goal!r} has no stage",
                _WHERE,
                "list it under the stage in which people buy",
            )
        if goal in known or goal in places:
            defined[goal] = {**defined.get(goal, {}), "goal": True}
    for asked in waits_for_us:
        if asked not in known and asked not in places:
            raise UnknownName.of(
                "touchpoint", str(asked), "from_events(waits_for_us=…)", [*known, *places]
            )
        defined[asked] = {**defined.get(asked, {}), "waits_for": "us"}
    return Rules(tuple(names), (), defined)


def names(told: str | Iterable[str]) -> tuple[str, ...]:
    """One name or several as a tuple of names, each once."""
    return (told,) if isinstance(told, str) else tuple(dict.fromkeys(told))


def _pairs(stages: Stages | None) -> list[tuple[str, list[str]]]:
    if stages is None:
        return []
    pairs = stages.items() if isinstance(stages, Mapping) else stages
    told = []
    for pair in pairs:
        if len(pair) != 2 or isinstance(pair, str) or isinstance(pair[1], str):
            raise InputRefused(
                f"{pair!r} is not a stage with a list of touchpoints",
                _WHERE,
                'write {"reach": ["web:home"], "convert": ["web:cart"]}, lowest stage first',
            )
        told.append((pair[0], list(pair[1])))
    return told
