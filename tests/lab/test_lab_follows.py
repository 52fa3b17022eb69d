"""What follows what, times between touchpoints, starts and ends, and arrivals, worked by hand."""

from collections.abc import Iterator
from datetime import datetime

import polars as pl
import pytest
from shop_frame import DAY, START, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Ana shuttles and buys; ben looks twice within a session; cid's visit is still open."""
    rows = frame(
        ana=[(0, "home"), (1, "cart"), (11, "home"), (12, "cart"), (20, "paid")],
        ben=[(0, "home"), (5, "home"), (6, "cart")],
        cid=[(60 * DAY, "home")],
    )
    with opened(rows, goals="paid", assume_complete=False) as opened_lab:
        yield opened_lab


def pairs(table: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """From, to and some columns."""
    return table.select("from_touchpoint", "to_touchpoint", *columns).rows()


def test_what_directly_follows_adds_up(lab: jl.Lab) -> None:
    """Moves with starts and ends; waits from leaving one to entering the other."""
    table = lab.directly_follows()

    assert pairs(table, "transitions", "journeys", "share_out", "wait_p50_seconds") == [
        ("(start)", "home", 3, 3, 1.0, None),
        ("home", "cart", 3, 2, 0.75, 60.0),
        ("cart", "(dropped)", 1, 1, 1 / 3, None),
        ("cart", "home", 1, 1, 1 / 3, 600.0),
        ("cart", "paid", 1, 1, 1 / 3, 480.0),
        ("home", "(open)", 1, 1, 0.25, None),
        ("paid", "(converted)", 1, 1, 1.0, None),
    ]
    for touchpoint in ("home", "cart", "paid"):
        into = table.filter(to_touchpoint=touchpoint)["transitions"].sum()
        assert into == table.filter(from_touchpoint=touchpoint)["transitions"].sum()


def test_repeats_are_kept_where_it_is_told_so(lab: jl.Lab) -> None:
    """Ben's second look within the session is a move of its own, as pm4py counts."""
    table = lab.directly_follows(repeats="kept").filter(from_touchpoint="home")

    assert pairs(table, "transitions", "wait_p50_seconds") == [
        ("home", "cart", 3, 60.0),
        ("home", "(open)", 1, None),
        ("home", "home", 1, 300.0),
    ]


def test_what_comes_next_and_what_came_before(lab: jl.Lab) -> None:
    """Shares of the visits to one touchpoint; the start is before some."""
    after = lab.next_steps("cart").select("touchpoint", "transitions", "share").rows()
    before = lab.previous_steps("home").select("touchpoint", "transitions", "share").rows()

    assert after == [("(dropped)", 1, 1 / 3), ("home", 1, 1 / 3), ("paid", 1, 1 / 3)]
    assert before == [("(start)", 3, 0.75), ("cart", 1, 0.25)]
    with pytest.raises(UnknownName, match="did you mean 'cart'"):
        lab.next_steps("crat")


def test_what_eventually_follows_counts_each_journey_once(lab: jl.Lab) -> None:
    """From leaving the first visit to the first later one; ana comes back to both."""
    table = lab.eventually_follows()

    assert pairs(table, "journeys", "journeys_from", "share", "wait_p50_seconds") == [
        ("home", "cart", 2, 3, 2 / 3, 60.0),
        ("cart", "cart", 1, 2, 0.5, 660.0),
        ("cart", "home", 1, 2, 0.5, 600.0),
        ("cart", "paid", 1, 2, 0.5, 1140.0),
        ("home", "home", 1, 3, 1 / 3, 660.0),
        ("home", "paid", 1, 3, 1 / 3, 1200.0),
    ]


def test_the_step_matrix_holds_everybody_at_each_step(lab: jl.Lab) -> None:
    """Those that ended stay where they ended; the dials of paths hold."""
    table = lab.step_matrix(steps=3)

    assert table.select("step", "touchpoint", "paths", "conversion_rate").rows() == [
        (1, "home", 3, 0.5),
        (2, "cart", 2, 0.5),
        (2, "(open)", 1, None),
        (3, "(dropped)", 1, 0.0),
        (3, "(open)", 1, None),
        (3, "home", 1, 1.0),
    ]
    assert table.group_by("step").agg(pl.col("share").sum())["share"].to_list() == [1.0] * 3
    assert lab.step_matrix(steps=1, start="cart")["paths"].to_list() == [2]


def test_a_cell_of_the_step_matrix_leads_to_its_journeys(lab: jl.Lab) -> None:
    """Asked with the dials of the matrix, they add up to its paths."""
    row = lab.step_matrix().row(1, named=True)

    found = lab.journeys_of("step_matrix", row)

    assert found.select("customer_id", "occurrences").rows() == [("ana", 1), ("ben", 1)]
    assert row["paths"] == 2


def test_starts_and_ends_tell_how_journeys_fare(lab: jl.Lab) -> None:
    """Only cid's journey began long enough after the data to know where; its end is open."""
    starts = lab.start_touchpoints()
    ends = lab.end_touchpoints()

    columns = ("touchpoint", "journeys", "share", "journeys_settled", "converted")
    assert starts.select(columns).rows() == [("home", 1, 1.0, 0, 0)]
    assert ends.select(columns).rows() == [
        ("cart", 1, 1 / 3, 1, 0),
        ("home", 1, 1 / 3, 0, 0),
        ("paid", 1, 1 / 3, 1, 1),
    ]
    assert ends["is_insufficient"].to_list() == [True] * 3
    assert lab.only(outcome="converted").end_touchpoints()["touchpoint"].to_list() == ["paid"]


def test_the_time_between_two_touchpoints_is_told(lab: jl.Lab) -> None:
    """First home to the next cart: a minute each; every cart to paid: 19 and 8 minutes."""
    first = lab.time_between("home", "cart").row(0, named=True)
    every = lab.time_between("cart", "paid", occurrence="all").row(0, named=True)
    last = lab.time_between("cart", "paid", occurrence="last")

    assert [first[name] for name in ("journeys_from", "journeys", "times", "p50_seconds")] == [
        3, 2, 2, 60.0,
    ]  # fmt: skip
    assert first["reached_share"] == 2 / 3
    names = ("journeys", "times", "min_seconds", "mean_seconds", "max_seconds")
    assert [every[name] for name in names] == [1, 2, 480.0, 810.0, 1140.0]
    assert last["p50_seconds"].to_list() == [480.0]


def test_nobody_who_came_there_gives_no_time(lab: jl.Lab) -> None:
    """Counts of nought, and null for what cannot be read."""
    row = lab.time_between("paid", "home").row(0, named=True)

    assert [row[name] for name in ("journeys_from", "journeys", "times", "p90_seconds")] == [
        1, 0, 0, None,
    ]  # fmt: skip


def test_times_between_are_spread_over_spans(lab: jl.Lab) -> None:
    """A time at an edge belongs to the span it begins; all spans add up."""
    table = lab.time_between_spans("cart", "paid", edges=[0, 480, 600], occurrence="all")

    assert table.rows() == [
        (0.0, 480.0, 0, 0.0, 0.0),
        (480.0, 600.0, 1, 0.5, 0.5),
        (600.0, None, 1, 0.5, 1.0),
    ]
    with pytest.raises(InputRefused, match="give seconds that rise from 0"):
        lab.time_between_spans("cart", "paid", edges=[60, 0])
    with pytest.raises(InputRefused, match="no occurrence 'second'"):
        lab.time_between("cart", "paid", occurrence="second")


def test_arrivals_leave_no_day_out(lab: jl.Lab) -> None:
    """Two journeys on the first day, none for 59 days, one on the day the data ends."""
    table = lab.arrivals()

    assert table.height == 61
    assert table.row(0) == (datetime(2026, 1, 1), 2, 2, 24.0, 2 / 24, False)
    assert table["arrivals"].to_list()[1:-1] == [0] * 59
    assert table.row(-1) == (datetime(2026, 3, 2), 1, 1, 12.0, 1 / 12, True)


def test_touchpoints_customers_sessions_and_events_arrive_too(lab: jl.Lab) -> None:
    """Visits to a touchpoint, first journeys, sessions, and all events."""
    weeks = {
        of: lab.arrivals(of, period="week")["arrivals"].sum()
        for of in ("home", "customers", "sessions", "events")
    }

    assert weeks == {"home": 4, "customers": 3, "sessions": 3, "events": 9}
    hours = lab.only(where="customer_id = 'ana'").arrivals("cart", period="hour")
    assert hours.filter(pl.col("arrivals") > 0).rows()[0][:2] == (START, 2)
    with pytest.raises(InputRefused, match="no period 'month'"):
        lab.arrivals(period="month")
    with pytest.raises(InputRefused, match="sessions hold parts of several journeys"):
        lab.arrivals("sessions", where="is_settled")
    with pytest.raises(UnknownName, match="did you mean 'home'"):
        lab.arrivals("hme")


def test_days_on_which_clocks_change_have_other_hours() -> None:
    """29 March 2026 has 23 hours in Berlin, 25 October has 25; hours that are not are left out."""
    rows = frame(ana=[(86 * DAY, "home"), (298 * DAY, "home")])
    settings = {"run": {"reporting_timezone": "Europe/Berlin"}}
    with opened(rows, settings=settings) as lab:
        days = lab.arrivals(period="day")
        hours = lab.arrivals(period="hour")

    odd = days.filter((pl.col("hours") != 24) & ~pl.col("is_immature"))
    assert odd.select("period_start_at", "hours").rows() == [
        (datetime(2026, 3, 29), 23.0),
        (datetime(2026, 10, 25), 25.0),
    ]
    assert datetime(2026, 3, 29, 2) not in hours["period_start_at"].to_list()
    assert hours.filter(pl.col("hours") > 1).height == 1


@pytest.mark.parametrize("question", ["directly_follows", "eventually_follows", "step_matrix"])
def test_nobody_left_is_an_empty_table(lab: jl.Lab, question: str) -> None:
    """No row, the same columns."""
    asked = getattr(lab, question)

    assert asked(where="steps > 99").is_empty()
    assert asked(where="steps > 99").columns == asked().columns
