"""The pages of docs/ that answer a question: every example on them runs on the sample."""

import re
import tomllib
from pathlib import Path

import pytest

from journeylab.settings import parse_settings
from journeylab.warehouse import open_read_only
from sample import ROOT

PAGES = [ROOT / "docs" / "sql.md"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def blocks(*languages: str) -> list:
    """Blocks of the pages in some languages, each with a name to find it by."""
    return [
        pytest.param(block, id=f"{page.stem}-{number}")
        for page in PAGES
        for number, (language, block) in enumerate(BLOCK.findall(page.read_text("utf-8")), 1)
        if language in languages
    ]


@pytest.mark.parametrize("query", blocks("sql"))
def test_queries_find_rows(query, sample_run):
    """Each returns rows of the sample."""
    with open_read_only(sample_run.snapshot / "journeylab.duckdb") as snapshot:
        assert snapshot.rows(query)


@pytest.mark.parametrize("text", blocks("toml"))
def test_settings_are_read(text, tmp_path: Path):
    """Keys are known."""
    assert parse_settings(tomllib.loads(text), root=tmp_path, where="docs")
