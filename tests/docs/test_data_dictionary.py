"""The data dictionary is what the headers of the published tables say."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_committed_dictionary_is_what_the_headers_say():
    """After a change of a mart: python docs/make_dictionary.py."""
    made = runpy.run_path(str(DOCS / "make_dictionary.py"))["dictionary"]()

    committed = (DOCS / "data_dictionary.md").read_text(encoding="utf-8")

    assert committed == made, "run: python docs/make_dictionary.py"


def test_the_dictionary_leads_from_a_table_to_its_columns():
    """The index names the grain; the section below it tells type and meaning."""
    lines = (DOCS / "data_dictionary.md").read_text(encoding="utf-8").splitlines()

    assert any(line.startswith("| [journeys](#journeys) | journey | ") for line in lines)
    section = lines[lines.index("## journeys") :]
    assert section[4] == "**One row per journey.** Key: `customer_id`, `journey_number`."
    assert "| `customer_id` | varchar | Customer. |" in section
