"""Every table of the worked example is the answer to the query above it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "worked_example.md").read_text(encoding="utf-8")
TOLD = re.findall(r"```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)", PAGE, re.DOTALL)


def printed(value):
    """A value as the page writes it: nothing for null, and JSON's words for yes and no."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="module")
def lab():
    """The Lab that the page's first block opens, run in the folder it names files from."""
    program = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        exec(program, names)
    yield names["lab"]
    names["lab"].close()


def test_every_query_has_its_table():
    """Sessions, journeys, steps, two of edges, two of loops, drop-offs, chances, two of KPIs."""
    assert [len(TOLD), PAGE.count("```sql")] == [11, 11]


@pytest.mark.parametrize(("query", "table"), TOLD, ids=[f"table {n}" for n in range(1, 12)])
def test_a_table_is_what_the_query_answers(lab, query, table):
    """Names of columns and every value, sign by sign."""
    answer = lab.sql(query)

    lines = [line.strip("|\n").split("|") for line in table.splitlines()]
    cells = [[cell.strip() for cell in line] for line in lines]
    assert [answer.columns, *([printed(v) for v in row] for row in answer.rows())] == [
        cells[0],
        *cells[2:],
    ]
