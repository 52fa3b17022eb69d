"""Parquet: typed rows, values that do not fit, damaged files."""

import polars as pl


def deliver(desk, name, frame):
    """Write a frame into the landing folder."""
    frame.write_parquet(desk.deliver(name, b""))


def test_a_parquet_file_becomes_typed_rows(desk):
    """Numbers are rows; nested values are kept as JSON, unnamed columns in extra."""
    frame = pl.DataFrame(
        {"row_number": [8, 9], "amount": ["12", None], "id": [1, 2], "details": [{"k": [1]}, None]},
        schema_overrides={"id": pl.Int32},
    )
    deliver(desk, "a.parquet", frame)

    report = desk.load("parquet")

    assert desk.rows("parquet") == [
        (1, "1", 12, '{"k":[1]}', '{"row_number":8}'),
        (2, "2", None, None, '{"row_number":9}'),
    ]
    assert (report.rows_read, report.rows_loaded) == (2, 2)
    assert desk.warehouse.rows("from ops.schema_drift") == [
        ("shop", "row_number", "BIGINT", "a.parquet", 1, "run-1")
    ]


def test_a_value_that_does_not_fit_is_rejected_with_its_row(desk):
    """The other rows load."""
    deliver(desk, "a.parquet", pl.DataFrame({"id": ["a", "NA", "c"], "amount": ["1", "x", ""]}))

    report = desk.load("parquet")

    assert desk.ids("parquet") == [(1, "a"), (3, "c")]
    assert desk.rejected() == [
        (2, "bad_type", "amount: x is no bigint", '{"id":"NA","amount":"x"}')
    ]
    assert report.rows_read == report.rows_loaded + report.rows_rejected == 3


def test_a_row_of_nulls_is_no_record(desk):
    """As an empty line is none; the rows after it keep their numbers, on both ways of reading."""
    deliver(desk, "a.parquet", pl.DataFrame({"id": ["a", None, "c"], "amount": [1, None, 3]}))
    deliver(desk, "b.parquet", pl.DataFrame({"id": [None, *"efgh"], "amount": [None, *"x678"]}))

    report = desk.load("parquet")

    assert desk.ids("parquet") == [(1, "a"), (3, "c"), (3, "f"), (4, "g"), (5, "h")]
    assert [row[:3] for row in desk.rejected()] == [(2, "bad_type", "amount: x is no bigint")]
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (6, 5, 1)


def test_a_file_without_a_required_column_is_set_aside(desk):
    """It says what it has."""
    deliver(desk, "a.parquet", pl.DataFrame({"key": ["a"], "amount": [1]}))

    report = desk.load("parquet")

    assert report.set_aside[0][1].startswith("lacks id; it has: key, amount; it needs: id;")


def test_what_is_no_parquet_is_set_aside_and_the_others_load(desk):
    """A text, a file cut in half, an empty one; private paths are not told."""
    frame = pl.DataFrame({"id": [str(number) for number in range(5000)]})
    deliver(desk, "whole.parquet", frame)
    whole = (desk.landing / "whole.parquet").read_bytes()
    desk.deliver("cut.parquet", whole[: len(whole) // 2])
    desk.deliver("text.parquet", "id,amount\na,1\n")
    desk.deliver("void.parquet", b"")

    report = desk.load("parquet")

    assert [row[:2] for row in desk.set_aside()] == [
        ("cut.parquet", "unreadable"),
        ("text.parquet", "unreadable"),
        ("void.parquet", "empty_file"),
    ]
    assert "no Parquet, or damaged: " in desk.set_aside()[0][2]
    assert str(desk.landed) not in desk.set_aside()[0][2]
    assert report.rows_loaded == 5000
