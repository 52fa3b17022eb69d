"""Published snapshots: list, show, open, compare, roll back."""

import pytest

from journeylab.errors import NoSnapshot, QueryError, UnknownName
from journeylab.warehouse import (
    diff,
    find_database,
    list_snapshots,
    open_current,
    rollback,
    show,
)
from shelf import ANA, BEN, publish_shelf


@pytest.fixture
def two_nights(tmp_path):
    """Ana's journey on the first night, Ben's added on the second."""
    publish_shelf(tmp_path, "20260301", journeys=[ANA], kpis={"revenue": 10.0, "orders": 1.0})
    publish_shelf(tmp_path, "20260302", journeys=[ANA, BEN], kpis={"revenue": 12.5, "aov": None})
    return tmp_path / "published"


def test_the_list_is_newest_first_and_marks_the_current(two_nights):
    """A folder without a manifest is no snapshot."""
    (two_nights / "snapshots/notes").mkdir()

    found = [(snapshot.run_id, snapshot.is_current) for snapshot in list_snapshots(two_nights)]

    assert found == [("20260302", True), ("20260301", False)]


def test_a_snapshot_is_found_by_the_beginning_of_its_run(two_nights):
    """'2026030' begins two, so it names none; the whole name always works."""
    assert show(two_nights).run_id == "20260302"
    assert show(two_nights, "20260301").rows == {"journeys": 1, "kpis": 2}
    with pytest.raises(UnknownName, match="no snapshot '2026030'"):
        show(two_nights, "2026030")


def test_without_any_snapshot_the_error_says_how_to_make_one(tmp_path):
    """Listing is not an error, opening and showing are."""
    assert list_snapshots(tmp_path) == []
    for ask in (show, open_current, find_database):
        with pytest.raises(NoSnapshot, match="journeylab run"):
            ask(tmp_path)


def test_a_place_is_resolved_to_a_file_without_links(two_nights):
    """A reader that opens the link itself would get another file the next night."""
    file = (two_nights / "snapshots/20260302/journeylab.duckdb").resolve()

    assert find_database(two_nights) == file
    assert find_database(two_nights / "current") == file
    assert find_database(two_nights / "snapshots/20260302") == file
    assert find_database(file) == file


def test_a_diff_tells_rows_and_kpis(two_nights):
    """A KPI that appears, goes or is not known is None on its side."""
    found = diff(two_nights)

    assert (found.before.run_id, found.after.run_id) == ("20260301", "20260302")
    tables = [(t.table, t.rows_before, t.rows_after, t.is_same_content) for t in found.tables]
    assert tables == [("journeys", 1, 2, False), ("kpis", 2, 2, False)]
    assert [(k.kpi, k.before, k.after) for k in found.kpis] == [
        ("aov", None, None),
        ("orders", 1.0, None),
        ("revenue", 10.0, 12.5),
    ]


def test_equal_rows_have_equal_content_hashes(tmp_path):
    """The files differ, since each names its run; the content does not."""
    publish_shelf(tmp_path, "20260301", journeys=[ANA, BEN])
    publish_shelf(tmp_path, "20260302", journeys=[BEN, ANA])

    found = diff(tmp_path / "published")

    assert [table.is_same_content for table in found.tables] == [True, True]
    assert found.before.content_hash == found.after.content_hash
    assert found.before.sha256 != found.after.sha256


def test_rollback_goes_back_one_and_forward_by_name(two_nights):
    """Nothing is removed, so one can go forward again."""
    assert rollback(two_nights).run_id == "20260301"
    with open_current(two_nights) as opened:
        assert opened.rows("select journey_id from journeys") == [("ana-0",)]
    assert rollback(two_nights, "20260302").run_id == "20260302"
    with pytest.raises(NoSnapshot, match="no snapshot is older than 20260301"):
        rollback(two_nights, rollback(two_nights).run_id) and rollback(two_nights)


def test_pruning_keeps_the_snapshot_somebody_rolled_back_to(two_nights):
    """It was current when the next run began; once that is published it may go."""
    rollback(two_nights, "20260301")

    publish_shelf(two_nights.parent, "20260303", keep=3)
    rollback(two_nights, "20260301")
    left = [(found.run_id, found.is_current) for found in list_snapshots(two_nights)]

    assert left == [("20260303", False), ("20260302", False), ("20260301", True)]


def test_a_broken_file_is_an_error_that_names_it(two_nights):
    """Cut to a few bytes, it cannot be opened; the error is not that nothing is published."""
    file = two_nights / "snapshots/20260302/journeylab.duckdb"
    file.chmod(0o644)
    file.write_bytes(b"not a database, far too short")

    with pytest.raises(QueryError, match=r"20260302/journeylab\.duckdb"):
        open_current(two_nights)
