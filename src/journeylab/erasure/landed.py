"""A landed file -> the same without some records, their line numbers kept where lines count."""

import gzip
import hashlib
import io
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final, cast

import pyarrow as pa

from journeylab.intake import records
from journeylab.intake.scan import chunks, compression_of
from journeylab.intake.shapes import Shape
from journeylab.intake.values import literal, quoted_column
from journeylab.settings import Source
from journeylab.warehouse import Warehouse
from journeylab.warehouse.snapshots import sync

#: Written where a forgotten value stood in a record that stays.
REMOVED: Final = "(removed)"

#: Hashes of what was rewritten, one a line, beside the copies.
REWRITTEN_NAME: Final = "rewritten.txt"

#: A shorter value without an '@' may be a word of anybody's.
_SHORTEST_CHARACTERS: Final = 8
_KEPT: Final = rf"\1{REMOVED}\2"


def rewrite(
    path: Path,
    shape: Shape,
    source: Source,
    *,
    numbers: Collection[int],
    words: re.Pattern[str] | None = None,
    warehouse: Warehouse,
) -> None:
    """Take records out of a landed file, in one step; its name, and so its hash, stays.

    A line that goes becomes an empty one, an element of a JSON array ``null`` and a row of a
    Parquet file one of nulls, which intake all passes over: so the records after it keep their
    numbers, by which the next rewriting finds them.

    Args:
        path: the landed copy.
        shape: how files of its source are read.
        source: its settings: encoding, delimiter, longest line.
        numbers: records that go, numbered as intake numbers them.
        words: pattern of what is replaced by '(removed)' in the records that stay.
        warehouse: reads and writes Parquet.
    """
    making = path.with_name(f".tmp-{path.name}")
    if shape.kind == "parquet":
        _parquet(path, making, numbers, words, warehouse)
    elif shape.kind == "json":
        with _written(making, path) as out:
            _elements(path, out, shape, source, numbers, words)
    else:
        with _written(making, path) as out:
            _lines(path, out, shape, source, numbers, words)
    making.chmod(0o600)
    _register(path.parent, making)
    sync(making)
    making.replace(path)


def is_rewritten(path: Path) -> bool:
    """Whether a landed copy is what ``rewrite`` left, so that its bytes do not fit its name."""
    register = path.parent / REWRITTEN_NAME
    if not register.is_file():
        return False
    return _hash_of(path) in register.read_text(encoding="ascii").split()


def _register(landed: Path, making: Path) -> None:
    """Note the hash of rewritten bytes, before they get their name, for whoever restores."""
    register = landed / REWRITTEN_NAME
    descriptor = os.open(register, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="ascii") as opened:
        opened.write(f"{_hash_of(making)}\n")
        opened.flush()
        os.fsync(opened.fileno())


def _hash_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _lines(
    path: Path,
    out: IO[bytes],
    shape: Shape,
    source: Source,
    numbers: Collection[int],
    words: re.Pattern[str] | None,
) -> None:
    gone = set(numbers)
    if shape.kind == "csv" and gone:
        gone = _csv_lines(path, source, gone)
    with _text(path, source) as text:
        written = io.TextIOWrapper(
            out, encoding=source.encoding, errors="surrogateescape", newline=""
        )
        for number, line in enumerate(_physical(text), start=1):
            kept = line if number not in gone else line[len(line.rstrip("\r\n")) :]
            written.write(_without(kept, words))
        written.flush()
        written.detach()


def _csv_lines(path: Path, source: Source, gone: Collection[int]) -> set[int]:
    """Lines of the records that go: a quoted field may hold line ends."""
    width = len(records.header_of(next(_utf8(path, source), b""), source.delimiter))
    found = records.csv_records(_utf8(path, source), source.delimiter, width, source.max_line_bytes)
    return {
        line
        for record in found
        if record.number in gone
        for line in range(record.number, record.number + record.text.count("\n") + 1)
    }


