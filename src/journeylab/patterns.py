"""Path patterns: text -> tokens -> steps of a path -> a regular expression. Reads no data.

A journey is spelled as a text of one letter a step, between a letter for its start and one
for its end. A pattern is then a regular expression over those letters, which DuckDB matches
with RE2 in one pass: exact, and linear in the length of the path.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from journeylab.errors import InputRefused, UnknownName

#: Code point of the letter before the first step; the SQL model lab.matches counts from it.
FIRST_LETTER: Final = 0xE000
#: Letters after the last step, by how the journey ended, and of what no pattern names.
_START, _CONVERTED, _DROPPED, _OPEN, _UNNAMED = (chr(FIRST_LETTER + k) for k in range(5))
_FIRST_NAME: Final = FIRST_LETTER + 5
_LAST_NAME: Final = 0xF8FF  # end of the code points that Unicode leaves to private use

#: Where a pattern may be held fast, and the letters of each.
ANCHORS: Final = {
    "(start)": _START,
    "(end)": _CONVERTED + _DROPPED,
    "(converted)": _CONVERTED,
    "(dropped)": _DROPPED,
    "(open)": _OPEN,
}
_NO_STEP: Final = _START + _CONVERTED + _DROPPED + _OPEN

_TOKEN: Final = re.compile(
    r"""(?P<arrow>->)|(?P<quoted>"(?:[^"]|"")*")|(?P<open>\[\^?)|(?P<close>\])"""
    r"""|(?P<bar>\|)|(?P<star>\*)|(?P<name>(?:(?!->)[^\[\]|*"])+)|(?P<wrong>.)""",
    re.DOTALL,
)
_EXAMPLE: Final = 'write it like: web:cart -> [^purchase:completed]* -> (end); quote odd "names"'


@dataclass(frozen=True, slots=True)
class Step:
    """One step, or any run of such steps: at one of ``names``, or at any other one."""

    names: tuple[str, ...]
    is_negated: bool = False
    is_run: bool = False

    def takes(self, touchpoint: str) -> bool:
        """Whether a step at this touchpoint fits."""
        return (touchpoint in self.names) != self.is_negated


