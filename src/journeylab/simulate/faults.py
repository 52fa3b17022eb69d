"""Good lines -> the same lines and the faults real deliveries have, each counted.

Every function returns new lines to deliver beside the given ones, or the given ones with
some replaced; a fault never takes a good event away.
"""

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from journeylab.simulate.calendar import DAY_SECONDS, SECOND_US, Calendar
from journeylab.simulate.chance import hash_of
from journeylab.simulate.deliveries import Line
from journeylab.simulate.exports import Row

DAY_US: Final = DAY_SECONDS * SECOND_US
BROWSERS_OF_BOTS: Final = ("Googlebot/2.1", "bingbot/2.0", "HeadlessChrome", "AhrefsBot crawler")
VIEWS_OF_A_BOT: Final = 60
ROLE_MAILBOX: Final = "info@post.test"


@dataclass(slots=True)
class Faults:
    """What was planted in one source, counted as rows."""

    rejected: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    conflicting_duplicates: int = 0
    waiting: int = 0
    bots: int = 0
    junk: dict[str, int] = field(default_factory=dict)


def web_faults(
    seed: int, calendar: Calendar, lines: Sequence[Line], found: Faults
) -> tuple[list[Line], list[str]]:
    """Faults of the web source; returns the lines to add and the bots' device ids."""
    extra = _duplicates(seed, calendar, lines, 40, found, _received_again)
    extra += _broken(seed, "not_json", lines, 3, found, _cut_json)
    extra += _broken(seed, "bad_type", lines, 2, found, _with("event_timestamp", "yesterday"))
    extra += _broken(seed, "missing_time", lines, 2, found, _with("event_timestamp", None))
    extra += _broken(seed, "before_2000", lines, 2, found, _with("event_timestamp", 3_600_000_000))
    extra += _broken(seed, "in_the_future", lines, 2, found, _a_year_ahead)
    extra += _ahead_of_its_clock(calendar, lines, found)
    bots, ids = _bots(seed, calendar, lines)
    found.bots = len(bots)
    return extra + bots, ids


def email_faults(seed: int, calendar: Calendar, lines: Sequence[Line], found: Faults) -> list[Line]:
    """Faults of the mail source; returns the lines to add."""
    extra = _duplicates(seed, calendar, lines, 25, found, _as_it_is)
    extra += _conflicts(seed, "email", lines, 4, found, _with("campaign", "renamed-later"))
    extra += _broken(seed, "not_json", lines, 2, found, _cut_json)
    extra += _broken(seed, "missing_time", lines, 2, found, _new_id(_with("timestamp", None)))
    extra += _broken(seed, "before_2000", lines, 1, found, _new_id(_with("timestamp", 86_400)))
    return extra


def purchase_faults(
    seed: int, calendar: Calendar, lines: Sequence[Line], found: Faults
) -> list[Line]:
    """Faults of the order list; returns the lines to add."""
    extra = _duplicates(seed, calendar, lines, 8, found, _as_it_is)
    extra += _conflicts(seed, "purchase", lines, 3, found, _outdated)
    bad = _new_id(_with("created_at", "2026-02-30 10:00:00"))
    extra += _broken(seed, "bad_time", lines, 2, found, bad)
    extra += _broken(seed, "missing_time", lines, 1, found, _new_id(_with("created_at", "")))
    ahead = _new_id(_with("created_at", "2036-05-05 12:00:00"))
    extra += _broken(seed, "in_the_future", lines, 1, found, ahead)
    extra += _broken(seed, "field_count", lines, 2, found, _short_row)
    return extra


def with_junk(
    seed: int, key: str, junk: str, lines: Sequence[Line], rows: int, found: Faults
) -> list[Line]:
    """Replace an identifier by a junk value in some rows of people known otherwise."""
    known = [place for place, line in enumerate(lines) if _may_be_junk(line, key)]
    chosen = {known[place] for place in _picked(seed, f"junk {key}", len(known), rows)}
    found.junk[f"{key}={junk}"] = len(chosen)
    return [
        line._replace(content=_with(key, junk)(line)) if place in chosen else line
        for place, line in enumerate(lines)
    ]


def _may_be_junk(line: Line, key: str) -> bool:
    """Whether the row stays tied to its customer without the value of the key."""
    if isinstance(line.content, str):
        return False
    return not line.content["user_id"] if key == "user_id" else bool(line.content["customer_id"])


Change = Callable[[Line], Row | str]


def _picked(seed: int, purpose: str, of: int, count: int) -> list[int]:
    """Places of ``count`` lines, the same for any order of the draws."""
    ranked = sorted(range(of), key=lambda place: hash_of(seed, purpose, place))
    return ranked[:count]


