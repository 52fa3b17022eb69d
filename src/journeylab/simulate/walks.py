"""Customers -> their walks through the shop, as columns; pure, and the same in any block size.

::

    customer | step | visit | order | chat | state              | at
    ---------+------+-------+-------+------+--------------------+------------
           7 |    0 |     0 |     0 |    0 | web:home           | 1769940000
           7 |    1 |     0 |     0 |    0 | web:product        | 1769940035
           7 |    2 |     1 |     0 |    0 | web:cart           | 1770012035
           7 |    3 |     1 |     1 |    0 | purchase:completed | 1770012120
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from journeylab.simulate.chance import Integers, Shares, shares
from journeylab.simulate.model import (
    CODES,
    LEAVE,
    PAUSE_SHARE,
    PLACES,
    REST,
    STATES,
    WAIT_CODES,
    between,
    entry_states,
    next_states,
    wait_codes,
    wait_seconds,
)
from journeylab.simulate.worlds import LATE_SHARE, RESTLESSNESS, WORLDS, World

VISIT_GAP_SECONDS: Final = 1800
RETURN_SHARE: Final = 0.16  # of those who left: back after more than 30 days
SERVICE_SHARE: Final = 0.05  # of the other buyers: a question after more than 30 days
START_SHARE: Final = 0.98  # first touches fall in this first part of the span
PROMPT_SECONDS: Final = 1_500  # and up to twice that
LATE_SECONDS: Final = 80_000  # and up to twice that
TALK_SECONDS: Final = 30  # and up to twice that

_SHOP: Final = WORLDS["shop"]
_ASKED_AFTER: Final = "chat:started/after"
_TALKED_AFTER: Final = (_ASKED_AFTER, "chat:message/after", "chat:rating/after")


@dataclass(frozen=True, slots=True)
class Walks:
    """Columns of equal length, ordered by customer and step."""

    customer: Integers
    step: Integers
    visit: Integers
    order: Integers
    chat: Integers
    state: Integers
    at: Integers

    def taken(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "Walks":
        """The given rows, in the given order."""
        return Walks(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, parts: "list[Walks]") -> "Walks":
        """The rows of all parts, one part after the other; one part at least."""
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            )
        )


def walk(
    seed: int,
    customers: Integers,
    *,
    start: int,
    end: int,
    max_steps: int,
    world: World = _SHOP,
) -> Walks:
    """Let customers walk the shop.

    Args:
        seed: seed of the simulation.
        customers: numbers of the customers; each walk depends on its own number alone.
        start: first second of the span, UTC epoch.
        end: second at which the data ends; nothing happens at or after it.
        max_steps: longest walk.
        world: which shop it is.

    Returns:
        What the customers did, by customer and step; ``visit``, ``order`` and ``chat`` count
        sessions from 0, and orders and conversations from 1 (0 before the first).
    """
    tables = _Tables(world)
    restless = between(RESTLESSNESS, shares(seed, "restless", customers))
    span = (end - start) * START_SHARE
    now = Walks(
        customer=customers,
        step=np.zeros_like(customers),
        visit=np.zeros_like(customers),
        order=np.zeros_like(customers),
        chat=np.zeros_like(customers),
        state=tables.entry[_places(seed, "entry", customers, np.zeros_like(customers))],
        at=start + (shares(seed, "start", customers) * span).astype(np.int64),
    )
    walked = []
    for _ in range(max_steps):
        now = _counted(now)
        walked.append(now)
        now, restless = _moved(seed, now, restless, tables, end)
        if not len(now.customer):
            break
    joined = Walks.joined(walked)
    return joined.taken(np.argsort(joined.customer, kind="stable"))


def with_context(seed: int, walks: Walks, world: World = _SHOP) -> Walks:
    """Add what the brand did: mails delivered and opened, agents' answers, rating requests.

    Args:
        seed: seed of the simulation.
        walks: whole walks, by customer and step.
        world: which shop it is.

    Returns:
        The walks and the context rows behind them; a context row has the step of its cause,
        so (customer, step, state) is unique.
    """
    following = np.append(walks.at[1:], 0)
    is_last = np.append(walks.customer[1:] != walks.customer[:-1], True)
    drawn = shares(seed, "context", walks.customer, walks.step)
    until = np.where(is_last | (following <= walks.at), 90_000, following - walks.at)
    from_mail = _is_any(walks, "email:click", "email:unsubscribed", "email:reply")
    asked = _is_any(
        walks, "chat:started", "chat:message", "chat:started/after", "chat:message/after"
    )
    rated = _is_any(walks, "chat:rating", "chat:rating/after")
    bought = _is_any(walks, "purchase:completed")
    answer = np.minimum(until * 0.93, 200_000).astype(np.int64)
    if world.answers_apart:
        apart = np.where(_is_late(seed, walks), LATE_SECONDS, PROMPT_SECONDS)
        apart = (apart * (1 + drawn)).astype(np.int64)
        answer = np.where(_is_any(walks, _ASKED_AFTER), apart, answer)
        talk = (TALK_SECONDS * (1 + drawn)).astype(np.int64)
        answer = np.where(_is_any(walks, "chat:message/after"), talk, answer)
    parts = [
        walks,
        _beside(walks, from_mail, "email:delivered", -(900 + drawn * 40_000).astype(np.int64)),
        _beside(walks, from_mail, "email:open", -(2 + drawn * 20).astype(np.int64)),
        _beside(walks, bought, "email:delivered", (20 + drawn * 60).astype(np.int64)),
        _beside(
            walks, bought & (drawn < 0.6), "email:open", (600 + drawn * 9_000).astype(np.int64)
        ),
        _beside(walks, asked, "chat:agent_message", answer),
        _beside(walks, rated, "chat:rating_request", -(5 + drawn * 50).astype(np.int64)),
    ]
    return Walks.joined(parts)


class _Tables:
    """The lookup tables of a world, made once for a block."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.entry = entry_states(world.entries).astype(np.int64)
        self.next = next_states(world.moves).astype(np.int64)
        self.wait_code = wait_codes()
        if world.has_even_waits:
            self.wait_code[: CODES["purchase:completed"]] = WAIT_CODES["click"]
        self.seconds = wait_seconds()


