"""``journeylab forget``: what it says, and what it refuses."""

import json

import pytest

from shelf import publish_shelf


def test_without_a_warehouse_it_says_how_to_make_one(typed):
    """Exit code 1: nobody is forgotten."""
    code, out, err = typed("forget", "ana@shop.io")

    assert (code, out) == (1, "")
    assert "there is no warehouse yet" in err


def test_an_identifier_or_finish_is_given_and_not_both(typed, tmp_path):
    """Exit code 2."""
    publish_shelf(tmp_path / "var", "20260301")

    assert typed("forget")[0] == 2
    assert typed("forget", "ana@shop.io", "--finish")[0] == 2
    assert typed("forget", "--finish")[:2] == (0, "nothing to finish\n")


@pytest.mark.slow
def test_forgetting_says_what_went(typed, tmp_path):
    """A dry run first, then for good; whoever is forgotten is nobody afterwards."""
    typed("init")
    (tmp_path / "journeylab.toml").write_text(
        "[sources.web]\nchannel = 'web'\nformat = 'contract'\nreader = 'json_lines'\n"
        "path = 'landing'\n"
    )
    (tmp_path / "landing").mkdir()
    rows = [
        {"occurred_at": f"2026-01-0{day}", "event_name": "page_view", "email": f"{name}@shop.io"}
        for day, name in ((1, "ana"), (2, "ana"), (3, "ben"))
    ]
    (tmp_path / "landing/a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert typed("run", "--quiet")[0] in (0, 3)

    code, out, _ = typed("forget", "ana@shop.io", "--dry-run")

    assert code == 0
    assert out.splitlines()[:5] == [
        "1  identifiers of the customer",
        "2  delivered rows of web",
        "0  records that could not be read",
        "0  anonymous events returned to their shared device",
        "1  landed files rewritten",
    ]
    assert out.endswith("nothing was changed: this was a dry run\n")
    assert json.loads(typed("forget", "ana@shop.io", "--json")[1])["rows"] == {"web": 2}
    assert typed("forget", "ana@shop.io")[0] == 2
    assert typed("doctor")[1].count("nobody is half forgotten") == 1