def _elements(
    path: Path,
    out: IO[bytes],
    shape: Shape,
    source: Source,
    numbers: Collection[int],
    words: re.Pattern[str] | None,
) -> None:
    opening = "".join(f"{{{json.dumps(key)}:" for key in shape.array)
    written = io.TextIOWrapper(out, encoding="utf-8", errors="surrogateescape", newline="")
    written.write(opening + "[")
    parts = 0
    for element in records.elements(
        _utf8(path, source), shape.array, source.max_line_bytes, path.name
    ):
        # nulls of former rewritings are passed over when read, and stay where they were
        while parts < element.number - 1:
            written.write(("," if parts else "") + "\nnull")
            parts += 1
        kept = "null" if element.number in numbers else _without(element.text, words)
        written.write(("," if parts else "") + "\n" + kept)
        parts += 1
    written.write("\n]" + "}" * len(shape.array) + "\n")
    written.flush()
    written.detach()


def _parquet(
    path: Path,
    making: Path,
    numbers: Collection[int],
    words: re.Pattern[str] | None,
    warehouse: Warehouse,
) -> None:
    file = f"read_parquet({literal(str(path))}, file_row_number = true)"
    columns = warehouse.rows(f"describe from read_parquet({literal(str(path))})")
    gone = ", ".join(str(number - 1) for number in sorted(numbers)) or "-1"
    shown = [
        f"case when file_row_number not in ({gone}) then {cleared(name, kind, words)} end"
        f" as {quoted_column(name)}"
        for name, kind, *_ in columns
    ]
    warehouse.execute(
        f"copy (select {', '.join(shown)} from {file} order by file_row_number)"
        f" to {literal(str(making))} (format parquet)"
    )


def cleared(name: str, kind: str, words: re.Pattern[str] | None) -> str:
    """Expression of a column in which what the pattern finds reads '(removed)'."""
    column = quoted_column(name)
    if words is None or not holds_text(kind):
        return column
    text = column if kind == "VARCHAR" else f"to_json({column})::varchar"
    told = f"regexp_replace({text}, {literal(words.pattern)}, {literal(_KEPT)}, 'g')"
    return told if kind == "VARCHAR" else f"cast({told}::json as {kind})"


def holds_text(kind: str) -> bool:
    """Whether values of a DuckDB type can hold words."""
    return "VARCHAR" in kind or "JSON" in kind


def words_pattern(values: Iterable[str]) -> re.Pattern[str] | None:
    """Pattern that finds the values as whole words, in any case; None without one.

    It finds ana@shop.io in 'mail ana@shop.io.', and not in joana@shop.io or ana@shop.io.uk.
    Values that are too short to be told from other words are left out.
    """
    told = sorted({v for v in values if "@" in v or len(v) >= _SHORTEST_CHARACTERS})
    if not told:
        return None
    found = "|".join(re.escape(value) for value in told)
    return re.compile(rf"(?i)(^|[^a-z0-9._%+-])(?:{found})($|[^a-z0-9._-]|\.(?:$|[^a-z0-9]))")


def _utf8(path: Path, source: Source) -> Iterator[bytes]:
    with _text(path, source) as text:
        while part := text.read(1 << 20):
            yield part.encode("utf-8", "surrogateescape")


def _physical(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines as intake counts them: by line feeds; in old Macs' files by carriage returns."""
    held, first = "", True
    feed = "\n"
    while part := text.read(1 << 20):
        if first and "\n" not in part and "\r" in part[:-1]:
            feed = "\r"
        first = False
        *whole, held = (held + part).split(feed)
        yield from (line + feed for line in whole)
    if held:
        yield held


def _without(line: str, words: re.Pattern[str] | None) -> str:
    return line if words is None else words.sub(_KEPT, line)


def _text(path: Path, source: Source) -> io.TextIOWrapper:
    unpacked = cast(io.RawIOBase, _Unpacked(chunks(path, path.name)))
    buffered = io.BufferedReader(unpacked)
    return io.TextIOWrapper(
        buffered, encoding=source.encoding, errors="surrogateescape", newline=""
    )


class _Unpacked(io.RawIOBase):
    """Unpacked bytes as a stream that reads like a file."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        while not self._held:
            self._held = next(self._parts, b"")
            if not self._held:
                return 0
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count


def _written(making: Path, like: Path) -> IO[bytes]:
    """A file to write, packed like another one."""
    kind = compression_of(like)
    making.touch(mode=0o600)
    if kind == "gzip":
        return cast(IO[bytes], gzip.open(making, "wb"))
    if kind == "zstd":
        return cast(IO[bytes], pa.CompressedOutputStream(pa.OSFile(str(making), "wb"), "zstd"))
    return making.open("wb")
