"""Records taken out of landed files, in every kind, encoding and packing that intake reads."""

import gzip
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from journeylab.erasure import is_rewritten, rewrite, words_pattern
from journeylab.intake import Shape
from journeylab.settings import Source
from journeylab.warehouse import RawColumn, memory

RAW = (RawColumn("id", "varchar", True, ""),)


def rewritten(
    path: Path,
    kind: str,
    *,
    numbers: set[int],
    words: tuple[str, ...] = (),
    array: tuple[str, ...] = (),
    encoding: str = "utf-8",
) -> bytes:
    shape = Shape(kind, RAW, "raw.any_test", ",", ("",), array)  # type: ignore[arg-type] # a test's
    source = Source(channel="web", format="test", path=Path(), encoding=encoding)
    with memory(threads=1) as warehouse:
        rewrite(
            path,
            shape,
            source,
            numbers=numbers,
            words=words_pattern(words),
            warehouse=warehouse,
        )
    assert path.stat().st_mode & 0o777 == 0o600
    assert is_rewritten(path)
    return path.read_bytes()


def test_a_line_becomes_an_empty_one_so_that_the_others_keep_their_number(tmp_path):
    """Line ends stay as they are, also of the last line."""
    path = tmp_path / "a.log"
    path.write_bytes(b"one\r\ntwo\r\nthree")

    assert rewritten(path, "lines", numbers={2, 3}) == b"one\r\n\r\n"


def test_a_csv_record_of_several_lines_goes_whole(tmp_path):
    """Its number is that of its first line; the header is line 1."""
    path = tmp_path / "a.csv"
    path.write_text('id,note\n1,"a\nb"\n2,c\n3,"d\n\ne"\n4,f\n')

    left = rewritten(path, "csv", numbers={2, 5})

    assert left == b"id,note\n\n\n2,c\n\n\n\n4,f\n"


@pytest.mark.parametrize("path", [(), ("data", "talks")], ids=["bare", "under keys"])
def test_an_element_of_an_array_becomes_null_so_that_the_others_keep_their_number(tmp_path, path):
    """Brackets and commas in texts are texts; the second time finds what the first has left."""
    opening = "".join(f'{{"{key}": ' for key in path)
    file = tmp_path / "a.json"
    told = '[{"id": "1"}, {"id": "2", "x": "],["}, {"id": "3"}, {"id": "4"}]'
    file.write_text(f"{opening}{told}{'}' * len(path)}")

    rewritten(file, "json", numbers={1}, array=path)
    left = rewritten(file, "json", numbers={3}, array=path)

    compact = "".join(f'{{"{key}":' for key in path)
    kept = '[\nnull,\n{"id": "2", "x": "],["},\nnull,\n{"id": "4"}\n]'
    expected = f"{compact}{kept}{'}' * len(path)}\n"
    assert left.decode() == expected


def test_rows_of_parquet_become_nulls_and_types_stay(tmp_path):
    """Words are replaced in texts inside of structs too; the others keep their number."""
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame(
        {"id": ["1", "2", "3"], "n": [1, 2, 3], "who": [{"mail": f"{x}@shop.io"} for x in "abc"]}
    )
    frame.write_parquet(path)

    rewritten(path, "parquet", numbers={1})
    rewritten(path, "parquet", numbers={3}, words=("b@shop.io",))

    left = pl.read_parquet(path)
    gone = (None, None, None)
    assert left.schema == frame.schema
    assert left.rows() == [gone, ("2", 2, {"mail": "(removed)"}), gone]


def test_packed_files_stay_packed(tmp_path):
    """As they were, whatever their name says."""
    gzipped, zstd = tmp_path / "a.jsonl.gz", tmp_path / "a.jsonl"
    gzipped.write_bytes(gzip.compress(b'{"id": 1}\n{"id": 2}\n'))
    with pa.CompressedOutputStream(pa.OSFile(str(zstd), "wb"), "zstd") as out:
        out.write(b'{"id": 1}\n{"id": 2}\n')

    assert gzip.decompress(rewritten(gzipped, "json_lines", numbers={1})) == b'\n{"id": 2}\n'
    rewritten(zstd, "json_lines", numbers={2})
    with pa.CompressedInputStream(pa.OSFile(str(zstd)), "zstd") as unpacked:
        assert unpacked.read() == b'{"id": 1}\n\n'


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_the_encoding_stays(tmp_path, encoding):
    """And what it cannot decode stays as it is."""
    path = tmp_path / "a.log"
    path.write_bytes("größe\nweg\nende\n".encode(encoding))

    left = rewritten(path, "lines", numbers={2}, encoding=encoding)

    assert left.decode(encoding) == "größe\n\nende\n"


def test_bytes_of_no_encoding_survive(tmp_path):
    """A line that is no UTF-8 is rejected by intake; rewriting must not mend or lose it."""
    path = tmp_path / "a.log"
    path.write_bytes(b"\xff\xfe one\ntwo\n")

    assert rewritten(path, "lines", numbers={2}) == b"\xff\xfe one\n\n"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("mail ana@shop.io.", "mail (removed).", id="end of a sentence"),
        pytest.param("<ANA@Shop.io>", "<(removed)>", id="in any case"),
        pytest.param("joana@shop.io", "joana@shop.io", id="the end of a longer address"),
        pytest.param("ana@shop.io.uk", "ana@shop.io.uk", id="the beginning of one"),
        pytest.param("ana@shop.iota", "ana@shop.iota", id="the beginning of a word"),
        pytest.param("x+ana@shop.io", "x+ana@shop.io", id="a plus tag before it"),
    ],
)
def test_a_word_is_found_whole(tmp_path, text, left):
    """Other people's addresses are not cut; Python and DuckDB read the pattern alike."""
    pattern = words_pattern(["ana@shop.io"])
    assert pattern is not None

    assert pattern.sub(r"\1(removed)\2", text) == left
    with memory(threads=1) as warehouse:
        told = warehouse.scalar(
            r"select regexp_replace($text, $pattern, '\1(removed)\2', 'g')",
            {"text": text, "pattern": pattern.pattern},
        )
    assert told == left


def test_short_words_are_nobodys(tmp_path):
    """'7' and 'u-1' stand in anybody's text."""
    assert words_pattern(["7", "u-1"]) is None
