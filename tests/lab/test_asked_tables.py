"""Frames of chosen journeys, kept as DuckDB would give them back."""

from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from journeylab.lab.asked_tables import as_declared
from journeylab.warehouse import Bench, memory, read_models
from journeylab.warehouse.models import Column

_MODEL = replace(
    read_models("analysis")["analysis.sales"],
    columns=tuple(
        Column(name, kind, "")
        for name, kind in (
            ("name", "varchar"),
            ("key", "usmallint"),
            ("n", "bigint"),
            ("squares", "hugeint"),
            ("rate", "double"),
            ("value", "decimal(38,4)"),
            ("keys", "usmallint[]"),
        )
    ),
)
_ROWS = {
    "name": ["a", None],
    "key": pl.Series([7, 8], dtype=pl.UInt16),
    "n": pl.Series([1, 2], dtype=pl.UInt32),
    "squares": pl.Series([2**40, None], dtype=pl.Int64),
    "rate": pl.Series([1, None], dtype=pl.Int64),
    "value": pl.Series(["1.5", "2.25"]).cast(pl.Decimal(38, 4)),
    "keys": pl.Series([[1, 2], []], dtype=pl.List(pl.UInt16)),
    "beside": [1, 2],
}


def test_a_frame_is_kept_as_the_database_gives_it_back():
    """Narrow counts are widened, columns beside the header go, nulls stay."""
    frame = pl.DataFrame(_ROWS)
    with memory() as warehouse:
        bench = Bench(warehouse)
        bench.lay_frame(_MODEL, frame)
        stored = warehouse.frame(f"from {bench.at(_MODEL.name)}")

    kept = as_declared(_MODEL, frame)

    assert kept is not None
    assert_frame_equal(kept, stored)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"n": [1.5, 2.0]}, id="broken numbers for whole ones"),
        pytest.param({"name": pl.Series(["a", "b"], dtype=pl.Categorical)}, id="codes for texts"),
        pytest.param({"value": [1.5, 2.5]}, id="floats for money"),
    ],
)
def test_what_the_database_must_cast_is_left_to_it(changed):
    """So that it is rounded and named as everywhere."""
    assert as_declared(_MODEL, pl.DataFrame(_ROWS | changed)) is None


def test_a_missing_column_is_left_to_the_database_to_tell():
    """It names the column and the model."""
    assert as_declared(_MODEL, pl.DataFrame(_ROWS).drop("rate")) is None
