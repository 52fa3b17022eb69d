"""``journeylab forget``: what it says, and what it refuses."""

import pytest

from journeylab.cli.forget import said
from journeylab.forgetting import Forgotten
from journeylab.privacy import Pending, Tombstones, write_tombstones
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


@pytest.mark.parametrize(
    ("dry_run", "end"),
    [
        pytest.param(True, "nothing was changed: this was a dry run", id="dry run"),
        pytest.param(False, "journeylab run", id="for good"),
    ],
)
def test_it_says_what_went(dry_run, end):
    """Counts on the right; nothing of the person."""
    told = Forgotten(
        identifiers=2,
        rows={"shop": 1, "web": 1200},
        rejected_rows=0,
        freed_events=3,
        landed_files=4,
        snapshots={"20260301": 12},
    )

    lines = said(told, dry_run=dry_run).splitlines()

    assert lines[:7] == [
        "    2  identifiers of the customer",
        "    1  delivered rows of shop",
        "1,200  delivered rows of web",
        "    0  records that could not be read",
        "    3  anonymous events returned to their shared device",
        "    4  landed files rewritten",
        "   12  rows of snapshot 20260301",
    ]
    assert lines[-1].endswith(end)


def test_doctor_tells_who_is_half_forgotten(typed, tmp_path):
    """With the two ways to finish it."""
    var = tmp_path / "var"
    var.mkdir()
    pending = Pending(("c_1",), (), {}, ())
    write_tombstones(var, Tombstones({"a": "2026-03-01T00:00:00"}, (), (pending,)))
    (tmp_path / "journeylab.toml").write_text("")

    out = typed("doctor")[1]

    assert "warn  1 customers are half forgotten" in out
    assert "journeylab forget --finish" in out