def _duplicates(
    seed: int, calendar: Calendar, lines: Sequence[Line], rows: int, found: Faults, change: Change
) -> list[Line]:
    """Repeat rows: half of them at once, half with the last delivery."""
    again = calendar.end * SECOND_US - SECOND_US
    early = [line for line in lines if line.received_us < again - DAY_US]
    extra: list[Line] = []
    for place in _picked(seed, "duplicate", len(early), rows):
        received = again if len(extra) % 2 else early[place].received_us + 3 * SECOND_US
        line = early[place]._replace(received_us=received)
        extra.append(line._replace(content=change(line)))
    found.duplicates += len(extra)
    return extra


def _conflicts(
    seed: int, source: str, lines: Sequence[Line], rows: int, found: Faults, change: Change
) -> list[Line]:
    picked = _picked(seed, f"conflict {source}", len(lines), rows)
    extra = [lines[place]._replace(content=change(lines[place])) for place in picked]
    found.duplicates += len(extra)
    found.conflicting_duplicates += len(extra)
    return extra


def _broken(
    seed: int, reason: str, lines: Sequence[Line], rows: int, found: Faults, change: Change
) -> list[Line]:
    picked = _picked(seed, f"broken {reason}", len(lines), rows)
    found.rejected[reason] = len(picked)
    return [lines[place]._replace(content=change(lines[place])) for place in picked]


def _row(line: Line) -> Row:
    if isinstance(line.content, str):
        raise TypeError("a fault is made of a good row")
    return copy.deepcopy(line.content)


def _as_it_is(line: Line) -> Row:
    return _row(line)


def _with(key: str, value: str | int | None) -> Change:
    return lambda line: {**_row(line), key: value}


def _new_id(change: Change) -> Change:
    """The change, under an id of its own: else the good row would be its duplicate."""

    def changed(line: Line) -> Row:
        content = change(line)
        if isinstance(content, str):
            raise TypeError("only a row has an id")
        key = "sg_event_id" if "sg_event_id" in content else "event_id"
        return {**content, key: f"{content[key]}-broken"}

    return changed


def _received_again(line: Line) -> Row:
    return {**_row(line), "event_server_received_timestamp": line.received_us}


def _outdated(line: Line) -> Row:
    """An earlier state of an order: the delivered row was updated later and wins."""
    row = _row(line)
    return {**row, "updated_at": row["created_at"], "subtotal": "1.00"}


def _cut_json(line: Line) -> str:
    return json.dumps(_row(line))[:120]


def _short_row(line: Line) -> str:
    row = _row(line)
    return f"{row['order_number']},{row['event']},{row['created_at']},{row['customer_id']}"


def _a_year_ahead(line: Line) -> Row:
    row = _row(line)
    return {**row, "event_timestamp": row["event_timestamp"] + 365 * DAY_US}


def _ahead_of_its_clock(calendar: Calendar, lines: Sequence[Line], found: Faults) -> list[Line]:
    """A device whose clock runs 20 hours ahead: its event waits for a later as-of."""
    received = calendar.end * SECOND_US - SECOND_US
    at = received + 20 * 3600 * SECOND_US
    changed = {"event_timestamp": at, "event_server_received_timestamp": received}
    found.waiting = 1
    last = max(lines, key=lambda line: (line.received_us, line.customer))
    return [Line(at // SECOND_US, received, last.customer, {**_row(last), **changed})]


def _bots(seed: int, calendar: Calendar, lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """Crawlers that read product pages at a steady pace."""
    views, ids = [], []
    for number, browser in enumerate(BROWSERS_OF_BOTS):
        device = f"77777777{number}.1760000000"
        ids.append(device)
        start = calendar.start + hash_of(seed, "bot", number) % (calendar.days * DAY_SECONDS)
        for view in range(VIEWS_OF_A_BOT):
            at = (start + 20 * view) * SECOND_US
            row = _row(lines[0])
            location = {"string_value": f"https://shop.test/product/{100 + view}"}
            row |= {
                "event_date": datetime.fromtimestamp(start + 20 * view, UTC).strftime("%Y%m%d"),
                "event_timestamp": at,
                "event_params": [{"key": "page_location", "value": location}],
                "event_bundle_sequence_id": view + 1,
                "user_id": None,
                "user_pseudo_id": device,
                "device": {"category": "desktop", "web_info": {"browser": browser}},
                "collected_traffic_source": None,
                "event_server_received_timestamp": at + SECOND_US,
            }
            views.append(Line(start + 20 * view, at + SECOND_US, -1, row))
    return views, ids
