"""Write docs/data_dictionary.md from the headers of the published tables. Reads no data."""

from pathlib import Path
from typing import Final

from journeylab.warehouse import Model, call, read_models

TARGET: Final = Path(__file__).parent / "data_dictionary.md"

_INTRODUCTION: Final = """\
# Data dictionary

<!-- Written by docs/make_dictionary.py from the headers of sql/marts, star, macros: mend those. -->

The tables of a snapshot, as `var/published/current/journeylab.duckdb` holds them. The same texts
are comments inside the file: `select column_name, comment from duckdb_columns() where
table_name = 'journeys'`. [semantics.md](semantics.md) tells what the words mean.

Instants (`…_at`) are UTC. Null means *not known* or *does not apply*; the text says which.
Rates and shares lie in [0, 1] and are over settled journeys unless the text says otherwise.

| table | one row per | what it holds |
|---|---|---|
"""

_STAR: Final = """
# Star schema

The same figures as views for BI tools, kept in the same file: facts (`fct_…`) whose measures may be
summed, and dimensions (`dim_…`) to join and group them by. They hold no rows of their own.
[SQL for analysts](sql.md) shows how to use them.
"""

_MACROS: Final = """
# Macros

Questions that take arguments, kept in the same file, for tools that speak SQL and no Python.
Whoever attaches the file under another name says `use` first. `select function_name, parameters,
comment from duckdb_functions() where function_type = 'table_macro' and not internal` lists them.
"""


def dictionary() -> str:
    """The page: an index of the tables by name, then each table with its columns in order."""
    published = {**read_models("marts"), **read_models("snapshot")}
    models = sorted(published.values(), key=lambda model: model.table)
    index = "".join(
        f"| [{model.table}](#{model.table}) | {_row(model)} | {_cell(_first(model.about))} |\n"
        for model in models
    )
    star = sorted(read_models("star").values(), key=lambda model: model.table)
    macros = sorted(read_models("macros").values(), key=lambda model: model.table)
    views = _STAR + "".join(_section(model) for model in star)
    told = _MACROS + "".join(_section(model, f"`{call(model)}`") for model in macros)
    return _INTRODUCTION + index + "".join(_section(model) for model in models) + views + told


def _section(model: Model, call: str = "") -> str:
    grain = f"**{model.grain[:1].upper()}{model.grain[1:]}.**"
    key = ", ".join(f"`{name}`" for name in model.key)
    lines = [
        "",
        f"## {model.table}",
        "",
        _cell(model.about.replace("$", "")),
        "",
        *([call, ""] if call else []),
        f"{_cell(grain)} Key: {key}." if key else _cell(grain),
        "",
        "| column | type | meaning |",
        "|---|---|---|",
        *(f"| `{c.name}` | {_cell(c.type)} | {_cell(c.text)} |" for c in model.columns),
    ]
    return "\n".join(lines) + "\n"


def _row(model: Model) -> str:
    return _cell(model.grain.removeprefix("one row per ").removeprefix("one row")) or "snapshot"


def _first(text: str) -> str:
    """First sentence of a text."""
    return text.partition(". ")[0].rstrip(".") + "."


def _cell(text: str) -> str:
    """A text that Markdown shows as it is written."""
    return text.replace("<", "&lt;").replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(dictionary(), encoding="utf-8")
    print(f"wrote {TARGET}")
