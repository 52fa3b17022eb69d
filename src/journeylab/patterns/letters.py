"""A path pattern -> a regular expression over the letters a journey is spelled with.

A journey is spelled as a text of one letter a step, between a letter for its start and one
for its end; where a pattern bounds times, a letter for the wait stands between each two steps.
DuckDB matches the expression with RE2 in one pass: exact, and linear in the length of the path.
The SQL model lab.spelled_paths spells with the same letters.
"""

from dataclasses import dataclass
from typing import Final

from journeylab.errors import InputRefused
from journeylab.patterns.parts import Anchor, Pattern, Step, Wait

#: Code point of the letter before the first step; those up to 0xF8FF are for private use.
FIRST_LETTER: Final = 0xE000
#: Letters after the last step, by how the journey ended.
_START, _CONVERTED, _DROPPED, _OPEN = (chr(FIRST_LETTER + k) for k in range(4))
_FIRST_NAME: Final = FIRST_LETTER + 5  # the one before is of what no pattern names
#: Code point of the letter of the shortest waits; the others follow.
FIRST_WAIT: Final = 0xF800
_LAST_WAIT: Final = 0xF8FF

_ANCHORS: Final = {
    "(start)": _START,
    "(end)": _CONVERTED + _DROPPED,
    "(converted)": _CONVERTED,
    "(dropped)": _DROPPED,
    "(open)": _OPEN,
}
_NO_STEP: Final = _START + _CONVERTED + _DROPPED + _OPEN + f"{chr(FIRST_WAIT)}-{chr(_LAST_WAIT)}"
_ANY_WAIT: Final = f"[{chr(FIRST_WAIT)}-{chr(_LAST_WAIT)}]"
_NOTHING: Final = r"[^\x{0}-\x{10FFFF}]"
_LONGEST: Final = 20_000  # letters of an expression


@dataclass(frozen=True, slots=True)
class Spelling:
    """How journeys are spelled for one pattern, and what is looked for in them.

    Attributes:
        names: touchpoints with a letter of their own, in the order of their letters.
        edges_us: where waits of one letter end and others begin, rising; empty where times do
            not matter. Waits at an edge have a letter too.
        regex: the regular expression.
    """

    names: tuple[str, ...]
    edges_us: tuple[int, ...]
    regex: str


def spelling(pattern: Pattern) -> Spelling:
    """The letters and the regular expression of a pattern whose stages are resolved.

    Raises:
        InputRefused: it names too much, or has too many runs beside bounded times.
    """
    if len(pattern.names) > FIRST_WAIT - _FIRST_NAME:
        raise _too_much(pattern, f"names {len(pattern.names)} touchpoints")
    told = [wait for wait in pattern.waits if wait is not None]
    edges = sorted({us for w in told for us in (w.least_us, w.most_us) if us is not None})
    if FIRST_WAIT + 2 * len(edges) > _LAST_WAIT:
        raise _too_much(pattern, f"bounds times at {len(edges)} limits")
    letters = {name: chr(_FIRST_NAME + place) for place, name in enumerate(pattern.names)}
    if not edges:
        regex = "".join(_untimed(part, letters) for part in pattern.parts)
    else:
        every = frozenset(range(2 * len(edges) + 1))
        waits = [every if w is None else _classes(w, edges) for w in pattern.waits]
        regex = _rest(pattern, letters, [*waits, every], every, 0, None) or _NOTHING
    return Spelling(pattern.names, tuple(edges), regex)


def _letter(part: Step, letters: dict[str, str]) -> str:
    named = "".join(letters[name] for name in part.names)
    if part.is_negated:
        return f"[^{_NO_STEP}{named}]"
    return f"[{named}]" if named else _NOTHING  # a stage that has no touchpoint


def _untimed(part: Step | Anchor, letters: dict[str, str]) -> str:
    if isinstance(part, Anchor):
        return f"[{_ANCHORS[part.name]}]"
    return _letter(part, letters) + _often(part.least, part.most)


def _often(least: int, most: int | None) -> str:
    if (least, most) == (1, 1):
        return ""
    return f"{{{least},{'' if most is None else most}}}"


def _rest(
    pattern: Pattern,
    letters: dict[str, str],
    after: list[frozenset[int]],
    every: frozenset[int],
    place: int,
    before: frozenset[int] | None,
) -> str | None:
    """The expression of the parts from a place on; None where nothing can match.

    Args:
        pattern: the pattern.
        letters: touchpoint -> letter.
        after: the waits allowed after each part, as numbers of letters.
        every: all waits.
        place: number of the part.
        before: the waits allowed before the next step; None where no step came before.
    """
    if place == len(pattern.parts):
        return "" if before in (None, every) else None
    part = pattern.parts[place]

    def rest(waits: frozenset[int] | None) -> str | None:
        return _rest(pattern, letters, after, every, place + 1, waits)

    if isinstance(part, Anchor):
        follows = rest(None) if before in (None, every) else None
        return None if follows is None else f"[{_ANCHORS[part.name]}]{follows}"
    one = _letter(part, letters)
    another = f"(?:{_ANY_WAIT}{one})"
    if part.least == 0 and before == after[place] == every:
        follows = rest(every)
        return None if follows is None else another + _often(0, part.most) + follows
    again = max(part.least, 1) - 1, None if part.most is None else part.most - 1
    taken = one if part.most == 1 else one + another + _often(*again)
    found = []
    follows = rest(after[place])
    if follows is not None:
        lead = "" if before is None else "[" + "".join(map(_wait_letter, sorted(before))) + "]"
        if lead != "[]":
            found.append(lead + taken + follows)
    if part.least == 0 and (before is not None or after[place] == every):
        # No step is taken: both arrows bound the same wait, and one before which no step came none.
        skipped = rest(None if before is None else before & after[place])
        if skipped is not None:
            found.append(skipped)
    whole = found[0] if len(found) == 1 else f"(?:{'|'.join(found)})" if found else None
    if whole is not None and len(whole) > _LONGEST:
        raise _too_much(pattern, "has too many runs beside bounded times")
    return whole


def _classes(wait: Wait, edges: list[int]) -> frozenset[int]:
    """Numbers of the letters whose waits are within a bound: 2k + 1 at edge k, others between."""
    low, high = wait.least_us, wait.most_us
    at = {2 * k + 1 for k, edge in enumerate(edges) if wait.holds(edge)}
    ends = [None, *edges, None]
    between = {
        2 * k
        for k in range(len(edges) + 1)
        if (low is None or ((first := ends[k]) is not None and low <= first))
        and (high is None or ((last := ends[k + 1]) is not None and last <= high))
    }
    return frozenset(at | between)


def _wait_letter(number: int) -> str:
    return chr(FIRST_WAIT + number)


def _too_much(pattern: Pattern, what: str) -> InputRefused:
    return InputRefused(
        f"the pattern {what}", f"pattern {pattern.text}", "ask for less in one pattern"
    )
