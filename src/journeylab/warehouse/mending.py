"""What DuckDB says of a refused statement -> how to mend it."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from journeylab.errors import nearest

#: Phrases of DuckDB that name no place in the statement, and what helps.
_HELP: Final = {
    "Candidate macros": "call it as the candidates in the message say; from duckdb_functions()"
    " lists what each takes",
    "No function matches": "cast the values to a type the message lists",
    "must appear in the GROUP BY": "add the column to group by, or aggregate it",
    "Could not convert": "mend the value, or use try_cast, which gives null for it",
}
_COLUMN: Final = re.compile(
    r'Referenced column "(.+?)" not found|does not have a column named "(.+?)"'
)
_TABLE: Final = re.compile(r'Table with name "?(.+?)"? does not exist')
_FUNCTION: Final = re.compile(r"Function with name (\S+) does not exist")
_MEANT: Final = re.compile(r'Did you mean "(.+?)"')
_PLACE: Final = re.compile(r"^(LINE (\d+): )(.*)\n( *)\^", re.MULTILINE)


def mend_of(
    message: str,
    sql: str,
    *,
    tables: Callable[[], Iterable[str]],
    columns: Callable[[], Mapping[str, Iterable[str]]],
) -> str:
    """One sentence that says how to mend a statement DuckDB refused.

    Args:
        message: what DuckDB said.
        sql: the statement.
        tables: asked for the names of all tables, where one is not known.
        columns: asked for table -> its columns, where a column is not known.

    Returns:
        The nearest name where one is not known, else the place in the statement, else a hint.
    """
    told = _PLACE.search(message)
    place = f"line {told[2]}, column {_column(sql, int(told[2]), told)}" if told else None
    if unknown := _COLUMN.search(message):
        return _nearest_column(unknown[1] or unknown[2], sql, columns())
    if unknown := _TABLE.search(message):
        return nearest(unknown[1].rpartition(".")[2], tables())
    if unknown := _FUNCTION.search(message):
        meant = _MEANT.search(message)
        guess = f"did you mean {meant[1]!r}? " if meant else ""
        return f"{guess}from duckdb_functions() lists all functions"
    if "syntax error" in message and place:
        return f"look at {place}: the statement cannot be read from there"
    for phrase, mend in _HELP.items():
        if phrase in message:
            return f"{mend} ({place})" if place else mend
    return f"look at {place}" if place else "change the statement as the message says"


def _nearest_column(name: str, sql: str, columns: Mapping[str, Iterable[str]]) -> str:
    """The nearest column of the tables that the statement names."""
    words = {word.lower() for word in re.findall(r"\w+", sql)}
    read = {column for table, own in columns.items() if table.lower() in words for column in own}
    every = {column for own in columns.values() for column in own}
    if f'"{name}"' in sql and not re.fullmatch(r"\w+", name):
        return f"names stand in double quotes, texts in single ones: write '{name}'"
    return nearest(name, read or every)


def _column(sql: str, line: int, told: re.Match[str]) -> int:
    """Where the mark stands in its line, counted from 1; DuckDB cuts long lines."""
    before = len(told[4]) - len(told[1])
    shown = told[3]
    lines = sql.splitlines()
    whole = lines[line - 1] if line <= len(lines) else shown
    if shown.startswith("..."):
        after = shown[3:].removesuffix("...")
        found = whole.find(after)
        return (found if found >= 0 else 0) + before - 3 + 1
    return before + 1
