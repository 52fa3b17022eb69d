"""Happenings -> the lines of each source, with the delays of the systems that send them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from journeylab.simulate.calendar import DAY_SECONDS, SECOND_US, Calendar
from journeylab.simulate.chance import hash_of, share_of
from journeylab.simulate.deliveries import NEW_ORDER_COLUMN, NEW_WEB_KEY, Line
from journeylab.simulate.exports import (
    Row,
    conversation,
    email_row,
    order_row,
    web_instant,
    web_row,
)
from journeylab.simulate.faults import Faults
from journeylab.simulate.people import Happening

MOST_DAYS_LATE: Final = 4

Chats = dict[tuple[int, int], list[Happening]]


def web_lines(
    seed: int, calendar: Calendar, happened: Iterable[Happening], late_share: float
) -> list[Line]:
    """Page views that some night delivers; those of the last night have a key more."""
    lines = []
    for it in happened:
        if not it.touchpoint.startswith("web:"):
            continue
        received = web_instant(seed, it) + SECOND_US + _delay_us(seed, it, late_share)
        row = web_row(seed, it, received)
        night = calendar.night_of(received)
        if night == calendar.nights - 1:
            row[NEW_WEB_KEY] = "web-2"
        if night < calendar.nights:
            lines.append(Line(it.at, received, it.customer, row))
    return lines


def email_lines(
    seed: int, calendar: Calendar, happened: Iterable[Happening], late_share: float
) -> list[Line]:
    """Mail events that some night delivers."""
    lines = []
    for it in happened:
        if it.touchpoint.startswith("email:"):
            received = it.at * SECOND_US + 2 * SECOND_US + _delay_us(seed, it, late_share)
            lines.append(Line(it.at, received, it.customer, email_row(seed, it)))
    return [line for line in lines if calendar.night_of(line.received_us) < calendar.nights]


def order_lines(
    seed: int, calendar: Calendar, happened: Iterable[Happening], late_share: float
) -> list[Line]:
    """Order rows that some night delivers; those of the last night have a column more."""
    lines = []
    for it in happened:
        if not it.touchpoint.startswith("purchase:"):
            continue
        updated = it.at + 60 + hash_of(seed, "updated", it.customer, it.step) % 540
        updated += _delay_us(seed, it, late_share) // SECOND_US
        row = order_row(seed, it, updated)
        night = calendar.night_of(updated * SECOND_US)
        if night == calendar.nights - 1:
            row[NEW_ORDER_COLUMN] = "yes" if it.customer % 4 == 0 else "no"
        if night < calendar.nights:
            lines.append(Line(it.at, updated * SECOND_US, it.customer, row))
    return lines


def chats(happened: Iterable[Happening]) -> Chats:
    """Conversations by (customer, number), their parts in time order."""
    found: Chats = defaultdict(list)
    for it in happened:
        if it.touchpoint.startswith("chat:"):
            found[it.customer, it.chat].append(it)
    return {key: sorted(found[key], key=lambda it: (it.at, it.step)) for key in sorted(found)}


def told_chats(
    seed: int, calendar: Calendar, talks: Chats, found: Faults
) -> list[list[tuple[int, Row]]]:
    """The chat export of each night: every conversation with news since the night before, whole.

    Args:
        seed: seed of the simulation.
        calendar: the nights.
        talks: all conversations.
        found: gets the parts told again, and one part without a time.

    Returns:
        For each night (customer, conversation), by customer and number.
    """
    nights: list[list[tuple[int, Row]]] = []
    for night in range(calendar.nights):
        until, before = calendar.midnight(night), calendar.midnight(night - 1) if night else 0
        told = []
        for (customer, _), parts in talks.items():
            said = [it for it in parts if it.at < until]
            if said and said[-1].at >= before:
                told.append((customer, conversation(seed, said)))
                found.duplicates += sum(it.at < before for it in said)
        nights.append(told)
    retold = {row["id"] for night in nights[1:] for _, row in night}
    once = [row for _, row in nights[0] if row["id"] not in retold]
    if once:
        part = {**once[0]["conversation_parts"][0], "created_at": None}
        once[0]["conversation_parts"].append({**part, "id": f"{part['id']}-broken"})
        found.rejected["missing_time"] = 1
    found.junk["email=null"] = sum(
        row["contacts"][0]["email"] == "null" for night in nights for _, row in night
    )
    return nights


def late_rows(calendar: Calendar, lines: Sequence[Line]) -> int:
    """Rows that a later night delivers than the first one after they happened."""
    return sum(
        calendar.night_of(line.received_us) > calendar.night_of(line.at * SECOND_US)
        for line in lines
    )


def _delay_us(seed: int, it: Happening, late_share: float) -> int:
    """Seconds on the way, and days for the few rows that a device or a system held back."""
    drawn = share_of(seed, "late", it.customer, it.step)
    moment = hash_of(seed, "delay", it.customer, it.step) % (3 * SECOND_US)
    if drawn >= late_share:
        return moment
    return moment + int(drawn / late_share * MOST_DAYS_LATE * DAY_SECONDS) * SECOND_US
