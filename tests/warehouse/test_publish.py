"""The publish protocol: whole, read-only, commented, one link swap, old ones pruned."""

import json
import os
from hashlib import sha256

import pytest

from journeylab.errors import InputRefused, QueryError, UnknownName
from journeylab.warehouse import open_current, publish
from shelf import ANA, BEN, INFO, publish_shelf, shelf_models, shelf_warehouse


def test_a_snapshot_is_one_read_only_file_and_its_manifest(tmp_path):
    """No write-ahead log and nothing half made is left beside them."""
    publish_shelf(tmp_path, "20260301")

    published = tmp_path / "published"
    names = sorted(str(path.relative_to(published)) for path in published.rglob("*"))
    assert names == [
        "current",
        "snapshots",
        "snapshots/20260301",
        "snapshots/20260301/journeylab.duckdb",
        "snapshots/20260301/manifest.json",
    ]
    assert os.readlink(published / "current") == "snapshots/20260301"
    modes = {path.name: path.stat().st_mode & 0o777 for path in published.glob("snapshots/*/*")}
    assert modes == {"journeylab.duckdb": 0o444, "manifest.json": 0o444}


def test_the_manifest_tells_rows_hashes_and_what_the_run_was_told(tmp_path):
    """The sha-256 is that of the file, so that a copy can be trusted."""
    snapshot = publish_shelf(tmp_path, "20260301")

    told = json.loads((snapshot.folder / "manifest.json").read_text())
    assert told["run_id"] == "20260301"
    assert told["as_of_at"] == "2026-03-01T02:15:00"
    assert told["horizon_at"] == "2026-02-28T23:59:00"
    assert told["config_hash"] == "c0ffee"
    assert told["input_fingerprint"] == "f00d"
    assert {name: table["rows"] for name, table in told["tables"].items()} == {
        "journeys": 2,
        "kpis": 1,
    }
    assert told["file"]["sha256"] == sha256(snapshot.database.read_bytes()).hexdigest()


def test_tables_come_unprefixed_with_the_texts_of_their_header(tmp_path):
    """An apostrophe in a text survives."""
    publish_shelf(tmp_path, "20260301")

    with open_current(tmp_path / "published") as opened:
        tables = opened.rows("select table_name, comment from duckdb_tables() order by all")
        columns = opened.rows(
            "select column_name, comment from duckdb_columns() where table_name = 'journeys'"
            " order by column_index"
        )
    assert tables[:2] == [
        ("journeys", "Journeys of a tiny shop, for a customer's sake. One row per journey."),
        ("kpis", "Figures of the tiny shop. One row per KPI."),
    ]
    assert columns == [
        ("journey_id", "Event that began it."),
        ("outcome", "'converted', 'lapsed' or null while open."),
        ("value", "Value of the order; null without one."),
        ("linearity", "Share of steps that lead on."),
    ]


def test_snapshot_info_says_what_the_snapshot_is(tmp_path):
    """One row, with comments, and the content hash the manifest has."""
    snapshot = publish_shelf(tmp_path, "20260301")

    with open_current(tmp_path / "published") as opened:
        rows = opened.rows(
            "select run_id, as_of_at, horizon_at, config_hash, input_fingerprint, content_hash,"
            " reporting_timezone, (tables ->> '$.journeys.rows')::int from snapshot_info"
        )
        uncommented = opened.scalar(
            "select count(*) from duckdb_columns()"
            " where table_name = 'snapshot_info' and comment is null"
        )
    assert rows == [
        (
            "20260301",
            INFO["as_of_at"],
            INFO["horizon_at"],
            "c0ffee",
            "f00d",
            snapshot.content_hash,
            "Europe/Berlin",
            2,
        )
    ]
    assert uncommented == 0


def test_rows_keep_their_stored_order(tmp_path):
    """Over several row groups of the file, and with more than one thread."""
    with shelf_warehouse([], {}) as warehouse:
        warehouse.execute("set threads = 2")
        warehouse.execute(
            "insert into marts.journeys"
            " select format('{:06}', 299999 - range), null, null, 0 from range(300000)"
        )
        publish(
            warehouse,
            shelf_models(tmp_path),
            published=tmp_path / "published",
            run_id="20260301",
            info=INFO,
            keep=7,
        )

    with open_current(tmp_path / "published") as opened:
        stored = opened.table("journeys")["journey_id"]
    assert stored.len() == 300_000
    assert stored.is_sorted(descending=True)


