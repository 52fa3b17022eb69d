"""The queries somebody asked by ``journeylab sql``, kept in a private file of the shop's."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

#: Queries kept; older ones are forgotten.
KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class History:
    """A file with one query a line, oldest first, readable by its owner alone."""

    path: Path


def recent(history: History) -> Iterator[tuple[int, str]]:
    """Queries with their numbers, counted from 1, oldest first; a torn line is passed over."""
    for number, (_, query) in enumerate(_lines(history), 1):
        yield number, query


def remember(history: History, query: str, *, asked_at: datetime) -> None:
    """Keep a query that was answered; asked again, it moves to the end.

    A file that cannot be written is no reason to refuse an answer: then nothing is kept.
    """
    text = query.strip()
    lines = [(told_at, told) for told_at, told in _lines(history) if told != text]
    lines = [*lines, (asked_at.isoformat(timespec="seconds"), text)][-KEPT:]
    making = history.path.with_name(f".{history.path.name}.{os.getpid()}")
    written = "".join(
        json.dumps({"asked_at": told_at, "query": told}, ensure_ascii=False) + "\n"
        for told_at, told in lines
    )
    try:
        making.write_text(written, encoding="utf-8")
        making.chmod(0o600)
        making.replace(history.path)
    except OSError:
        making.unlink(missing_ok=True)


def _lines(history: History) -> list[tuple[str, str]]:
    if not history.path.is_file():
        return []
    found = []
    for line in history.path.read_text(encoding="utf-8").splitlines():
        try:
            told = json.loads(line)
            found.append((str(told["asked_at"]), str(told["query"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
