"""Lab.retention and Lab.lifecycle: worked by hand, and by a slow reader of the same events."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop_frame import DAY, START, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, NoGoal, UnknownName

WEEK = 7 * DAY
MONDAY = date(2025, 12, 29)  # of the week in which the frames start


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Weeks: ana buys in 0, is seen in 1 and 3; ben buys in 0, seen in 2; cid buys in 1; 3 runs."""
    people = {
        "ana": [(0, "home"), (5, "paid"), (WEEK, "home"), (3 * WEEK, "home")],
        "ben": [(2, "paid"), (2 * WEEK, "home")],
        "cid": [(0, "home"), (WEEK, "paid"), (WEEK + 5, "home")],
    }
    with opened(frame(**people), goals="paid", assume_complete=False) as opened_lab:
        yield opened_lab


def cells(table: pl.DataFrame) -> list[tuple[object, ...]]:
    """Week of the cohort counted from 0 (None for all), period, customers, retained, immature."""
    weeks = (pl.col("cohort_date") - MONDAY).dt.total_days() // 7
    return table.select(weeks, "period", "customers", "retained", "is_immature").rows()


def test_who_came_back_in_each_week(lab: jl.Lab) -> None:
    """The week that runs is marked and left out of the mean, which is weighted by size."""
    table = lab.retention(periods=3)

    assert cells(table) == [
        (0, 0, 2, 2, False), (0, 1, 2, 1, False), (0, 2, 2, 1, False), (0, 3, 2, 1, True),
        (1, 0, 1, 1, False), (1, 1, 1, 0, False), (1, 2, 1, 0, True),
        (None, 0, 3, 3, False), (None, 1, 3, 1, False), (None, 2, 2, 1, False),
    ]  # fmt: skip
    rates = table.filter(pl.col("cohort_date").is_null())["retention_rate"].to_list()
    assert rates == [1.0, pytest.approx(1 / 3), 0.5]
    half = table.row(1, named=True)
    bounds = (half["retention_rate_low"], half["retention_rate_high"])
    assert bounds == (pytest.approx(0.0945, abs=1e-4), pytest.approx(0.9055, abs=1e-4))
    assert table["is_start_unknown"].all()


def test_who_came_back_in_each_week_or_later(lab: jl.Lab) -> None:
    """Ana's week 3 counts for 1 to 3; no such cell is over before 30 days have passed."""
    table = lab.retention(periods=3, counted="on_or_after")

    assert cells(table) == [
        (0, 0, 2, 2, False), (0, 1, 2, 2, True), (0, 2, 2, 2, True), (0, 3, 2, 1, True),
        (1, 0, 1, 1, False), (1, 1, 1, 0, True), (1, 2, 1, 0, True),
        (None, 0, 3, 3, False),
    ]  # fmt: skip


def test_another_start_makes_other_cohorts(lab: jl.Lab) -> None:
    """By their first action Cid belongs to week 0 as well; coming back is buying here."""
    table = lab.retention("(action)", "paid", periods=1)

    assert cells(table)[:2] == [(0, 0, 3, 3, False), (0, 1, 3, 1, False)]


def test_conditions_on_events_and_on_the_first_journey(lab: jl.Lab) -> None:
    """Home seen from the second week on; of journeys that begin with a purchase only Ben's."""
    late = f"occurred_at >= timestamp '{START + timedelta(days=10)}'"

    back = lab.retention(return_where=late, periods=2)
    ben = lab.retention(where="first_touchpoint = 'paid'", periods=2)

    assert cells(back)[:3] == [(0, 0, 2, 2, False), (0, 1, 2, 0, False), (0, 2, 2, 1, False)]
    assert cells(ben)[:3] == [(0, 0, 1, 1, False), (0, 1, 1, 0, False), (0, 2, 1, 1, False)]


def test_who_was_known_before_the_period_is_not_new_in_it(lab: jl.Lab) -> None:
    """Ana's and Ben's later visits open journeys in week 1 and 2; their first goal was before."""
    later = ((START + timedelta(days=6)).isoformat(), None)

    with pytest.raises(NoGoal, match="no customer asked reached a goal"):
        lab.retention(segment=later)


def test_days_are_cut_in_the_reporting_zone() -> None:
    """23:30 UTC is the next day in Berlin: ana comes back on day 1 there, on day 0 in UTC."""
    events = pl.DataFrame(
        {
            "who": ["ana", "ana", "ben"],
            "when": [
                datetime(2026, 1, 5, 12, 0),
                datetime(2026, 1, 5, 23, 30),
                datetime(2026, 1, 9, 0, 0),
            ],
            "what": ["paid", "home", "home"],
        }
    )
    retained = {}
    for zone in ("UTC", "Europe/Berlin"):
        told = {"run": {"threads": 1, "reporting_timezone": zone}}
        with opened(events, goals="paid", settings=told) as here:
            table = here.retention(period="day", periods=1)
        retained[zone] = table["retained"].to_list()[1]

    assert retained == {"UTC": 0, "Europe/Berlin": 1}


def test_states_of_each_week(lab: jl.Lab) -> None:
    """Nobody is called quiet in the week that runs; ana is back after a pause there."""
    table = lab.lifecycle()

    columns = ("active", "new", "returning", "resurrected", "dormant")
    told = table.select(
        (pl.col("period_date") - MONDAY).dt.total_days() // 7,
        *(f"{name}_customers" for name in columns),
        "is_immature",
    )
    assert told.rows() == [
        (0, 3, 3, 0, 0, 0, False),
        (1, 2, 0, 2, 0, 1, False),
        (2, 1, 0, 0, 1, 2, False),
        (3, 1, 0, 0, 1, None, True),
    ]
    assert table["returning_rate"].to_list() == [None, pytest.approx(2 / 3), 0.0, 0.0]


