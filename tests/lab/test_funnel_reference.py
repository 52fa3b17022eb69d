"""The SQL of funnels gives what trying every way through the events gives, whatever is asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import funnel_reference as reference
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from journeylab.lab import Exclusion, Funnel, Step, compile
from journeylab.lab.funnel_queries import told
from journeylab.warehouse import Warehouse, memory

START = datetime(2026, 1, 1)

EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from("AABBCDX"),
        st.sampled_from(["red", "blue", None]),
    ),
    min_size=1,
    max_size=9,
)

STEPS = st.lists(
    st.sampled_from(["A", "B", "C", "D", "AB", "BC"]).map(frozenset), min_size=2, max_size=4
)


@st.composite
def questions(draw: st.DrawFn) -> reference.Asked:
    """Any dials that go together."""
    order = draw(st.sampled_from(["sequential", "strict", "any"]))
    entry = draw(st.sampled_from(["any", "first", "every"]))
    steps = tuple(draw(STEPS))
    keeps_order = order != "any"
    if not keeps_order:
        steps = tuple(dict.fromkeys(steps))
        if len(steps) < 2:
            steps = (frozenset("A"), frozenset("B"))
    inner = range(2, len(steps))
    optional = frozenset(n for n in inner if keeps_order and draw(st.booleans()))
    per_step = None
    if keeps_order and draw(st.booleans()):
        spans = st.sampled_from([None, 1, 2, 4])
        per_step = tuple(draw(spans) for _ in steps[1:])
    needed = [n for n in range(1, len(steps) + 1) if n not in optional]
    exclude = []
    for _ in range(draw(st.integers(0, 2))):
        first, last = 1, len(steps)
        if keeps_order:
            first = draw(st.sampled_from(needed[:-1]))
            last = draw(st.sampled_from([n for n in needed if n > first]))
        effect = draw(st.sampled_from(["remove", "end_attempt"]))
        exclude.append((draw(st.sampled_from("XXBD")), first, last, effect))
    are_apart = all(not a & b for i, a in enumerate(steps) for b in steps[:i])
    may_tie = order == "sequential" and entry != "every" and are_apart
    return reference.Asked(
        steps=steps,
        window=draw(st.sampled_from([None, 2, 4, 7])),
        order=order,
        entry=entry,
        per_step=per_step,
        optional=optional,
        exclude=tuple(exclude),
        holds=draw(st.booleans()),
        tie=draw(st.sampled_from([0, 0, 1])) if may_tie else 0,
    )


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    """Tables that funnels read, with no event yet."""
    with memory(threads=1) as opened:
        opened.execute("create table touchpoints (touchpoint varchar)")
        opened.execute("insert into touchpoints select unnest(['A', 'B', 'C', 'D', 'X'])")
        yield opened


def put(warehouse: Warehouse, customers: list[list[reference.Event]]) -> None:
    """Make the table of events."""
    rows = [
        {
            "customer_id": f"customer {number:02}",
            "journey_id": f"journey {number:02}",
            "session_id": f"session {number:02}",
            "event_number": place,
            "occurred_at": START + timedelta(minutes=minute),
            "touchpoint": name,
            "colour": colour,
            "is_bot": False,
        }
        for number, events in enumerate(customers)
        for place, (minute, name, colour) in enumerate(events, 1)
    ]
    frame = pl.DataFrame(rows, schema_overrides={"colour": pl.String})
    with warehouse.given("given_events", frame):
        warehouse.execute("create or replace table events as from given_events")


def question_of(asked: reference.Asked) -> Funnel:
    """The question in the library's words."""

    def span(minutes: int | None) -> timedelta | None:
        return None if minutes is None else timedelta(minutes=minutes)

    return Funnel(
        [
            Step(sorted(names), optional=number in asked.optional)
            for number, names in enumerate(asked.steps, 1)
        ],
        window=span(asked.window),
        order=asked.order,
        entry=asked.entry,
        per_step=None if asked.per_step is None else [span(one) for one in asked.per_step],
        exclude=[
            Exclusion(name, None if asked.order == "any" else (first, last), effect)
            for name, first, last, effect in asked.exclude
        ],
        hold="colour" if asked.holds else None,
        tie_window=span(asked.tie) if asked.tie else None,
    )


def answered(warehouse: Warehouse, question: Funnel) -> list[tuple[Any, ...]]:
    """(customer, attempt, step, number of its event, whether removed) as SQL finds them."""
    _, tables = told(warehouse, "the test", question)
    columns = ("unit_id", "attempt_number", "step", "place", "is_removed")
    query = exp.select(*columns).from_("funnel_told")
    return sorted(warehouse.rows(compile.composed(query, tables)))


def expected(
    customers: list[list[reference.Event]], asked: reference.Asked
) -> list[tuple[Any, ...]]:
    """The same, as trying every way finds them."""
    return sorted(
        (f"customer {number:02}", attempt_number, step, place + 1, attempt.is_removed)
        for number, events in enumerate(customers)
        for attempt_number, attempt in enumerate(reference.attempts(events, asked), 1)
        for step, place in attempt.taken
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(EVENTS, min_size=1, max_size=8), asked=questions())
def test_sql_finds_the_attempts_that_trying_every_way_finds(
    warehouse: Warehouse,
    drawn: list[list[tuple[int, str, str | None]]],
    asked: reference.Asked,
) -> None:
    """Any order, entry, windows, exclusions, optional steps, held value and tie window."""
    customers = []
    for events in drawn:
        minute, customer = 0, []
        for gap, name, colour in events:
            minute += gap
            customer.append((minute, name, colour))
        customers.append(customer)
    put(warehouse, customers)

    assert answered(warehouse, question_of(asked)) == expected(customers, asked)
