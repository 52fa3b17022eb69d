"""Unpacked bytes -> records one by one, broken ones marked: the careful path. Memory is bounded."""

import codecs
import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from journeylab.errors import DeliveryRefused

#: Of a rejected record so much is kept.
RAW_TEXT_CHARACTERS: Final = 10_000

_HEAD_BYTES: Final = 4 * RAW_TEXT_CHARACTERS
_OUTSIDE: Final = re.compile(rb'["{}\[\],:]')
_INSIDE: Final = re.compile(rb'["\\]')


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it came: ``number`` of its line or element; a code where it is broken.

    ``fields`` are those of a CSV record.
    """

    number: int
    text: str
    reason_code: str | None = None
    reason: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes of a line or element; only their beginning where they are too many."""

    number: int
    start: bytes
    length: int


def lines(chunks: Iterable[bytes], limit: int) -> Iterator[Record]:
    """Cut bytes into lines, without their line ends; empty ones are no records, but count.

    Args:
        chunks: unpacked bytes, UTF-8.
        limit: greatest length of a line in bytes.
    """
    for piece in _line_pieces(chunks, limit):
        start = piece.start.removesuffix(b"\r")
        if start:
            yield _judged(piece.number, start, piece.length, limit, "line")


def elements(
    chunks: Iterable[bytes], path: tuple[str, ...], limit: int, where: str
) -> Iterator[Record]:
    """Cut the elements out of a JSON array without building the document.

    A ``null`` is no record, as an empty line is none; those after it keep their numbers.

    Args:
        chunks: unpacked bytes, UTF-8.
        path: keys that lead from the document to the array.
        limit: greatest length of an element in bytes.
        where: name of the file, for errors.

    Raises:
        DeliveryRefused: there is no such array, or the document ends early.
    """
    walker = _Walker(path, limit)
    for chunk in chunks:
        for piece in walker.feed(chunk):
            if (text := piece.start.strip()) != b"null":
                yield _judged(piece.number, text, piece.length, limit, "element")
    if walker.depth < 0:
        raise DeliveryRefused.because(
            "not_json", "more brackets are closed than opened", where, "deliver the file again"
        )
    if walker.depth or walker.in_string:
        raise DeliveryRefused.because(
            "truncated",
            f"the JSON document ends early, after element {walker.number}",
            where,
            "deliver the file again",
        )
    if not walker.found:
        raise DeliveryRefused.because(
            "no_array",
            f"no JSON array at ${''.join('.' + key for key in path)}",
            where,
            "check the source's format and reader",
        )


def csv_records(
    chunks: Iterable[bytes], delimiter: str, width: int, limit: int
) -> Iterator[Record]:
    """Cut bytes into CSV records (quoted fields may hold line ends) and these into fields.

    A record that cannot be read costs its first line only: reading goes on with the next.

    Args:
        chunks: unpacked bytes, UTF-8.
        delimiter: one character.
        width: fields of a record, by the header.
        limit: greatest length of a record in bytes.

    Returns:
        The records, the header first.
    """
    csv.field_size_limit(max(limit, 1))
    waiting: deque[Record] = deque()
    pieces = _line_pieces(chunks, limit)
    source = (_judged(p.number, p.start, p.length, limit, "line") for p in pieces)
    while True:
        taken: list[Record] = []
        fields: list[str] = []
        code, reason = "bad_csv", ""
        try:
            pulled = _pull(source, waiting, taken, limit)
            fields = next(csv.reader(pulled, delimiter=delimiter, strict=True), [])
        except csv.Error:
            reason = "the line is no CSV: a quote is not closed, or stands where none may"
        if not taken:
            return
        if not reason and fields and len(fields) != width:
            code = "field_count"
            reason = f"the line has {len(fields)} fields, the header has {width}"
        first = taken[0]
        if first.reason_code is not None:
            yield first
        elif reason:
            waiting.extendleft(reversed(taken[1:]))
            yield Record(first.number, first.text.removesuffix("\r"), code, reason)
        elif fields:
            text = "\n".join(line.text for line in taken).removesuffix("\r")
            yield Record(first.number, text, fields=tuple(fields))


def header_of(head: bytes, delimiter: str) -> tuple[str, ...]:
    """Names of the columns in the first record of a CSV file.

    A name that is empty gets its position; one that stands twice gets it appended, so
    that no column is lost.

    Args:
        head: the beginning of the file.
        delimiter: one character.
    """
    text = head.decode("utf-8", "replace").lstrip("\r\n")
    try:
        found = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        found = text.splitlines()[:1]
    names: list[str] = []
    for position, name in enumerate((name.strip() for name in found), start=1):
        fresh = name if name and name not in names else f"{name or 'column'}_{position}"
        names.append(fresh)
    return tuple(names)


def _pull(
    source: Iterator[Record], waiting: deque[Record], taken: list[Record], limit: int
) -> Iterator[str]:
    """Hand lines to the CSV reader, remembering them; stop at a broken one."""
    length = 0
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        taken.append(line)
        length += len(line.text)
        if line.reason_code is not None or length > limit:
            return
        yield line.text + "\n"


