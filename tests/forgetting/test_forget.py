"""A customer is erased everywhere, for good, and what is left equals a life without them."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from anas_shop import (
    ANA,
    CLICKS,
    RAW_VALUES,
    bytes_with,
    deliver_chat,
    deliver_orders,
    deliver_web,
    is_anas,
    run_at,
    shop,
)

from journeylab.erasure import is_rewritten
from journeylab.errors import InputRefused, UnknownName
from journeylab.forgetting import Forgotten, forget
from journeylab.pipeline import restore
from journeylab.warehouse import list_snapshots, open_current, show

pytestmark = pytest.mark.slow
NOW = datetime(2026, 3, 1, 12)
GONE: dict[str, list[str]] = {value: [] for value in RAW_VALUES}
BROKEN = '{"event_id": "w9", "email": "ana.forget@shop.io", "occurred_at": '


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Path:
    """Two nights with Ana; the second brings what intake cannot read, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYLAB_HASH_KEY", "the same key for both shops")
        folder = tmp_path_factory.mktemp("lived")
        settings = shop(folder)
        deliver_web(folder, "1.jsonl.gz", CLICKS[:4])
        run_at(settings, 1)
        deliver_web(folder, "2.jsonl.gz", CLICKS[4:], broken=BROKEN)
        deliver_orders(folder, with_ana=True)
        deliver_chat(folder, with_ana=True)
        run_at(settings, 2)
    return folder


@pytest.fixture(autouse=True)
def same_key(monkeypatch) -> None:
    """Customer ids of all shops here come from one key."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", "the same key for both shops")


@pytest.fixture(scope="module")
def forgotten(lived, tmp_path_factory) -> tuple[Path, Forgotten]:
    """That shop after Ana was forgotten, and what was told of it; tests only look at it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYLAB_HASH_KEY", "the same key for both shops")
        folder = tmp_path_factory.mktemp("forgotten") / "shop"
        shutil.copytree(lived, folder, symlinks=True)
        assert all(bytes_with(folder / "var", value) for value in RAW_VALUES)
        for left in (  # of killed commands
            "landed/.tmp-4711",
            ".restoring/warehouse.duckdb",
            ".tmp-row_marts.duckdb",
            ".compacting/duckdb_temp_storage-0.tmp",
        ):
            path = folder / "var" / left
            path.parent.mkdir(exist_ok=True)
            path.write_text(BROKEN)
        return folder, forget(shop(folder), "ana.forget@shop.io", started_at=NOW)


def copy_of(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target, symlinks=True)
    return target


def test_nothing_of_the_customer_is_left_in_any_byte(lived, forgotten):
    """Warehouse, landed copies and snapshots; Joana, whose address holds Ana's, stays whole."""
    folder, told = forgotten
    var = folder / "var"

    assert {value: bytes_with(var, value) for value in RAW_VALUES} == GONE
    assert told.rows == {"chat": 1, "shop": 1, "web": 3}
    assert (told.identifiers, told.rejected_rows, told.landed_files) == (3, 1, 4)
    names = {path.name for path in (lived / "var/landed").iterdir()}
    assert {path.name for path in (var / "landed").iterdir()} == {*names, "rewritten.txt"}
    assert all(is_rewritten(var / "landed" / name) for name in names if name[:64].isalnum())
    (orders,) = (var / "landed").glob("*.csv")
    assert orders.read_text() == (
        "order_number,event,created_at,customer_id,email,subtotal,note\n"
        "\n"
        "\n"
        "o-2,completed,2026-01-05 11:00:00,u-ben-4712,ben@shop.io,5.00,"
        '"for (removed), "\n'
        "o-3,completed,2026-01-06 11:00:00,u-joa-4713,joana.forget@shop.io,7.00,\n"
    )


