"""Hostile deliveries: nothing is run, nothing outside is read, nothing is lost without a word."""

import gzip
import json
import os
import socket

import pyarrow as pa
import pytest

from journeylab.errors import SettingsError
from journeylab.intake import scan

LINES = '{"id":"a"}\n{"id":"b"}\n'
OUTSIDE = "is a link that leads outside of the landing folder"

HOSTILE = [
    pytest.param("'; drop table ops.deliveries; --", id="SQL"),
    pytest.param("<script>alert(1)</script>", id="HTML"),
    pytest.param('=HYPERLINK("http://x.example","y")', id="formula"),
    pytest.param(r"a%2f..%2f..\..\etc/../passwd", id="path"),
    pytest.param("read_csv('/etc/passwd')", id="function"),
    pytest.param("a\u202egpj.exe\x1b[2J", id="signs a terminal obeys"),
    pytest.param("line\nbreak\ttab", id="line break"),
    pytest.param("$source {0} %s ${HOME} {{7*7}}", id="placeholders"),
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("reader", ["json_lines", "csv"])
def test_hostile_texts_are_values_columns_and_names_only(desk, reader, text):
    """As a value, a column's name and a file's name they come out as they went in."""
    if reader == "csv":
        cells = [text.replace('"', '""') for _ in range(2)]
        content = 'id,"{}"\n"{}",1\n'.format(*cells)
    else:
        content = json.dumps({"id": text, text: "1"}) + "\n"
    desk.deliver(text.replace("/", "\u2215") + ".x", content)

    desk.load(reader)

    ((_, found, amount, details, extra),) = desk.rows(reader)
    assert (found, amount, details) == (text, None, None)
    assert desk.warehouse.scalar("select json_keys($extra)[1]", {"extra": extra}) == text
    assert desk.warehouse.rows("select file_name from ops.deliveries") == [
        (text.replace("/", "\u2215") + ".x",)
    ]
    assert desk.warehouse.rows("select column_name from ops.schema_drift") == [(text,)]
    assert [path.suffix for path in desk.landed.glob("[0-9a-f]*")] == [".x"]


def test_a_link_that_leads_outside_is_not_followed_and_is_told(desk):
    """A file, a folder on the way, and a link to nothing; a link inside of the folder is read."""
    secret = desk.folder / "elsewhere" / "secret.jsonl"
    secret.parent.mkdir()
    secret.write_text('{"id":"secret"}\n')
    desk.deliver("real.jsonl", LINES)
    (desk.landing / "file.jsonl").symlink_to(secret)
    (desk.landing / "folder").symlink_to(secret.parent)
    (desk.landing / "inside.jsonl").symlink_to("real.jsonl")
    (desk.landing / "nothing.jsonl").symlink_to("gone")
    (desk.landing / "round.jsonl").symlink_to("round.jsonl")

    report = desk.load(pattern="**/*.jsonl")
    below = desk.load(name="below", pattern="*/*.jsonl")

    assert desk.ids() == [(1, "a"), (2, "b")]
    told = dict(report.set_aside)
    assert set(told) == {"file.jsonl", "nothing.jsonl", "round.jsonl"}
    assert told["file.jsonl"].startswith(OUTSIDE)
    assert told["nothing.jsonl"].startswith("is a link that leads nowhere")
    assert report.files_seen == 5
    assert (report.files_loaded, report.files_known, report.files_set_aside) == (1, 1, 3)
    assert [reason.startswith(OUTSIDE) for _, reason in below.set_aside] in ([], [True])
    assert below.files_loaded == 0


def test_a_pipe_and_a_socket_are_told_and_never_waited_for(desk):
    """Reading a pipe that nobody writes to would stand still for ever."""
    desk.deliver("a.jsonl", LINES)
    os.mkfifo(desk.landing / "pipe.jsonl")
    here = os.getcwd()
    os.chdir(desk.landing)  # the name of a socket may be 107 signs long
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("socket.jsonl")
        os.chdir(here)

        report = desk.load()

    assert report.set_aside == (
        ("pipe.jsonl", "is a pipe, a socket or a device; deliver a file"),
        ("socket.jsonl", "is a pipe, a socket or a device; deliver a file"),
    )
    assert report.files_loaded == 1


@pytest.mark.parametrize("pattern", ["../*.jsonl", "below/../../*.jsonl", "/etc/*"])
def test_a_pattern_that_leaves_the_folder_is_refused(desk, pattern):
    """Before anything is read; the setting is named."""
    desk.deliver("a.jsonl", LINES)
    (desk.folder / "outside.jsonl").write_text('{"id":"outside"}\n')

    with pytest.raises(SettingsError, match=r"sources\.shop\.pattern"):
        desk.load(pattern=pattern)

    assert desk.rows() == []


@pytest.mark.parametrize(
    "pack",
    [
        pytest.param(lambda data: gzip.compress(data, mtime=0), id="gzip"),
        pytest.param(lambda data: pa.compress(data, "zstd", asbytes=True), id="zstd"),
        pytest.param(lambda data: gzip.compress(gzip.compress(data)), id="gzip in gzip"),
    ],
)
def test_an_archive_bomb_is_set_aside(desk, monkeypatch, pack):
    """It stops at the limit, keeps nothing and costs its neighbours nothing."""
    monkeypatch.setattr(scan, "MAX_UNPACKED_BYTES", 1 << 20)
    desk.deliver("a.jsonl", LINES)
    desk.deliver("bomb", pack(b'{"id":"' + b"x" * (8 << 20) + b'"}\n'))

    report = desk.load()

    ((name, reason),) = report.set_aside
    assert name == "bomb"
    assert "unpacks to more than 400 times its size" in reason or "no text" in reason
    assert desk.ids() == [(1, "a"), (2, "b")]
    assert len(list(desk.landed.glob("[0-9a-f]*"))) == 1


def test_limits_of_archives_are_a_gigabyte_and_four_hundred_times():
    """What is smaller, or packed less well, is an export and no trap."""
    assert (scan.MAX_UNPACKED_BYTES, scan.MAX_UNPACKED_RATIO) == (1 << 30, 400)


@pytest.mark.parametrize(
    ("deep", "code"),
    [
        pytest.param("[" * 500_000 + "]" * 500_000, None, id="lists"),
        pytest.param('{"a":' * 500_000 + "1" + "}" * 500_000, None, id="objects"),
        pytest.param("[" * 500_000, "not_json", id="never closed"),
    ],
)
def test_nesting_half_a_million_deep_neither_stops_the_run_nor_is_lost(desk, deep, code):
    """It loads, or its line is rejected; the lines around it load."""
    desk.deliver("a.jsonl", f'{{"id":"a"}}\n{{"id":"deep","other":{deep}}}\n{{"id":"c"}}\n')

    report = desk.load()

    assert [name for _, name in desk.ids()] == ["a", *([] if code else ["deep"]), "c"]
    assert [row[1] for row in desk.rejected()] == ([code] if code else [])
    assert report.rows_read == 3


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"null_tokens": ("", "x') or true; --")}, id="null tokens"),
        pytest.param({"delimiter": "'"}, id="delimiter"),
        pytest.param({"currency": "'; drop table ops.deliveries; --"}, id="currency"),
    ],
)
def test_sql_in_settings_is_only_a_value(desk, told):
    """The row loads as ever, the tables stand."""
    separator = told.get("delimiter", ",")
    desk.deliver("a.csv", f"id{separator}amount\nx{separator}1\n")

    desk.load("csv", **told)

    assert desk.rows("csv") == [(2, "x", 1, None, None)]
    assert desk.warehouse.scalar("select count(*) from ops.deliveries") == 1
