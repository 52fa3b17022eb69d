"""DuckDB types as header lines spell them -> the shape from_json wants. Text in, structure out."""

from typing import Final

from journeylab.errors import ModelError

#: What from_json takes: a type name, a list of one shape, or an object of shapes.
JsonShape = str | list["JsonShape"] | dict[str, "JsonShape"]

_STRUCT: Final = "struct("


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
