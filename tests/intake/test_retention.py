"""Raw rows past their age go, with the copies of files of which nothing is left."""

import json
from datetime import datetime

import pytest

from journeylab.intake import IntakeReport, expire, expire_former, kept_since, load_source
from journeylab.intake.deliveries import Delivery
from journeylab.settings import Settings, Source
from journeylab.warehouse import ensure, memory, read_models

APRIL = datetime(2026, 4, 1)


@pytest.mark.parametrize(
    ("days", "now", "since"),
    [
        pytest.param(90, datetime(2026, 6, 3), APRIL, id="the month that began within 90 days"),
        pytest.param(90, datetime(2026, 6, 29, 23), APRIL, id="one night before"),
        pytest.param(90, datetime(2026, 6, 30), APRIL, id="to the day"),
        pytest.param(90, datetime(2026, 6, 30, 1), datetime(2026, 5, 1), id="an hour later"),
        pytest.param(62, datetime(2027, 2, 15), datetime(2027, 1, 1), id="over the year's end"),
    ],
)
def test_rows_go_by_whole_months_and_are_never_older_than_said(days, now, since):
    """So one night a month has rows to let go, and not every one."""
    assert kept_since(days, now) == since
    assert (now - since).days <= days


class Archive:
    """Web pages as JSON lines and chats, loaded on given days."""

    def __init__(self, folder):
        self.folder = folder
        self.landed = folder / "landed"
        self.warehouse = memory(threads=1)
        lenient = {"max_rejected_share": 0.9}
        self.sources = {
            "web": Source(
                channel="web",
                format="contract",
                reader="json_lines",
                path=folder / "web",
                **lenient,
            ),
            "chat": Source(channel="chat", format="conversations", path=folder / "chat"),
        }
        staging = read_models("staging")
        self.models = {
            "web": staging["staging.any_contract"],
            "chat": staging["staging.chat_conversations"],
        }
        for name, model in read_models("ops").items():
            ensure(self.warehouse, name, model.columns)
        self.warehouse.execute("create schema config")
        self.warehouse.execute(
            "create table config.sources as from (values"
            " ('web', 'web', null, 'UTC', null, 'duplicates', false),"
            " ('chat', 'chat', null, 'UTC', null, 'duplicates', false))"
            " as told (source, channel, currency, timezone, time_format, identical_rows,"
            " is_required)"
        )

    def load(self, name, file_name, content, day):
        """Deliver one file and load it on a day."""
        path = self.folder / name / file_name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        return load_source(
            self.warehouse,
            name,
            self.sources[name],
            self.models[name],
            landed=self.landed,
            run_id=f"{day}",
            loaded_at=day,
        )

    def expire(self, name="web", before=APRIL):
        """Let go what is older; rows and copies."""
        gone = expire(self.warehouse, name, self.models[name], before=before, landed=self.landed)
        return gone.rows, gone.copies

    def raw(self, table="any_contract"):
        """Delivery and number of every raw row."""
        return self.warehouse.rows(f"select delivery_key, row_number from raw.{table} order by all")

    def manifest(self):
        """State and expired rows of each delivery."""
        return self.warehouse.rows(
            "select state, rows_expired from ops.deliveries order by delivery_key"
        )


def pages(*days):
    """One page a day; a text that is no day makes a row staging refuses."""
    return "".join(
        json.dumps({"event_id": f"{n}", "occurred_at": day, "event_name": "page"}) + "\n"
        for n, day in enumerate(days)
    )


def test_older_rows_go_and_what_happened_at_the_instant_stays(tmp_path):
    """A file of which nothing is left leaves no copy; of another it stays whole."""
    archive = Archive(tmp_path)
    march, may = datetime(2026, 3, 20), datetime(2026, 5, 2)
    archive.load("web", "old.jsonl", pages("2026-03-01", "2026-03-31 23:59:59"), march)
    archive.load("web", "both.jsonl", pages("2026-03-05", "2026-04-01"), may)

    first, again = archive.expire(), archive.expire()

    assert (first, again) == ((3, 1), (0, 0))
    assert archive.raw() == [(2, 2)]
    assert archive.manifest() == [("expired", 2), ("loaded", 1)]
    assert len(list(archive.landed.glob("*.jsonl"))) == 1


