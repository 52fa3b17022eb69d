"""Path patterns: text -> tokens -> steps of a path and times between them. Reads no data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from journeylab.durations import microseconds
from journeylab.errors import InputRefused, JourneyLabError, UnknownName

#: Where a pattern may be held fast.
ANCHORS: Final = ("(start)", "(end)", "(converted)", "(dropped)", "(open)")
#: Before the name of a stage: any touchpoint of it.
STAGE: Final = "stage:"

_Stages = Mapping[str, Iterable[str]] | None

_MOST: Final = 100  # greatest count of a token
_MOST_PARTS: Final = 200
_TOKEN: Final = re.compile(
    r"""(?P<arrow>->|-\[[^\]]*\]->)|(?P<broken>-\[)|(?P<quoted>"(?:[^"]|"")*")|(?P<open>\[\^?)"""
    r"""|(?P<close>\])|(?P<bar>\|)|(?P<star>\*)|(?P<count>(?<=[\].])\{[^{}]*\})"""
    r"""|(?P<dot>\s*\.(?=\{))|(?P<name>(?:(?!->|-\[)[^\[\]|*"])+)|(?P<wrong>.)""",
    re.DOTALL,
)
_COUNT: Final = re.compile(r"\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}")
_LIMIT: Final = re.compile(r"\s*(<=|>=|<|>)(.*)", re.DOTALL)
_EXAMPLE: Final = 'write it like: web:cart -> [^purchase:completed]* -> (end); quote odd "names"'
_TIMES: Final = "write it like: -[<2h]->, -[>=1d]->, -[1h..2d]-> or -[>1h, <=2d]->"


@dataclass(frozen=True, slots=True)
class Step:
    """A run of steps, each at one of ``names``, or at any other one.

    Attributes:
        names: touchpoints; ``stage:…`` where the touchpoints of a stage are not known yet.
        is_negated: whether it is any other one.
        least: smallest number of steps, 0 where none will do.
        most: greatest number; None without an end.
    """

    names: tuple[str, ...]
    is_negated: bool = False
    least: int = 1
    most: int | None = 1

    def takes(self, touchpoint: str) -> bool:
        """Whether a step at this touchpoint fits."""
        return (touchpoint in self.names) != self.is_negated


@dataclass(frozen=True, slots=True)
class Anchor:
    """The start of a journey, or a way it ended."""

    name: str


