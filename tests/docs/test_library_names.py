"""The names of the library are explained where Python users look: in their docstrings."""

import inspect

import pytest

import journeylab

NAMES = [name for name in getattr(journeylab, "__all__", ()) if not name.startswith("_")]


def undocumented(thing: object, name: str) -> list[str]:
    """Names without a docstring: the thing's own, and those of a class's public methods."""
    members = vars(thing).items() if inspect.isclass(thing) else ()
    methods = [
        (f"{name}.{member}", value)
        for member, value in members
        if not member.startswith("_") and (callable(value) or isinstance(value, property))
    ]
    return [told for told, value in [(name, thing), *methods] if not inspect.getdoc(value)]


def test_the_package_says_what_it_is():
    """The first thing ``help(journeylab)`` shows."""
    assert (journeylab.__doc__ or "").startswith("journeylab reconstructs the journeys")


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_has_a_docstring(name):
    """Classes with each of their public methods."""
    assert undocumented(getattr(journeylab, name), name) == []
