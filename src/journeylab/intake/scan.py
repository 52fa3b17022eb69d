"""One pass over a file's bytes: unpack, judge whether it is text, count lines. Keeps none of it."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal, cast

import pyarrow as pa

from journeylab.errors import DeliveryRefused, SettingsError

Compression = Literal["gzip", "zstd", "none"]

#: An unpacked file this big and this many times its packed size is taken for a trap.
MAX_UNPACKED_BYTES: Final = 1 << 30
MAX_UNPACKED_RATIO: Final = 400

#: Share of control and undecodable bytes in its beginning from which a file is no text.
MAX_STRANGE_SHARE: Final = 0.3

_CHUNK_BYTES: Final = 1 << 20
_MAGIC: Final[dict[bytes, Compression]] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_BEGINNINGS: Final = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"PAR1": "Parquet",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"SQLite format 3": "an SQLite database",
    b"\xff\xfe": "UTF-16 text; set encoding = 'utf-16'",
    b"\xfe\xff": "UTF-16 text; set encoding = 'utf-16'",
}
_STRANGE: Final = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1b") + b"\x7f"


@dataclass(frozen=True, slots=True)
class Text:
    """What one pass saw of a text file. ``path`` holds UTF-8, packed as ``compression`` says.

    ``sha256`` and ``size`` (bytes) are those of the unpacked text; ``lines`` counts the last
    line even without a line feed; ``head`` is the first MiB unpacked, without the byte order
    mark.
    """

    path: Path
    compression: Compression
    sha256: str
    size: int
    lines: int
    longest_line: int
    head: bytes
    has_mark: bool
    has_nul: bool
    is_utf8: bool

    @property
    def is_plain(self) -> bool:
        """Whether DuckDB and the careful path must agree on where its lines end."""
        return self.is_utf8 and not self.has_nul and not self.has_mark


def compression_of(path: Path) -> Compression:
    """How a file is packed, by its first bytes; names lie."""
    with path.open("rb") as file:
        start = file.read(4)
    return next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "none")


def chunks(path: Path, where: str) -> Iterator[bytes]:
    """Yield the unpacked bytes of a file, a MiB at a time.

    Raises:
        DeliveryRefused: the packed data ends early or is damaged, or unpacks to far more
            than it should.
    """
    compression = compression_of(path)
    packed = path.stat().st_size
    total = 0
    try:
        with _opened(path, compression) as file:
            while chunk := file.read(_CHUNK_BYTES):
                total += len(chunk)
                if total > max(MAX_UNPACKED_BYTES, packed * MAX_UNPACKED_RATIO):
                    raise DeliveryRefused.because(
                        "unpacks_too_far",
                        f"unpacks to more than {MAX_UNPACKED_RATIO} times its size",
                        where,
                        "deliver it in parts, or not compressed",
                    )
                yield chunk
    except (EOFError, OSError, zlib.error) as error:
        if compression == "none":
            raise
        raise DeliveryRefused.because(
            "truncated",
            f"the {compression} data ends early or is damaged after {total} bytes: {error}",
            where,
            "deliver the file again",
        ) from error


def scan(path: Path, where: str) -> Text:
    """Read a file once and say what it is.

    Args:
        path: the private copy, UTF-8.
        where: name of the delivered file, for errors.

    Raises:
        DeliveryRefused: nothing in it, damaged compression, or no text at all.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    hashed = hashlib.sha256()
    head = last = b""
    size = lines = longest = open_line = 0
    has_nul = False
    is_utf8 = True
    for chunk in chunks(path, where):
        head = head or chunk
        hashed.update(chunk)
        size += len(chunk)
        has_nul = has_nul or b"\0" in chunk
        if is_utf8:
            is_utf8 = _decodes(decoder, chunk)
        feeds = chunk.count(b"\n")
        lines += feeds
        if feeds:
            inner = len(chunk) if feeds > 1 else 0
            longest = max(longest, open_line + chunk.index(b"\n"), inner)
            open_line = len(chunk) - chunk.rindex(b"\n") - 1
        else:
            open_line += len(chunk)
        last = chunk[-1:]
    if size == 0:
        raise DeliveryRefused.because(
            "empty_file", "the file holds nothing", where, "was the export interrupted?"
        )
    _refuse_no_text(head, where)
    has_mark = head.startswith(codecs.BOM_UTF8)
    return Text(
        path=path,
        compression=compression_of(path),
        sha256=hashed.hexdigest(),
        size=size,
        lines=lines + (last != b"\n"),
        longest_line=max(longest, open_line),
        head=head.removeprefix(codecs.BOM_UTF8),
        has_mark=has_mark,
        has_nul=has_nul,
        is_utf8=is_utf8 and _decodes(decoder, b"", final=True),
    )


def as_utf8(path: Path, target: Path, encoding: str, where: str) -> Path:
    """Write a file in another encoding as UTF-8, and line ends of old Macs as line feeds.

    Bytes the encoding does not know stay as they are, so that their line is found
    undecodable later and the others load.

    Returns:
        ``path`` itself where nothing had to be changed, else ``target``.

    Raises:
        SettingsError: Python knows no such encoding.
        DeliveryRefused: damaged compression, or not in this encoding at all.
    """
    try:
        codec = codecs.lookup(encoding)
    except LookupError as error:
        raise SettingsError(
            f"unknown encoding {encoding!r}", where, "for example utf-8, latin-1, cp1252, utf-16"
        ) from error
    old_mac = _ends_lines_with_returns(path, where)
    if codec.name in ("utf-8", "utf-8-sig", "ascii") and not old_mac:
        return path
    wide = codec.name.startswith(("utf-16", "utf-32"))
    decoder = codec.incrementaldecoder("strict" if wide else "surrogateescape")
    with target.open("wb") as made:
        target.chmod(0o600)
        try:
            for chunk in chunks(path, where):
                _put(made.write, decoder.decode(chunk), old_mac)
            _put(made.write, decoder.decode(b"", final=True), old_mac)
        except UnicodeError as error:
            raise DeliveryRefused.because(
                "not_decodable",
                f"not {encoding}: {error}",
                where,
                "set the source's encoding to the one the file is in",
            ) from error
    return target


def _opened(path: Path, compression: Compression) -> IO[bytes]:
    if compression == "gzip":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if compression == "zstd":
        return cast(IO[bytes], pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))
    return path.open("rb")


def _put(write: Callable[[bytes], object], text: str, old_mac: bool) -> None:
    write((text.replace("\r", "\n") if old_mac else text).encode("utf-8", "surrogateescape"))


def _ends_lines_with_returns(path: Path, where: str) -> bool:
    first = next(chunks(path, where), b"")
    return b"\r" in first[:-1] and b"\n" not in first and b"\0" not in first


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_no_text(head: bytes, where: str) -> None:
    looks_like = next((kind for magic, kind in _BEGINNINGS.items() if head.startswith(magic)), "")
    sample = head[:65_536]
    kept = sample.decode("utf-8", "ignore").encode()
    strange = len(sample) - len(kept) + len(kept) - len(kept.translate(None, _STRANGE))
    if looks_like or strange > MAX_STRANGE_SHARE * len(sample):
        raise DeliveryRefused.because(
            "not_text",
            f"no text: it looks like {looks_like or 'binary data or another encoding'}",
            where,
            "check the source's format, encoding and folder",
        )
