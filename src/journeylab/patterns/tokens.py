"""The text of a path pattern -> its tokens, each with its column, which errors point at."""

import re
from dataclasses import dataclass
from typing import Final

from journeylab.errors import InputRefused

#: Before the name of a stage: any touchpoint of it.
STAGE: Final = "stage:"

#: How to write the time between two steps, for errors.
TIMES: Final = "write it like: -[<2h]->, -[>=1d]->, -[1h..2d]-> or -[>1h, <=2d]->"

_TOKEN: Final = re.compile(
    r"""(?P<arrow>->|-\[[^\]]*\]->)|(?P<broken>-\[)|(?P<quoted>"(?:[^"]|"")*")|(?P<open>\[\^?)"""
    r"""|(?P<close>\])|(?P<bar>\|)|(?P<star>\*)|(?P<count>(?<=[\].])\{[^{}]*\})"""
    r"""|(?P<dot>\s*\.(?=\{))|(?P<name>(?:(?!->|-\[)[^\[\]|*"])+)|(?P<wrong>.)""",
    re.DOTALL,
)
_EXAMPLE: Final = 'write it like: web:cart -> [^purchase:completed]* -> (end); quote odd "names"'


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign of a pattern.

    Attributes:
        kind: name of the group of the expression that found it.
        text: as it was written, without white space around it.
        column: where it starts, counted from 0.
    """

    kind: str
    text: str
    column: int

    @property
    def name(self) -> str:
        """What it names; a quoted one without its quotes."""
        return self.text[1:-1].replace('""', '"') if self.kind == "quoted" else self.text

    @property
    def is_stage(self) -> bool:
        """Whether it names a stage."""
        return self.kind == "name" and self.text.startswith(STAGE)


def cut(text: str) -> list[Token]:
    """Cut a pattern into its tokens.

    Raises:
        InputRefused: a quoted name or a time between steps does not end.
    """
    found = []
    for match in _TOKEN.finditer(text):
        kind, told = str(match.lastgroup), match.group()
        column = match.start() + len(told) - len(told.lstrip())
        if kind == "wrong":
            raise refused("a quoted name does not end", text, column)
        if kind == "broken":
            raise refused("a time between steps does not end with ']->'", text, column, TIMES)
        if told.strip():
            found.append(Token(kind, told.strip(), column))
    return found


def pointed(text: str, column: int) -> str:
    """The place in a pattern for errors: the pattern, and a caret below the column."""
    line = "".join(" " if sign.isspace() else sign for sign in text)
    return f"pattern, column {column + 1}\n         {line}\n         {' ' * column}^"


def refused(what: str, text: str, column: int, mend: str = _EXAMPLE) -> InputRefused:
    """The error that points at a column of a pattern."""
    return InputRefused(what, pointed(text, column), mend)
