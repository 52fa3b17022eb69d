"""A content counts once, packed and named in any way; what a format gains is told."""

import gzip
from datetime import datetime

import pyarrow as pa
import pytest

from journeylab.run_report import DONE, DONE_WITH_WARNINGS, exit_code

LINES = '{"id":"a"}\n{"id":"b"}\n'


def zstd(data):
    return pa.compress(data, "zstd", asbytes=True)


PACKED = {
    "a.jsonl": LINES.encode(),
    "a.jsonl.gz": gzip.compress(LINES.encode(), mtime=0),
    "again.gz": gzip.compress(LINES.encode(), compresslevel=1, mtime=9),
    "a.jsonl.zst": zstd(LINES.encode()),
}


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "again.gz"], id="plain first"),
        pytest.param(["a.jsonl.zst", "again.gz", "a.jsonl", "a.jsonl.gz"], id="packed first"),
    ],
)
def test_a_content_counts_once_however_it_is_packed(desk, order):
    """In one night and in later ones; the manifest has each file, its rows only once."""
    reports = []
    for night, name in enumerate(order):
        desk.deliver(name, PACKED[name])
        reports.append(desk.load(run_id=f"run-{night}"))
    again = desk.load(run_id="run-9")

    assert desk.ids() == [(1, "a"), (2, "b")]
    assert [(r.files_loaded, r.files_known, r.rows_read) for r in reports] == [
        (1, 0, 2),
        (0, 2, 0),
        (0, 3, 0),
        (0, 4, 0),
    ]
    assert (again.files_seen, again.files_known) == (4, 4)
    assert desk.warehouse.rows(
        "select state, count(*) from ops.deliveries group by all order by 1"
    )[0] == ("loaded", 1)
    assert len(list(desk.landed.glob("[0-9a-f]*"))) == 1


def test_two_packings_in_one_night_count_once(desk):
    """The first by name is the one that is loaded."""
    for name, content in PACKED.items():
        desk.deliver(name, content)

    report = desk.load()

    assert (report.files_seen, report.files_loaded, report.files_known) == (4, 1, 3)
    assert desk.ids() == [(1, "a"), (2, "b")]


def test_a_renamed_file_is_known(desk):
    """By its content; nobody has to keep names."""
    path = desk.deliver("a.jsonl", LINES)
    desk.load()
    path.rename(path.with_name("b.jsonl"))

    report = desk.load(run_id="run-2")

    assert (report.files_known, report.rows_read) == (1, 0)


def test_another_source_may_deliver_the_same_content(desk):
    """Each source counts for itself."""
    desk.deliver("a.jsonl", LINES)
    desk.load(name="plain", pattern="*.jsonl")
    desk.deliver("a.jsonl.gz", PACKED["a.jsonl.gz"])

    report = desk.load(name="packed", pattern="*.gz")

    assert report.files_loaded == 1
    assert len(desk.ids()) == 4


def test_a_column_that_a_source_did_not_have_before_is_a_warning(desk):
    """Once, in the run that finds it first; in a source's first run nothing is new."""
    desk.deliver("1.jsonl", '{"id":"a","page":"/x"}\n')
    first = desk.load(run_id="run-1")
    desk.deliver("2.jsonl", '{"id":"b","page":"/y","score":7}\n')
    second = desk.load(run_id="run-2")
    desk.deliver("3.jsonl", '{"id":"c","score":8}\n')
    third = desk.load(run_id="run-3")

    assert [report.new_columns for report in (first, second, third)] == [
        (),
        (("2.jsonl", "score", "BIGINT"),),
        (),
    ]
    assert [exit_code([], [report]) for report in (first, second, third)] == [
        DONE,
        DONE_WITH_WARNINGS,
        DONE,
    ]
    assert [row[3:] for row in desk.rows()] == [
        (None, '{"page":"/x"}'),
        (None, '{"page":"/y","score":7}'),
        (None, '{"score":8}'),
    ]
    assert desk.warehouse.rows(
        "select column_name, column_type, first_file, deliveries from ops.schema_drift order by all"
    ) == [("page", "VARCHAR", "1.jsonl", 2), ("score", "BIGINT", "2.jsonl", 2)]


def test_a_column_whose_type_changed_costs_the_rows_that_do_not_fit(desk):
    """They are kept with the reason; where most do not fit, the file is set aside with it."""
    desk.deliver("1.jsonl", '{"id":"a","amount":1}\n')
    desk.deliver("2.jsonl", '{"id":"b","amount":"2 EUR"}\n{"id":"c","amount":"3"}\n')
    desk.deliver("3.jsonl", '{"id":"d","amount":"4 EUR"}\n{"id":"e","amount":{"cents":500}}\n')

    report = desk.load(max_rejected_share=0.5)

    assert desk.ids() == [(1, "a"), (2, "c")]
    assert [row[:3] for row in desk.rejected()] == [(1, "bad_type", "amount: 2 EUR is no bigint")]
    ((name, reason),) = report.set_aside
    assert name == "3.jsonl"
    assert reason.startswith("2 of 2 records cannot be read, more than max_rejected_share = 0.5;")
    assert "like record 1: amount: 4 EUR is no bigint" in reason


def test_the_deliveries_of_a_night_are_told_apart_from_those_before(desk):
    """The manifest says which run took in what."""
    desk.deliver("a.jsonl.gz", PACKED["a.jsonl.gz"])
    desk.load(run_id="run-1")
    desk.deliver("a.jsonl.zst", PACKED["a.jsonl.zst"])
    desk.load(run_id="run-2")

    assert desk.warehouse.rows(
        "select file_name, state, rows_read, run_id, loaded_at from ops.deliveries order by all"
    ) == [
        ("a.jsonl.gz", "loaded", 2, "run-1", datetime(2026, 3, 2)),
        ("a.jsonl.zst", "repeated", 0, "run-2", datetime(2026, 3, 2)),
    ]
