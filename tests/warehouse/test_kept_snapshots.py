"""Which snapshots stay: the newest, month ends, the current one; and a disk too small for more."""

from datetime import datetime
from pathlib import Path

import pytest

from journeylab.errors import DiskFull
from journeylab.warehouse import (
    kept,
    list_snapshots,
    open_warehouse,
    prune,
    publish,
    rollback,
    thinned_beyond,
)
from shelf import ANA, INFO, publish_shelf, shelf_models

NIGHTS = ("20260130", "20260131", "20260227", "20260228", "20260301", "20260302")


@pytest.fixture
def shelf(tmp_path) -> Path:
    """Six nights at 02:15 UTC: the last ones of January and February, and two of March."""
    for night in NIGHTS:
        as_of = datetime.strptime(f"{night}0215", "%Y%m%d%H%M")
        publish_shelf(tmp_path, night, as_of=as_of)
    return tmp_path / "published"


def left(published: Path) -> list[str]:
    return [snapshot.run_id for snapshot in list_snapshots(published)]


def test_month_ends_survive_pruning(shelf):
    """March has not ended, so its last one counts among the newest alone."""
    gone = prune(shelf, keep=1, keep_month_ends=12)

    assert left(shelf) == ["20260302", "20260228", "20260131"]
    assert [snapshot.run_id for snapshot in gone] == ["20260301", "20260227", "20260130"]


def test_so_many_month_ends_are_kept_and_no_more(shelf):
    """The latest ones; 0 keeps none."""
    assert [s.run_id for s in kept(list_snapshots(shelf), keep=2, keep_month_ends=1)] == [
        "20260302",
        "20260301",
        "20260228",
    ]
    assert [s.run_id for s in kept(list_snapshots(shelf), keep=2, keep_month_ends=0)] == [
        "20260302",
        "20260301",
    ]


def test_a_month_ends_in_the_reporting_zone(tmp_path):
    """23:30 UTC of 31 January is February in Berlin: the last one of January is the day before."""
    for day, hour in ((30, 2), (31, 23)):
        publish_shelf(tmp_path, f"202601{day}", as_of=datetime(2026, 1, day, hour, 30))
    publish_shelf(tmp_path, "20260302", as_of=datetime(2026, 3, 2, 2))

    prune(tmp_path / "published", keep=1, keep_month_ends=12)

    assert left(tmp_path / "published") == ["20260302", "20260131", "20260130"]


def test_publishing_prunes_by_the_same_rule(shelf, tmp_path):
    """And the current one stays whatever the rule says."""
    publish_shelf(tmp_path, "20260303", as_of=datetime(2026, 3, 3), keep=1, keep_month_ends=1)
    assert left(shelf) == ["20260303", "20260228"]

    rollback(shelf, "20260228")

    prune(shelf, keep=1, keep_month_ends=0)
    assert left(shelf) == ["20260303", "20260228"]


def test_thinning_begins_beyond_the_newest_and_leaves_the_current_one(shelf):
    """The dashboard reads rows, so who rolled back keeps them."""
    rollback(shelf, "20260228")

    found = thinned_beyond(list_snapshots(shelf), 2)

    assert [snapshot.run_id for snapshot in found] == ["20260227", "20260131", "20260130"]


def test_what_the_disk_would_not_hold_is_refused_before_anything_is_written(tmp_path):
    """With both byte counts; the former snapshot stays current and nothing is left beside it."""
    publish_shelf(tmp_path, "20260301", journeys=[ANA])
    published = tmp_path / "published"
    with open_warehouse(tmp_path / "w.duckdb", spill=tmp_path / "spill") as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute(
            "create table marts.journeys as select 'j' || range as journey_id, null::varchar as"
            " outcome, null::decimal(18, 4) as value, random() as linearity from range(100000)"
        )
        warehouse.execute("create table marts.kpis (kpi varchar, value double)")

        with pytest.raises(DiskFull, match=r"about (\d{1,3}(,\d{3})*) bytes, .* are free") as told:
            publish(
                warehouse,
                shelf_models(tmp_path),
                published=published,
                run_id="20260302",
                info=INFO,
                keep=7,
                leave_free_bytes=10**18,
            )

    wanted = int(str(told.value).split("about ")[1].split(" bytes")[0].replace(",", ""))
    assert 1_000_000 < wanted < 10_000_000  # 100,000 random floats are 800 kB, and ids
    assert "the former snapshot stays" in str(told.value)
    assert left(published) == ["20260301"]
    assert [path.name for path in (published / "snapshots").iterdir()] == ["20260301"]
