"""A very small shop: deliveries night by night in four kinds of files, good rows and bad."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

#: Instant up to which every run of the harness counts events: after the last delivery.
AS_OF = "2026-09-01T00:00:00"

FIRST_NIGHT = datetime(2026, 5, 1)

SETTINGS = """
[paths]
var = "{var}"

[run]
memory_limit = "1GB"
threads = 1

[publish]
keep = 3
"""

SOURCE = """
[sources.{name}]
channel = "{channel}"
format = "contract"
reader = "{reader}"
path = "{path}"
"""

SOURCES = (
    ("web", "web", "json_lines"),
    ("orders", "purchase", "csv"),
    ("mail", "email", "parquet"),
    ("chats", "chat", "json"),
)


def write_settings(folder: Path, landing: Path) -> Path:
    """Write settings over a landing folder, with a ``var`` of their own; returns the file."""
    told = SETTINGS.format(var=folder / "var")
    for name, channel, reader in SOURCES:
        told += SOURCE.format(name=name, channel=channel, reader=reader, path=landing / name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "journeylab.toml"
    path.write_text(told)
    return path


def deliver_night(landing: Path, number: int) -> None:
    """Put the files of one night into the landing folders; equal numbers give equal files.

    Somebody new looks around and buys every other night, somebody of the night before comes
    back and turns out to be a visitor of that night too, so that an id changes. One line is no
    JSON, one has no time, one file of five is empty. Each is written under another name first.
    """
    ana, bob = f"ana{number}", f"ana{number - 1}"
    noon = FIRST_NIGHT + timedelta(hours=3 * number)

    def event(minute: int, name: str, who: str | None, **more: object) -> dict[str, object]:
        at = (noon + timedelta(minutes=minute)).isoformat(sep=" ")
        told = {"event_id": f"{name}{number}-{minute}", "occurred_at": at, "event_name": name}
        return {**told, "user_id": who, **more}

    web = [
        event(-30, "page_view", None, url="https://shop.eu/", anonymous_id=f"x{number}"),
        event(0, "page_view", ana, url="https://shop.eu/", anonymous_id=f"d{number}"),
        event(4, "page_view", ana, url="https://shop.eu/product/1"),
        event(6, "page_view", ana, url="https://shop.eu/cart", **{f"new{number % 7}": "x"}),
        event(7, "page_view", ana, url="https://shop.eu/product/1"),
        event(90, "page_view", bob, url="https://shop.eu/help", anonymous_id=f"x{number - 1}"),
    ]
    lines = [json.dumps(row) for row in web]
    if number % 2:
        lines.append("{no json")
    _put(landing / "web" / f"{number:05}.jsonl", "".join(f"{line}\n" for line in lines).encode())
    order = f"completed{number},{noon + timedelta(minutes=9)},completed,{ana},o{number},{number}.5"
    bad = f"late{number},,completed,{ana},,"
    rows = ["event_id,occurred_at,event_name,user_id,order_id,value"]
    rows += [order, bad] if number % 2 else [] if number % 5 else [bad]
    _put(landing / "orders" / f"{number:05}.csv", "".join(f"{row}\n" for row in rows).encode())
    mail = [event(120, "open", ana), event(121, "click", ana, email=f"{ana}@mail.eu")]
    file = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_pylist([{"email": None, **row} for row in mail]), file)
    _put(landing / "mail" / f"{number:05}.parquet", file.getvalue().to_pybytes())
    chats = [event(200, "message", bob, conversation_id=f"c{number}", actor="customer")]
    told = b"" if number % 5 == 0 else json.dumps(chats).encode()
    _put(landing / "chats" / f"{number:05}.json", told)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    being_written = path.with_name(path.name + ".part")
    being_written.write_bytes(content)
    being_written.rename(path)
