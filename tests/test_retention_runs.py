"""Whole runs that let raw rows go: sums hold, figures are of what stays, a full run agrees."""

import json
from datetime import datetime

import pytest

from journeylab.pipeline import run
from journeylab.settings import load_settings
from journeylab.warehouse import open_current, show

pytestmark = pytest.mark.slow

SETTINGS = """
[run]
threads = 1

[privacy]
keep_raw_days = 62

[sources.shop_web]
channel = "web"
format = "contract"
reader = "json_lines"
path = "landing"
"""


def pages(folder, name, *days):
    lines = [
        {"event_id": f"{day}", "occurred_at": day, "event_name": "page", "user_id": "ana"}
        for day in days
    ]
    landing = folder / "landing"
    landing.mkdir(exist_ok=True)
    (landing / name).write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_raw_rows_past_their_age_go_and_a_full_rebuild_agrees(tmp_path, monkeypatch):
    """March is kept on 1 May and gone on 3 May, and does not come back when it is delivered."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", "a key of the tests")
    (tmp_path / "journeylab.toml").write_text(SETTINGS)
    settings = load_settings(tmp_path / "journeylab.toml")
    pages(tmp_path, "1.jsonl", "2026-03-02 10:00", "2026-03-30 10:00")
    pages(tmp_path, "2.jsonl", "2026-03-31 10:00", "2026-04-20 10:00")

    def night(day, hour=2, *, full=False):
        report = run(settings, full=full, started_at=datetime(2026, *day, hour))
        with open_current(settings.paths.published) as snapshot:
            (told,) = snapshot.rows("select rows_in, events, expired_rows from data_health")
            events = snapshot.rows("select occurred_at::date::varchar from events order by 1")
        return report.intake[0].rows_expired, told, [day for (day,) in events]

    april = night((5, 1))
    pages(tmp_path, "3.jsonl", "2026-03-30 10:00", "2026-05-02 10:00")
    may = night((5, 3))
    after = show(settings.paths.published).content_hash
    full = night((5, 3), 3, full=True)

    assert april == (0, (4, 4, 0), ["2026-03-02", "2026-03-30", "2026-03-31", "2026-04-20"])
    assert may == (4, (2, 2, 4), ["2026-04-20", "2026-05-02"])
    assert full == (0, (2, 2, 4), ["2026-04-20", "2026-05-02"])
    assert show(settings.paths.published).content_hash == after
    assert len(list(settings.paths.landed.glob("*.jsonl"))) == 2
