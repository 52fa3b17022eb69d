"""A path pattern: text -> steps of a path and times between them. Reads no data."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from journeylab.errors import InputRefused, UnknownName
from journeylab.patterns.parts import ANCHORS, Anchor, Pattern, Step, Wait
from journeylab.patterns.tokens import STAGE, TIMES, Token, cut, pointed, refused
from journeylab.patterns.waits import wait_of

_Stages = Mapping[str, Iterable[str]] | None

_MOST: Final = 100  # greatest count of a token
_MOST_PARTS: Final = 200
_COUNT: Final = re.compile(r"\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}")


def parse_pattern(
    text: str,
    known: Iterable[str] | None = None,
    stages: _Stages = None,
) -> Pattern:
    """Read a path pattern.

    Tokens are joined by ``->`` and stand for neighbouring steps: a touchpoint, ``stage:x`` any
    touchpoint of stage x, ``.`` any step, ``[a|b]`` one of these, ``[^a|b]`` any other. The
    last three take ``*`` for a run of any length, none included, or a count: ``{3}``,
    ``{2,4}``, ``{2,}``. ``-[<2h]->``, ``-[>=1d]->``, ``-[1h..2d]->`` (both included) bound the
    time from leaving the step before the arrow to entering the one after it; a bounded arrow
    needs both, and beside a run that takes no step both arrows bound the same time.
    ``(start)`` may stand first and ``(end)``, ``(converted)``, ``(dropped)`` or ``(open)``
    last; without them a pattern is found anywhere in the path. ``(end)`` is converted or
    dropped: an open journey has not ended. A name with one of ``[ ] | * "`` or ``->`` in it,
    or that looks like a token, is put in double quotes, with a quote inside doubled.

    Args:
        text: the pattern.
        known: every touchpoint; None takes any name.
        stages: stage -> its touchpoints up to the goal; None leaves ``stage:…`` as it is.

    Raises:
        InputRefused: it cannot be read; the message points at the column.
        UnknownName: a touchpoint or stage does not exist; the nearest is named.

    Example:
        >>> parse_pattern("web:cart -> [^paid]* -> (end)").names
        ('web:cart', 'paid')
    """
    tokens = cut(text)
    parts: list[Step | Anchor] = []
    waits: list[Wait | None] = []
    place = 0
    while True:
        columns = [token.column for token in tokens[place : place + 1]]
        part, place = _part(tokens, place, text, stages)
        _check_place(part, first=not parts, column=columns[0], text=text)
        if isinstance(part, Anchor) and waits and waits[-1] is not None:
            raise refused(f"no time is known before {part.name}", text, columns[0], TIMES)
        parts.append(part)
        if place == len(tokens):
            break
        arrow = tokens[place]
        if arrow.kind != "arrow":
            raise refused("expected '->'", text, arrow.column)
        if isinstance(part, Anchor) and part.name != "(start)":
            raise refused(f"nothing follows {part.name}", text, arrow.column)
        waits.append(wait_of(arrow, text))
        if isinstance(part, Anchor) and waits[-1] is not None:
            raise refused("a time stands between two steps", text, arrow.column, TIMES)
        place += 1
    if all(isinstance(part, Step) and part.least == 0 for part in parts):
        raise InputRefused(
            "the pattern fits every journey: it names no step that must occur",
            pointed(text, 0),
            f"hold it fast at both ends: (start) -> {text.strip()} -> (end)",
        )
    if len(parts) > _MOST_PARTS:
        raise InputRefused(
            f"the pattern has {len(parts)} parts", pointed(text, 0), f"write {_MOST_PARTS} at most"
        )
    named = [token for token in tokens if token.kind in ("name", "quoted")]
    if known is not None:
        _refuse_unknown(text, named, _names(parts), list(known), stages)
    return Pattern(text, tuple(parts), tuple(waits), _names(parts))


def quoted_name(touchpoint: str) -> str:
    """A touchpoint as it stands in a pattern whatever its name: in double quotes."""
    return '"' + touchpoint.replace('"', '""') + '"'


def _names(parts: Iterable[Step | Anchor]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n for p in parts if isinstance(p, Step) for n in p.names))


def _touchpoints(token: Token, stages: _Stages) -> list[str]:
    """What a name stands for: itself, or the touchpoints of a stage where they are known."""
    name = token.name
    if token.is_stage and stages is not None:
        return sorted(stages.get(name.removeprefix(STAGE), [name]))
    return [name]


def _part(tokens: list[Token], place: int, text: str, stages: _Stages) -> tuple[Step | Anchor, int]:
    """The part that starts at a token, and the place after it."""
    if place == len(tokens):
        raise refused("a step is missing", text, len(text.rstrip()) if text.strip() else 0)
    token = tokens[place]
    if token.kind == "dot" or (token.kind == "name" and token.text == "."):
        least, most, place = _times(tokens, place + 1, text)
        return Step((), is_negated=True, least=least, most=most), place
    if token.kind == "open":
        names, place = _set(tokens, place + 1, text, stages)
        least, most, place = _times(tokens, place, text)
        return Step(names, token.text == "[^", least, most), place
    if token.kind not in ("name", "quoted"):
        raise refused(f"a step is missing before {token.text!r}", text, token.column)
    follower = tokens[place + 1] if place + 1 < len(tokens) else None
    if follower is not None and follower.kind == "star":
        raise refused(f"only '.' and [ ] take '*': write [{token.text}]*", text, follower.column)
    if token.kind == "name" and token.text.startswith("(") and token.text.endswith(")"):
        return Anchor(token.text), place + 1
    return Step(tuple(_touchpoints(token, stages))), place + 1


def _times(tokens: list[Token], place: int, text: str) -> tuple[int, int | None, int]:
    """How often a token is taken at least and at most, and the place after its count."""
    token = tokens[place] if place < len(tokens) else None
    if token is not None and token.kind == "star":
        return 0, None, place + 1
    if token is None or token.kind != "count":
        return 1, 1, place
    found = _COUNT.fullmatch(token.text)
    if found is None:
        raise refused(
            f"no count {token.text!r}: write {{2}}, {{2,4}} or {{2,}}", text, token.column
        )
    least = int(found[1])
    most = least if found[2] is None else int(found[3]) if found[3] else None
    if most is not None and (most < least or most == 0):
        raise refused(f"no step is taken so often: {token.text}", text, token.column)
    if max(least, most or 0) > _MOST:
        raise refused(f"a count goes up to {_MOST}: {token.text}", text, token.column)
    return least, most, place + 1


def _set(
    tokens: list[Token], place: int, text: str, stages: _Stages
) -> tuple[tuple[str, ...], int]:
    """Names up to the closing bracket, and the place after it."""
    names: list[str] = []
    while place < len(tokens):
        if tokens[place].kind not in ("name", "quoted"):
            raise refused("a name is missing inside [ ]", text, tokens[place].column)
        names += _touchpoints(tokens[place], stages)
        follower = tokens[place + 1] if place + 1 < len(tokens) else None
        if follower is not None and follower.kind == "close":
            return tuple(dict.fromkeys(names)), place + 2
        if follower is not None and follower.kind != "bar":
            raise refused("expected '|' or ']'", text, follower.column)
        place += 2
    raise refused("a ']' is missing", text, len(text.rstrip()))


def _check_place(part: Step | Anchor, *, first: bool, column: int, text: str) -> None:
    if isinstance(part, Step):
        return
    if part.name not in ANCHORS:
        known = ", ".join(ANCHORS)
        raise refused(f"no anchor {part.name!r}; there are {known}", text, column)
    if (part.name == "(start)") != first:
        where = "last" if first else "first"
        raise refused(f"{part.name} can only stand {where}", text, column)


def _refuse_unknown(
    text: str,
    named: list[Token],
    names: tuple[str, ...],
    known: list[str],
    stages: _Stages,
) -> None:
    for token in named:
        name = token.name
        if name not in names and not token.is_stage:  # an anchor
            continue
        place = pointed(text, token.column)
        if token.is_stage and stages is not None:
            if name.removeprefix(STAGE) not in stages:
                raise UnknownName.of("stage", name.removeprefix(STAGE), place, stages)
        elif name not in known:
            raise UnknownName.of("touchpoint", name, place, known)