def _judged(number: int, start: bytes, length: int, limit: int, noun: str) -> Record:
    if length > limit:
        text = start.decode("utf-8", "replace")[:RAW_TEXT_CHARACTERS]
        reason = f"the {noun} has {length:,} bytes, more than max_line_bytes = {limit:,}"
        return Record(number, text, "too_long", reason)
    try:
        text = start.decode("utf-8")
    except UnicodeDecodeError as error:
        shown = start.decode("utf-8", "replace")
        bad = start[error.start : error.start + 1].hex()
        reason = f"byte 0x{bad} at {error.start + 1} does not belong to the source's encoding"
        return Record(number, shown, "not_decodable", reason)
    if "\0" in text:
        return Record(number, text, "nul_byte", f"NUL byte at character {text.index(chr(0)) + 1}")
    return Record(number, text)


def _line_pieces(chunks: Iterable[bytes], limit: int) -> Iterator[_Piece]:
    number, open_line, length = 1, b"", 0
    for place, chunk in enumerate(chunks):
        parts = (chunk if place else chunk.removeprefix(codecs.BOM_UTF8)).split(b"\n")
        for part in parts[:-1]:
            yield _Piece(number, open_line + part, length + len(part))
            number, open_line, length = number + 1, b"", 0
        length += len(parts[-1])
        open_line += parts[-1]
        if length > limit:
            open_line = open_line[:_HEAD_BYTES]
    if length:
        yield _Piece(number, open_line, length)


class _Walker:
    """Where in a JSON document the bytes fed so far have led. Counts brackets, checks nothing."""

    def __init__(self, path: tuple[str, ...], limit: int) -> None:
        self.number = 0
        self.depth = 0
        self.in_string = False
        self.found = False
        self._path = path
        self._limit = limit
        self._on_path = 0
        self._may_enter = True
        self._array_depth = 0
        self._escaped = False
        self._held = b""
        self._length = 0

    def feed(self, chunk: bytes) -> Iterator[_Piece]:
        """Walk through the next bytes and yield the elements that end in them."""
        position = kept_from = 0
        if self._escaped:
            self._escaped, position = False, 1
        while found := (_INSIDE if self.in_string else _OUTSIDE).search(chunk, position):
            at, mark = found.start(), found.group()
            position = found.end()
            if mark == b"\\":
                position += 1
                self._escaped = position > len(chunk)
            elif mark == b'"':
                self._keep_key(chunk, kept_from, at)
                kept_from = kept_from if self._array_depth else position
                self.in_string = not self.in_string
            elif mark in b"{[":
                if self._open(mark):
                    self._drop()
                    kept_from = position
            elif mark in b"}]":
                if self.depth == self._array_depth and self._array_depth:
                    self._keep(chunk[kept_from:at])
                    yield from self._element(has_more=False)
                    self._array_depth = 0
                self.depth -= 1
                self._on_path = min(self._on_path, max(self.depth, 0))
                self._may_enter = self.depth == 0
            elif mark == b"," and self.depth == self._array_depth and self._array_depth:
                self._keep(chunk[kept_from:at])
                yield from self._element(has_more=True)
                kept_from = position
            elif not self._array_depth and self.depth == self._on_path and self.depth:
                self._may_enter = mark == b":" and self._is_next_key()
        if self._array_depth or self.in_string:
            self._keep(chunk[kept_from:])

    def _open(self, mark: bytes) -> bool:
        """Go one bracket deeper; True when that enters the array looked for."""
        enters = self._may_enter and not self._array_depth and self._on_path == self.depth
        self.depth += 1
        self._may_enter = False
        if not enters:
            return False
        if mark == b"[" and self._on_path == len(self._path):
            self.found, self._array_depth = True, self.depth
            return True
        if mark == b"{" and self._on_path < len(self._path):
            self._on_path = self.depth
        return False

    def _keep_key(self, chunk: bytes, kept_from: int, at: int) -> None:
        """Outside the array only the latest string is held: it may be a key on the path."""
        if self._array_depth:
            return
        if self.in_string:
            self._keep(chunk[kept_from:at])
        else:
            self._drop()

    def _is_next_key(self) -> bool:
        try:
            key = json.loads(b'"' + self._held + b'"')
        except ValueError:
            return False
        return bool(key == self._path[self._on_path - 1])

    def _element(self, *, has_more: bool) -> Iterator[_Piece]:
        """The element held; nothing between the brackets of an empty array."""
        is_last_and_empty = not has_more and not self._held.strip()
        if not is_last_and_empty:
            self.number += 1
            yield _Piece(self.number, self._held, self._length)
        self._drop()

    def _keep(self, part: bytes) -> None:
        self._length += len(part)
        self._held += part
        if self._length > self._limit:
            self._held = self._held[:_HEAD_BYTES]

    def _drop(self) -> None:
        self._held, self._length = b"", 0