def _places(seed: int, purpose: str, customers: Integers, steps: Integers) -> Integers:
    return (shares(seed, purpose, customers, steps) * PLACES).astype(np.int64)


def _counted(now: Walks) -> Walks:
    order = now.order + (now.state == CODES["purchase:completed"])
    starts = (now.state == CODES["chat:started"]) | (now.state == CODES["chat:started/after"])
    return Walks(now.customer, now.step, now.visit, order, now.chat + starts, now.state, now.at)


def _moved(
    seed: int, now: Walks, restless: Shares, tables: _Tables, end: int
) -> tuple[Walks, Shares]:
    """The next row of everyone who goes on before the end."""
    chosen = tables.next[now.state, _places(seed, "move", now.customer, now.step)]
    wait = tables.wait_code[now.state, chosen]
    if tables.world.answers_apart:
        apart = np.where(_is_late(seed, now), WAIT_CODES["late"], WAIT_CODES["prompt"])
        wait = np.where(now.state == CODES[_ASKED_AFTER], apart, wait)
    pauses = shares(seed, "pause", now.customer, now.step) < PAUSE_SHARE
    wait = np.where(pauses & (wait == WAIT_CODES["click"]), WAIT_CODES["pause"], wait)
    ended = (chosen == CODES[LEAVE]) | (chosen == CODES[REST])
    goes_on = ~ended
    if ended.any():
        rows = np.flatnonzero(ended)
        chosen[rows], wait[rows], goes_on[rows] = _afresh(
            seed, now.taken(rows), chosen[rows] == CODES[LEAVE], restless[rows], tables
        )
    seconds = tables.seconds[wait, _places(seed, "wait", now.customer, now.step)]
    visit = now.visit + (seconds > VISIT_GAP_SECONDS)
    following = Walks(
        now.customer, now.step + 1, visit, now.order, now.chat, chosen, now.at + seconds
    )
    goes_on &= following.at < end
    return following.taken(goes_on), restless[goes_on]


def _afresh(
    seed: int,
    ended: Walks,
    left: npt.NDArray[np.bool_],
    restless: Shares,
    tables: _Tables,
) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
    """State, wait code and whether there is any, for those whose journey has ended."""
    drawn = shares(seed, "afresh", ended.customer, ended.step)
    entry = tables.entry[_places(seed, "entry", ended.customer, ended.step + 1)]
    stays = left & (drawn < 1 - 1 / restless)  # a restless customer does not leave
    returns = left & ~stays & (drawn > 1 - RETURN_SHARE / restless)
    repeat = np.full(len(drawn), tables.world.repeat_share)
    if tables.world.answers_apart:
        let_down = _is_any(ended, *_TALKED_AFTER) & _is_late(seed, ended)
        repeat = np.where(let_down, tables.world.repeat_share_if_late, repeat)
    again = ~left & (drawn < 1 - (1 - repeat) / restless)
    asks = ~left & ~again & (drawn > 1 - SERVICE_SHARE)
    home = tables.world.comes_back_to
    state = entry if home is None else np.where(stays, CODES[home], entry)
    state = np.where(asks, CODES["web:order_status/after"], state)
    wait = np.where(stays, WAIT_CODES["pause"], WAIT_CODES["absence"])
    wait = np.where(again & (ended.order > 0), WAIT_CODES["again"], wait)
    gone = ended.state == CODES["email:unsubscribed"]
    return state, wait, (stays | returns | again | asks) & ~gone


def _is_late(seed: int, walks: Walks) -> npt.NDArray[np.bool_]:
    """Whether the conversation of each row is one that is answered late."""
    return shares(seed, "late answer", walks.customer, walks.chat) < LATE_SHARE


def _is_any(walks: Walks, *states: str) -> npt.NDArray[np.bool_]:
    table = np.zeros(len(STATES), dtype=np.bool_)
    table[[CODES[state] for state in states]] = True
    return table[walks.state]


def _beside(walks: Walks, which: npt.NDArray[np.bool_], state: str, seconds: Integers) -> Walks:
    rows = walks.taken(which)
    states = np.full_like(rows.state, CODES[state])
    at = rows.at + seconds[which]
    return Walks(rows.customer, rows.step, rows.visit, rows.order, rows.chat, states, at)