def test_a_reader_keeps_its_data_while_others_publish_and_prune(tmp_path):
    """The open snapshot is pruned under the reader, who sees no change; a new one sees the new."""
    publish_shelf(tmp_path, "20260301", journeys=[ANA])
    reader = open_current(tmp_path / "published")

    publish_shelf(tmp_path, "20260302", journeys=[ANA, BEN], keep=1)

    assert not (tmp_path / "published/snapshots/20260301").exists()
    assert reader.rows("select journey_id from journeys") == [("ana-0",)]
    with open_current(tmp_path / "published") as later:
        assert later.rows("select journey_id from journeys") == [("ana-0",), ("ben-0",)]
    reader.close()


def test_the_newest_are_kept_and_older_ones_pruned(tmp_path):
    """Four nights with keep = 2 leave the last two."""
    for night in ("20260301", "20260302", "20260303", "20260304"):
        publish_shelf(tmp_path, night, keep=2)

    left = sorted(path.name for path in (tmp_path / "published/snapshots").iterdir())
    assert left == ["20260303", "20260304"]


def test_leftovers_of_killed_runs_are_removed(tmp_path):
    """A half made folder, a half pruned one and a link that was never swapped in."""
    publish_shelf(tmp_path, "20260301")
    published = tmp_path / "published"
    for left in (".tmp-20260302", ".tmp-old-20260228"):
        (published / "snapshots" / left).mkdir()
        (published / "snapshots" / left / "journeylab.duckdb").write_text("half")
    (published / ".current-123").symlink_to("snapshots/20260302")

    publish_shelf(tmp_path, "20260303")

    assert sorted(path.name for path in published.iterdir()) == ["current", "snapshots"]
    left = sorted(path.name for path in (published / "snapshots").iterdir())
    assert left == ["20260301", "20260303"]


def test_a_missing_table_leaves_the_former_snapshot_and_no_rest(tmp_path):
    """The failed attempt is removed at once, and the warehouse can publish again."""
    publish_shelf(tmp_path, "20260301")
    models = shelf_models(tmp_path)
    told = {"published": tmp_path / "published", "info": INFO, "keep": 7}
    with shelf_warehouse([ANA], {"revenue": 1.0}) as warehouse:
        warehouse.execute("alter table marts.kpis rename to lost")

        with pytest.raises(QueryError, match="kpis does not exist"):
            publish(warehouse, models, run_id="20260302", **told)

        assert os.readlink(tmp_path / "published/current") == "snapshots/20260301"
        left = [path.name for path in (tmp_path / "published/snapshots").iterdir()]
        assert left == ["20260301"]
        warehouse.execute("alter table marts.lost rename to kpis")
        assert publish(warehouse, models, run_id="20260302", **told).is_current


@pytest.mark.parametrize("run_id", ["", ".hidden", "../away", "a/b"])
def test_a_run_id_that_cannot_name_a_folder_is_refused(tmp_path, run_id):
    """Nothing is written outside the folder of the snapshots."""
    with pytest.raises(InputRefused, match="cannot name a snapshot"):
        publish_shelf(tmp_path, run_id)


def test_a_run_id_is_published_once(tmp_path):
    """A snapshot is never replaced in place, because readers may have it open."""
    publish_shelf(tmp_path, "20260301")

    with pytest.raises(InputRefused, match="'20260301' exists"):
        publish_shelf(tmp_path, "20260301")


def test_info_must_be_whole(tmp_path):
    """A caller who forgets the horizon is told before anything is copied."""
    with (
        shelf_warehouse([ANA], {}) as warehouse,
        pytest.raises(UnknownName, match="horizon_at"),
    ):
        publish(
            warehouse,
            shelf_models(tmp_path),
            published=tmp_path / "published",
            run_id="20260301",
            info={"as_of_at": INFO["as_of_at"]},
            keep=7,
        )


def test_an_older_storage_version_is_written_on_request(tmp_path):
    """Byte 12 on of a DuckDB file is its storage version: 64 for 1.0, far above for 2.0."""
    with shelf_warehouse([ANA], {}) as warehouse:
        snapshot = publish(
            warehouse,
            shelf_models(tmp_path),
            published=tmp_path / "published",
            run_id="20260301",
            info=INFO,
            keep=7,
            storage_version="v1.0.0",
        )

    assert snapshot.database.read_bytes()[8:20] == b"DUCK" + (64).to_bytes(8, "little")
