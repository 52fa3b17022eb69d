"""The pages of docs/ that answer a question: every example on them runs on the sample."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from journeylab.settings import parse_settings
from journeylab.warehouse import open_read_only
from sample import ROOT

pytestmark = pytest.mark.docs

DOCS = ROOT / "docs"
QUESTIONS = sorted((DOCS / "questions").glob("*.md"))
PAGES = [DOCS / "sql.md", DOCS / "golden.md", *QUESTIONS]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
EXAMPLES = runpy.run_path(str(DOCS / "make_examples.py"))
PARTS = ("## The rule", "## Ask it", "## Pitfalls", "## Others count otherwise")
PEERS = ("PostHog", "Mixpanel", "GA4", "pm4py", "retentioneering")


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


@pytest.mark.parametrize("page", QUESTIONS, ids=lambda page: page.stem)
def test_programs_print_what_the_page_says(page, sample_run, tmp_path, monkeypatch):
    """Sign by sign. After a change of figures: make demo, python docs/make_examples.py."""
    (tmp_path / "var").symlink_to(sample_run.snapshot.parents[2])
    monkeypatch.chdir(tmp_path)

    told = EXAMPLES["programs"](page)

    assert told
    assert [EXAMPLES["printed"](program) for program, _ in told] == [says for _, says in told]


@pytest.mark.parametrize("page", QUESTIONS, ids=lambda page: page.stem)
def test_a_question_has_a_rule_a_picture_pitfalls_and_the_peers(page):
    """And the index leads to it."""
    text = page.read_text(encoding="utf-8")

    assert text.startswith("# ")
    assert [part for part in PARTS if part not in text] == []
    assert [peer for peer in PEERS if f"| {peer} |" not in text] == []
    assert "](../images/" in text
    assert f"(questions/{page.name})" in (DOCS / "README.md").read_text(encoding="utf-8")


def test_shell_commands_of_the_pages_are_those_of_the_command_line():
    """Each names a command that exists, with options that it knows."""
    from journeylab.cli import app

    for param in blocks("sh"):
        for line in param.values[0].splitlines():
            if line.startswith("journeylab "):
                words = line.partition("#")[0].split()
                assert words[1] in app, line
                known = app[words[1]].assemble_argument_collection()
                options = {name for argument in known for name in argument.names}
                assert {word for word in words if word.startswith("--")} <= options, line
