"""A plain funnel from the events as they stand: the general answer, or none."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeylab.lab import Funnel
from journeylab.lab.funnel_queries import told
from journeylab.lab.funnel_streaming import streamed, streams
from journeylab.lab.funnels import answer
from journeylab.warehouse import Warehouse, memory

START = datetime(2026, 1, 1)

EVENTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("AABBCX")), min_size=1, max_size=9)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    """Tables that funnels read, with no event yet."""
    with memory(threads=1) as opened:
        opened.execute("create table touchpoints (touchpoint varchar)")
        opened.execute("insert into touchpoints select unnest(['A', 'B', 'C', 'X'])")
        yield opened


def put(
    warehouse: Warehouse, customers: dict[str, list[tuple[int, str]]], *, together: bool = True
) -> None:
    """Make the table of events: customer -> (minute, touchpoint), in this order."""
    rows = [
        (name, None, None, place, START + timedelta(minutes=minute), touchpoint, False)
        for name, events in customers.items()
        for place, (minute, touchpoint) in enumerate(events, 1)
    ]
    if not together:
        rows.sort(key=lambda row: row[3])
    schema = ["customer_id", "journey_id", "session_id", "event_number"]
    frame = pl.DataFrame(
        rows, schema=[*schema, "occurred_at", "touchpoint", "is_bot"], orient="row"
    ).with_columns(pl.col("journey_id", "session_id").cast(pl.String))
    with warehouse.given("given_events", frame):
        warehouse.execute("create or replace table events as from given_events")


def both(
    warehouse: Warehouse, steps: list[str | list[str]], minutes: int
) -> tuple[pl.DataFrame | None, pl.DataFrame]:
    """The answer from the events as they stand, and the general one."""
    plan, tables = told(warehouse, "the test", Funnel(steps, window=timedelta(minutes=minutes)))
    assert streams(plan)
    general = answer(warehouse, "funnel_of_customers", tables, steps=len(steps))
    return streamed(warehouse, plan), general


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    drawn=st.lists(EVENTS, min_size=1, max_size=6),
    steps=st.permutations("ABC"),
    minutes=st.sampled_from([1, 2, 4, 7]),
)
def test_the_answer_is_the_general_one(
    warehouse: Warehouse,
    drawn: list[list[tuple[int, str]]],
    steps: list[str],
    minutes: int,
) -> None:
    """Whatever happens at one instant, or at the window's end."""
    customers: dict[str, list[tuple[int, str]]] = {}
    for number, events in enumerate(drawn):
        minute, customer = 0, []
        for gap, name in events:
            minute += gap
            customer.append((minute, name))
        customers[f"customer {number}"] = customer
    put(warehouse, customers)

    found, general = both(warehouse, list(steps), minutes)

    assert found is not None
    assert found.equals(general)


@pytest.mark.parametrize(
    ("customers", "steps", "minutes"),
    [
        pytest.param(
            {"bea": [(0, "A"), (1, "B")], "ana": [(0, "A")]},
            ["A", "B"],
            60,
            id="customers in no order, as after a night that moved some to the end",
        ),
        pytest.param(
            {"ana": [(0, "A"), (0, "A"), (0, "B"), (0, "A"), (2, "B"), (2, "C")]},
            ["A", "B", "C"],
            2,
            id="chains that begin at one instant",
        ),
        pytest.param(
            {"ana": [(0, "A")], "bea": [(1, "B"), (2, "A")], "eve": [(3, "B")]},
            ["A", "B"],
            60,
            id="nobody goes on with the chain of another customer",
        ),
    ],
)
def test_what_is_stored_oddly_is_counted_all_the_same(
    warehouse: Warehouse,
    customers: dict[str, list[tuple[int, str]]],
    steps: list[str | list[str]],
    minutes: int,
) -> None:
    """As the general way counts it."""
    put(warehouse, customers)

    found, general = both(warehouse, steps, minutes)

    assert found is not None
    assert found.equals(general)


@pytest.mark.parametrize(
    ("customers", "steps", "together"),
    [
        pytest.param(
            {"bea": [(0, "A"), (1, "B")], "ana": [(0, "A")]},
            ["A", "B"],
            False,
            id="a customer's events stand apart",
        ),
        pytest.param({"ana": [(0, "A"), (1, "A")]}, ["A", "A"], True, id="an event fits two steps"),
        pytest.param({"ana": [(9, "A"), (1, "B")]}, ["A", "B"], True, id="time runs back"),
    ],
)
def test_nothing_is_said_of_events_that_cannot_be_streamed(
    warehouse: Warehouse,
    customers: dict[str, list[tuple[int, str]]],
    steps: list[str | list[str]],
    together: bool,
) -> None:
    """The general way is asked then."""
    put(warehouse, customers, together=together)

    found, _ = both(warehouse, steps, 60)

    assert found is None


@pytest.mark.parametrize(
    "dial",
    [
        {"entry": "first"},
        {"order": "strict"},
        {"unit": "journey"},
        {"exclude": ["X"]},
        {"per_step": ["1h"]},
        {"breakdown": "touchpoint"},
        {"where": "outcome = 'converted'"},
        {"window": None},
    ],
    ids=str,
)
def test_a_dial_out_of_the_usual_is_answered_the_general_way(
    warehouse: Warehouse, dial: dict[str, object]
) -> None:
    """Only the question most often asked is streamed."""
    put(warehouse, {"ana": [(0, "A")]})
    warehouse.execute(
        "create or replace table journeys (customer_id text, journey_id text, outcome text)"
    )

    plan, _ = told(warehouse, "the test", Funnel(["A", "B"], **dial))  # type: ignore[arg-type]

    assert not streams(plan)
