"""Lab.funnel: worked cases, as the peers publish theirs, with what we count and why."""

from collections.abc import Iterator
from typing import Any

import pytest
from shop_frame import frame, opened

import journeylab as jl

ABC = ["A", "B", "C"]

#: Customer -> (minute, event). The first four are PEERS' golden cases.
WALKS: dict[str, list[tuple[float, str]]] = {
    "ana": [(0, "A"), (30, "A"), (45, "B"), (75, "C")],
    "ben": [(0, "A"), (10, "B"), (20, "A"), (50, "C")],
    "cid": [(0, "A"), (5, "C"), (10, "B")],
    "dan": [(0, "A"), (60, "B"), (60, "C")],
    "eve": [(0, "A"), (5, "X"), (10, "B"), (20, "C")],
    "fay": [(0, "A"), (50, "B"), (100, "C")],
    "gus": [(0, "B"), (1 / 60, "A"), (1, "C")],
    "hal": [(0, "P"), (0, "P")],
    "ida": [(0, "P")],
}


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """One customer a case; a session takes two hours without a pause between."""
    settings = {"run": {"threads": 1}, "sessions": {"session_gap_minutes": 90}}
    with opened(frame(**WALKS), goals="C", settings=settings) as opened_lab:
        yield opened_lab


def furthest(lab: jl.Lab, steps: Any = ABC, **dials: Any) -> dict[str, list[int]]:
    """Customer -> the furthest step of each attempt, those left out by an exclusion left out."""
    table = lab.funnel_attempts(steps, **{"window": "60min", **dials})
    found: dict[str, list[int]] = {}
    for row in table.filter(is_removed=False).iter_rows(named=True):
        found.setdefault(row["customer_id"], []).append(row["furthest_step"])
    return found


def test_any_attempt_may_win(lab: jl.Lab) -> None:
    """As PostHog and ClickHouse: ana from her second A; ben went back to A, and converts.

    OpenReplay wants steps side by side among the steps' events, and loses ben.
    """
    found = furthest(lab)

    assert found == {
        "ana": [3],
        "ben": [3],
        "cid": [2],
        "dan": [3],
        "eve": [3],
        "fay": [2],
        "gus": [1],
    }


def test_the_first_entry_counts_where_that_is_asked(lab: jl.Lab) -> None:
    """As Mixpanel's uniques and retentioneering's within: ana's clock runs from her first A."""
    found = furthest(lab, entry="first")

    assert (found["ana"], found["ben"], found["dan"]) == ([2], [3], [3])


def test_each_first_step_is_an_attempt_where_every_entry_counts(lab: jl.Lab) -> None:
    """Mixpanel's totals let ben begin anew only after the first attempt has ended: 1 for 2."""
    found = furthest(lab, entry="every")

    assert found["ana"] == [1, 3]
    assert found["ben"] == [3, 1]
    assert found["cid"] == [2]


def test_strict_order_lets_nothing_between(lab: jl.Lab) -> None:
    """As PostHog's strict and GA4's directly followed; dan's tie stands as the log has it."""
    found = furthest(lab, order="strict")

    assert found == {
        "ana": [3],
        "ben": [2],
        "cid": [1],
        "dan": [3],
        "eve": [1],
        "fay": [2],
        "gus": [1],
    }


def test_any_order_counts_steps_done(lab: jl.Lab) -> None:
    """Cid did all three within ten minutes; gus began with B."""
    found = furthest(lab, order="any")

    assert (found["cid"], found["fay"], found["gus"]) == ([3], [2], [3])


def test_one_event_serves_one_step(lab: jl.Lab) -> None:
    """Two events at one instant are two steps, one is not; Umami's between lets it be."""
    assert furthest(lab, ["P", "P"]) == {"hal": [2], "ida": [1]}
    assert furthest(lab, ["P", "P"], entry="every") == {"hal": [2], "ida": [1]}


def test_an_exclusion_removes_or_ends(lab: jl.Lab) -> None:
    """PostHog leaves eve out; Mixpanel lets her drop after A, and others stand either way."""
    removed = furthest(lab, exclude=[jl.Exclusion("X", (1, 2))])
    ended = furthest(lab, exclude=[jl.Exclusion("X", (1, 2), "end_attempt")])
    later = furthest(lab, exclude=[jl.Exclusion("X", (2, 3))])

    assert "eve" not in removed
    assert ended["eve"] == [1]
    assert later["eve"] == [3]
    assert removed["ana"] == ended["ana"] == [3]


def test_an_exclusion_holds_in_any_order_too(lab: jl.Lab) -> None:
    """PostHog ignores it there. Eve's B and C come after it, so she is best off with these."""
    removed = furthest(lab, order="any", exclude=["X"])
    ended = furthest(lab, order="any", exclude=[jl.Exclusion("X", effect="end_attempt")])

    assert "eve" not in removed
    assert ended["eve"] == [2]
    assert removed["cid"] == [3]


