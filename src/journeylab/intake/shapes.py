"""What files of a source look like: a format's header and the source's settings. Reads no file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from journeylab.errors import ModelError
from journeylab.settings import Source
from journeylab.warehouse import Model, RawColumn

Kind = Literal["json_lines", "json", "csv", "parquet", "lines"]

#: The kinds whose records are JSON objects.
JSON: Final = ("json", "json_lines")

_KINDS: Final = ("json_lines", "json", "csv", "parquet", "lines")
_ARRAY: Final = re.compile(r"^\$(\.[A-Za-z_][A-Za-z0-9_]*)*$")

#: What from_json takes: a type name, a list of one shape, or an object of shapes.
JsonShape = str | list["JsonShape"] | dict[str, "JsonShape"]

_STRUCT: Final = "struct("


@dataclass(frozen=True, slots=True)
class Shape:
    """How files of a source are read, and what the format wants of them.

    ``array`` are the keys that lead to the array of a JSON document.
    """

    kind: Kind
    raw: tuple[RawColumn, ...]
    table: str
    delimiter: str
    null_tokens: tuple[str, ...]
    array: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns a file must have."""
        return tuple(column.name for column in self.raw if column.is_required)

    def missing_in(self, has: Iterable[str]) -> list[str]:
        """Required columns that are not among the given ones."""
        present = set(has)
        return [name for name in self.required if name not in present]

    def unnamed_in(self, has: Iterable[str]) -> list[str]:
        """Columns among the given ones that the format does not name, in order."""
        named = {column.name for column in self.raw}
        return [name for name in has if name not in named]


def shape_of(source: Source, model: Model) -> Shape:
    """Join the format's header and the source's settings.

    Raises:
        ModelError: the header's reader cannot be used.
    """
    told, _, path = model.reader.partition(" ")
    kind = source.reader or told
    if kind not in _KINDS or (path and _ARRAY.match(path.strip()) is None):
        raise ModelError(
            f"reader {model.reader!r} cannot be used",
            f"{model.name} ({model.path})",
            f"write one of {', '.join(_KINDS)}; 'json' may have a path such as $.conversations",
        )
    return Shape(
        kind=next(known for known in _KINDS if known == kind),
        raw=model.raw,
        table=f"raw.{model.table}",
        delimiter=source.delimiter,
        null_tokens=source.null_tokens,
        array=tuple(path.strip().removeprefix("$").split(".")[1:]),
    )


def json_shape(kind: str) -> JsonShape:
    """Shape of a type with text for every scalar, so that nothing is cast on the way.

    Args:
        kind: for example ``struct(key varchar, amount bigint)[]``.

    Raises:
        ModelError: the brackets do not match.

    Example:
        >>> json_shape("struct(key varchar, price decimal(18,4), more json)[]")
        [{'key': 'VARCHAR', 'price': 'VARCHAR', 'more': 'JSON'}]
    """
    kind = kind.strip()
    if kind.endswith("[]"):
        return [json_shape(kind[:-2])]
    if kind.startswith(_STRUCT):
        if not kind.endswith(")"):
            raise ModelError(f"type {kind!r} lacks a bracket", "a raw line", "close it")
        parts = (part.strip().split(" ", 1) for part in _split(kind[len(_STRUCT) : -1]))
        return {name.strip('"'): json_shape(inner) for name, inner in parts}
    return "JSON" if kind == "json" else "VARCHAR"


def _split(text: str) -> list[str]:
    """Cut at the commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
