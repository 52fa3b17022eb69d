"""Worlds to walk: the shop, three shops with a fault of their own, and one where nothing is wrong.

A scenario is found by the name of its fault::

    scenario        | what is planted
    ----------------+---------------------------------------------------------------------
    shop            | a slow chat, a loop of product and reviews, a leaky payment
    null            | nothing: the touchpoints of a stage differ in name alone
    lossy_checkout  | two of five visits to web:checkout are the last; the payment is mended
    lost_search     | search leads to lists and lists to search; who has gone round gives up
    late_support    | half of the questions after an order wait a day or two; few of those buy again
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from journeylab.errors import UnknownName
from journeylab.simulate.model import AFTER, BEFORE, ENTRIES, LEAVE, REST, Knots

Moves = Mapping[str, Mapping[str, int]]

#: Share of customers by restlessness, as (fraction, factor) knots: most come once, few live here.
RESTLESSNESS: Final[Knots] = ((0, 1), (0.8, 1), (0.9, 3), (0.97, 10), (0.995, 40), (1, 150))
REPEAT_SHARE: Final = 0.3  # of buyers: another journey
LATE_SHARE: Final = 0.5  # of questions after an order, where answers are told apart

#: The stages of the null world, in which every touchpoint of a stage is like the others.
NULL_STAGES: Final[tuple[tuple[str, ...], ...]] = (
    ("web:home", "web:search"),
    ("web:category", "web:product", "web:reviews", "web:compare"),
    ("web:cart", "web:checkout", "web:payment"),
)


@dataclass(frozen=True, slots=True)
class World:
    """Parameters of the walks.

    Attributes:
        entries: first state of a journey -> weight.
        moves: state -> next state -> weight.
        comes_back_to: state a restless customer goes on at in place of leaving; None draws
            it like an entry.
        has_even_waits: whether every wait before the goal is drawn alike.
        is_recognised: whether every event knows its customer, who uses one device alone.
        answers_apart: whether half of the questions after an order are answered promptly
            and half late, whatever the customer does next.
        repeat_share: buyers who come again.
        repeat_share_if_late: the same after a late answer.
    """

    entries: Mapping[str, int]
    moves: Moves
    comes_back_to: str | None = "web:home"
    has_even_waits: bool = False
    is_recognised: bool = False
    answers_apart: bool = False
    repeat_share: float = REPEAT_SHARE
    repeat_share_if_late: float = REPEAT_SHARE


def _null_moves() -> dict[str, dict[str, int]]:
    """From a touchpoint to those of its own and the other stages, each alike, or away.

    Weights are multiples of 12, so that they part evenly among two, three or four.
    """
    to_stage = ((96, 480, 48), (96, 480, 240), (24, 192, 240))
    leave, buy = (84, 84, 108), (0, 0, 336)
    moves: dict[str, dict[str, int]] = {}
    for own, stage in enumerate(NULL_STAGES):
        for state in stage:
            weights = {LEAVE: leave[own]}
            for other, targets in enumerate(NULL_STAGES):
                others = [target for target in targets if target != state]
                share = to_stage[own][other] // len(others)
                weights.update(dict.fromkeys(others, share))
            if buy[own]:
                weights["purchase:completed"] = buy[own]
            moves[state] = weights
    return moves


_QUESTIONS: Final[dict[str, dict[str, int]]] = {
    "purchase:completed": {"chat:started/after": 60, "web:order_status/after": 15, REST: 25},
    "chat:started/after": {"chat:message/after": 60, REST: 40},
    "chat:message/after": {"chat:message/after": 20, "chat:rating/after": 30, REST: 50},
    "web:order_status/after": {"web:order_status/after": 24, "web:account/after": 6, REST: 70},
    "web:account/after": {"web:order_status/after": 40, REST: 60},
}

_SHOP: Final = World(entries=ENTRIES, moves={**BEFORE, **AFTER})
_MENDED: Final[dict[str, dict[str, int]]] = {
    "web:payment": {**BEFORE["web:payment"], "purchase:completed": 80, LEAVE: 4}
}

WORLDS: Final[dict[str, World]] = {
    "shop": _SHOP,
    "null": World(
        entries=dict.fromkeys(NULL_STAGES[0], 1),
        moves={**_SHOP.moves, **_null_moves(), **_QUESTIONS},
        comes_back_to=None,
        has_even_waits=True,
        is_recognised=True,
        answers_apart=True,
    ),
    "lossy_checkout": replace(
        _SHOP,
        moves={
            **_SHOP.moves,
            **_MENDED,
            "web:checkout": {**BEFORE["web:checkout"], "web:payment": 41, LEAVE: 40},
        },
    ),
    "lost_search": replace(
        _SHOP,
        moves={
            **_SHOP.moves,
            **_MENDED,
            "web:search": {
                "web:category/lost": 70, "web:product": 20, "web:home": 3, "web:cart": 2, LEAVE: 5,
            },
            "web:category/lost": {
                "web:search/lost": 60, "web:product": 30, "web:home": 3, "web:cart": 2, LEAVE: 5,
            },
            "web:search/lost": {
                "web:category/lost": 55, "web:product": 10, "web:home": 3, LEAVE: 32,
            },
        },
    ),
    "late_support": replace(
        _SHOP,
        moves={**_SHOP.moves, **_MENDED, **_QUESTIONS},
        answers_apart=True,
        repeat_share=0.6,
        repeat_share_if_late=0.1,
    ),
}  # fmt: skip


def world(scenario: str) -> World:
    """The world of a scenario.

    Raises:
        UnknownName: there is no such scenario; the nearest is named.
    """
    if scenario not in WORLDS:
        raise UnknownName.of("scenario", scenario, "simulate", WORLDS)
    return WORLDS[scenario]
