"""What people write for a span of time -> microseconds."""

import re
from datetime import timedelta
from typing import Final

from journeylab.errors import InputRefused

#: A span of time: ``"36h"`` or a timedelta.
Duration = str | timedelta

#: Microseconds of each unit.
_UNITS_US: Final = {
    "ms": 1_000,
    "s": 1_000_000,
    "sec": 1_000_000,
    "second": 1_000_000,
    "min": 60_000_000,
    "minute": 60_000_000,
    "h": 3_600_000_000,
    "hour": 3_600_000_000,
    "d": 86_400_000_000,
    "day": 86_400_000_000,
    "w": 604_800_000_000,
    "week": 604_800_000_000,
}
_WRITTEN: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?) *(?P<unit>[a-z]+)")
_MEND: Final = 'write for example "90s", "30min", "36h", "7d" or "2w"'


def microseconds(told: Duration, *, what: str, where: str) -> int:
    """A span of time in microseconds.

    Args:
        told: a number and a unit (``ms``, ``s``, ``min``, ``h``, ``d``, ``w``, or the words
            second to week), or a timedelta.
        what: name of the argument, for errors.
        where: what was asked, for errors.

    Raises:
        InputRefused: it cannot be read, or is not above zero.

    Example:
        >>> microseconds("1.5 h", what="window", where="Lab.funnel")
        5400000000
    """
    if isinstance(told, timedelta):
        span = told // timedelta(microseconds=1)
    else:
        found = _WRITTEN.fullmatch(str(told).strip().lower())
        unit = found["unit"] if found else ""
        size = _UNITS_US.get(unit, _UNITS_US.get(unit.removesuffix("s")))
        if found is None or size is None:
            raise InputRefused(f"{what} is {told!r}, no span of time", where, _MEND)
        span = round(float(found["number"]) * size)
    if span <= 0:
        raise InputRefused(f"{what} is {told!r}, wanted more than zero", where, _MEND)
    return span
