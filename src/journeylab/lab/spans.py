"""Where spans of time begin, as a question is told them -> seconds that rise from 0."""

from collections.abc import Sequence
from numbers import Real

from journeylab.errors import InputRefused


def span_starts(edges: Sequence[float], asked: str) -> list[float]:
    """The edges as numbers.

    Args:
        edges: seconds at which spans begin.
        asked: the question, for the message.

    Raises:
        InputRefused: they are no numbers, do not begin with 0, or do not rise.
    """
    if not all(isinstance(edge, Real) for edge in edges) or (
        not edges or edges[0] != 0 or [*edges] != sorted(set(edges))
    ):
        raise InputRefused(f"edges are {[*edges]}", asked, "give seconds that rise from 0")
    return [float(edge) for edge in edges]
