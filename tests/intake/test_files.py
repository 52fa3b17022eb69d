"""Landing folders and whole files: what is new, known, growing or set aside, and nothing lost."""

import gzip
import hashlib
import random
import stat
import threading

import pyarrow as pa
import pytest

LINES = '{"id":"a"}\n{"id":"b"}\n'


def zstd(data):
    """Pack bytes with zstd."""
    return pa.compress(data, "zstd", asbytes=True)


def counts(report):
    """Files seen, loaded, known, set aside, growing."""
    return (
        report.files_seen,
        report.files_loaded,
        report.files_known,
        report.files_set_aside,
        report.files_growing,
    )


def test_no_folder_and_an_empty_folder_are_no_fault(desk):
    """A report of zeros; the raw table is there all the same."""
    missing = desk.load()
    desk.landing.mkdir()
    empty = desk.load()

    assert counts(missing) == counts(empty) == (0, 0, 0, 0, 0)
    assert desk.rows() == []
    assert not desk.landed.exists()


def test_the_manifest_says_what_came(desk):
    """One row per file in the order of names; the private copy bears the file's hash."""
    desk.deliver("b.jsonl", LINES)
    desk.deliver("a.jsonl", '{"id":"c"}\nbroken\n')

    desk.load()

    assert desk.warehouse.rows(
        "select delivery_key, source, file_name, bytes, state, reason, rows_read, rows_loaded,"
        " rows_rejected, run_id, loaded_at::varchar from ops.deliveries order by delivery_key"
    ) == [
        (1, "shop", "a.jsonl", 18, "loaded", None, 2, 1, 1, "run-1", "2026-03-02 00:00:00"),
        (2, "shop", "b.jsonl", 22, "loaded", None, 2, 2, 0, "run-1", "2026-03-02 00:00:00"),
    ]
    sha256 = hashlib.sha256(LINES.encode()).hexdigest()
    copy = desk.landed / f"{sha256}.jsonl"
    assert copy.read_text() == LINES
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert len(list(desk.landed.glob("*.jsonl"))) == 2


def test_a_content_is_loaded_once(desk):
    """Again, under another name, and from another source: only the source counts it anew."""
    desk.deliver("a.jsonl", LINES)
    first = desk.load()
    desk.deliver("copy of a.jsonl", LINES)
    second = desk.load(run_id="run-2")
    other = desk.load(name="other")

    assert counts(first) == (1, 1, 0, 0, 0)
    assert counts(second) == (2, 0, 2, 0, 0)
    assert counts(other) == (2, 1, 1, 0, 0)
    assert desk.ids() == [(1, "a"), (2, "b"), (1, "a"), (2, "b")]


def test_a_replaced_file_is_a_new_delivery(desk):
    """The rows of the first stay; events are told apart later by their ids."""
    desk.deliver("a.jsonl", LINES)
    desk.load()
    desk.deliver("a.jsonl", LINES + '{"id":"c"}\n')

    report = desk.load()

    assert counts(report) == (1, 1, 0, 0, 0)
    assert desk.ids() == [(1, "a"), (2, "b"), (1, "a"), (2, "b"), (3, "c")]


def test_a_set_aside_file_is_tried_again_when_its_content_changes(desk):
    """The same bytes are known; mended bytes load."""
    whole = gzip.compress(LINES.encode(), mtime=0)
    desk.deliver("a.jsonl.gz", whole[:20])
    first = desk.load()
    second = desk.load()
    desk.deliver("a.jsonl.gz", whole)
    third = desk.load()

    assert [counts(report) for report in (first, second, third)] == [
        (1, 0, 0, 1, 0),
        (1, 0, 1, 0, 0),
        (1, 1, 0, 0, 0),
    ]
    assert desk.ids() == [(1, "a"), (2, "b")]


def test_only_finished_visible_files_of_the_folder_are_taken(desk):
    """Hidden and temporary names wait; folders below are searched when the pattern says so."""
    for name in (".a.jsonl", "a.jsonl.tmp", "a.jsonl.part", "a.jsonl~", "below/b.jsonl", "c.jsonl"):
        desk.deliver(name, f'{{"id":"{name}"}}\n')

    flat = desk.load(name="flat", pattern="*")
    deep = desk.load(name="deep", pattern="**/*.jsonl")

    assert (flat.files_loaded, deep.files_loaded) == (1, 2)
    assert desk.warehouse.rows(
        "select source, file_name from ops.deliveries order by delivery_key"
    ) == [("flat", "c.jsonl"), ("deep", "below/b.jsonl"), ("deep", "c.jsonl")]


