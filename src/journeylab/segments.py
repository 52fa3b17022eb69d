"""Named segments: segments.toml -> the table that questions read. Names and conditions, no data."""

import tomllib
from pathlib import Path
from typing import Any, Final

import polars as pl

from journeylab.errors import JourneyLabError, SettingsError, nearest
from journeylab.patterns import parse_pattern
from journeylab.predicates import parse_where
from journeylab.settings import Settings
from journeylab.warehouse import read_models

#: Ways to say who belongs to a segment.
KINDS: Final = ("journeys", "customers", "pattern")

#: Segments that are always there, one level for each value: name -> column of ``journeys``.
BUILT_IN: Final = {
    "first_channel": "entry_channel",
    "source_group": "source_group",
    "device": "device",
    "sales_cycle": "sales_cycle",
    "outcome": "outcome",
}
#: Built in as well; its levels are quartiles of value, for each currency.
VALUE_BAND: Final = "value_band"

_KEYS: Final = ("label", *KINDS)
_SCHEMA: Final = {
    "segment": pl.String,
    "label": pl.String,
    "kind": pl.String,
    "definition": pl.String,
}


def segment_table(settings: Settings) -> pl.DataFrame:
    """The named segments of the segments file, sorted by name; empty without a file.

    Args:
        settings: names the file.

    Raises:
        SettingsError: not TOML, an unknown key, or a condition or pattern that cannot be read.
    """
    path = settings.paths.segments
    if not path.is_file():
        return pl.DataFrame(schema=_SCHEMA)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not TOML: {error}", str(path), "mend the line it names") from error
    rows = [_row(name, values, path) for name, values in sorted(told.items())]
    return pl.DataFrame(rows, schema=_SCHEMA)


def checked(kind: str, definition: str) -> str:
    """A definition that can be read, as it will stand in a query; patterns as they are.

    Args:
        kind: one of ``KINDS``.
        definition: a condition on columns of that table, or a path pattern.

    Raises:
        InputRefused: it cannot be read.
        UnknownName: a column does not exist.
    """
    if kind == "pattern":
        return parse_pattern(definition).text
    columns = read_models("marts")[f"marts.{kind}"].columns
    return parse_where(definition, {column.name: column.type for column in columns}, table=kind)


def _row(name: str, values: Any, path: Path) -> dict[str, str]:  # noqa: ANN401 - as TOML says
    place = f"{path}, segment {name!r}"
    if name in BUILT_IN or name == VALUE_BAND:
        raise SettingsError(f"{name!r} is built in", str(path), "choose another name")
    if not isinstance(values, dict):
        raise SettingsError(
            f"{name!r} is no segment", str(path), f'write [{name}] and below it journeys = "…"'
        )
    for key in values:
        if key not in _KEYS:
            raise SettingsError(f"unknown segment key {key!r}", place, nearest(key, _KEYS))
    kinds = [kind for kind in KINDS if kind in values]
    if len(kinds) != 1:
        raise SettingsError(
            f"one of {', '.join(KINDS)} is wanted, got {', '.join(kinds) or 'none'}",
            place,
            'for example: journeys = "value >= 100"',
        )
    (kind,) = kinds
    definition = str(values[kind])
    try:
        checked(kind, definition)
    except JourneyLabError as error:
        what, where, mend = error.args
        raise SettingsError(what, f"{place}, {where}", mend) from error
    return {
        "segment": name,
        "label": str(values.get("label", name)),
        "kind": kind,
        "definition": definition,
    }
