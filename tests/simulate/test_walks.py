import numpy as np
import pytest

from journeylab.simulate.chance import hash_of, hashes, share_of, shares
from journeylab.simulate.model import CODES, STATES, next_states, wait_codes, wait_seconds
from journeylab.simulate.walks import walk, with_context

DAY = 86_400


def walked(first: int, count: int):
    """Walks of ``count`` customers over 120 days."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    return walk(9, numbers, start=0, end=120 * DAY, max_steps=100)


def test_a_walk_depends_on_its_customer_alone():
    """Customer 40 walks the same way in any block."""
    big, small = walked(0, 100), walked(40, 1)
    of_40 = big.taken(big.customer == 40)

    assert of_40.state.tolist() == small.state.tolist()
    assert of_40.at.tolist() == small.at.tolist()


def test_steps_are_counted_and_times_rise():
    """Only an order page may be stamped before its order, by 12 seconds at most."""
    rows = walked(0, 300)
    same = rows.customer[1:] == rows.customer[:-1]
    ahead = np.diff(rows.at)[same]
    after_order = rows.state[1:][same] == CODES["web:order_status/after"]

    assert (np.diff(rows.step)[same] == 1).all()
    assert ahead[~after_order].min() > 0
    assert ahead[after_order].min() >= -12
    assert rows.at.max() < 120 * DAY


def test_every_order_follows_a_payment():
    """purchase:completed comes from web:payment alone."""
    rows = walked(0, 300)
    bought = np.flatnonzero(rows.state == CODES["purchase:completed"])

    assert len(bought) > 20
    assert {STATES[state] for state in rows.state[bought - 1]} == {"web:payment"}


def test_context_has_the_step_of_its_cause():
    """(customer, step, state) is unique, and the walk itself stands first, unchanged."""
    rows = walked(0, 300)

    both = with_context(9, rows)

    keys = set(zip(both.customer.tolist(), both.step.tolist(), both.state.tolist(), strict=True))
    assert len(keys) == len(both.at)
    assert both.state[: len(rows.at)].tolist() == rows.state.tolist()


def test_the_first_answer_takes_about_a_day():
    """The planted bottleneck: the median wait after chat:started is 26 hours."""
    table = wait_seconds()[wait_codes()[CODES["chat:started"], CODES["chat:message"]]]

    assert np.median(table) / 3600 == pytest.approx(26, abs=0.01)


def test_payment_is_left_more_often_than_anything_else():
    """The planted leak: 37 of 100 moves from web:payment end in silence."""
    leaving = (next_states() == CODES["(leave)"]).mean(axis=1)

    assert STATES[leaving.argmax()] == "web:payment"
    assert leaving.max() == pytest.approx(37 / 100, abs=0.001)
    assert np.sort(leaving)[-2] < 0.07


def test_one_draw_equals_the_draw_of_an_array():
    """So a file written row by row and one written in columns agree."""
    customers, steps = np.array([3, 4]), np.array([1, 0])

    assert hashes(7, "device", customers, steps).tolist() == [
        hash_of(7, "device", 3, 1),
        hash_of(7, "device", 4, 0),
    ]
    assert shares(7, "device", customers, steps)[1] == share_of(7, "device", 4, 0)
    assert hash_of(7, "device", 3, 1) == 8944719806903773454
