"""Macros of a snapshot: questions with arguments for tools that speak SQL and no Python."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from journeylab.errors import QueryError
from journeylab.lab import open as open_lab
from journeylab.warehouse import make_macros, memory, open_read_only
from journeylab.warehouse.macros import definition
from journeylab.warehouse.models import read_models

START = datetime(2026, 1, 1)

#: Customer -> (minute, touchpoint): the four worked cases, and one who began alone.
WALKS = {
    "ana": [(0, "A"), (30, "A"), (45, "B"), (75, "C")],
    "ben": [(0, "A"), (10, "B"), (20, "A"), (50, "C")],
    "cid": [(0, "A"), (5, "C"), (10, "B")],
    "dan": [(0, "A"), (60, "B"), (60, "C")],
    "eve": [(0, "A")],
}


def events() -> pl.DataFrame:
    """The columns of ``events`` that macros read."""
    return pl.DataFrame(
        [
            {
                "customer_id": customer,
                "event_number": number,
                "occurred_at": START + timedelta(minutes=minute),
                "touchpoint": touchpoint,
                "is_bot": False,
            }
            for customer, walk in WALKS.items()
            for number, (minute, touchpoint) in enumerate(walk, 1)
        ]
    )


def test_a_macro_survives_in_the_read_only_file(tmp_path):
    """Made in an attached database, it is there for whoever opens the file, and it answers."""
    path = tmp_path / "snapshot.duckdb"
    with memory() as writing, writing.given("given_events", events()):
        writing.execute(f"attach '{path}' as making")
        writing.execute("create table making.main.events as from given_events")
        made = make_macros(writing, ["events"], database="making")
        writing.execute("detach making")
        assert writing.scalar("select current_database()") == "memory"

    with open_read_only(path) as opened:
        rows = opened.rows("from funnel(['A', 'B', 'C'], window_days := 1 / 24)")
        listed = opened.rows(
            "select function_name, parameters, starts_with(comment, 'How many customers take')"
            " from duckdb_functions() where function_type = 'table_macro' and not internal"
            " and function_name = 'funnel'"
        )
    assert made == ["funnel"]
    assert listed == [("funnel", ["touchpoints", "window_days"], True)]
    assert [row[:6] for row in rows] == [
        (1, "A", 5, 4, 1, 0.8),
        (2, "B", 4, 3, 1, 0.75),
        (3, "C", 3, None, None, None),
    ]
    # Wilson on n ÷ C/(C - 1): 4/5 of 4 is 0.337 to 0.969, 3/4 of 3 is 0.256 to 0.963.
    assert rows[0][6:9] == pytest.approx((0.337, 0.969, 1.0), abs=1e-3)
    assert rows[1][6:9] == pytest.approx((0.256, 0.963, 0.8), abs=1e-3)
    # To B: ana 15, ben 10, cid 10, dan 60 minutes; to C: ana 30, ben 40, dan 0.
    assert [row[9] for row in rows] == [750.0, 1800.0, None]
    assert [row[10] for row in rows] == pytest.approx([2790.0, 2280.0, None])


def test_a_macro_is_left_out_where_its_tables_are_not():
    """A snapshot without events has no funnel."""
    with memory() as opened:
        assert make_macros(opened, ["journeys"]) == []


def test_parameters_of_a_macro_are_names_and_some_have_defaults():
    """What stands as ``$name`` in the file is the parameter."""
    first = definition(read_models("macros")["macros.funnel"]).splitlines()[0]

    assert first == (
        'create macro "funnel"(touchpoints, window_days := 14) as table with recursive'
    )
    assert "$" not in definition(read_models("macros")["macros.funnel"])


@pytest.fixture(scope="module")
def lab(sample_run):
    """The sample shop as it is published."""
    with open_lab(sample_run.snapshot) as opened:
        yield opened


@pytest.mark.parametrize("start", [None, "web:cart"])
@pytest.mark.parametrize(("steps", "top"), [(3, 2), (5, 6)])
def test_paths_are_those_of_the_lab(lab, start, steps, top):
    """Every row, every column, in the same order."""
    ours = lab.paths(start, steps=steps, top=top)

    told = lab.sql(f"from paths(start := $start, steps := {steps}, top := {top})", start=start)

    wanted = ours.select(told.columns).with_columns(pl.col("step").cast(pl.Int64))
    assert_frame_equal(told, wanted, check_dtypes=False)
    assert told.height > 10


@pytest.mark.parametrize("counted", ["on", "on_or_after"])
@pytest.mark.parametrize("unit", ["week", "month"])
@pytest.mark.parametrize(
    ("starts", "returns"), [(None, None), (["web:product"], ["web:cart", "purchase:completed"])]
)
def test_retention_is_that_of_the_lab(lab, counted, unit, starts, returns):
    """Every cell of every cohort; the mean of all is the Lab's alone."""
    ours = lab.retention(
        starts or "(goal)", returns or "(action)", period=unit, periods=6, counted=counted
    ).drop_nulls("cohort_date")

    told = lab.sql(
        "from retention(unit := $unit, periods := 6, starts := $starts, returns := $returns,"
        " counted := $counted)",
        counted=counted,
        unit=unit,
        starts=starts,
        returns=returns,
    )

    assert_frame_equal(told, ours.select(told.columns), check_dtypes=False)
    assert told.height > 10


def test_retention_counts_on_or_on_or_after(lab):
    """Another word is refused, not taken for one of the two."""
    with pytest.raises(QueryError, match="counted is 'on' or 'on_or_after'"):
        lab.sql("from retention(counted := 'after')")


@pytest.mark.parametrize(
    ("first", "then"),
    [("web:product", "purchase:completed"), ("web:cart", "web:product"), ("web:cart", "web:cart")],
)
def test_time_between_is_that_of_the_lab(lab, first, then):
    """Every figure, between two touchpoints and from one to itself."""
    ours = lab.time_between(first, then)

    told = lab.sql("from time_between($first, $then)", first=first, then=then)

    assert_frame_equal(told, ours.select(told.columns), check_dtypes=False)
    assert told["journeys"].item() > 100


def test_the_funnel_of_a_snapshot_is_that_of_the_lab(lab):
    """Counts of four steps within two days."""
    steps = ["web:product", "web:cart", "web:payment", "purchase:completed"]
    ours = lab.funnel(steps, window="2d").select("step", "entered", "converted", "dropped")

    told = lab.sql("from funnel($steps, window_days := 2)", steps=steps).select(ours.columns)

    assert_frame_equal(told, ours, check_dtypes=False)


def test_all_macros_are_listed_in_the_snapshot_with_how_they_are_called(lab):
    """As the data dictionary says."""
    listed = lab.sql(
        "select distinct function_name, comment from duckdb_functions()"
        " where function_type = 'table_macro' and not internal order by all"
    )

    assert listed["function_name"].to_list() == ["funnel", "paths", "retention", "time_between"]
    assert listed["comment"].str.contains(r"Call: from \w+\(").all()
