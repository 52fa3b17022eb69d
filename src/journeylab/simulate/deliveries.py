"""Rows -> the files of the nights, byte for byte the same for the same rows."""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from journeylab.simulate.calendar import Calendar
from journeylab.simulate.exports import ORDER_COLUMNS, Row

#: What the last night's files hold and the earlier ones do not.
NEW_ORDER_COLUMN: Final = "gift_wrap"
NEW_WEB_KEY: Final = "stream_id"


class Line(NamedTuple):
    """One row on its way into a file; text stands for a row that is broken as it comes."""

    at: int  # second it happened
    received_us: int
    customer: int  # -1 for a bot
    content: Row | str


def write_web(folder: Path, calendar: Calendar, lines: Sequence[Line]) -> dict[str, int]:
    """Write one file a night, the large first one gzipped; returns rows by file name."""
    counts = {}
    for night in range(calendar.nights):
        name = f"web-{calendar.label(night)}.jsonl" + (".gz" if night == 0 else "")
        counts[name] = _write_json_lines(folder / name, _of_night(calendar, lines, night))
    return counts


def write_email(folder: Path, calendar: Calendar, lines: Sequence[Line]) -> dict[str, int]:
    """Write one gzipped file a night; returns rows by file name."""
    counts = {}
    for night in range(calendar.nights):
        name = f"email-{calendar.label(night)}.jsonl.gz"
        counts[name] = _write_json_lines(folder / name, _of_night(calendar, lines, night))
    return counts


def write_truncated(path: Path, rows: Sequence[Row]) -> None:
    """Write a gzipped file and keep the first half of its bytes."""
    whole = _zipped("".join(_json(row) + "\n" for row in rows).encode())
    path.write_bytes(whole[: len(whole) // 2])


def write_chat(
    folder: Path, calendar: Calendar, conversations: Sequence[Sequence[Row]]
) -> dict[str, int]:
    """Write the conversations of each night; returns parts and ratings by file name."""
    counts = {}
    for night in range(calendar.nights):
        name = f"chat-{calendar.label(night)}.json"
        listed = {"type": "conversation.list", "conversations": conversations[night]}
        (folder / name).write_text(_json(listed) + "\n", encoding="utf-8")
        counts[name] = sum(
            len(each["conversation_parts"]) + (each["conversation_rating"] is not None)
            for each in conversations[night]
        )
    return counts


def write_purchase(folder: Path, calendar: Calendar, lines: Sequence[Line]) -> dict[str, int]:
    """Write one CSV a night, the last with a column more; returns rows by file name."""
    counts = {}
    for night in range(calendar.nights):
        name = f"purchase-{calendar.label(night)}.csv"
        is_last = night == calendar.nights - 1
        columns = (*ORDER_COLUMNS, NEW_ORDER_COLUMN) if is_last else ORDER_COLUMNS
        contents = _of_night(calendar, lines, night)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for content in contents:
            if isinstance(content, str):
                text.write(content + "\n")
            else:
                writer.writerow(content)
        (folder / name).write_text(text.getvalue(), encoding="utf-8", newline="")
        counts[name] = len(contents)
    return counts


def _of_night(calendar: Calendar, lines: Sequence[Line], night: int) -> list[Row | str]:
    held = [line for line in lines if calendar.night_of(line.received_us) == night]
    return [line.content for line in sorted(held, key=lambda line: line.received_us)]


def _write_json_lines(path: Path, contents: Sequence[Row | str]) -> int:
    lines = [each if isinstance(each, str) else _json(each) for each in contents]
    data = "".join(line + "\n" for line in lines).encode()
    path.write_bytes(_zipped(data) if path.suffix == ".gz" else data)
    return len(lines)


def _json(value: Row) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _zipped(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=9, mtime=0)