@dataclass(frozen=True, slots=True)
class Wait:
    """How long it may take from leaving one step to entering the next, in microseconds."""

    least_us: int | None = None
    most_us: int | None = None
    with_least: bool = True
    with_most: bool = True

    def holds(self, wait_us: int) -> bool:
        """Whether a wait is within it."""
        low, high = self.least_us, self.most_us
        above = low is None or wait_us > low or (self.with_least and wait_us == low)
        return above and (high is None or wait_us < high or (self.with_most and wait_us == high))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern read.

    Attributes:
        text: as it was written.
        parts: in their order.
        waits: between each two neighbouring parts; None where any time will do.
        names: the touchpoints it names, each once.
    """

    text: str
    parts: tuple[Step | Anchor, ...]
    waits: tuple[Wait | None, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int  # counted from 0


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
    tokens = _tokens(text)
    parts: list[Step | Anchor] = []
    waits: list[Wait | None] = []
    place = 0
    while True:
        columns = [token.column for token in tokens[place : place + 1]]
        part, place = _part(tokens, place, text, stages)
        _check_place(part, first=not parts, column=columns[0], text=text)
        if isinstance(part, Anchor) and waits and waits[-1] is not None:
            raise _refused(f"no time is known before {part.name}", text, columns[0], _TIMES)
        parts.append(part)
        if place == len(tokens):
            break
        arrow = tokens[place]
        if arrow.kind != "arrow":
            raise _refused("expected '->'", text, arrow.column)
        if isinstance(part, Anchor) and part.name != "(start)":
            raise _refused(f"nothing follows {part.name}", text, arrow.column)
        waits.append(_wait(arrow, text))
        if isinstance(part, Anchor) and waits[-1] is not None:
            raise _refused("a time stands between two steps", text, arrow.column, _TIMES)
        place += 1
    if all(isinstance(part, Step) and part.least == 0 for part in parts):
        raise InputRefused(
            "the pattern fits every journey: it names no step that must occur",
            _pointed(text, 0),
            f"hold it fast at both ends: (start) -> {text.strip()} -> (end)",
        )
    if len(parts) > _MOST_PARTS:
        raise InputRefused(
            f"the pattern has {len(parts)} parts", _pointed(text, 0), f"write {_MOST_PARTS} at most"
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


def _touchpoints(token: _Token, stages: _Stages) -> list[str]:
    """What a name stands for: itself, or the touchpoints of a stage where they are known."""
    name = _name(token)
    if _is_stage(token) and stages is not None:
        return sorted(stages.get(name.removeprefix(STAGE), [name]))
    return [name]


def _is_stage(token: _Token) -> bool:
    return token.kind == "name" and token.text.startswith(STAGE)


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        kind, told = str(match.lastgroup), match.group()
        column = match.start() + len(told) - len(told.lstrip())
        if kind == "wrong":
            raise _refused("a quoted name does not end", text, column)
        if kind == "broken":
            raise _refused("a time between steps does not end with ']->'", text, column, _TIMES)
        if told.strip():
            found.append(_Token(kind, told.strip(), column))
    return found


def _part(
    tokens: list[_Token], place: int, text: str, stages: _Stages
) -> tuple[Step | Anchor, int]:
    """The part that starts at a token, and the place after it."""
    if place == len(tokens):
        raise _refused("a step is missing", text, len(text.rstrip()) if text.strip() else 0)
    token = tokens[place]
    if token.kind == "dot" or (token.kind == "name" and token.text == "."):
        least, most, place = _times(tokens, place + 1, text)
        return Step((), is_negated=True, least=least, most=most), place
    if token.kind == "open":
        names, place = _set(tokens, place + 1, text, stages)
        least, most, place = _times(tokens, place, text)
        return Step(names, token.text == "[^", least, most), place
    if token.kind not in ("name", "quoted"):
        raise _refused(f"a step is missing before {token.text!r}", text, token.column)
    follower = tokens[place + 1] if place + 1 < len(tokens) else None
    if follower is not None and follower.kind == "star":
        raise _refused(f"only '.' and [ ] take '*': write [{token.text}]*", text, follower.column)
    if token.kind == "name" and token.text.startswith("(") and token.text.endswith(")"):
        return Anchor(token.text), place + 1
    return Step(tuple(_touchpoints(token, stages))), place + 1


def _times(tokens: list[_Token], place: int, text: str) -> tuple[int, int | None, int]:
    """How often a token is taken at least and at most, and the place after its count."""
    token = tokens[place] if place < len(tokens) else None
    if token is not None and token.kind == "star":
        return 0, None, place + 1
    if token is None or token.kind != "count":
        return 1, 1, place
    found = _COUNT.fullmatch(token.text)
    if found is None:
        raise _refused(
            f"no count {token.text!r}: write {{2}}, {{2,4}} or {{2,}}", text, token.column
        )
    least = int(found[1])
    most = least if found[2] is None else int(found[3]) if found[3] else None
    if most is not None and (most < least or most == 0):
        raise _refused(f"no step is taken so often: {token.text}", text, token.column)
    if max(least, most or 0) > _MOST:
        raise _refused(f"a count goes up to {_MOST}: {token.text}", text, token.column)
    return least, most, place + 1


def _wait(arrow: _Token, text: str) -> Wait | None:
    """The time an arrow bounds; None for a plain one."""
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
        raise _refused(f"no time is in {inside.strip()!r}", text, arrow.column, _TIMES)
    return wait


def _range(inside: str, arrow: _Token, text: str) -> tuple[tuple[int, bool], tuple[int, bool]]:
    first, _, last = inside.partition("..")
    return (_span(first, arrow, text), True), (_span(last, arrow, text), True)


def _limits(
    inside: str, arrow: _Token, text: str
) -> tuple[tuple[int, bool] | None, tuple[int, bool] | None]:
    sides: dict[str, tuple[int, bool]] = {}
    for limit in inside.split(","):
        found = _LIMIT.fullmatch(limit)
        if found is None:
            raise _refused(f"no limit {limit.strip()!r}", text, arrow.column, _TIMES)
        side = found[1][0]
        if side in sides:
            raise _refused(f"two limits with {side!r}", text, arrow.column, _TIMES)
        sides[side] = (_span(found[2], arrow, text), found[1].endswith("="))
    return sides.get(">"), sides.get("<")


def _span(told: str, arrow: _Token, text: str) -> int:
    try:
        return microseconds(told.strip(), what="the time between steps", where="pattern")
    except JourneyLabError as error:
        what, _, mend = error.args
        raise _refused(what, text, arrow.column, mend) from error


def _set(
    tokens: list[_Token], place: int, text: str, stages: _Stages
) -> tuple[tuple[str, ...], int]:
    """Names up to the closing bracket, and the place after it."""
    names: list[str] = []
    while place < len(tokens):
        if tokens[place].kind not in ("name", "quoted"):
            raise _refused("a name is missing inside [ ]", text, tokens[place].column)
        names += _touchpoints(tokens[place], stages)
        follower = tokens[place + 1] if place + 1 < len(tokens) else None
        if follower is not None and follower.kind == "close":
            return tuple(dict.fromkeys(names)), place + 2
        if follower is not None and follower.kind != "bar":
            raise _refused("expected '|' or ']'", text, follower.column)
        place += 2
    raise _refused("a ']' is missing", text, len(text.rstrip()))


def _name(token: _Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text


def _check_place(part: Step | Anchor, *, first: bool, column: int, text: str) -> None:
    if isinstance(part, Step):
        return
    if part.name not in ANCHORS:
        known = ", ".join(ANCHORS)
        raise _refused(f"no anchor {part.name!r}; there are {known}", text, column)
    if (part.name == "(start)") != first:
        where = "last" if first else "first"
        raise _refused(f"{part.name} can only stand {where}", text, column)


def _refuse_unknown(
    text: str,
    named: list[_Token],
    names: tuple[str, ...],
    known: list[str],
    stages: _Stages,
) -> None:
    for token in named:
        name = _name(token)
        if name not in names and not _is_stage(token):  # an anchor
            continue
        place = _pointed(text, token.column)
        if _is_stage(token) and stages is not None:
            if name.removeprefix(STAGE) not in stages:
                raise UnknownName.of("stage", name.removeprefix(STAGE), place, stages)
        elif name not in known:
            raise UnknownName.of("touchpoint", name, place, known)


def _pointed(text: str, column: int) -> str:
    """The place in a pattern for errors: the pattern, and a caret below the column."""
    line = "".join(" " if sign.isspace() else sign for sign in text)
    return f"pattern, column {column + 1}\n         {line}\n         {' ' * column}^"


def _refused(what: str, text: str, column: int, mend: str = _EXAMPLE) -> InputRefused:
    return InputRefused(what, _pointed(text, column), mend)
