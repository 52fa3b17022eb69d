"""Dials of Lab.paths -> the query of the picture, or of the paths behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlglot import exp

from journeylab.errors import InputRefused, UnknownName
from journeylab.lab import compile
from journeylab.lab.choosing import Group, chosen, known_touchpoints
from journeylab.warehouse import Warehouse

PARTS: Final = ("before", "after")
_OCCURRENCES: Final = ("first", "last", "all")
_PER: Final = ("customer", "journey")
#: What a step is -> the template that makes it of visits; None for visits themselves.
_REPEATS: Final = {"visits": None, "kept": "kept_flows", "collapsed": "merged_flows"}
_LAST: Final = 50  # greatest number of steps and of touchpoints a step
_ENDS: Final = {"before": ("(converted)", "(dropped)", "(open)"), "after": ("(end)", "(open)")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dials:
    """What ``Lab.paths`` is asked; its docstring says what each means."""

    start: str | None = None
    end: str | None = None
    around: str | None = None
    occurrence: str = "first"
    per: str = "customer"
    offset: int = 0
    steps: int = 5
    top: int = 6
    part: str = "before"
    through: Sequence[str] | None = None
    repeats: str = "visits"
    where: str | None = None
    segment: Group | None = None
    pattern: str | None = None


def paths(warehouse: Warehouse, place: str, dials: Dials) -> pl.DataFrame:
    """The picture: journeys from column to column.

    Raises:
        InputRefused: a dial out of range, or several anchors.
        UnknownName: a touchpoint does not exist.
    """
    is_repeated = dials.occurrence == "all"
    given = path_tables(warehouse, place, dials, is_apart=is_repeated)
    query = compile.template("paths", is_repeated=is_repeated)
    return warehouse.frame(compile.composed(query, given))


def path_tables(
    warehouse: Warehouse, place: str, dials: Dials, *, is_apart: bool = True
) -> dict[str, exp.Query]:
    """The tables that ``path_moves`` is made of, and itself, by name in their order.

    Args:
        warehouse: where the published tables are.
        place: what they are called in errors.
        dials: what the picture is of.
        is_apart: whether each move is told with its journey; else equal ones are counted.
    """
    columns = _columns(dials)
    given = flow_tables(warehouse, place, dials)
    is_plain = is_from_the_start(dials)
    if is_plain:
        del given["flows"]
        given["walks"] = compile.template("walks_every", offset=dials.offset, **columns)
    else:
        given.update(_anchors(dials))
        given["walks"] = compile.template("walks_anchored", **columns)
    if is_apart:
        given["walked"] = compile.template("walked_apart")
    elif is_plain and len(known_touchpoints(warehouse)) <= dials.top:
        given["walked"] = compile.template("walked_told", **columns)
    else:
        given["walked"] = compile.template("walked_together")
    return {**given, "path_moves": compile.template("path_moves", top=dials.top, **columns)}


def is_from_the_start(dials: Dials) -> bool:
    """Whether the picture is the plain one, which needs no anchors to be looked for."""
    is_anchored = dials.start or dials.end or dials.around
    is_plain = dials.part == "before" and dials.through is None and _REPEATS[dials.repeats] is None
    return is_plain and not is_anchored


def flow_tables(warehouse: Warehouse, place: str, dials: Dials) -> dict[str, exp.Query]:
    """``flows``, each step with the one after it, and what it is made of, in their order."""
    check(warehouse, place, dials)
    filtered = chosen(
        warehouse, place, where=dials.where, group=dials.segment, pattern=dials.pattern
    )
    return {**_steps(filtered, dials.repeats), "flows": _flows(dials)}


def _steps(filtered: exp.Query | None, repeats: str) -> dict[str, exp.Query]:
    """The steps of the journeys asked, repeated touchpoints counted as told."""
    made = _REPEATS[repeats]
    if made is None:
        return compile.narrowed(filtered, "step_flows")
    given = compile.narrowed(filtered, "step_flows")
    visits = given.pop("step_flows", compile.whole("step_flows"))
    return {**given, "visits": visits, "step_flows": compile.template(made)}


def _flows(dials: Dials) -> exp.Query:
    if dials.part == "before" and dials.through is None:
        return compile.template("next_flows")
    return compile.template("chosen_flows", part=dials.part, through=dials.through)


def _anchors(dials: Dials) -> dict[str, exp.Query]:
    """``anchors``, the steps that paths are held at, and what they are made of."""
    occurrence = {"occurrence": dials.occurrence, "is_by_journey": dials.per == "journey"}
    if dials.start is not None and dials.end is not None:
        between = {"touchpoint": dials.start, "end_touchpoint": dials.end, **occurrence}
        return {"anchors": compile.template("anchors_between", offset=dials.offset, **between)}
    anchor = dials.start or dials.end or dials.around
    if anchor is None:
        return {"anchors": compile.template("anchors_every", offset=dials.offset)}
    if anchor in _ENDS[dials.part]:
        ended = compile.template("anchors_end", touchpoint=anchor, offset=dials.offset)
        return {"anchors": ended}
    touched = compile.template("anchors_touchpoint", touchpoint=anchor, **occurrence)
    if dials.offset == 0:
        return {"anchors": touched}
    return {
        "anchors_touchpoint": touched,
        "anchors": compile.template("anchors_moved", offset=dials.offset),
    }


def _columns(dials: Dials) -> dict[str, int]:
    """Number of columns, that of the anchor, and of the first and last that moves leave."""
    if dials.end is not None and dials.start is None:
        return {
            "columns": dials.steps,
            "anchor_column": dials.steps,
            "first_step": 0,
            "last_step": dials.steps - 1,
        }
    if dials.around is not None:
        columns = 2 * dials.steps - 1
        return {
            "columns": columns,
            "anchor_column": dials.steps,
            "first_step": 0,
            "last_step": columns,
        }
    return {
        "columns": dials.steps,
        "anchor_column": 1,
        "first_step": 1,
        "last_step": dials.steps,
    }


def check(warehouse: Warehouse, place: str, dials: Dials) -> None:
    """Refuse dials out of range and touchpoints that do not exist, as ``paths`` does."""
    refuse_unknown("part", dials.part, PARTS)
    refuse_unknown("occurrence", dials.occurrence, _OCCURRENCES)
    refuse_unknown("per", dials.per, _PER)
    refuse_unknown("repeats", dials.repeats, tuple(_REPEATS))
    if dials.repeats == "kept" and "main.events" not in warehouse.table_names():
        raise InputRefused(
            "repeats='kept' reads events, and this snapshot holds none",
            place,
            "publish them: publish.events = true in journeylab.toml",
        )
    for name, number in (("steps", dials.steps), ("top", dials.top)):
        if not 1 <= number <= _LAST:
            raise _out_of_range(name, number, f"1 to {_LAST}", name)
    if abs(dials.offset) > _LAST:
        raise _out_of_range("offset", dials.offset, f"-{_LAST} to {_LAST}", "offset")
    anchors = [name for name in (dials.start, dials.end, dials.around) if name is not None]
    if dials.around is not None and len(anchors) > 1:
        raise InputRefused(
            "around goes with neither start nor end",
            "Lab.paths",
            "give around alone, or start and end for what lies between two touchpoints",
        )
    if anchors and dials.start is None and anchors[0] in _ENDS[dials.part]:
        anchors = []
    known = known_touchpoints(warehouse)
    for name in [*anchors, *(dials.through or ())]:
        if name not in known:
            raise UnknownName.of("touchpoint", name, place, known)
    if dials.through is not None and not dials.through:
        raise InputRefused("through is empty", "Lab.paths", "name touchpoints, or leave it out")
    for name in anchors if dials.through is not None else ():
        if name not in (dials.through or ()):
            raise InputRefused(
                f"{name!r} is not among through", "Lab.paths", "add it: paths are held there"
            )


def refuse_unknown(what: str, told: Any, known: Sequence[str]) -> None:  # noqa: ANN401 - a user's
    """Refuse a word that is none of those known."""
    if told not in known:
        listed = ", ".join(repr(word) for word in known)
        extra = " (the goal)" if what == "part" else ""
        raise InputRefused(f"no {what} {told!r}", "Lab", f"write one of {listed}{extra}")


def _out_of_range(name: str, number: int, wanted: str, choose: str) -> InputRefused:
    return InputRefused(f"{name} is {number}, wanted {wanted}", "Lab.paths", f"choose {choose} so")
