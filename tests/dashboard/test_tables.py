"""Tables as files and as grids: safe to open, numbers as numbers, names as people say them."""

from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest

from journeylab.dashboard.tables import csv_text, grid
from journeylab.views import Column, Drill


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(sign):
    """Headings too; the rest of the text stays as it is."""
    table = pl.DataFrame({"name": [f"{sign}cmd|' /C calc'!A0"]})

    written = csv_text(table, [Column(name="name", label=f"{sign}Name")])

    assert written.replace('"', "") == f"'{sign}Name\r\n'{sign}cmd|' /C calc'!A0\r\n"


def test_numbers_stay_numbers_and_instants_are_iso():
    """A negative number is no formula; null is empty; a list is one cell."""
    table = pl.DataFrame(
        {
            "n": [-5, None],
            "value": [Decimal("12.5000"), None],
            "at": [datetime(2026, 6, 1, 12, 30), None],
            "path": [["web:home", "web:cart"], []],
        }
    )

    written = csv_text(table, [Column(name=name, label=name) for name in table.columns])

    assert written.splitlines() == [
        "n,value,at,path",
        "-5,12.5,2026-06-01T12:30:00Z,web:home → web:cart",
        ",,,",
    ]


def test_a_grid_names_touchpoints_and_keeps_the_key_of_the_row():
    """The cell says Cart, the button tells web:cart."""
    table = pl.DataFrame({"touchpoint": ["web:cart", "(dropped)"], "journeys": [3, 2]})

    made = grid(
        "it",
        table,
        (Column(name="touchpoint", label="Where"),),
        timezone="UTC",
        labels={"web:cart": "Cart"},
        drill=Drill(table="drop_offs", keys=("touchpoint",)),
    )

    assert made.rowData == [
        {"_key": '["web:cart"]', "touchpoint": "Cart"},
        {"_key": '["(dropped)"]', "touchpoint": "Dropped"},
    ]
