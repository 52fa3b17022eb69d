"""``journeylab rejected replay`` from an export to the figures of the next run."""

import csv
import json
import shutil
from datetime import datetime

import pytest

from journeylab.pipeline import run
from journeylab.settings import load_settings
from journeylab.warehouse import open_current, show

pytestmark = pytest.mark.slow

KEY = "a key of the tests"

SETTINGS = """
[run]
threads = 1
as_of = 2026-04-01T00:00:00

[sources.shop_web]
channel = "web"
format = "contract"
reader = "json_lines"
path = "landing"
max_rejected_share = 0.9
"""


def page(person, minute, name="page"):
    at = f"2026-03-01 10:{minute:02}:00"
    return json.dumps({"occurred_at": at, "event_name": name, "user_id": person})


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory):
    """A shop after a run that rejected three of five rows; tests take a copy."""
    folder = tmp_path_factory.mktemp("bad_day")
    (folder / "journeylab.toml").write_text(SETTINGS)
    (folder / "landing").mkdir()
    lines = [
        page("ana", 0),
        page("ana", 5, "=cart"),
        page("ana", 7, "pay").replace("2026", "1926"),
        "-" + page("ben", 9),
        "lost for ever",
    ]
    (folder / "landing" / "day.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYLAB_HASH_KEY", KEY)
        run(load_settings(folder / "journeylab.toml"), started_at=datetime(2026, 4, 1))
    return folder


@pytest.fixture
def shop(bad_day, typed, tmp_path, monkeypatch):
    """A copy of that shop, in which commands are typed."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", KEY)
    shutil.copytree(bad_day, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path


def _edit(file, edit):
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        row["raw_text"] = edit(row["raw_text"])
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def _counts(folder):
    with open_current(folder / "var" / "published") as snapshot:
        return snapshot.rows(
            "select rows_in, events, duplicates, rejected_rows, replayed_rows from data_health"
        )


def test_an_edited_export_is_replayed_once_and_equals_a_full_rebuild(typed, shop):
    """Two rows are mended in CSV, one is left; a file that is no export is refused before."""
    assert _counts(shop) == [(5, 2, 0, 3, 0)]
    (shop / "wrong.csv").write_text("row,text\n1,x\n")
    (shop / "twice.csv").write_text("id,raw_text\na,x\na,y\n")
    refused = [typed("rejected", "replay", name) for name in ("wrong.csv", "twice.csv")]
    assert [code for code, _, _ in refused] == [2, 2]
    assert "keep its columns id and raw_text" in refused[0][2]
    assert "'a' stands there twice" in refused[1][2]
    typed("rejected", "export", "--output", "bad.csv")
    _edit(shop / "bad.csv", lambda text: text.replace("1926", "2026").replace("'-{", "{"))

    code, out, err = typed("rejected", "replay", "bad.csv")
    again = typed("rejected", "replay", "bad.csv")
    assert typed("run", "--quiet")[0] in (0, 3)

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "2 rows replayed; count them with: journeylab run",
        "1 rows are not edited and stay rejected",
    ]
    assert again[1].splitlines() == [
        "0 rows replayed; count them with: journeylab run",
        "2 rows were replayed before and are left as they are",
        "1 rows are not edited and stay rejected",
    ]
    assert _counts(shop) == [(5, 4, 0, 1, 2)]
    night = show(shop / "var" / "published").content_hash
    assert typed("run", "--quiet", "--full")[0] in (0, 3)
    assert show(shop / "var" / "published").content_hash == night
    assert _counts(shop) == [(5, 4, 0, 1, 2)]


def test_a_replay_given_again_after_a_restore_counts_once(typed, shop):
    """What a replay repaired is in no copy: the command says so, and how to have it again."""
    typed("rejected", "export", "--output", "bad.csv")
    _edit(shop / "bad.csv", lambda text: text.replace("1926", "2026").replace("'-{", "{"))
    typed("rejected", "replay", "bad.csv")
    assert typed("run", "--quiet")[0] in (0, 3)
    before = show(shop / "var" / "published").content_hash
    (shop / "var" / "warehouse.duckdb").unlink()

    refused = typed("restore")
    restored = typed("restore", "--accept-loss")
    early = typed("rejected", "replay", "bad.csv")
    assert typed("run", "--quiet")[0] in (0, 3)
    forgetful = _counts(shop)
    code, out, err = typed("rejected", "replay", "bad.csv")
    assert typed("run", "--quiet")[0] in (0, 3)

    assert (refused[0], restored[0]) == (1, 0)
    assert "repaired: give the replay again after the next run, no row loads twice" in refused[2]
    assert early[0] == 1
    assert "mend:  journeylab run" in early[2]
    assert forgetful == [(7, 4, 0, 3, 0)]
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "2 rows replayed; count them with: journeylab run"
    assert _counts(shop) == [(5, 4, 0, 1, 2)]
    assert show(shop / "var" / "published").content_hash == before
