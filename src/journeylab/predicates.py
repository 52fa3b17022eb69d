"""Somebody's condition on rows -> checked SQL text over known columns. Runs nothing."""

from collections.abc import Mapping
from typing import Final

import sqlglot
from sqlglot import exp

from journeylab.errors import InputRefused, UnknownName

#: Longest condition, in characters.
LONGEST: Final = 4000

_COMPARISONS: Final = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Is,
    exp.In,
    exp.Between,
    exp.Like,
    exp.ILike,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
)
_CONNECTIVES: Final = (exp.And, exp.Or, exp.Not, exp.Paren)
_TESTS: Final = (exp.StartsWith, exp.EndsWith, exp.Contains, exp.RegexpLike, exp.ArrayContains)
_VALUES: Final = (
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Neg,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Mod,
    exp.Cast,
    exp.DataType,
    exp.DataTypeParam,
    exp.Interval,
    exp.Var,
    exp.Tuple,
    exp.Coalesce,
    exp.Nullif,
    exp.Lower,
    exp.Upper,
    exp.Length,
    exp.Abs,
    exp.Round,
    exp.Year,
    exp.Month,
    exp.Day,
    exp.Hour,
    exp.DayOfWeek,
    exp.TimestampTrunc,
    exp.DateTrunc,
)
_ALLOWED: Final = (*_COMPARISONS, *_CONNECTIVES, *_TESTS, *_VALUES)
_CAST_TO: Final = frozenset(
    {
        "DATE",
        "TIMESTAMP",
        "TIMESTAMPNTZ",
        "INTERVAL",
        "INT",
        "BIGINT",
        "DOUBLE",
        "DECIMAL",
        "TEXT",
        "VARCHAR",
    }
)
_UNITS: Final = frozenset(
    unit + plural
    for unit in ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
    for plural in ("", "S")
)
_PROPERTIES: Final = "properties"
_MEND: Final = (
    "write one condition on the table's columns, for example"
    " \"entry_channel = 'web' and steps > 3\""
)


def parse_where(text: str, columns: Mapping[str, str], *, table: str | None = None) -> str:
    """Check one condition and spell it anew, so that it can stand in a ``where``.

    Comparisons, ``and``, ``or``, ``not``, ``in``, ``between``, ``like``, ``is null``, plain
    arithmetic, dates, and a few functions of text and time are known. Queries inside,
    aggregates, windows, parameters and any other function are refused. Where a column
    ``properties`` holds JSON, ``properties.plan`` is the text of its key ``plan``.

    Args:
        text: the condition in SQL.
        columns: what it may name: column -> DuckDB type, as ``Warehouse.columns`` gives.
        table: name or alias to write before each column; None writes none.

    Returns:
        The condition in DuckDB's SQL inside brackets: columns quoted, comments gone.

    Raises:
        InputRefused: it is no single condition, or uses what is not known here.
        UnknownName: a column does not exist; the nearest is named.

    Example:
        >>> parse_where("steps > 3 -- long", {"steps": "BIGINT"})
        '("steps" > 3)'
    """
    tree = _parsed(text)
    known = {name.lower(): name for name in columns}
    for node in list(tree.walk()):
        if not _is_allowed(node):
            raise _refused(text, f"{_spelled(node)} is not allowed in a condition")
        if isinstance(node, exp.Column):
            if _is_property(node, columns):
                _read_from_json(node, table)
                continue
            name = known.get(node.name.lower())
            if name is None or len(node.parts) > 1:
                raise UnknownName.of("column", _spelled(node), f"condition: {text}", columns)
            node.set("this", exp.to_identifier(name, quoted=True))
            node.set("table", exp.to_identifier(table, quoted=True) if table else None)
    if not _is_condition(tree, columns):
        raise _refused(text, f"{_spelled(tree)} is a value, no condition")
    return f"({tree.sql(dialect='duckdb', comments=False)})"


def _is_property(node: exp.Column, columns: Mapping[str, str]) -> bool:
    """Whether it is ``properties.<key>``, a key of the JSON in a column of that name."""
    return (
        len(node.parts) == 2
        and node.parts[0].name.lower() == _PROPERTIES
        and columns.get(_PROPERTIES, "").upper() == "JSON"
    )


def _read_from_json(node: exp.Column, table: str | None) -> None:
    key = node.name
    whole = exp.column(_PROPERTIES, table=table, quoted=True)
    node.replace(property_text(whole, key))


def property_text(properties: exp.Expr, key: str) -> exp.Expr:
    """The text of one key of a JSON object, as an expression; null where there is none."""
    path = '$."' + key.replace('"', '\\"') + '"'
    return exp.func("json_extract_string", properties, exp.Literal.string(path))


def _parsed(text: str) -> exp.Expr:
    if not text.strip():
        raise _refused(text, "the condition is empty")
    if len(text) > LONGEST:
        raise _refused(text[:60] + "…", f"it has {len(text)} characters, {LONGEST} are allowed")
    try:
        return sqlglot.parse_one(text, into=exp.Condition, dialect="duckdb")
    except sqlglot.errors.ParseError as error:
        found = error.errors[0] if error.errors else {}
        near = found.get("highlight")
        told = f"not understood at {near!r}" if near else "not understood"
        raise _refused(text, told) from error
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise _refused(text, "not understood") from error


def _is_allowed(node: exp.Expr) -> bool:
    if isinstance(node, exp.TryCast) or not isinstance(node, _ALLOWED):
        return False
    if isinstance(node, exp.DataType):
        return node.this.name in _CAST_TO
    if isinstance(node, exp.Var):
        return node.name.upper() in _UNITS
    return True


def _is_condition(tree: exp.Expr, columns: Mapping[str, str]) -> bool:
    if isinstance(tree, exp.Paren):
        return _is_condition(tree.this, columns)
    if isinstance(tree, exp.Not):
        return _is_condition(tree.this, columns)
    if isinstance(tree, exp.And | exp.Or):
        return _is_condition(tree.left, columns) and _is_condition(tree.right, columns)
    if isinstance(tree, exp.Column):
        return columns[tree.name].upper() == "BOOLEAN"
    return isinstance(tree, (*_COMPARISONS, *_TESTS, exp.Boolean))


def _spelled(node: exp.Expr) -> str:
    try:
        return repr(node.sql(dialect="duckdb", comments=False))
    except (sqlglot.errors.SqlglotError, RecursionError):
        return repr(type(node).__name__)


def _refused(text: str, what: str) -> InputRefused:
    return InputRefused(what, f"condition: {text}", _MEND)