def test_snapshots_are_replaced_and_answer_as_before_for_everybody_else(lived, forgotten):
    """Rows of the others stay; a path that one customer alone took is merged."""
    folder, told = forgotten
    published = shop(folder).paths.published
    theirs = (
        "select * from steps where customer_id not in"
        " (select customer_id from events where event_id = 'web:w1') order by all"
    )

    found = list_snapshots(published)

    assert [(s.folder.name, s.redactions) for s in found] == [
        (f"{run_id}-r1", 1) for run_id in told.snapshots
    ]
    assert (found[0].is_current, found[0].k_floor, found[0].has_rows) == (True, 2, True)
    with open_current(shop(lived).paths.published) as opened:
        others, journeys = opened.rows(theirs), opened.scalar("select sum(journeys) from variants")
        customers = opened.scalar("select count(*) from customers")
    with open_current(published) as opened:
        assert opened.rows("select * from steps order by all") == others
        assert opened.scalar("select count(*) from customers") == customers - 1
        assert opened.scalar("select count(*) from variants where customers = 1") == 0
        assert opened.scalar("select sum(journeys) from variants") in (None, journeys)
        assert opened.scalar("select k_floor from snapshot_info") == 2


def test_the_next_run_equals_a_warehouse_that_never_saw_the_customer(forgotten, tmp_path):
    """The same content hash."""
    settings = shop(copy_of(forgotten[0], tmp_path / "shop"))
    run_at(settings, 13)
    never = tmp_path / "never"
    without = shop(never)
    deliver_web(never, "1.jsonl.gz", tuple(click for click in CLICKS if not is_anas(click[2])))
    deliver_orders(never, with_ana=False)
    deliver_chat(never, with_ana=False)
    run_at(without, 13)

    after, expected = show(settings.paths.published), show(without.paths.published)
    different = {
        table for table, told in expected.table_hashes.items() if told != after.table_hashes[table]
    }
    assert after.content_hash == expected.content_hash, different
    assert different <= {"check_results", "data_health", "deliveries", "rejected_summary", "runs"}
    with open_current(settings.paths.published) as opened:
        assert opened.scalar("select count(*) from customers") == 4
        assert opened.scalar("select count(*) from customer_aliases") == 0


def test_a_warehouse_restored_after_it_equals_the_lost_one(forgotten, tmp_path):
    """Copies that were written anew are no damaged ones, and who was forgotten stays so."""
    settings = shop(copy_of(forgotten[0], tmp_path / "shop"))
    run_at(settings, 13)
    before = show(settings.paths.published)
    settings.paths.warehouse.unlink()

    restored = restore(settings, started_at=NOW + timedelta(hours=2))
    run_at(settings, 15)

    assert (restored.lost, restored.damaged) == ([], None)
    assert show(settings.paths.published).content_hash == before.content_hash
    assert {value: bytes_with(settings.paths.var, value) for value in RAW_VALUES} == GONE


def test_files_with_the_forgotten_load_without_them_and_freed_events_stay_free(forgotten, tmp_path):
    """Cem goes too. What he did unnamed on the tablet is the tablet's, not Dora's, ever after.

    The same files are known by their hash. Another file with the same rows is loaded without
    those of Ana and Cem, and its landed copy is written so.
    """
    folder = copy_of(forgotten[0], tmp_path / "shop")
    settings, var = shop(folder), folder / "var"
    told = forget(settings, "u-cem-4714", started_at=NOW)
    assert (told.rows, told.freed_events) == ({"web": 2}, 3)
    late = ("2026-01-20T10:00:00", "page_view", {**ANA})
    deliver_web(folder, "again.jsonl.gz", (*CLICKS[:4], late, *CLICKS[7:]), broken=BROKEN)

    report = run_at(settings, 13)

    web = next(source for source in report.intake if source.source == "web")
    assert (web.files_known, web.files_loaded, web.rows_loaded, web.rows_rejected) == (2, 1, 6, 0)
    assert {value: bytes_with(var, value) for value in RAW_VALUES} == GONE
    assert bytes_with(var, "u-cem-4714") == []
    with open_current(settings.paths.published) as opened:
        owned = opened.rows(
            "select customer_id, list(event_id order by event_id) from events"
            " where occurred_at::date = date '2026-01-10' group by customer_id order by 2"
        )
    assert [events for _, events in owned] == [
        ["web:w10", "web:w11"],
        ["web:w13", "web:w7", "web:w9"],
    ]