def test_old_rows_that_are_delivered_late_go_in_the_same_run(tmp_path):
    """And the old file delivered again is known: nothing comes back."""
    archive = Archive(tmp_path)
    may = datetime(2026, 5, 2)
    archive.load("web", "a.jsonl", pages("2026-04-02"), may)
    archive.expire()
    archive.load("web", "late.jsonl", pages("2026-01-02", "2026-04-03"), may)
    late = archive.expire()
    report = archive.load("web", "late again.jsonl", pages("2026-01-02", "2026-04-03"), may)

    assert late == (1, 0)
    assert report.files_known == 3
    assert archive.raw() == [(1, 1), (2, 2)]


def test_rejected_rows_go_by_the_day_they_were_loaded(tmp_path):
    """Nobody knows when they happened: unreadable ones and those staging refused."""
    archive = Archive(tmp_path)
    bad = pages("1999-01-01") + "oops\n" + pages("2026-04-07")
    archive.load("web", "march.jsonl", bad, datetime(2026, 3, 20))
    archive.load("web", "may.jsonl", bad + "more\n", datetime(2026, 5, 2))

    assert archive.expire() == (2, 0)

    assert archive.raw() == [(1, 3), (2, 1), (2, 3)]
    rejected = archive.warehouse.rows("select delivery_key, row_number from ops.rejected_rows")
    assert sorted(rejected) == [(2, 2), (2, 4)]


def test_a_conversation_goes_with_its_newest_part(tmp_path):
    """One record of several events is kept whole or goes whole."""
    archive = Archive(tmp_path)
    stamps = {"old": (1_772_000_000, 1_772_000_060), "long": (1_772_000_000, 1_777_000_000)}
    conversations = [
        {
            "id": name,
            "conversation_parts": [
                {"id": f"{n}", "part_type": "comment", "created_at": f"{at}"}
                for n, at in enumerate(times)
            ],
        }
        for name, times in stamps.items()
    ]
    told = json.dumps({"conversations": conversations})
    archive.load("chat", "a.json", told, datetime(2026, 5, 2))

    assert archive.expire("chat") == (1, 0)

    assert archive.warehouse.rows("select id from raw.chat_conversations") == [("long",)]


def test_a_copy_that_another_source_still_needs_stays(tmp_path):
    """Its rows there are younger by nothing: it goes with the last of both."""
    archive = Archive(tmp_path)
    archive.sources["shop"], archive.models["shop"] = archive.sources["web"], archive.models["web"]
    archive.warehouse.execute(
        "insert into config.sources select 'shop', * exclude (source) from config.sources limit 1"
    )
    for name in ("web", "shop"):
        archive.load(name, "a.jsonl", pages("2026-03-01"), datetime(2026, 5, 2))

    assert archive.expire("web") == (1, 0)
    assert archive.expire("shop") == (1, 1)


def test_rows_of_a_source_that_left_the_settings_go_too(tmp_path):
    """By the day they were loaded, for nobody reads them any more."""
    archive = Archive(tmp_path)
    archive.load("web", "a.jsonl", pages("2026-03-01") + "oops\n", datetime(2026, 3, 20))
    archive.load("web", "b.jsonl", pages("2026-03-02"), datetime(2026, 5, 2))

    gone = expire_former(archive.warehouse, ["chat"], before=APRIL, landed=archive.landed)

    assert (gone.rows, gone.copies) == (2, 1)
    assert archive.raw() == [(2, 1)]
    assert archive.manifest() == [("expired", 2), ("loaded", 0)]


def test_two_months_are_the_least(tmp_path):
    """Less would leave no journey that is settled."""
    with pytest.raises(ValueError, match="greater than or equal to 62"):
        Settings.model_validate({"privacy": {"keep_raw_days": 61}})
    assert Settings().privacy.keep_raw_days is None
    assert IntakeReport("web").rows_expired == 0
    assert Delivery.__dataclass_fields__["rows_expired"].default == 0