def test_a_file_somebody_is_writing_waits_for_the_next_run(desk):
    """While it grows nothing of it is loaded; afterwards it loads whole."""
    path = desk.deliver("a.jsonl", LINES + (" " * 99_999 + "\n") * 200)
    stop = threading.Event()

    def write_on():
        with path.open("a") as file:
            while not stop.wait(0.001):
                file.write(" \n")
                file.flush()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        report = desk.load()
    finally:
        stop.set()
        writer.join()
    later = desk.load()

    assert counts(report) == (1, 0, 0, 0, 1)
    assert counts(later) == (1, 1, 0, 0, 0)
    assert desk.ids() == [(1, "a"), (2, "b")]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('it\'s "a" file.jsonl', id="quotes"),
        pytest.param("two\nlines.jsonl", id="newline"),
        pytest.param("a[1]*?.jsonl", id="signs of a pattern"),
        pytest.param("$1; drop table x--.jsonl", id="looks like a statement"),
    ],
)
def test_strange_file_names_are_only_names(desk, name):
    """They load, and the manifest has them as they are."""
    desk.deliver(name, LINES)

    desk.load()

    assert desk.ids() == [(1, "a"), (2, "b")]
    assert desk.warehouse.rows("select file_name from ops.deliveries") == [(name,)]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        pytest.param("a.jsonl.gz", gzip.compress, id="gzip"),
        pytest.param("a.jsonl.zst", zstd, id="zstd"),
        pytest.param("a.jsonl", gzip.compress, id="gzip without the ending"),
        pytest.param("a.jsonl.gz", bytes, id="not packed, in spite of the ending"),
        pytest.param(
            "a.jsonl.gz", lambda data: gzip.compress(data[:11]) + gzip.compress(data[11:]), id="two"
        ),
    ],
)
def test_packed_files_are_known_by_their_bytes(desk, name, pack):
    """Names lie; two gzip files joined are one file."""
    desk.deliver(name, pack(LINES.encode()))

    desk.load()

    assert desk.ids() == [(1, "a"), (2, "b")]


GARBAGE = random.Random(7).randbytes(20_000)
MANY = "".join(f'{{"id":"{number * number}"}}\n' for number in range(5000)).encode()


@pytest.mark.parametrize(
    ("name", "content", "code", "phrase"),
    [
        pytest.param("a", b"", "empty_file", "the file holds nothing", id="zero bytes"),
        pytest.param("a.gz", gzip.compress(b""), "empty_file", "nothing", id="packed nothing"),
        pytest.param(
            "a.gz",
            gzip.compress(MANY)[:5000],
            "truncated",
            "the gzip data ends early or is damaged",
            id="gzip cut in half",
        ),
        pytest.param(
            "a.zst",
            zstd(MANY)[:5000],
            "truncated",
            "the zstd data ends early or is damaged",
            id="zstd cut in half",
        ),
        pytest.param("a", GARBAGE, "not_text", "binary data or another encoding", id="garbage"),
        pytest.param("a", b"PK\x03\x04" + MANY, "not_text", "a zip archive", id="zip"),
        pytest.param("a", LINES.encode("utf-16"), "not_text", "UTF-16", id="UTF-16 unannounced"),
        pytest.param(
            "a",
            b'{"id":1}\n' + b"oops\n" * 9 + b"[]\n",
            "too_many_rejected",
            "10 of 11 records cannot be read, more than max_rejected_share = 0.9;"
            " 9 of them like record 2: the record is no JSON: oops",
            id="nearly all broken",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_set_aside_and_the_run_goes_on(
    desk, name, content, code, phrase
):
    """No row and no copy of it stays; its neighbour loads."""
    desk.deliver(name, content)
    desk.deliver("z.jsonl", LINES)

    report = desk.load()

    ((found_name, found_code, reason),) = desk.set_aside()
    assert (found_name, found_code) == (name, code)
    assert phrase in reason
    assert report.set_aside == ((name, reason),)
    assert (counts(report), report.rows_read) == ((2, 1, 0, 1, 0), 2)
    assert (desk.ids(), desk.rejected()) == ([(1, "a"), (2, "b")], [])
    assert len(list(desk.landed.iterdir())) == 2  # one copy and the book


def test_a_line_of_100_mb_costs_itself_only(desk):
    """Packed, so that the test writes little; 10,000 characters of it are kept."""
    with gzip.open(desk.deliver("a.jsonl.gz", b""), "wb", compresslevel=1) as file:
        file.write(b'{"id":"a"}\n{"id":"')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n{"id":"c"}\n')

    report = desk.load()

    assert desk.ids() == [(1, "a"), (3, "c")]
    ((number, code, reason, raw_text),) = desk.rejected()
    assert (number, code, len(raw_text)) == (2, "too_long", 10_000)
    assert reason == "the line has 100,000,009 bytes, more than max_line_bytes = 16,777,216"
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (3, 2, 1)


def test_nul_bytes_cost_their_line_only(desk):
    """Inside of a text and in front of a line."""
    desk.deliver("a.jsonl", b'{"id":"a"}\n{"id":"\0"}\n\0\0{"id":"c"}\n{"id":"d"}\n')

    desk.load()

    assert desk.ids() == [(1, "a"), (4, "d")]
    assert desk.rejected() == [
        (2, "nul_byte", "NUL byte at character 8", '{"id":"\0"}'),
        (3, "nul_byte", "NUL byte at character 1", '\0\0{"id":"c"}'),
    ]