def test_a_window_may_run_from_step_to_step(lab: jl.Lab) -> None:
    """As Umami: fay takes 100 minutes in all, and never more than 50 at once."""
    by_step = furthest(lab, window=None, per_step=["60min", "60min"])
    last_short = furthest(lab, window=None, per_step=[None, "20min"])

    assert by_step["fay"] == [3]
    assert last_short["fay"] == [2]


def test_near_events_may_be_taken_in_either_order(lab: jl.Lab) -> None:
    """As Mixpanel's two seconds: gus's B is one second before his A. Without it he stays at A."""
    assert furthest(lab, tie_window="2s")["gus"] == [3]


def test_the_window_is_inclusive(lab: jl.Lab) -> None:
    """Dan's 60 minutes are in; a millisecond less, and they are not."""
    assert furthest(lab)["dan"] == [3]
    assert furthest(lab, window="3599999ms")["dan"] == [1]


def test_the_table_tells_counts_rates_and_times(lab: jl.Lab) -> None:
    """Seven entered; of the six at B four went on, after 30, 40, 0 and 10 minutes."""
    table = lab.funnel(ABC, window="60min")

    counts = table.select("step", "step_name", "entered", "customers", "converted", "dropped")
    assert counts.rows() == [
        (1, "A", 7, 7, 6, 1),
        (2, "B", 6, 6, 4, 2),
        (3, "C", 4, 4, None, None),
    ]
    assert table["conversion_rate"].to_list() == pytest.approx([6 / 7, 4 / 6, None])
    assert table["overall_rate"].to_list() == pytest.approx([1, 6 / 7, 4 / 7])
    # Wilson on n ÷ C/(C - 1): 6/7 of 6 is 0.458 to 0.977, 4/6 of 5 is 0.275 to 0.913.
    assert table["conversion_rate_low"].to_list() == pytest.approx([0.458, 0.275, None], abs=1e-3)
    assert table["conversion_rate_high"].to_list() == pytest.approx([0.977, 0.913, None], abs=1e-3)
    assert table["time_to_next_p50_seconds"].to_list() == [750.0, 1200.0, None]
    assert table["time_to_next_mean_seconds"].to_list() == pytest.approx([1550.0, 1200.0, None])
    assert table["is_insufficient"].to_list() == [True, True, True]


def test_attempts_lead_to_customers_and_journeys(lab: jl.Lab) -> None:
    """Those that dropped after a step are as many as the table says."""
    dropped = lab.funnel_attempts(ABC, window="60min", dropped_after=2)
    bought = lab.funnel_attempts(ABC, window="60min", converted=True, limit=2)

    assert dropped["customer_id"].to_list() == ["cid", "fay"]
    assert bought.select("customer_id", "duration_seconds").rows() == [
        ("ana", 2700.0),
        ("ben", 3000.0),
    ]
    known = lab.journeys(limit=None)["journey_id"]
    assert dropped["journey_id"].is_in(known.implode()).all()


def test_where_they_went_instead(lab: jl.Lab) -> None:
    """Gus went to C without B; after their B cid did nothing, and fay C too late."""
    table = lab.funnel_instead(ABC, window="60min")

    first = table.filter(events_later=1).select("step", "touchpoint", "attempts", "share")
    assert first.rows() == [
        (1, "C", 1, 1.0),
        (2, "(nothing)", 1, 0.5),
        (2, "C", 1, 0.5),
    ]
    assert table.filter(step=1, events_later=2)["touchpoint"].to_list() == ["(nothing)"]


def test_times_are_told_as_a_histogram(lab: jl.Lab) -> None:
    """From A to C: eve 20, ana 45, ben 50 and dan 60 minutes."""
    table = lab.funnel_times(ABC, window="60min", edges=[0, 1800, 3600])

    assert table.rows() == [
        (None, 0.0, 1800.0, 1, 0.25, 0.25),
        (None, 1800.0, 3600.0, 2, 0.5, 0.75),
        (None, 3600.0, None, 1, 0.25, 1.0),
    ]


def test_a_journey_or_session_may_walk_the_funnel(lab: jl.Lab) -> None:
    """Cid's B comes after his goal, in another journey of the same session."""
    journeys = lab.funnel(ABC, window="60min", unit="journey")
    sessions = lab.funnel(ABC, window="60min", unit="session")

    assert journeys["entered"].to_list() == [7, 5, 4]
    assert sessions["entered"].to_list() == [7, 6, 4]


def test_sql_alone_counts_the_same(lab: jl.Lab) -> None:
    """The macro of a snapshot is the default funnel, in a Lab of a frame too."""
    asked = lab.sql("from funnel(['A', 'B', 'C'], window_days := 1 / 24)")
    table = lab.funnel(ABC, window="60min")

    both = ["step", "entered", "converted", "dropped", "time_to_next_p90_seconds"]
    assert asked.select(both).equals(table.select(both))
    for name in ("conversion_rate", "conversion_rate_low", "conversion_rate_high"):
        assert asked[name].to_list() == pytest.approx(table[name].to_list(), abs=1e-8)
