"""Attributes for screen readers, as components of Dash take them."""

from typing import Any


def aria(**told: str) -> dict[str, Any]:
    """``aria-…`` attributes by their names without the prefix.

    Example:
        >>> aria(label="Filters")
        {'aria-label': 'Filters'}
    """
    return {f"aria-{name}": value for name, value in told.items()}
