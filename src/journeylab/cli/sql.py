"""``journeylab sql``: one question to a snapshot, answered as a table, CSV, JSON or Parquet."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import polars as pl
from cyclopts import Parameter
from cyclopts.types import PositiveFloat, PositiveInt

from journeylab.cli.history import History, recent, remember
from journeylab.cli.tables import Format, as_text
from journeylab.errors import InputRefused
from journeylab.settings import load_settings
from journeylab.warehouse import ask, open_current, show

#: Ending of a file -> form of what is written to it.
_ENDINGS: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def sql(
    query: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *,
    file: Path | None = None,
    form: Annotated[Format | None, Parameter(name="--format")] = None,
    output: Path | None = None,
    snapshot: str | None = None,
    rows: PositiveInt = 50,
    memory_limit: str = "2GB",
    seconds: PositiveFloat | None = None,
    history: bool = False,
    config: Path | None = None,
) -> None:
    """Ask the current snapshot one question in SQL; it can only be read.

    Args:
        query: One query; "show tables" and "describe journeys" say what there is, "-" reads
            it from standard input, and "!3" asks the third of the history again.
        file: Read the query from this file.
        form: table for people, csv, json or parquet for programs; the ending of the output
            file says it too.
        output: Write the answer to this file instead; an older one is replaced whole.
        snapshot: Ask this run's snapshot instead of the current one.
        rows: Most rows a table shows; the other forms always hold all.
        memory_limit: Memory DuckDB may take.
        seconds: Longest the query may take.
        history: List the queries asked before, oldest first, and ask nothing.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    paths = load_settings(config).paths
    asked = History(paths.var / "sql_history.jsonl")
    if history:
        for number, told in recent(asked):
            print(f"{number:>4}  {' '.join(told.split())}")
        return
    text = _query(query, file, asked)
    form = form or _form_of(output)
    if form == "parquet" and output is None:
        raise InputRefused(
            "Parquet is no text for a terminal", "journeylab sql", "add --output answer.parquet"
        )
    place = show(paths.published, snapshot).folder if snapshot else paths.published
    with open_current(place, memory_limit=memory_limit) as opened:
        answer = ask(opened, text, seconds=seconds)
    remember(asked, text, asked_at=datetime.now(UTC))
    if output is None:
        print(as_text(answer, form, rows=rows))
    else:
        _write(answer, output, form, rows)


def _query(query: str | None, file: Path | None, asked: History) -> str:
    if (query is None) == (file is None):
        raise InputRefused(
            "one query is wanted",
            "journeylab sql",
            'type it as "select …", name a --file, or give - to read standard input',
        )
    if file is not None:
        if not file.is_file():
            raise InputRefused("there is no such file", str(file), "check the name")
        return file.read_text(encoding="utf-8")
    if query == "-":
        return sys.stdin.read()
    if query is None or (query.startswith("--") and "\n" not in query):
        raise InputRefused(
            f"no option {query}", "journeylab sql", "journeylab sql --help lists all"
        )
    return _repeated(query, asked) if query.startswith("!") else query


def _repeated(word: str, asked: History) -> str:
    known = dict(recent(asked))
    number = int(word[1:]) if word[1:].isdecimal() else 0
    if number not in known:
        raise InputRefused(
            f"the history has no query {word!r}",
            str(asked.path),
            f"choose !1 to !{len(known)}; --history lists them" if known else "ask one first",
        )
    return known[number]


def _form_of(output: Path | None) -> Format:
    return _ENDINGS.get(output.suffix.lower(), "table") if output is not None else "table"


def _write(answer: pl.DataFrame, output: Path, form: Format, rows: int) -> None:
    """Write a file beside its place first, so that nobody sees half of it."""
    making = output.with_name(f".{output.name}.part")
    try:
        if form == "parquet":
            answer.write_parquet(making)
        else:
            making.write_text(as_text(answer, form, rows=rows) + "\n", encoding="utf-8")
        making.replace(output)
    except OSError as error:
        making.unlink(missing_ok=True)
        raise InputRefused(
            f"cannot write: {error.strerror}", str(output), "name a file in a folder you may use"
        ) from error