def test_a_dry_run_says_what_would_go_and_changes_nothing(lived, tmp_path):
    """No tombstone either: the next run still knows Ana."""
    settings = shop(copy_of(lived, tmp_path / "shop"))
    var = settings.paths.var
    before = [s.folder.name for s in list_snapshots(settings.paths.published)]

    told = forget(settings, "ana.forget@shop.io", dry_run=True, started_at=NOW)

    assert told.rows == {"chat": 1, "shop": 1, "web": 3}
    assert list(told.snapshots) == before
    assert all(rows > 0 for rows in told.snapshots.values())
    assert [s.folder.name for s in list_snapshots(settings.paths.published)] == before
    assert not (var / "tombstones.json").exists()
    assert not (var / "privacy.log").exists()
    assert all(bytes_with(var, value) for value in RAW_VALUES)


def test_the_audit_line_holds_counts_and_no_one(forgotten):
    """One JSON object."""
    (line,) = (forgotten[0] / "var/privacy.log").read_text().splitlines()

    told = json.loads(line)
    assert len(told.pop("snapshots")) == 2
    assert told == {
        "at": "2026-03-01T12:00:00Z",
        "action": "forget",
        "identifiers": 3,
        "rows": {"chat": 1, "shop": 1, "web": 3},
        "rejected_rows": 1,
        "freed_events": 0,
        "landed_files": 4,
    }


def test_every_file_of_var_is_the_owners_alone_but_what_is_published(forgotten):
    """0600 for files and 0700 for folders; snapshots 0444, in folders one may pass through."""
    var = forgotten[0] / "var"
    modes: dict[str, set[int]] = {}
    for path in (path for path in var.rglob("*") if not path.is_symlink()):
        public = path.relative_to(var).parts[0] == "published"
        kind = ("published " if public else "") + ("file" if path.is_file() else "folder")
        modes.setdefault(kind, set()).add(path.stat().st_mode & 0o777)

    assert modes == {
        "file": {0o600},
        "folder": {0o700},
        "published file": {0o444},
        "published folder": {0o755},
    }
    names = {path.name for path in var.iterdir()}
    assert "row_marts.duckdb" not in names  # until the next run
    assert {"warehouse.duckdb", "tombstones.json", "tombstones.key", "privacy.log"} <= names


@pytest.mark.parametrize(
    ("identifier", "kind", "error", "told"),
    [
        pytest.param("nobody@shop.io", None, UnknownName, "no customer", id="nobody"),
        pytest.param("u-ana-4711", "email", UnknownName, "no customer", id="another kind"),
        pytest.param("null", None, UnknownName, "no customer", id="junk names nobody"),
    ],
)
def test_who_is_not_found_is_not_forgotten(lived, identifier, kind, error, told):
    """And the error does not repeat the identifier, which may go to a log."""
    with pytest.raises(error, match=told) as raised:
        forget(shop(lived), identifier, kind=kind, started_at=NOW)

    assert identifier not in str(raised.value)


def test_what_several_use_names_none_of_them(lived):
    """A shared tablet: erasing the wrong one of two could not be undone."""
    with pytest.raises(InputRefused, match="several customers use this anonymous_id"):
        forget(shop(lived), "family-tablet", started_at=NOW)


def test_a_customer_whom_the_rules_name_is_refused(lived, tmp_path):
    """The next run would read the address from identity_rules.csv again."""
    folder = copy_of(lived, tmp_path / "shop")
    (folder / "identity_rules.csv").write_text(
        "rule,kind_a,value_a,kind_b,value_b\nnever,email,ana.forget@shop.io,email,ben@shop.io\n"
    )

    with pytest.raises(InputRefused, match="1 identity rules name this customer"):
        forget(shop(folder), "u-ana-4711", started_at=NOW)


def test_a_former_warehouse_is_in_the_way(lived, tmp_path):
    """What a restore moved away cannot be erased in: nobody is forgotten by halves."""
    settings = shop(copy_of(lived, tmp_path / "shop"))
    former = settings.paths.var / "damaged-20260301T090000"
    former.mkdir()
    (former / "warehouse.duckdb").write_text(BROKEN)

    with pytest.raises(InputRefused, match="former warehouses hold everybody's rows") as raised:
        forget(settings, "ana.forget@shop.io", started_at=NOW)

    assert str(former) in str(raised.value)
    assert not (settings.paths.var / "tombstones.json").exists()
