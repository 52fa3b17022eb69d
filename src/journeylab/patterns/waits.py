"""The arrow between two steps -> the time it bounds."""

import re
from typing import Final

from journeylab.durations import microseconds
from journeylab.errors import JourneyLabError
from journeylab.patterns.parts import Wait
from journeylab.patterns.tokens import TIMES, Token, refused

_LIMIT: Final = re.compile(r"\s*(<=|>=|<|>)(.*)", re.DOTALL)


def wait_of(arrow: Token, text: str) -> Wait | None:
    """The time an arrow bounds; None for a plain one.

    Raises:
        InputRefused: it cannot be read, or no time is within it.
    """
    if arrow.text == "->":
        return None
    inside = arrow.text[2:-3]
    low, high = _range(inside, arrow, text) if ".." in inside else _limits(inside, arrow, text)
    wait = Wait(
        low[0] if low else None,
        high[0] if high else None,
        low[1] if low else True,
        high[1] if high else True,
    )
    if low and high and (low[0] > high[0] or not (low[0] < high[0] or (low[1] and high[1]))):
        raise refused(f"no time is in {inside.strip()!r}", text, arrow.column, TIMES)
    return wait


def _range(inside: str, arrow: Token, text: str) -> tuple[tuple[int, bool], tuple[int, bool]]:
    first, _, last = inside.partition("..")
    return (_span(first, arrow, text), True), (_span(last, arrow, text), True)


def _limits(
    inside: str, arrow: Token, text: str
) -> tuple[tuple[int, bool] | None, tuple[int, bool] | None]:
    sides: dict[str, tuple[int, bool]] = {}
    for limit in inside.split(","):
        found = _LIMIT.fullmatch(limit)
        if found is None:
            raise refused(f"no limit {limit.strip()!r}", text, arrow.column, TIMES)
        side = found[1][0]
        if side in sides:
            raise refused(f"two limits with {side!r}", text, arrow.column, TIMES)
        sides[side] = (_span(found[2], arrow, text), found[1].endswith("="))
    return sides.get(">"), sides.get("<")


def _span(told: str, arrow: Token, text: str) -> int:
    try:
        return microseconds(told.strip(), what="the time between steps", where="pattern")
    except JourneyLabError as error:
        what, _, mend = error.args
        raise refused(what, text, arrow.column, mend) from error
