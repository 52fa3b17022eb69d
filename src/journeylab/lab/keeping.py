"""A Lab that keeps what is of single journeys in memory, for programs that ask it often."""

from journeylab.lab.kept import KeptTables
from journeylab.lab.opening import Lab


def keeping(lab: Lab) -> Lab:
    """The same open snapshot, which answers for some journeys from tables kept in memory.

    Args:
        lab: of a published snapshot; closing either closes both.

    Returns:
        A Lab of equal answers. The first question for some journeys takes as long as counting
        all of them; those after it, and those of Labs ``beside`` it, take a part of that.
    """
    kept = KeptTables(lab._warehouse)
    return Lab(lab._warehouse, lab._place, lab._held, lab._laid, kept)
