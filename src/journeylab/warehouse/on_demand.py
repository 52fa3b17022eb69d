"""Tables that are made when a query first names them. Knows names and text, no database."""

import re
import threading
from collections.abc import Callable, Iterable
from typing import Final

_WORD: Final = re.compile(r"\w+")

#: Words of queries that look at tables they do not name.
_CATALOGUE: Final = frozenset(
    {
        "duckdb_columns",
        "duckdb_tables",
        "information_schema",
        "pg_catalog",
        "pragma_table_info",
        "query_table",
        "show",
        "sqlite_master",
    }
)


class OnDemand:
    """Tables not made yet. A query that names one, or looks at the catalogue, makes it first."""

    def __init__(self, names: Iterable[str], make: Callable[[str], None]) -> None:
        """Names without schema; ``make`` makes one of them and may raise."""
        self._waiting = set(names)
        self._make = make
        self._lock = threading.RLock()

    @property
    def waiting(self) -> frozenset[str]:
        """Names of the tables not made yet."""
        return frozenset(self._waiting)

    def prepare(self, sql: str) -> None:
        """Make the tables a query may read; a word that is but a column makes one too many."""
        if not self._waiting:
            return
        words = set(_WORD.findall(sql.lower()))
        with self._lock:
            named = words & self._waiting
            looks_at_all = bool(words & _CATALOGUE) or words == {"describe"}
            for name in sorted(self._waiting if looks_at_all else named):
                self._make(name)
                self._waiting.discard(name)
