"""What made a question fail -> the argument that is of another kind than the question takes.

By the annotations of the question: a number for a text is told by its name, and not by the
operation deep inside that failed. Looked at after the fact, so that messages of the question
itself, which know more, come first.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from journeylab.errors import InputRefused

#: Wider than what is annotated: numbers of NumPy, and whatever can be gone through.
_WIDER: Final[Mapping[Any, type]] = {int: Integral, float: Real, Sequence: Iterable}
_WORDS: Final[Mapping[type, str]] = {
    Integral: "a whole number",
    Real: "a number",
    Iterable: "a list",
    Mapping: "a dict",
    NoneType: "None",
    bool: "True or False",
    list: "a list",
    str: "text",
    tuple: "a pair",
}


def refuse_other_kinds(
    asked: Callable[..., Any], args: tuple[Any, ...], told: Mapping[str, Any]
) -> None:
    """Look for an argument that is of another kind than a question takes.

    Args:
        asked: the question; its first parameter is the Lab.
        args: what it was given by place, without the Lab.
        told: what it was given by name.

    Raises:
        InputRefused: the first argument that is of another kind.
    """
    signature = inspect.signature(asked)
    try:
        given = signature.bind(None, *args, **told).arguments
    except TypeError:
        return
    for name, parameter in list(signature.parameters.items())[1:]:
        allowed = _kinds(parameter.annotation)
        if name not in given or not allowed or parameter.kind is parameter.VAR_KEYWORD:
            continue
        is_several = parameter.kind is parameter.VAR_POSITIONAL
        for value in given[name] if is_several else [given[name]]:
            if not isinstance(value, allowed):
                raise _refused(asked.__name__, name, value, allowed)


def _kinds(annotation: Any) -> tuple[type, ...]:  # noqa: ANN401 - whatever stands there
    """Classes a value may have; none where the annotation does not say."""
    if annotation is None:
        return (NoneType,)
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        parts = [_kinds(part) for part in get_args(annotation)]
        return tuple(kind for part in parts for kind in part) if all(parts) else ()
    if origin is Literal:
        return tuple({type(value) for value in get_args(annotation)})
    kind = _WIDER.get(origin or annotation, origin or annotation)
    return (kind,) if isinstance(kind, type) and kind is not Any else ()


def _refused(asked: str, name: str, value: Any, allowed: tuple[type, ...]) -> InputRefused:  # noqa: ANN401
    wanted = dict.fromkeys(_WORDS.get(kind, f"a {kind.__name__}") for kind in allowed)
    return InputRefused(
        f"{name} is {value!r}, wanted {' or '.join(wanted)}",
        f"Lab.{asked}",
        f"help(journeylab.Lab.{asked}) says what {name} may be",
    )
