"""How often a password may be tried: by name and by address, in memory of bounded size."""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=15)
PER_NAME: Final = 10
PER_PEER: Final = 30

_MOST_KEYS: Final = 10_000


class Attempts:
    """The tries of the last quarter of an hour. Safe for use by several threads."""

    def __init__(self) -> None:
        self._tries: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, peer: str, *, now: datetime) -> timedelta | None:
        """Count one try; the time to wait where there were too many, which is not counted.

        A try counts before the password is looked at, so that many at once gain nothing.

        Args:
            name: who it is tried for.
            peer: network address it comes from.
            now: present instant, UTC.

        Returns:
            None when the password may be looked at.
        """
        with self._lock:
            waits = [
                found
                for kind, key, most in (("name", name, PER_NAME), ("peer", peer, PER_PEER))
                if (found := self._left((kind, key), most, now)) is not None
            ]
            if waits:
                return max(waits)
            for key in (("name", name), ("peer", peer)):
                self._tries.setdefault(key, deque()).append(now)
                self._tries.move_to_end(key)
            while len(self._tries) > _MOST_KEYS:
                self._tries.popitem(last=False)
        return None

    def forgive(self, name: str) -> None:
        """Forget the tries of a name, because its password was right; the address keeps its."""
        with self._lock:
            self._tries.pop(("name", name), None)

    def _left(self, key: tuple[str, str], most: int, now: datetime) -> timedelta | None:
        tries = self._tries.get(key, deque())
        while tries and tries[0] <= now - WINDOW:
            tries.popleft()
        return tries[0] + WINDOW - now if len(tries) >= most else None