@dataclass(frozen=True, slots=True)
class Anchor:
    """The start of a journey, or a way it ended."""

    name: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern read: its parts in order, and the touchpoints it names, each once."""

    text: str
    parts: tuple[Step | Anchor, ...]
    names: tuple[str, ...]

    @property
    def regex(self) -> str:
        """The regular expression over the letters of ``names`` and of the anchors."""
        letters = {name: chr(_FIRST_NAME + place) for place, name in enumerate(self.names)}
        return "".join(_expression(part, letters) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int  # counted from 0


def parse_pattern(text: str, known: Iterable[str] | None = None) -> Pattern:
    """Read a path pattern.

    Tokens are joined by ``->`` and stand for neighbouring steps: a touchpoint, ``.`` any
    step, ``[a|b]`` one of these, ``[^a|b]`` any other, each of the last three with ``*`` for
    a run of any length, none included. ``(start)`` may stand first and ``(end)``,
    ``(converted)``, ``(dropped)`` or ``(open)`` last; without them a pattern is found
    anywhere in the path. ``(end)`` is converted or dropped: an open journey has not ended.
    A name with one of ``[ ] | * "`` or ``->`` in it, or that looks like a token, is put in
    double quotes, with a quote inside doubled.

    Args:
        text: the pattern.
        known: every touchpoint; None takes any name.

    Raises:
        InputRefused: it cannot be read; the message points at the column.
        UnknownName: a touchpoint does not exist; the nearest is named.

    Example:
        >>> parse_pattern("web:cart -> [^paid]* -> (end)").names
        ('web:cart', 'paid')
    """
    tokens = _tokens(text)
    parts: list[Step | Anchor] = []
    place = 0
    while True:
        columns = [token.column for token in tokens[place : place + 1]]
        part, place = _part(tokens, place, text)
        _check_place(part, first=not parts, column=columns[0], text=text)
        parts.append(part)
        if place == len(tokens):
            break
        if tokens[place].kind != "arrow":
            raise _refused("expected '->'", text, tokens[place].column)
        if isinstance(part, Anchor) and part.name != "(start)":
            raise _refused(f"nothing follows {part.name}", text, tokens[place].column)
        place += 1
    if all(isinstance(part, Step) and part.is_run for part in parts):
        raise InputRefused(
            "the pattern fits every journey: it names no step that must occur",
            _pointed(text, 0),
            f"hold it fast at both ends: (start) -> {text.strip()} -> (end)",
        )
    names = tuple(dict.fromkeys(n for p in parts if isinstance(p, Step) for n in p.names))
    if len(names) > _LAST_NAME - _FIRST_NAME + 1:
        raise InputRefused(f"the pattern names {len(names)} touchpoints", "pattern", _EXAMPLE)
    if known is not None:
        _refuse_unknown(text, tokens, names, list(known))
    return Pattern(text, tuple(parts), names)


def quoted_name(touchpoint: str) -> str:
    """A touchpoint as it stands in a pattern whatever its name: in double quotes."""
    return '"' + touchpoint.replace('"', '""') + '"'


def _expression(part: Step | Anchor, letters: dict[str, str]) -> str:
    if isinstance(part, Anchor):
        return f"[{ANCHORS[part.name]}]"
    named = "".join(letters[name] for name in part.names)
    letter = f"[^{_NO_STEP}{named}]" if part.is_negated else f"[{named}]"
    return letter + ("*" if part.is_run else "")


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        kind, told = str(match.lastgroup), match.group()
        column = match.start() + len(told) - len(told.lstrip())
        if kind == "wrong":
            raise _refused("a quoted name does not end", text, column)
        if told.strip():
            found.append(_Token(kind, told.strip(), column))
    return found


def _part(tokens: list[_Token], place: int, text: str) -> tuple[Step | Anchor, int]:
    """The part that starts at a token, and the place after it."""
    if place == len(tokens):
        raise _refused("a step is missing", text, len(text.rstrip()) if text.strip() else 0)
    token = tokens[place]
    starred = place + 1 < len(tokens) and tokens[place + 1].kind == "star"
    if token.kind == "name" and token.text == ".":
        return Step((), is_negated=True, is_run=starred), place + 1 + starred
    if token.kind == "open":
        names, place = _set(tokens, place + 1, text)
        starred = place < len(tokens) and tokens[place].kind == "star"
        return Step(names, token.text == "[^", starred), place + starred
    if token.kind not in ("name", "quoted"):
        raise _refused(f"a step is missing before {token.text!r}", text, token.column)
    if starred:
        raise _refused(
            f"only '.' and [ ] take '*': write [{token.text}]*", text, tokens[place + 1].column
        )
    if token.kind == "name" and token.text.startswith("(") and token.text.endswith(")"):
        return Anchor(token.text), place + 1
    return Step((_name(token),)), place + 1


def _set(tokens: list[_Token], place: int, text: str) -> tuple[tuple[str, ...], int]:
    """Names up to the closing bracket, and the place after it."""
    names: list[str] = []
    while place < len(tokens):
        if tokens[place].kind not in ("name", "quoted"):
            raise _refused("a name is missing inside [ ]", text, tokens[place].column)
        names.append(_name(tokens[place]))
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
    text: str, tokens: list[_Token], names: tuple[str, ...], known: list[str]
) -> None:
    for name in names:
        if name not in known:
            column = next(
                token.column
                for token in tokens
                if token.kind in ("name", "quoted") and _name(token) == name
            )
            raise UnknownName.of("touchpoint", name, _pointed(text, column), known)


def _pointed(text: str, column: int) -> str:
    """The place in a pattern for errors: the pattern, and a caret below the column."""
    line = "".join(" " if sign.isspace() else sign for sign in text)
    return f"pattern, column {column + 1}\n         {line}\n         {' ' * column}^"


def _refused(what: str, text: str, column: int) -> InputRefused:
    return InputRefused(what, _pointed(text, column), _EXAMPLE)
