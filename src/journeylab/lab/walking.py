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
    where: str | None = None
    segment: Group | None = None
    pattern: str | None = None


def paths(warehouse: Warehouse, place: str, dials: Dials) -> pl.DataFrame:
    """The picture: journeys from column to column.

    Raises:
        InputRefused: a dial out of range, or several anchors.
        UnknownName: a touchpoint does not exist.
    """
    query = compile.composed(compile.template("paths"), path_tables(warehouse, place, dials))
    return warehouse.frame(query, {"is_repeated": dials.occurrence == "all"})


def path_tables(warehouse: Warehouse, place: str, dials: Dials) -> dict[str, exp.Query]:
    """The tables that ``path_moves`` is made of, and itself, by name in their order."""
    _check(warehouse, place, dials)
    filtered = chosen(
        warehouse, place, where=dials.where, group=dials.segment, pattern=dials.pattern
    )
    columns = _columns(dials)
    given = compile.narrowed(filtered, "step_flows")
    if _is_from_the_start(dials):
        given["walks"] = compile.template("walks_every", offset=dials.offset, **columns)
    else:
        given["flows"] = _flows(dials)
        given["anchors"] = _anchors(dials)
        given["walks"] = compile.template("walks_anchored", **columns)
    return {**given, "path_moves": compile.template("path_moves", top=dials.top, **columns)}


def _is_from_the_start(dials: Dials) -> bool:
    """Whether the picture is the plain one, which needs no anchors to be looked for."""
    is_anchored = dials.start or dials.end or dials.around
    return dials.part == "before" and dials.through is None and not is_anchored


def _flows(dials: Dials) -> exp.Query:
    if dials.part == "before" and dials.through is None:
        return compile.template("next_flows")
    return compile.template("chosen_flows", part=dials.part, through=dials.through)


def _anchors(dials: Dials) -> exp.Query:
    anchor = dials.start or dials.end or dials.around
    if anchor is None:
        return compile.template("anchors_every", offset=dials.offset)
    if anchor in _ENDS[dials.part]:
        return compile.template("anchors_end", touchpoint=anchor, offset=dials.offset)
    return compile.template(
        "anchors_touchpoint",
        touchpoint=anchor,
        occurrence=dials.occurrence,
        is_by_journey=dials.per == "journey",
        offset=dials.offset,
    )


def _columns(dials: Dials) -> dict[str, int]:
    """Number of columns, that of the anchor, and of the first and last that moves leave."""
    if dials.end is not None:
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


def _check(warehouse: Warehouse, place: str, dials: Dials) -> None:
    refuse_unknown("part", dials.part, PARTS)
    refuse_unknown("occurrence", dials.occurrence, _OCCURRENCES)
    refuse_unknown("per", dials.per, _PER)
    for name, number in (("steps", dials.steps), ("top", dials.top)):
        if not 1 <= number <= _LAST:
            raise _out_of_range(name, number, f"1 to {_LAST}", name)
    if abs(dials.offset) > _LAST:
        raise _out_of_range("offset", dials.offset, f"-{_LAST} to {_LAST}", "offset")
    anchors = [name for name in (dials.start, dials.end, dials.around) if name is not None]
    if len(anchors) > 1:
        raise InputRefused(
            "one of start, end and around is wanted",
            "Lab.paths",
            "to see paths from one touchpoint to another, give start and a pattern:"
            ' pattern="web:cart -> .* -> purchase:completed"',
        )
    if anchors and dials.start is None and anchors[0] in _ENDS[dials.part]:
        anchors = []
    known = known_touchpoints(warehouse)
    for name in [*anchors, *(dials.through or ())]:
        if name not in known:
            raise UnknownName.of("touchpoint", name, place, known)
    if dials.through is not None and not dials.through:
        raise InputRefused("through is empty", "Lab.paths", "name touchpoints, or leave it out")
    if anchors and dials.through is not None and anchors[0] not in dials.through:
        raise InputRefused(
            f"{anchors[0]!r} is not among through", "Lab.paths", "add it: paths are held there"
        )


def refuse_unknown(what: str, told: Any, known: Sequence[str]) -> None:  # noqa: ANN401 - a user's
    """Refuse a word that is none of those known."""
    if told not in known:
        listed = ", ".join(repr(word) for word in known)
        extra = " (the goal)" if what == "part" else ""
        raise InputRefused(f"no {what} {told!r}", "Lab", f"write one of {listed}{extra}")


def _out_of_range(name: str, number: int, wanted: str, choose: str) -> InputRefused:
    return InputRefused(f"{name} is {number}, wanted {wanted}", "Lab.paths", f"choose {choose} so")
