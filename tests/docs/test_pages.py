"""Pages that list settings, header keys and touchpoint keys list exactly those that exist."""

import re
from pathlib import Path

import pytest

from journeylab.settings import Settings, Source
from journeylab.warehouse import read_model

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

SECTIONS = {
    **{name: field.annotation for name, field in Settings.model_fields.items()},
    "sources.<name>": Source,
}


def spelled(default) -> str:
    """A default as the settings file would say it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, (tuple, list)):
        return "[" + ", ".join(spelled(value) for value in default) + "]"
    if isinstance(default, (int, float, dict)):
        return str(default)
    return f'"{default}"'


def told_settings() -> dict[str, dict[str, str]]:
    """Section -> key -> default, as the operations page tells them."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### `\[(.+?)\]`\n(.*?)(?=^##)", page, re.MULTILINE | re.DOTALL)
    rows = re.compile(r"^\| `(\w+)` \| (.+?) \|", re.MULTILINE)
    return {name: dict(rows.findall(text)) for name, text in sections}


def known_settings() -> dict[str, dict[str, str]]:
    """The same, as the settings know them."""
    known = {}
    for name, section in SECTIONS.items():
        if name in ("root", "sources"):
            continue
        known[name] = {
            key: "required"
            if field.is_required()
            else "none"
            if field.default is None
            else f"`{spelled(field.default)}`"
            for key, field in section.model_fields.items()
        }
    return known


def test_operations_lists_every_setting_with_its_default():
    """A new setting, a renamed one or another default is a row of docs/operations.md."""
    assert told_settings() == known_settings()


def test_contributing_lists_every_header_key(tmp_path):
    """The keys are those that the reader names when it meets an unknown one."""
    wrong = tmp_path / "wrong.sql"
    wrong.write_text("-- nokey: x\n\nselect 1\n")
    with pytest.raises(LookupError) as refused:
        read_model(wrong)
    known = set(refused.value.args[2].rpartition("known: ")[2].split(", "))

    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.partition("## The header of a SQL file")[2].partition("\n## ")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page):
    """Files exist, and a place in a page is one of its headings."""
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, place = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (place and place not in headings(target)):
            broken.append(link)

    assert broken == []


def headings(page: Path) -> set[str]:
    """Names that a browser jumps to: headings in lower case, words joined by '-'."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize(
    "record", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda p: p.stem
)
def test_a_decision_record_is_short_and_complete(record):
    """Context, Decision, Consequences, Status, under 60 lines, and a number of its own."""
    text = record.read_text(encoding="utf-8")

    assert text.startswith(f"# {record.stem[:4]} ")
    assert [
        word
        for word in ("Status:", "## Context", "## Decision", "## Consequences")
        if word not in text
    ] == []
    assert len(text.splitlines()) <= 60
    assert len(list(record.parent.glob(f"{record.stem[:4]}-*"))) == 1
