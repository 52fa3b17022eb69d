"""What made a question fail -> the argument that is of another kind than the question takes.

By the annotations of the question: a number for a text is told by its name, and not by the
operation deep inside that failed. Looked at after the fact, so that messages of the question
itself, which know more, come first.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Final, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from journeylab.errors import InputRefused

_P = ParamSpec("_P")
_R = TypeVar("_R")

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


def naming_other_kinds(asked: Callable[_P, _R]) -> Callable[_P, _R]:
    """A function that names the argument it failed over, if that is of another kind."""

    @wraps(asked)
    def naming(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return asked(*args, **kwargs)
        except (AttributeError, TypeError):
            refuse_other_kinds(asked, args, kwargs, where=asked.__name__)
            raise

    return naming


def refuse_other_kinds(
    asked: Callable[..., Any], args: tuple[Any, ...], told: Mapping[str, Any], *, where: str
) -> None:
    """Look for an argument that is of another kind than a function takes.

    Args:
        asked: the function.
        args: what it was given by place.
        told: what it was given by name.
        where: its name below ``journeylab``.

    Raises:
        InputRefused: the first argument that is of another kind.
    """
    signature = inspect.signature(asked)
    try:
        given = signature.bind(*args, **told).arguments
    except TypeError:
        return
    for name, parameter in signature.parameters.items():
        allowed = _kinds(parameter.annotation)
        if name not in given or not allowed or parameter.kind is parameter.VAR_KEYWORD:
            continue
        is_several = parameter.kind is parameter.VAR_POSITIONAL
        for value in given[name] if is_several else [given[name]]:
            if not isinstance(value, allowed):
                raise _refused(where, name, value, allowed)


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
    unsaid = (Any, inspect.Parameter.empty)
    return (kind,) if isinstance(kind, type) and kind not in unsaid else ()


def _refused(where: str, name: str, value: Any, allowed: tuple[type, ...]) -> InputRefused:  # noqa: ANN401
    wanted = dict.fromkeys(_WORDS.get(kind, f"a {kind.__name__}") for kind in allowed)
    return InputRefused(
        f"{name} is {value!r}, wanted {' or '.join(wanted)}",
        where,
        f"help(journeylab.{where}) says what {name} may be",
    )
