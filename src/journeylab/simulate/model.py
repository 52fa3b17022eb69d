"""The simulated shop: which touchpoint follows which, how long people wait, and what is planted.

A customer's walk is a Markov chain over *states*. A state is a touchpoint at one side of
the first goal ("web:help" before it, "web:help/after" behind it). Weights are relative; waits
are drawn from quantile tables in whole seconds, so no draw needs a logarithm and every
machine gets the same second.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from journeylab.simulate.chance import Integers, Shares

#: A quantile table: (fraction, value), fractions rising from 0 to 1.
Knots = tuple[tuple[float, int], ...]

#: The planted truth: what an analysis of the simulated events must find first.
PLANTED_BOTTLENECK: Final = "chat:started"  # our first answer takes about a day
PLANTED_LOOP: Final = ("web:product", "web:reviews")  # walked to and fro before the cart
PLANTED_LEAK: Final = "web:payment"  # a third of the visits to it are the last

LEAVE: Final = "(leave)"  # silence for more than 30 days, often for good
REST: Final = "(rest)"  # nothing more to do after the goal

#: First touchpoint of a journey. "web:order_status/after" are buyers of before the data.
ENTRIES: Final[dict[str, int]] = {
    "web:home": 36, "web:search": 16, "web:category": 9, "web:product": 13, "web:blog": 7,
    "email:click": 13, "chat:started": 2, "web:order_status/after": 4,
}  # fmt: skip

#: State -> next state -> weight, before the goal.
BEFORE: Final[dict[str, dict[str, int]]] = {
    "web:home": {
        "web:search": 27, "web:category": 36, "web:product": 22, "web:account": 3, "web:help": 2,
        "web:blog": 2, "email:click": 2, "chat:started": 2, "web:cart": 2, LEAVE: 6,
    },
    "web:search": {
        "web:product": 62, "web:category": 14, "web:home": 4, "web:compare": 4, "web:help": 1,
        "email:click": 2, "chat:started": 3, "web:cart": 4, LEAVE: 5,
    },
    "web:category": {
        "web:product": 66, "web:search": 8, "web:home": 4, "web:compare": 5, "email:click": 2,
        "chat:started": 3, "web:cart": 5, "web:blog": 1, LEAVE: 5,
    },
    "web:product": {
        "web:reviews": 34, "web:cart": 31, "web:compare": 9, "web:category": 6, "web:search": 4,
        "web:home": 2, "chat:started": 6, "email:click": 2, "web:help": 1, LEAVE: 5,
        "email:unsubscribed": 1,
    },
    "web:reviews": {
        "web:product": 71, "web:cart": 14, "web:compare": 4, "chat:started": 4, "email:click": 1,
        "web:home": 1, LEAVE: 4,
    },
    "web:compare": {
        "web:product": 55, "web:cart": 22, "web:reviews": 5, "web:search": 4, "chat:started": 8,
        "email:click": 2, LEAVE: 4,
    },
    "web:cart": {
        "web:checkout": 61, "web:product": 14, "web:category": 4, "web:account": 4,
        "chat:started": 5, "email:click": 5, "web:help": 2, LEAVE: 4, "email:unsubscribed": 1,
    },
    "web:checkout": {
        "web:payment": 77, "web:cart": 8, "web:help": 3, "web:account": 3, "chat:started": 4,
        "email:click": 1, LEAVE: 4,
    },
    "web:payment": {
        "purchase:completed": 47, LEAVE: 37, "web:checkout": 4, "web:cart": 6, "web:help": 2,
        "chat:started": 3, "email:unsubscribed": 1,
    },
    "web:account": {
        "web:home": 25, "web:cart": 30, "web:product": 25, "web:checkout": 16, LEAVE: 4,
    },
    "web:help": {
        "chat:started": 34, "web:product": 24, "web:cart": 20, "web:checkout": 10, "web:home": 8,
        LEAVE: 4,
    },
    "web:blog": {"web:product": 45, "web:home": 25, "web:category": 26, LEAVE: 4},
    "email:click": {
        "web:product": 46, "web:home": 14, "web:category": 18, "web:cart": 16, "email:reply": 3,
        LEAVE: 3,
    },
    "email:reply": {
        "web:product": 50, "web:cart": 30, "chat:started": 10, "web:home": 6, LEAVE: 4,
    },
    "chat:started": {
        "chat:message": 58, "web:product": 16, "web:cart": 16, "web:checkout": 6, LEAVE: 4,
    },
    "chat:message": {
        "chat:message": 20, "chat:rating": 28, "web:product": 22, "web:cart": 20,
        "web:checkout": 7, LEAVE: 3,
    },
    "chat:rating": {
        "web:product": 30, "web:cart": 40, "web:checkout": 16, "web:home": 10, LEAVE: 4,
    },
}  # fmt: skip

#: State -> next state -> weight, from the goal on.
AFTER: Final[dict[str, dict[str, int]]] = {
    "purchase:completed": {
        "web:order_status/after": 52, "web:account/after": 6, "chat:started/after": 8,
        "purchase:cancelled/after": 2, REST: 32,
    },
    "web:order_status/after": {
        "web:order_status/after": 24, "web:help/after": 7, "chat:started/after": 10,
        "web:account/after": 6, "purchase:refunded/after": 5, REST: 48,
    },
    "web:account/after": {"web:order_status/after": 40, "web:help/after": 10, REST: 50},
    "web:help/after": {"chat:started/after": 45, "web:order_status/after": 15, REST: 40},
    "chat:started/after": {
        "chat:message/after": 58, "web:order_status/after": 14, "purchase:refunded/after": 8,
        REST: 20,
    },
    "chat:message/after": {
        "chat:message/after": 20, "chat:rating/after": 34, "purchase:refunded/after": 6,
        REST: 40,
    },
    "chat:rating/after": {REST: 100},
    "purchase:refunded/after": {REST: 100},
    "purchase:cancelled/after": {REST: 100},
    "email:unsubscribed": {REST: 100},
}  # fmt: skip

#: Brand-sent states that ``context`` adds around a walk; they are never part of it.
CONTEXT: Final = ("email:delivered", "email:open", "chat:agent_message", "chat:rating_request")

#: States of those who have gone round between search and list and found nothing.
LOST: Final = ("web:search/lost", "web:category/lost")

STATES: Final[tuple[str, ...]] = (*BEFORE, *AFTER, *CONTEXT, *LOST)
CODES: Final[dict[str, int]] = {name: code for code, name in enumerate((*STATES, LEAVE, REST))}
TOUCHPOINTS: Final[tuple[str, ...]] = tuple(name.split("/")[0] for name in STATES)

#: Wait in seconds at equally likely fractions 0 … 1, as (fraction, seconds) knots.
WAITS: Final[dict[str, Knots]] = {
    "click": ((0, 4), (0.5, 35), (0.9, 180), (1, 900)),
    "landing": ((0, 2), (0.9, 6), (1, 20)),
    "order": ((0, 25), (0.5, 60), (1, 240)),
    "status": ((0, -12), (0.3, -2), (0.31, 2), (0.8, 40), (0.81, 7_200), (1, 172_800)),
    "pause": ((0, 2_400), (0.4, 18_000), (0.7, 72_000), (0.95, 172_800), (1, 345_600)),
    "answer": ((0, 14_400), (0.25, 61_200), (0.5, 93_600), (0.75, 144_000), (1, 259_200)),
    "talk": ((0, 60), (0.5, 300), (1, 1_500)),
    "reply": ((0, 1_800), (0.5, 7_200), (1, 28_800)),
    "return": ((0, 259_200), (0.5, 604_800), (1, 1_209_600)),
    "absence": ((0, 2_678_400), (0.5, 3_456_000), (1, 6_048_000)),
    "again": ((0, 172_800), (0.5, 1_036_800), (1, 4_320_000)),
    "prompt": ((0, 3_600), (1, 10_800)),
    "late": ((0, 172_800), (1, 345_600)),
}
WAIT_CODES: Final[dict[str, int]] = {name: code for code, name in enumerate(WAITS)}
PAUSE_SHARE: Final = 0.08  # share of clicks that end a visit, the same at every touchpoint

#: A draw is looked up in tables of this many equally likely places.
PLACES: Final = 4096

Codes = npt.NDArray[np.uint8]


def next_states(moves: Mapping[str, Mapping[str, int]] | None = None) -> Codes:
    """Lookup table (state, place) -> next state.

    Args:
        moves: state -> next state -> weight; None takes the shop's.
    """
    table = np.zeros((len(STATES), PLACES), dtype=np.uint8)
    for name, weights in (moves or {**BEFORE, **AFTER}).items():
        table[CODES[name]] = _places(weights)
    return table


def entry_states(entries: Mapping[str, int] = ENTRIES) -> Codes:
    """Lookup table place -> first state of a journey."""
    return _places(entries)


def wait_seconds() -> Integers:
    """Lookup table (wait code, place) -> seconds."""
    centres = (np.arange(PLACES) + 0.5) / PLACES
    rows = [np.rint(between(knots, centres)).astype(np.int64) for knots in WAITS.values()]
    return np.stack(rows)


def between(knots: Knots, fractions: Shares) -> Shares:
    """Values of a quantile table at the given fractions, on straight lines between knots."""
    at, values = [knot[0] for knot in knots], [knot[1] for knot in knots]
    return np.interp(fractions, at, values)


def wait_codes() -> Codes:
    """Lookup table (state, next state) -> wait code."""
    table = np.full((len(STATES), len(CODES)), WAIT_CODES["click"], dtype=np.uint8)
    table[:, [CODES["email:click"], CODES["email:unsubscribed"]]] = WAIT_CODES["pause"]
    table[CODES["email:click"], :] = WAIT_CODES["landing"]
    table[CODES["email:click"], CODES["email:reply"]] = WAIT_CODES["talk"]
    table[CODES["email:reply"], :] = WAIT_CODES["reply"]
    for name in ("chat:started", "chat:started/after"):
        table[CODES[name], :] = WAIT_CODES["answer"]
    for name in ("chat:message", "chat:message/after"):
        table[CODES[name], :] = WAIT_CODES["talk"]
    table[CODES["web:payment"], CODES["purchase:completed"]] = WAIT_CODES["order"]
    status = CODES["web:order_status/after"]
    table[CODES["purchase:completed"], status] = WAIT_CODES["status"]
    table[CODES["purchase:completed"], CODES["chat:started/after"]] = WAIT_CODES["pause"]
    table[status, [status, CODES["chat:started/after"]]] = WAIT_CODES["pause"]
    for name in ("purchase:refunded/after", "purchase:cancelled/after"):
        table[:, CODES[name]] = WAIT_CODES["return"]
    return table


def _places(weights: Mapping[str, int]) -> Codes:
    ends = np.cumsum(list(weights.values())) / sum(weights.values())
    centres = (np.arange(PLACES) + 0.5) / PLACES
    codes = np.array([CODES[name] for name in weights], dtype=np.uint8)
    return codes[np.searchsorted(ends, centres, side="right")]
