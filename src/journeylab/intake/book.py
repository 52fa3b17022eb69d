"""The book of accepted files, kept beside their copies: what a lost warehouse is rebuilt from."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

BOOK_NAME: Final = "manifest.ndjson"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted file: ``copy_name`` is the name of its copy beside the book.

    A replay holds rejected rows of another file, repaired.
    """

    source: str
    file_name: str
    sha256: str
    copy_name: str
    rows_loaded: int
    run_id: str
    loaded_at: datetime
    is_replay: bool = False


def enter(landed: Path, accepted: Accepted) -> None:
    """Write one file into the book and have it on disk before returning.

    The caller does so before the rows are committed: a run killed in between leaves a line of
    a file that was not loaded, and the next run loads it.
    """
    line = json.dumps({**asdict(accepted), "loaded_at": accepted.loaded_at.isoformat()})
    descriptor = os.open(landed / BOOK_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"\n{line}\n".encode())  # a torn line before it stays alone
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def entries(landed: Path) -> list[Accepted]:
    """Every file of the book in the order it was accepted, each source and content once.

    A line that a power cut tore is left out; the file was not loaded. Empty without a book.
    """
    found: dict[tuple[str, str], Accepted] = {}
    for accepted in _lines(landed / BOOK_NAME):
        key = (accepted.source, accepted.sha256)
        found.pop(key, None)  # entered again by a later run: that one loaded it
        found[key] = accepted
    return list(found.values())


def _lines(book: Path) -> Iterator[Accepted]:
    if not book.is_file():
        return
    for line in book.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            told = json.loads(line)
            yield Accepted(**{**told, "loaded_at": datetime.fromisoformat(told["loaded_at"])})
        except (ValueError, TypeError, KeyError):
            continue
