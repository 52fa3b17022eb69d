"""A small shop with hand-written deliveries in four formats, with or without one person's rows."""

import csv
import gzip
import io
import json
from datetime import datetime
from pathlib import Path

from journeylab.pipeline import run
from journeylab.run_report import RunReport
from journeylab.settings import Settings, load_settings

SETTINGS = """\
[sources.web]
channel = "web"
format = "contract"
reader = "json_lines"
path = "landing/web"
max_rejected_share = 0.5

[sources.shop]
channel = "purchase"
format = "orders"
path = "landing/shop"

[sources.chat]
channel = "chat"
format = "conversations"
path = "landing/chat"

[run]
as_of = 2026-03-01T00:00:00
threads = 1
"""

ANA = {"user_id": "u-ana-4711", "email": "Ana.Forget@shop.io", "anonymous_id": "device-of-ana"}
BEN = {"user_id": "u-ben-4712", "email": "ben@shop.io", "anonymous_id": "device-of-ben"}
JOANA = {"user_id": "u-joa-4713", "email": "joana.forget@shop.io"}
#: One tablet at home, used by two.
TABLET = {"anonymous_id": "family-tablet"}
CEM = {"user_id": "u-cem-4714"}
DORA = {"user_id": "u-dora-4715"}
#: Ways Ana is written anywhere; none of them may be left.
RAW_VALUES = ("u-ana-4711", "ana.forget@shop.io", "device-of-ana")

Click = tuple[str, str, dict[str, str]]

#: (instant, event, identifiers)
CLICKS: tuple[Click, ...] = (
    ("2026-01-01T10:00:00", "page_view", {"anonymous_id": "device-of-ana"}),
    ("2026-01-01T10:05:00", "login", {**ANA}),
    ("2026-01-01T10:20:00", "page_view", {"email": " ana.forget@SHOP.io "}),
    ("2026-01-01T11:00:00", "page_view", {**BEN}),
    ("2026-01-02T11:00:00", "page_view", {"anonymous_id": "device-of-ben"}),
    ("2026-01-03T11:00:00", "page_view", {**JOANA}),
    ("2026-01-04T11:00:00", "page_view", {**JOANA}),
    ("2026-01-10T10:00:00", "page_view", {**TABLET}),  # w7, Cem's: before anybody is known
    ("2026-01-10T10:05:00", "login", {**TABLET, **CEM}),  # w8
    ("2026-01-10T10:10:00", "page_view", {**TABLET}),  # w9, Cem's
    ("2026-01-10T11:00:00", "login", {**TABLET, **DORA}),  # w10
    ("2026-01-10T11:05:00", "page_view", {**TABLET}),  # w11, Dora's
    ("2026-01-10T12:00:00", "login", {**TABLET, **CEM}),  # w12
    ("2026-01-10T12:05:00", "page_view", {**TABLET}),  # w13, Cem's
)


def is_anas(told: dict[str, str]) -> bool:
    """Whether one of Ana's identifiers is among these."""
    return any(value.strip().lower() in RAW_VALUES for value in told.values())


def shop(folder: Path) -> Settings:
    """Settings of an empty shop in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "journeylab.toml").write_text(SETTINGS)
    return load_settings(folder / "journeylab.toml")


def deliver_web(folder: Path, name: str, clicks: tuple[Click, ...], *, broken: str = "") -> None:
    """A gzipped JSON-lines file; event ids by place among all clicks, so that none shifts."""
    lines = [
        json.dumps(
            {"event_id": f"w{CLICKS.index(click)}" if click in CLICKS else click[0]}
            | {"occurred_at": click[0], "event_name": click[1], "url": "/home"}
            | click[2]
        )
        for click in clicks
    ]
    path = folder / "landing/web" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join([*lines, *([broken] if broken else [])]).encode()))


def deliver_orders(folder: Path, *, with_ana: bool) -> None:
    """Ana's order has a note of two lines; Ben's note names her, Joana's address holds hers."""
    note = "for ana.forget@shop.io, " if with_ana else "for (removed), "
    orders = [
        ("o-2", "2026-01-05 11:00:00", "u-ben-4712", "ben@shop.io", "5.00", note),
        ("o-3", "2026-01-06 11:00:00", "u-joa-4713", "joana.forget@shop.io", "7.00", ""),
    ]
    if with_ana:
        lines = "two\nlines of Ana.Forget@shop.io"
        orders.insert(0, ("o-1", "2026-01-04 10:30:00", "", "ana.forget@shop.io", "9.00", lines))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(
        ("order_number", "event", "created_at", "customer_id", "email", "subtotal", "note")
    )
    for number, at, user, email, subtotal, text in orders:
        writer.writerow((number, "completed", at, user, email, subtotal, text))
    path = folder / "landing/shop/orders.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written.getvalue())


def deliver_chat(folder: Path, *, with_ana: bool) -> None:
    """Ben tells an agent Ana's address; Ana has a conversation of her own before his."""
    body = "my friend is Ana.Forget@shop.io." if with_ana else "my friend is (removed)."
    talks = [_talk("t-2", "u-ben-4712", "ben@shop.io", body)]
    if with_ana:
        talks.insert(0, _talk("t-1", "u-ana-4711", "ana.forget@shop.io", "it is me"))
    path = folder / "landing/chat/talks.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"conversations": talks}))


def _talk(number: str, user: str, email: str, body: str) -> dict[str, object]:
    part = {
        "id": f"{number}-p",
        "part_type": "comment",
        "created_at": 1767700000,
        "author": {"type": "user"},
        "body": body,
    }
    return {
        "id": number,
        "updated_at": 1767700000,
        "contacts": [{"external_id": user, "email": email}],
        "conversation_parts": [part],
    }


def run_at(settings: Settings, hour: int, *, full: bool = False) -> RunReport:
    """Run the shop; the hour tells runs of one test apart."""
    return run(settings, full=full, started_at=datetime(2026, 3, 1, hour))


def bytes_with(folder: Path, value: str) -> list[str]:
    """Files under a folder that hold a text in any case, packed ones unpacked."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        if value.lower().encode() in content.lower().replace(b"joana.forget", b""):
            found.append(str(path.relative_to(folder)))
    return found
