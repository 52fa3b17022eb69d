"""KPIs of two snapshots: which test applies, and what it says."""

from pathlib import Path
from typing import Any

import pytest

from journeylab.snapshot_changes import KpiDifference, kpi_differences
from journeylab.warehouse import diff
from shelf import publish_marts


def share(value: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    return {"kpi": "conversion_rate", "unit": "share", "value": value, "low": low, "high": high}


def journeys(*values: float) -> list[dict[str, Any]]:
    """One converted journey a customer, of these values in euro."""
    return [
        {
            "journey_id": f"j{number}",
            "customer_id": f"c{number}",
            "journey_number": 1,
            "outcome": "converted",
            "value": value,
            "currency": "EUR",
            "steps": 3,
            "is_settled": True,
            "is_start_unknown": False,
            "duration_seconds": 60.0,
        }
        for number, value in enumerate(values)
    ]


def compared(folder: Path, before: dict[str, Any], after: dict[str, Any]) -> list[KpiDifference]:
    for run_id, tables in (("20260301", before), ("20260302", after)):
        publish_marts(folder, run_id, **tables)
    return kpi_differences(diff(folder / "published"))


def test_shares_are_compared_by_newcombe(tmp_path):
    """0.5 [0.4, 0.6] to 0.75 [0.7, 0.8]: 0.25 - √(0.05² + 0.1²) to 0.25 + √(0.05² + 0.1²)."""
    before, after = share(0.5, 0.4, 0.6), share(0.75, 0.7, 0.8)

    (told,) = compared(tmp_path, {"kpis": [before]}, {"kpis": [after]})

    half = (0.05**2 + 0.1**2) ** 0.5
    assert (told.test, told.change, told.is_beyond_chance) == ("newcombe", 0.25, True)
    assert (told.low, told.high) == (pytest.approx(0.25 - half), pytest.approx(0.25 + half))


def test_means_are_resampled_by_customer_alike_in_both(tmp_path):
    """Everybody spends one euro more: no draw of customers says otherwise, so it is sure."""
    kpi = {"kpi": "average_order_value", "unit": "money", "currency": "EUR"}
    spent = [float(place % 7) for place in range(40)]

    (told,) = compared(
        tmp_path,
        {"kpis": [{**kpi, "value": 3.0}], "journeys": journeys(*spent)},
        {"kpis": [{**kpi, "value": 4.0}], "journeys": journeys(*(one + 1 for one in spent))},
    )

    assert (told.test, told.low, told.high) == ("bootstrap", 1.0, 1.0)
    assert told.is_beyond_chance is True


def test_a_change_of_some_customers_alone_may_be_chance(tmp_path):
    """One of forty spends seven euro more: its draws are often none."""
    kpi = {"kpi": "average_order_value", "unit": "money", "currency": "EUR"}
    spent = [float(place % 7) for place in range(40)]

    (told,) = compared(
        tmp_path,
        {"kpis": [{**kpi, "value": 2.9}], "journeys": journeys(*spent)},
        {"kpis": [{**kpi, "value": 3.1}], "journeys": journeys(spent[0] + 7, *spent[1:])},
    )

    assert (told.low, told.is_beyond_chance) == (0.0, False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(share(0.5, None, None), share(0.6, 0.5, 0.7), id="no interval"),
        pytest.param(share(None, None, None), share(0.6, 0.5, 0.7), id="not known before"),
        pytest.param(
            {"kpi": "journeys", "unit": "count", "value": 3.0},
            {"kpi": "journeys", "unit": "count", "value": 4.0},
            id="a count is no estimate",
        ),
        pytest.param(
            {"kpi": "nps", "unit": "points", "value": 3.0, "low": 1.0, "high": 5.0},
            {"kpi": "nps", "unit": "points", "value": 9.0, "low": 8.0, "high": 10.0},
            id="no sums are published",
        ),
    ],
)
def test_all_else_is_not_tested(tmp_path, before, after):
    """And says so instead of guessing."""
    (told,) = compared(tmp_path, {"kpis": [before]}, {"kpis": [after]})

    assert (told.test, told.low, told.high, told.is_beyond_chance) == (
        "not tested",
        None,
        None,
        None,
    )


def test_currencies_are_told_apart(tmp_path):
    """A KPI of money stands once for each."""
    rows = [
        {"kpi": "revenue", "unit": "money", "currency": currency, "value": value}
        for currency, value in (("EUR", 1.0), ("USD", 2.0))
    ]

    found = compared(tmp_path, {"kpis": rows}, {"kpis": rows[:1]})

    assert [(told.currency, told.before, told.after) for told in found] == [
        ("EUR", 1.0, 1.0),
        ("USD", 2.0, None),
    ]
