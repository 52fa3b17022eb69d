"""Run the programs on the pages of docs/questions and write what they print below them.

    make demo
    python docs/make_examples.py            # reads var/published/current

A program is a block of Python followed by a block of text. The tests run the same programs and
hold the pages to what they print.
"""

import contextlib
import io
import re
from pathlib import Path
from typing import Any, Final

import polars as pl

PAGES: Final = Path(__file__).parent / "questions"

_TOLD: Final = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def programs(page: Path) -> list[tuple[str, str]]:
    """Programs of a page, each with what the page says it prints."""
    return _TOLD.findall(page.read_text(encoding="utf-8"))


def printed(program: str) -> str:
    """What a program prints, tables as narrow as they can be."""
    told = io.StringIO()
    names: dict[str, Any] = {}
    with (
        contextlib.redirect_stdout(told),
        pl.Config(
            tbl_rows=20,
            tbl_cols=12,
            tbl_width_chars=100,
            tbl_hide_dataframe_shape=True,
            tbl_hide_column_data_types=True,
            fmt_str_lengths=60,
            float_precision=3,
            tbl_formatting="UTF8_FULL_CONDENSED",
        ),
    ):
        exec(program, names)
    if "lab" in names:
        names["lab"].close()
    return told.getvalue()


def rewritten(page: Path) -> str:
    """The page with what its programs print today."""

    def block(found: re.Match[str]) -> str:
        return f"```python\n{found[1]}```\n\n```text\n{printed(found[1])}```"

    return _TOLD.sub(block, page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path in sorted(PAGES.glob("*.md")):
        path.write_text(rewritten(path), encoding="utf-8")
        print(f"wrote {path}")
