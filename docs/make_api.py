"""Write docs/api.md from the docstrings of the library. Reads no data."""

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import journeylab as jl
from journeylab.errors import JourneyLabError

TARGET: Final = Path(__file__).parent / "api.md"
WIDTH: Final = 96

#: Modules of questions -> the heading they stand under, in the order of the page.
HEADINGS: Final = {
    "journeylab.lab.opening": "Opening, filtering, plain SQL",
    "journeylab.lab.questions.published": "Figures as they are published",
    "journeylab.lab.questions.walks": "Paths",
    "journeylab.lab.questions.single": "Single journeys",
    "journeylab.lab.questions.follows": "What follows what, and when",
    "journeylab.lab.questions.cuts": "Sessions by another rule",
    "journeylab.lab.questions.maps": "The map",
    "journeylab.lab.questions.counts": "Counts that can be held to some journeys",
    "journeylab.lab.questions.funnels": "Funnels",
    "journeylab.lab.questions.returns": "Coming back",
    "journeylab.lab.questions.waits": "Time to convert",
    "journeylab.lab.questions.credit": "Credit",
    "journeylab.lab.questions.groups": "Groups and periods",
    "journeylab.lab.questions.findings": "Findings, chances, what if",
    "journeylab.lab.questions.typical": "The designed map, archetypes",
}

_INTRODUCTION: Final = """\
# The library

<!-- Written by docs/make_api.py from the docstrings: mend those. -->

`import journeylab as jl`. Two doors, `jl.open(…)` for a published snapshot and
`jl.from_events(…)` for a frame of events of your own, lead to one `jl.Lab`. Every question of it
returns a Polars table in a stated order; `jl.figures` draw such tables. The pages of
[questions](README.md) show them at work, [semantics](semantics.md) tells the rules.
"""

_SECTION: Final = re.compile(
    r"^(Args|Returns|Raises|Example|Attributes|Source|Yields):\n", re.MULTILINE
)


def reference() -> str:
    """The page: doors, what they take, the Lab by kind of question, errors and figures."""
    parts = [_INTRODUCTION]
    parts += ["\n## Doors\n", *_functions("jl", [jl.open, jl.from_events])]
    parts += ["\n## What questions are made of\n"]
    parts += [_class(kind) for kind in (jl.Funnel, jl.Step, jl.Exclusion)]
    parts += [f"\n# Lab\n\n{_text(jl.Lab)}\n"]
    for module, methods in _methods().items():
        parts += [f"\n## {_heading(module)}\n", *_functions("lab", methods)]
    parts += ["\n# Errors\n\n", _text(JourneyLabError), "\n\n", *_errors()]
    parts += ["\n# Figures\n\n", f"{_text(jl.figures)}\n\n", _figures()]
    return "".join(parts)


def _methods() -> dict[str, list[Callable[..., Any]]]:
    """Public methods of the Lab by the module that tells them, in the order of the headings."""
    found: dict[str, list[Callable[..., Any]]] = {module: [] for module in HEADINGS}
    for name, member in vars(jl.Lab).items():
        value = member.fget if isinstance(member, property) else member
        if not name.startswith("_") and callable(value):
            found.setdefault(inspect.unwrap(value).__module__, []).append(value)
    return {module: methods for module, methods in found.items() if methods}


def _heading(module: str) -> str:
    return HEADINGS.get(module) or module.rpartition(".")[2].replace("_", " ").capitalize()


def _functions(owner: str, functions: list[Callable[..., Any]]) -> Iterator[str]:
    for function in functions:
        name = f"{owner}.{function.__name__}"
        yield f"\n### {name}\n\n```text\n{_signature(name, function)}\n```\n\n{_text(function)}\n"


def _class(kind: type) -> str:
    name = f"jl.{kind.__name__}"
    return f"\n### {name}\n\n```text\n{_signature(name, kind)}\n```\n\n{_text(kind)}\n"


def _signature(name: str, thing: Callable[..., Any]) -> str:
    """A call with its parameters and defaults, a line each where one line is too long."""
    parameters = list(inspect.signature(inspect.unwrap(thing)).parameters.values())
    told = []
    for parameter in parameters:
        if parameter.name in ("lab", "self"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in told:
            told += [] if any(word.startswith("*") for word in told) else ["*"]
        star = {parameter.VAR_KEYWORD: "**", parameter.VAR_POSITIONAL: "*"}.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        told.append(f"{star}{parameter.name}{default}")
    line = f"{name}({', '.join(told)})"
    if len(line) <= WIDTH:
        return line
    return f"{name}(\n" + "".join(f"    {part},\n" for part in told) + ")"


def _text(thing: Any) -> str:  # noqa: ANN401 - whatever has a docstring
    """A docstring as Markdown: its sections as lists and blocks."""
    first, *rest = _SECTION.split(inspect.getdoc(thing) or "")
    parts = [_prose(first)]
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        text = textwrap.dedent(body).strip()
        if title in ("Args", "Raises", "Attributes"):
            parts.append(f"**{title}**\n\n{_items(text)}")
        else:
            parts.append(f"**{title}**\n\n{_prose(text)}")
    return "\n\n".join(parts)


def _prose(text: str) -> str:
    """Paragraphs as they are; doctests and indented text as blocks."""
    told = []
    for paragraph in text.strip().split("\n\n"):
        if paragraph.startswith((">>>", "    ")):
            told.append(f"```pycon\n{textwrap.dedent(paragraph)}\n```")
        else:
            told.append(_inline(paragraph))
    return "\n\n".join(told)


def _items(text: str) -> str:
    """Lines of ``name: text`` as a list; a line that is indented goes on with the one before."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += f" {line.strip()}"
        elif line.strip():
            lines.append(line.strip())
    told = [line.partition(": ") for line in lines]
    return "\n".join(f"- `{name}`: {_inline(rest)}" for name, _, rest in told)


def _inline(text: str) -> str:
    return text.replace("``", "`").replace("<", "&lt;").replace("|", "\\|")


def _errors() -> list[str]:
    kinds = [
        kind
        for _, kind in sorted(vars(jl.errors).items())
        if inspect.isclass(kind)
        and issubclass(kind, JourneyLabError)
        and kind is not JourneyLabError
    ]
    return [f"- `jl.errors.{kind.__name__}`: {_first(kind)}\n" for kind in kinds]


def _figures() -> str:
    drawn = [name for name in jl.figures.__all__ if inspect.isfunction(getattr(jl.figures, name))]
    told = [f"- `jl.figures.{name}`: {_first(getattr(jl.figures, name))}\n" for name in drawn]
    return "".join(told) + "\n[All of them as pictures](figures.md).\n"


def _first(thing: Any) -> str:  # noqa: ANN401 - whatever has a docstring
    return _inline(" ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split()))


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    print(f"wrote {TARGET}")
