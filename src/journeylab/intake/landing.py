"""A landing folder -> its files in order, their hashes, private copies. Never writes to it."""

import contextlib
import hashlib
import os
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal

from journeylab.errors import SettingsError
from journeylab.settings import Source

#: Endings under which programs write a file before they give it its name.
UNFINISHED: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")

_CHUNK_BYTES: Final = 1 << 20
_COPYING: Final = ".tmp-"
_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_./]?([01]\d)[-_./]?([0-3]\d)(?!\d)")
_PLAIN_SUFFIX: Final = re.compile(r"^\.[A-Za-z0-9]{1,12}$")


@dataclass(frozen=True, slots=True)
class Seen:
    """A delivered file as one look found it; ``copy`` is its private copy when it is new."""

    state: Literal["new", "known", "growing"]
    sha256: str
    bytes: int
    copy: Path


def find_files(name: str, source: Source) -> list[Path]:
    """List the files of a source's landing folder that are ready to be read.

    Args:
        name: the source, for errors.
        source: its folder (or one file) and pattern.

    Returns:
        Those of ``find_entries`` that may be read.

    Raises:
        SettingsError: the pattern cannot be used.
    """
    return [path for path in find_entries(name, source) if why_not(path, source) is None]


def find_entries(name: str, source: Source) -> list[Path]:
    """List what lies in a source's landing folder and is no folder itself.

    Args:
        name: the source, for errors.
        source: its folder (or one file) and pattern.

    Returns:
        Paths in the order of their names; empty when there is no such folder. Hidden
        files and those still written under a temporary name are left out.

    Raises:
        SettingsError: the pattern cannot be used.
    """
    if source.path.is_file():
        return [source.path]
    if ".." in Path(source.pattern).parts:
        raise SettingsError(
            f"pattern {source.pattern!r} leaves the folder",
            f"sources.{name}.pattern",
            "name the other folder as the path of a source of its own",
        )
    try:
        found = list(source.path.glob(source.pattern))
    except (ValueError, NotImplementedError) as error:
        raise SettingsError(
            f"pattern {source.pattern!r} cannot be used: {error}",
            f"sources.{name}.pattern",
            "write a pattern within the folder, for example '*.csv' or '**/*.jsonl.gz'",
        ) from error
    ready = [
        path for path in found if _is_ready(path.relative_to(source.path)) and not path.is_dir()
    ]
    wanted = [path for path in ready if is_of_days(path, source)]
    return sorted(wanted, key=lambda path: path.relative_to(source.path).as_posix())


def is_of_days(path: Path, source: Source) -> bool:
    """Whether a file is of the days the source wants: all, where it names none."""
    if source.first_day is None and source.last_day is None:
        return True
    day = day_of(path, source)
    return (source.first_day or day) <= day <= (source.last_day or day)


def day_of(path: Path, source: Source) -> date:
    """The day a file is of: the first date in its name, else the day of its last change, UTC.

    Args:
        path: the delivered file.
        source: its source; a date in the name of a folder within it counts, too.
    """
    for year, month, day in _DATE.findall(path.relative_to(source.path).as_posix()):
        with contextlib.suppress(ValueError):  # as 2026-99-99
            return date(int(year), int(month), int(day))
    return datetime.fromtimestamp(path.lstat().st_mtime, UTC).date()


def why_not(path: Path, source: Source) -> str | None:
    """Why an entry of the landing folder must not be read; None where it may.

    A link is followed only to a file inside of the folder: whoever may deliver is not
    thereby allowed to have other files of this machine read.
    """
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return "is a link that leads nowhere; deliver the file itself"
    if path != source.path and not real.is_relative_to(source.path.resolve()):
        return (
            "is a link that leads outside of the landing folder; deliver the file itself,"
            " or name its folder as the source's path"
        )
    if not real.is_file():
        return "is a pipe, a socket or a device; deliver a file"
    return None


def shown_name(path: Path, source: Source) -> str:
    """Name of a file as told to people: within its folder, and always valid text."""
    name = path.relative_to(source.path).as_posix() if path != source.path else path.name
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def look(path: Path, landed: Path, known: Container[str]) -> Seen:
    """Hash a delivered file and, when its content is new, copy it aside.

    A file is growing when its size, its time of change or its bytes are other ones after
    the look than before it.

    Args:
        path: the delivered file.
        landed: the private folder; made when missing, mode 0700.
        known: hashes of the contents delivered before.

    Raises:
        OSError: the file cannot be read.
    """
    copy = landed / f"{_COPYING}{path.stat().st_ino}"
    before = path.stat()
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 in known:
        return Seen("known", sha256, before.st_size, copy)
    landed.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_same = _copied(path, copy) == sha256
    after = path.stat()
    if is_same and (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
        return Seen("new", sha256, before.st_size, copy)
    copy.unlink()
    return Seen("growing", sha256, after.st_size, copy)


def _copied(path: Path, copy: Path) -> str:
    hashed = hashlib.sha256()
    with path.open("rb") as given, copy.open("wb") as made:
        copy.chmod(0o600)
        while chunk := given.read(_CHUNK_BYTES):
            hashed.update(chunk)
            made.write(chunk)
        made.flush()
        os.fsync(made.fileno())
    return hashed.hexdigest()


def keep_copy(copy: Path, landed_as: Path) -> None:
    """Give a copy its lasting name, so that it survives a power cut."""
    copy.replace(landed_as)
    folder = os.open(landed_as.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def second_name(landed_as: Path) -> Path:
    """Give a kept copy a passing name besides its lasting one, as if it had just been copied."""
    passing = landed_as.with_name(f"{_COPYING}{landed_as.name}")
    passing.hardlink_to(landed_as)
    return passing


def landed_name(path: Path, sha256: str) -> str:
    """Lasting name of an accepted file: its hash and its own endings, as far as they are plain."""
    return sha256 + "".join(_plain_suffixes(path.name))


def find_copy(landed: Path, sha256: str) -> str:
    """Name of the copy of a file with this hash; the hash itself where there is none."""
    found = sorted(path.name for path in landed.glob(f"{sha256}*"))
    return found[0] if found else sha256


def sweep(landed: Path) -> None:
    """Remove what a killed run was copying; the one writer of the folder calls it."""
    for left in landed.glob(f"{_COPYING}*"):
        left.unlink()


def passing_name(landed: Path, word: str) -> Path:
    """Name of a file that is being made in the private folder; ``sweep`` finds it."""
    return landed / f"{_COPYING}{word}"


def temporary(copy: Path) -> Path:
    """Name for a second file made from a copy; ``sweep`` finds it too."""
    return copy.with_name(copy.name + "-utf8")


def _plain_suffixes(name: str) -> Iterator[str]:
    kept: list[str] = []
    for suffix in reversed(Path(name).suffixes[-2:]):
        if _PLAIN_SUFFIX.match(suffix) is None:
            break
        kept.append(suffix)
    yield from reversed(kept)


def _is_ready(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and not path.name.lower().endswith(UNFINISHED)
