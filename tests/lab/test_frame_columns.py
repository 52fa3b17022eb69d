"""Columns out of frames of any library, and what they become."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from journeylab.errors import UnknownName
from journeylab.lab.frames import as_polars
from journeylab.lab.values import amount, channels, event_ids, packed_properties, text

ROWS = pl.DataFrame({"a": [1, 2], "b": ["x", None], "c": [True, False]})


def test_columns_are_taken_from_lazy_frames_relations_and_batch_readers() -> None:
    """Whatever speaks Arrow is read; a column asked for twice comes once."""
    relation = duckdb.from_arrow(ROWS.to_arrow())
    reader = pa.table({"a": [1, 2], "b": ["x", None]}).to_reader()

    for frame in (ROWS.lazy(), relation, reader):
        assert as_polars(frame, ["b", "a", "b"]).rows() == [("x", 1), (None, 2)]


def test_a_parquet_file_is_read_by_its_path(tmp_path: Path) -> None:
    """A path or its text, only the columns wanted; a missing column gets the nearest."""
    path = tmp_path / "events.parquet"
    ROWS.write_parquet(path)

    assert as_polars(path, ["b"]).rows() == as_polars(str(path), ["b"]).rows() == [("x",), (None,)]
    with pytest.raises(UnknownName, match="known: a, b, c"):
        as_polars(path, ["z"])


def test_a_pandas_frame_keeps_its_rows_whatever_its_index() -> None:
    """The index is no column; rows stay in their order, and other columns are not touched."""
    frame = pd.DataFrame({"a": [1, 2], "odd": [object(), object()]}, index=[9, 3])

    assert as_polars(frame, ["a"]).rows() == [(1,), (2,)]


def test_whole_numbers_become_text_without_a_point() -> None:
    """Pandas makes floats of a column of ids with a hole; the hole is a null."""
    frame = pl.DataFrame({"id": [7.0, float("nan"), 1e15]})

    assert text(frame, "id").to_list() == ["7", None, "1000000000000000"]


def test_ids_of_rows_sort_like_the_rows() -> None:
    """Row 10 stands after row 9."""
    ids = event_ids(pl.DataFrame({"a": list(range(10))}), None)

    assert ids.to_list()[-2:] == ["row-000000009", "row-000000010"]


def test_a_colon_at_the_start_names_no_channel() -> None:
    """Only what stands before a colon is a channel."""
    names = pl.Series([":odd", "web:a:b", "bare"])

    assert channels(ROWS, None, names).to_list() == ["events", "web", "events"]


def test_amounts_are_rounded_to_four_places() -> None:
    """Floats keep cents, not their binary tail."""
    frame = pl.DataFrame({"amount": [0.1 + 0.2, float("nan"), 1.00005]})

    assert [str(value) for value in amount(frame, "amount")] == ["0.3000", "None", "1.0001"]


def test_properties_are_packed_as_json() -> None:
    """Days are told as text, nulls stay."""
    frame = pl.DataFrame({"day": [date(2026, 1, 2)], "n": [3], "gone": [None]})

    packed = packed_properties(frame, ["day", "n", "gone"])

    assert packed.to_list() == ['{"day":"2026-01-02","n":3,"gone":null}']
