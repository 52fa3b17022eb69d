"""Errors of journeylab: each says what is wrong, where, and how to mend it."""

import difflib
from collections.abc import Iterable


class JourneyLabError(Exception):
    """A fault the caller can mend. Arguments: what is wrong, where, how to mend it."""

    def __init__(self, what: str, where: str, mend: str) -> None:
        super().__init__(what, where, mend)  # all three in args: pickles, copies

    def __str__(self) -> str:
        what, where, mend = self.args
        return f"{what}\n  where: {where}\n  mend:  {mend}"


class SettingsError(JourneyLabError, ValueError):
    """A settings or rule file that cannot be used as it stands."""


class ModelError(JourneyLabError, ValueError):
    """A SQL model whose header and result differ, or whose header cannot be read."""


class QueryError(JourneyLabError, ValueError):
    """A statement DuckDB refused; its own message is in the first part."""


class UnknownName(JourneyLabError, LookupError):
    """A table, column, touchpoint, source or snapshot that does not exist."""

    @classmethod
    def of(cls, kind: str, name: str, where: str, known: Iterable[str]) -> "UnknownName":
        """Build the message for a name that is not among the known ones.

        Args:
            kind: what the name should have named, in the singular ("table").
            name: the name received.
            where: file, table or object that was searched.
            known: every name that would have been right.
        """
        return cls(f"no {kind} {name!r}", where, nearest(name, known))


class DeliveryRefused(JourneyLabError, ValueError):
    """A delivered file that is set aside whole; ``code`` is its reason as a stable word."""

    code: str = "unreadable"

    @classmethod
    def because(cls, code: str, what: str, where: str, mend: str) -> "DeliveryRefused":
        """Build the error with its stable reason code.

        Args:
            code: reason as a stable word, for example ``truncated``.
            what: what is wrong with the file.
            where: the file.
            mend: what the sender or the reader of the message can do.
        """
        refused = cls(what, where, mend)
        refused.code = code
        return refused


class InputRefused(JourneyLabError, ValueError):
    """A frame or argument handed to the library that cannot be used."""


class NoGoal(JourneyLabError, ValueError):
    """A figure that needs a goal was asked of data in which none occurs."""


class NothingSettled(JourneyLabError, ValueError):
    """A rate was asked of data in which no journey is settled yet."""


class LockHeld(JourneyLabError, RuntimeError):
    """Another run holds the warehouse."""


class ClockBehind(JourneyLabError, RuntimeError):
    """The clock says an earlier time than the last published run began at."""


class NoWarehouse(JourneyLabError, LookupError):
    """The private warehouse is gone, though something has been published from it."""


class ChecksFailed(JourneyLabError, RuntimeError):
    """Checks of severity error failed, so nothing was published."""


class DiskFull(JourneyLabError, RuntimeError):
    """The disk would not hold what was to be written; nothing was."""


class NoSnapshot(JourneyLabError, LookupError):
    """There is no published snapshot at the given place."""


class WouldLose(JourneyLabError, RuntimeError):
    """Restoring would lose what is nowhere else; nothing was changed."""


class ClusterFailed(JourneyLabError, RuntimeError):
    """A job on many machines failed or lost a part; nothing of it was used."""


class MailRefused(JourneyLabError, RuntimeError):
    """A mail server cannot be reached or does not take a mail."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or list them all.

    Args:
        name: the name received.
        known: the names that exist.

    Returns:
        One sentence for the *mend* part of an error.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    if close:
        return f"did you mean {close[0]!r}? known: {listed}"
    return f"known: {listed}" if names else "none is defined yet"
