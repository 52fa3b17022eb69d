"""designed_map.toml -> the way a journey is meant to go. Names and order, no data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from journeylab.errors import SettingsError, nearest

#: Names of what may differ between a journey and the map.
DEVIATIONS: Final = ("skipped", "extra", "back", "repeat", "out_of_order")

#: Most steps of a map: what is done of it is kept in the bits of one number.
MOST_STEPS: Final = 60
MOST_RETURNS: Final = 50

_FILE_KEYS: Final = ("steps", "side_steps", "returns", "allowed")
_STEP_KEYS: Final = (
    "name",
    "touchpoint",
    "touchpoints",
    "stage",
    "optional",
    "repeats",
    "side_steps",
)
_WAYS: Final = ("touchpoint", "touchpoints", "stage")
_RETURN_KEYS: Final = ("from", "to")
_ALLOWED_KEYS: Final = ("kind", "touchpoint")

_SCHEMA: Final = {
    "step_number": pl.Int32,
    "step": pl.String,
    "touchpoint": pl.String,
    "stage": pl.String,
    "is_optional": pl.Boolean,
    "may_repeat": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class MapStep:
    """One step of the map: any of its touchpoints, or any touchpoint of its stage, takes it."""

    name: str
    touchpoints: tuple[str, ...] = ()
    stage: str | None = None
    optional: bool = False
    repeats: bool = False
    side_steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DesignedMap:
    """The way a journey is meant to go.

    ``side_steps`` are allowed anywhere, those of a step between it and the next. ``returns``
    are pairs of step numbers from 0: after the first, the second may be taken again.
    ``allowed`` are pairs (kind, touchpoint) of deviations that do not count, None meaning any.
    """

    steps: tuple[MapStep, ...]
    side_steps: tuple[str, ...] = ()
    returns: tuple[tuple[int, int], ...] = ()
    allowed: tuple[tuple[str | None, str | None], ...] = ()

    @property
    def shortest_run(self) -> int:
        """Steps of the shortest complete run: those that are not optional."""
        return sum(not step.optional for step in self.steps)


def load_designed_map(path: Path) -> DesignedMap | None:
    """Read a map file; None where there is none.

    Raises:
        SettingsError: not TOML, an unknown key (the nearest is named), or a map that does
            not hold together.
    """
    if not path.is_file():
        return None
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not TOML: {error}", str(path), "mend the line it names") from error
    return parse_designed_map(told, where=str(path))


def parse_designed_map(told: Mapping[str, Any], *, where: str) -> DesignedMap:
    """Check what a map file says.

    Args:
        told: the file's content.
        where: name of the file for errors.

    Raises:
        SettingsError: see ``load_designed_map``.
    """
    _refuse_unknown(told, _FILE_KEYS, "key", where)
    steps = tuple(
        _step(step, f"{where}, step {number}")
        for number, step in enumerate(_tables(told, "steps", where), start=1)
    )
    if not 1 <= len(steps) <= MOST_STEPS:
        raise SettingsError(
            f"the map has {len(steps)} steps, wanted 1 to {MOST_STEPS}",
            where,
            'add [[steps]] with touchpoint = "…" in the order people are meant to go',
        )
    names = [step.name for step in steps]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SettingsError(
            f"two steps are called {twice!r}", where, 'give one of them another name = "…"'
        )
    returns = tuple(
        _return(arc, names, f"{where}, return {number}")
        for number, arc in enumerate(_tables(told, "returns", where), start=1)
    )
    if len(returns) > MOST_RETURNS:
        raise SettingsError(
            f"the map has {len(returns)} returns, at most {MOST_RETURNS} can be told apart",
            where,
            "a map that allows so much says little: name side_steps instead",
        )
    allowed = tuple(
        _allowance(rule, f"{where}, allowed {number}")
        for number, rule in enumerate(_tables(told, "allowed", where), start=1)
    )
    return DesignedMap(steps, _texts(told, "side_steps", where), returns, allowed)


def map_table(*, designed_map: DesignedMap | None) -> pl.DataFrame:
    """The map as a table: one row per step and touchpoint (or stage), in order."""
    rows = [
        {
            "step_number": number,
            "step": step.name,
            "touchpoint": touchpoint,
            "stage": step.stage,
            "is_optional": step.optional,
            "may_repeat": step.repeats,
        }
        for number, step in enumerate(designed_map.steps if designed_map else (), start=1)
        for touchpoint in step.touchpoints or (None,)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _step(told: Mapping[str, Any], where: str) -> MapStep:
    _refuse_unknown(told, _STEP_KEYS, "step key", where)
    ways = [key for key in _WAYS if key in told]
    if len(ways) != 1:
        raise SettingsError(
            f"a step is taken by one of {', '.join(_WAYS)}; this one names {len(ways)} of them",
            where,
            'write touchpoint = "web:cart", touchpoints = ["…", "…"] or stage = "nurture"',
        )
    stage = _text(told, "stage", where)
    one = _text(told, "touchpoint", where)
    touchpoints = (one,) if one is not None else _texts(told, "touchpoints", where)
    if stage is None and not touchpoints:
        raise SettingsError("touchpoints is empty", where, "name at least one")
    return MapStep(
        name=_text(told, "name", where) or stage or " or ".join(touchpoints),
        touchpoints=touchpoints,
        stage=stage,
        optional=_flag(told, "optional", where),
        repeats=_flag(told, "repeats", where),
        side_steps=_texts(told, "side_steps", where),
    )


def _return(told: Mapping[str, Any], names: list[str], where: str) -> tuple[int, int]:
    _refuse_unknown(told, _RETURN_KEYS, "return key", where)
    places = []
    for key in _RETURN_KEYS:
        name = _text(told, key, where)
        if name not in names:
            raise SettingsError(
                f"{key} is {name!r}, which is no step", where, nearest(str(name), names)
            )
        places.append(names.index(str(name)))
    first, second = places
    if second > first:
        raise SettingsError(
            f"a return goes back, and {names[second]!r} stands after {names[first]!r}",
            where,
            "swap from and to; a step that may be left out is optional = true",
        )
    return first, second


def _allowance(told: Mapping[str, Any], where: str) -> tuple[str | None, str | None]:
    _refuse_unknown(told, _ALLOWED_KEYS, "allowed key", where)
    kind, touchpoint = _text(told, "kind", where), _text(told, "touchpoint", where)
    if kind is None and touchpoint is None:
        raise SettingsError(
            "this would allow every deviation", where, 'name a kind = "…" or a touchpoint = "…"'
        )
    if kind is not None and kind not in DEVIATIONS:
        raise SettingsError(f"kind is {kind!r}", where, nearest(kind, DEVIATIONS))
    return kind, touchpoint


def _tables(told: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    tables = told.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise SettingsError(f"{key} is no list of tables", where, f"write [[{key}]] for each")
    return tables


def _text(told: Mapping[str, Any], key: str, where: str) -> str | None:
    value = told.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise SettingsError(f"{key} is {value!r}, wanted a name", where, f'write {key} = "…"')
    return value


def _texts(told: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    values = told.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise SettingsError(
            f"{key} is {values!r}, wanted a list of names", where, f'write {key} = ["…", "…"]'
        )
    return tuple(dict.fromkeys(values))


def _flag(told: Mapping[str, Any], key: str, where: str) -> bool:
    value = told.get(key, False)
    if not isinstance(value, bool):
        raise SettingsError(f"{key} is {value!r}", where, "write true or false")
    return value


def _refuse_unknown(told: Mapping[str, Any], known: tuple[str, ...], kind: str, where: str) -> None:
    for key in told:
        if key not in known:
            raise SettingsError(f"unknown {kind} {key!r}", where, nearest(key, known))
