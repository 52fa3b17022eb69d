"""What a path pattern says, once read: steps, anchors, and the times between them."""

from dataclasses import dataclass
from typing import Final

#: Where a pattern may be held fast.
ANCHORS: Final = ("(start)", "(end)", "(converted)", "(dropped)", "(open)")


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