def test_a_period_in_which_nobody_came_has_a_row() -> None:
    """Months: January, nobody in February, March; January's customer went quiet in February."""
    with opened(frame(ana=[(0, "home"), (62 * DAY, "home")]), goals="paid") as quiet:
        table = quiet.lifecycle(period="month")

    columns = ("period_date", "new_customers", "resurrected_customers", "dormant_customers")
    assert table.select(columns).rows() == [
        (date(2026, 1, 1), 1, 0, 0),
        (date(2026, 2, 1), 0, 0, 1),
        (date(2026, 3, 1), 0, 1, None),
    ]


def test_what_cannot_be_asked_is_refused(lab: jl.Lab) -> None:
    """Each with what would be right."""
    with pytest.raises(InputRefused, match="no period 'year'"):
        lab.retention(period="year")
    with pytest.raises(InputRefused, match="no way to count 'after'"):
        lab.retention(counted="after")
    with pytest.raises(InputRefused, match="periods is 0"):
        lab.retention(periods=0)
    with pytest.raises(UnknownName, match="no touchpoint 'hom'"):
        lab.retention("hom")
    with pytest.raises(InputRefused, match="returns is empty"):
        lab.retention(returns=[])
    with pytest.raises(UnknownName, match=r"no column .*touchpont"):
        lab.lifecycle(activity_where="touchpont = 'home'")
    with pytest.raises(InputRefused, match="no customer asked did the activity"):
        lab.lifecycle(activity_where="touchpoint = 'nowhere'")


@pytest.fixture(scope="module")
def many() -> Iterator[tuple[jl.Lab, dict[str, list[tuple[date, str]]]]]:
    """60 customers, each with up to eight actions over 120 days, drawn by a fixed rule."""
    people, told = {}, {}
    for person in range(60):
        days = sorted({(person * 13 + step * step * (3 + person % 7)) % 120 for step in range(8)})
        names = ["paid" if (person + day) % 4 == 0 else "home" for day in days]
        who = f"p{person:02}"
        people[who] = [(day * DAY, name) for day, name in zip(days, names, strict=True)]
        told[who] = [
            ((START + timedelta(days=day)).date(), name)
            for day, name in zip(days, names, strict=True)
        ]
    with opened(frame(**people), goals="paid", assume_complete=False) as many_lab:
        yield many_lab, told


def number(day: date, period: str) -> int:
    """Periods since some Monday."""
    if period == "month":
        return day.year * 12 + day.month
    return (day - MONDAY).days // (7 if period == "week" else 1)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    period=st.sampled_from(["day", "week", "month"]),
    counted=st.sampled_from(["on", "on_or_after"]),
    start=st.sampled_from(["(goal)", "(action)", "home"]),
    returns=st.sampled_from(["(goal)", "(action)", "home"]),
)
def test_the_database_counts_as_a_slow_reader_does(many, period, counted, start, returns) -> None:
    """Every cohort and period; counts of those who come back later never rise."""
    lab, told = many
    fits = {"(goal)": ("paid",), "(action)": ("paid", "home"), "home": ("home",)}

    table = lab.retention(start, returns, period=period, counted=counted, periods=6)

    expected: dict[tuple[int, int], int] = {}
    sizes: dict[int, int] = {}
    for events in told.values():
        starts = [number(day, period) for day, name in events if name in fits[start]]
        if not starts:
            continue
        cohort = min(starts)
        sizes[cohort] = sizes.get(cohort, 0) + 1
        back = {number(day, period) - cohort for day, name in events if name in fits[returns]}
        for after in range(1, 7):
            hit = after in back if counted == "on" else any(n >= after for n in back)
            expected[cohort, after] = expected.get((cohort, after), 0) + hit
    found = table.filter(pl.col("cohort_date").is_not_null())
    for row in found.iter_rows(named=True):
        cohort = number(row["cohort_date"], period)
        assert row["customers"] == sizes[cohort]
        if row["period"]:
            assert row["retained"] == expected[cohort, row["period"]]
    assert {number(day, period) for day in found["cohort_date"]} == set(sizes)
    if counted == "on_or_after":
        steps = found.sort("cohort_date", "period").select(
            pl.col("retained").diff().over("cohort_date")
        )
        assert (steps.drop_nulls()["retained"] <= 0).all()


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(period=st.sampled_from(["day", "week", "month"]), activity=st.sampled_from(["paid", "home"]))
def test_states_add_up(many, period, activity) -> None:
    """Who is active is new, came again or is back; who was active came again or went quiet."""
    lab, told = many

    table = lab.lifecycle(activity, period=period)

    parts = ("new_customers", "returning_customers", "resurrected_customers")
    assert table.select(pl.sum_horizontal(parts)).to_series().equals(table["active_customers"])
    before = table["active_customers"].shift(1).fill_null(0)
    assert table["active_customers_before"].to_list() == before.to_list()
    over = table.filter(~pl.col("is_immature"))
    lost = over["returning_customers"] + over["dormant_customers"]
    assert lost.to_list() == over["active_customers_before"].to_list()
    did = [who for who, events in told.items() if activity in [name for _, name in events]]
    assert table["new_customers"].sum() == len(did)
    assert table["is_immature"].to_list() == [False] * (table.height - 1) + [True]
