"""Faces of a choice told by Python: those of the model, targets and lonely touchpoints too."""

import polars as pl
import pytest

from journeylab.lab.adding_findings import bottleneck_faces
from journeylab.warehouse import memory, read_models

COLUMNS = {
    "touchpoint_key": pl.UInt16,
    "touchpoint": pl.String,
    "stage": pl.String,
    "visits": pl.Int64,
    "customers": pl.Int64,
    "exits": pl.Int64,
    "returns": pl.Int64,
    "waits": pl.Int64,
    "waiting_customers": pl.Int64,
    "wait_microseconds": pl.Decimal(38, 0),
    "return_microseconds": pl.Decimal(38, 0),
}
HOME = (0, "web:home", "reach", 70, 40, 3, 30, 67, 39, 7_123_456_789_012, 91_000_007)
CART = (1, "web:cart", "reach", 41, 33, 7, 8, 34, 31, 3_600_000_000_001, 5)
CHAT = (2, "chat:started", "nurture", 29, 28, 0, 1, 0, 0, 0, 0)
OTHER = (3, "web:other", None, 90, 50, 9, 2, 81, 45, 999_999_999_999, 17)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([HOME, CART, CHAT, OTHER], id="stages and none"),
        pytest.param([CHAT, OTHER], id="too few of a stage"),
        pytest.param([HOME], id="one alone"),
        pytest.param([], id="nobody"),
    ],
)
@pytest.mark.parametrize("target", [None, 0.3])
def test_faces_are_those_of_the_model(rows, target):
    """To the last digit."""
    sums = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    targets = dict.fromkeys(("target_wait_hours", "target_exit_rate", "target_return_rate"), target)
    warehouse = memory()
    warehouse.execute("create schema analysis")
    with warehouse.given("told", sums):
        warehouse.execute(
            "create table analysis.visit_sums as select * replace ("
            "wait_microseconds::hugeint as wait_microseconds,"
            " return_microseconds::hugeint as return_microseconds) from told"
        )

    made = bottleneck_faces(None, targets, sums)

    model = read_models("analysis")["analysis.bottleneck_faces"]
    assert made.rows() == warehouse.frame(model.query, targets).select(made.columns).rows()
    warehouse.close()
