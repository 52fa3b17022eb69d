"""Walks -> happenings: who is behind a row as the sources could know it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from journeylab.simulate.chance import hash_of, share_of
from journeylab.simulate.model import CONTEXT, STATES, TOUCHPOINTS
from journeylab.simulate.walks import Walks

REGISTERED_SHARE: Final = 0.92  # the others buy as guests
REMEMBERED_SHARE: Final = 0.45  # later visits that are logged in from their first page on
LOGIN_TOUCHPOINTS: Final = ("web:account", "web:checkout", "web:payment", "web:order_status")
FAMILY_EVERY: Final = 50  # customers 10 and 11, 60 and 61, … share a tablet
FAMILY_FIRST: Final = 10
NA_CUSTOMER: Final = 17  # whose user id is the text NA
MAIL_DOMAINS: Final = ("mail.test", "post.test", "inbox.test")


class Happening(NamedTuple):
    """One row of a walk with what the sources know of the customer at that moment."""

    customer: int
    step: int
    visit: int
    order: int
    chat: int
    touchpoint: str
    at: int
    is_context: bool
    is_landing: bool  # first row of its visit
    device: str
    device_class: str
    user_id: str | None


def happenings(seed: int, walks: Walks) -> Iterator[Happening]:
    """Give every row its device and login.

    Args:
        seed: seed of the simulation.
        walks: rows with context.

    Yields:
        By customer and step, context behind its cause.
    """
    columns = (walks.customer, walks.step, walks.state, walks.visit, walks.order, walks.chat)
    rows = sorted(zip(*(column.tolist() for column in (*columns, walks.at)), strict=True))
    visit_before, login = (-1, -1), False
    for customer, step, state, visit, order, chat, at in rows:
        is_context = STATES[state] in CONTEXT
        is_landing = not is_context and (customer, visit) != visit_before
        if is_landing:
            visit_before = (customer, visit)
            login = visit > 0 and share_of(seed, "login", customer, visit) < REMEMBERED_SHARE
        login = login or TOUCHPOINTS[state] in LOGIN_TOUCHPOINTS
        device, device_class = device_of(seed, customer, visit)
        user = user_of(seed, customer) if login else None
        yield Happening(
            customer, step, visit, order, chat, TOUCHPOINTS[state], at, is_context, is_landing,
            device, device_class, user,
        )  # fmt: skip


def user_of(seed: int, customer: int) -> str | None:
    """The customer's user id; None for a guest."""
    if customer == NA_CUSTOMER:
        return "NA"
    is_registered = share_of(seed, "registered", customer) < REGISTERED_SHARE
    return f"u{customer:05d}" if is_registered else None


def email_of(customer: int) -> str:
    """The customer's e-mail address in its plain spelling."""
    return f"c{customer:04d}@{MAIL_DOMAINS[customer % len(MAIL_DOMAINS)]}"


def spelled_email(customer: int, place: str) -> str:
    """The address as some customers type it: upper-case in chats, plus-tag in orders."""
    plain = email_of(customer)
    if place == "chat" and customer % 7 == 0:
        return plain.upper()
    if place == "order" and customer % 11 == 0:
        return plain.replace("@", "+shop@")
    return plain


def phone_of(customer: int) -> str | None:
    """A number of the German range kept free for films; None for most."""
    return f"+49 30 23125 {customer:03d}" if customer < 1000 and customer % 3 == 0 else None


def family_of(customer: int) -> int | None:
    """First customer of the household that shares a tablet; None for most."""
    place = (customer - FAMILY_FIRST) % FAMILY_EVERY
    return customer - place if customer >= FAMILY_FIRST and place < 2 else None


def device_of(seed: int, customer: int, visit: int) -> tuple[str, str]:
    """Anonymous id and class of the device used at a visit."""
    drawn = share_of(seed, "device", customer, visit)
    family = family_of(customer)
    if family is not None and drawn < 0.35:
        return anonymous_id(seed, family, 9), "tablet"
    number = 0 if drawn < 0.75 or customer % 2 else 1 if drawn < 0.93 else 2
    return anonymous_id(seed, customer, number), ("mobile", "desktop", "tablet")[number]


def anonymous_id(seed: int, customer: int, number: int) -> str:
    """A device's id as the web's measuring script writes it: two numbers and a dot."""
    value = hash_of(seed, "anonymous_id", customer, number)
    return f"{10**8 + value % (9 * 10**8)}.{1_769_000_000 + (value >> 32) % 10_000_000}"
