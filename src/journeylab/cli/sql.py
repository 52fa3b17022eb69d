"""``journeylab sql``: one question to a snapshot, answered as a table, CSV or JSON."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.types import PositiveFloat, PositiveInt

from journeylab.cli.tables import Format, as_text
from journeylab.settings import load_settings
from journeylab.warehouse import ask, open_current, show


def sql(
    query: str,
    /,
    *,
    form: Annotated[Format, Parameter(name="--format")] = "table",
    output: Path | None = None,
    snapshot: str | None = None,
    rows: PositiveInt = 50,
    memory_limit: str = "2GB",
    seconds: PositiveFloat | None = None,
    config: Path | None = None,
) -> None:
    """Ask the current snapshot one question in SQL; it can only be read.

    Args:
        query: One query; "show tables" and "describe journeys" say what there is.
        form: table for people, csv or json for programs.
        output: Write the answer to this file instead.
        snapshot: Ask this run's snapshot instead of the current one.
        rows: Most rows a table shows; csv and json always hold all.
        memory_limit: Memory DuckDB may take.
        seconds: Longest the query may take.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    published = load_settings(config).paths.published
    place = show(published, snapshot).folder if snapshot else published
    with open_current(place, memory_limit=memory_limit) as opened:
        answer = as_text(ask(opened, query, seconds=seconds), form, rows=rows)
    if output is None:
        print(answer)
    else:
        output.write_text(answer + "\n", encoding="utf-8")
