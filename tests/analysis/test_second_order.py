"""First or second order: judged by the moves of customers the chain has not seen."""

import polars as pl
import pytest

from journeylab.analysis.resampling import draws
from journeylab.analysis.second_order import chain_order, second_order_chances

TOUCHPOINTS = pl.DataFrame(
    {"touchpoint_key": [0, 1, 2, 3], "touchpoint": ["x", "y", "m", "goal"]},
    schema_overrides={"touchpoint_key": pl.UInt16},
)
X, Y, M, GOAL = range(4)


def frames(paths, *, copies, seed=0):
    """Moves and customers by sample: each path walked by ``copies`` customers, one journey each."""
    customers = pl.DataFrame(
        {"customer": range(len(paths) * copies)}, schema={"customer": pl.Int64}
    )
    hashes = customers["customer"].hash(1).to_numpy()
    halves = draws(hashes, seed=seed, purpose="chain_order", replicate=0) >> 63 == 1
    rows = []
    for number in customers["customer"]:
        path = paths[number % len(paths)]
        for place, touchpoint in enumerate(path):
            before = path[place - 1] if place else None
            after = path[place + 1] if place + 1 < len(path) else None
            won = None if after is not None else touchpoint == GOAL
            sample = (int(hashes[number]) % 1024, bool(halves[number]))
            rows.append((*sample, before, touchpoint, after, None, won, 1, 0))
    moves = pl.DataFrame(
        rows,
        schema={
            "sample_number": pl.UInt16,
            "is_second_half": pl.Boolean,
            "previous_key": pl.UInt16,
            "from_key": pl.UInt16,
            "to_key": pl.UInt16,
            "is_slow": pl.Boolean,
            "is_converted": pl.Boolean,
            "transitions": pl.Int64,
            "microseconds": pl.Int64,
        },
        orient="row",
    )
    return moves, pl.DataFrame({"customers": [customers.height]})


def test_a_memory_of_one_more_step_is_found():
    """Who comes to m by x buys, who comes by y leaves: m alone foretells a coin."""
    moves, movers = frames([[X, M, GOAL], [Y, M]], copies=100)

    found = chain_order(moves, movers, TOUCHPOINTS, seed=0)

    assert found.select(
        "chain_order", "states", "transitions", "customers", "is_chosen"
    ).rows() == [
        (1, 5, 500, 200, False),
        (2, 6, 500, 200, True),
    ]
    first, second = found.rows(named=True)
    assert second["low"] <= second["difference"] <= second["high"]
    assert second["difference"] == pytest.approx(0.4 * 0.6931, abs=0.02)  # 2 of 5 moves are m's
    assert first["sentence"].startswith("Too simple")


def test_without_memory_the_first_order_stays():
    """However people come to m, every second buys."""
    moves, movers = frames([[X, M, GOAL], [Y, M, GOAL], [X, M], [Y, M]], copies=100)

    found = chain_order(moves, movers, TOUCHPOINTS, seed=0)

    assert found["is_chosen"].to_list() == [True, False]
    assert found["low"][1] < 0


def test_the_order_of_rows_does_not_matter():
    """Draws and sums go by sample of customers."""
    paths = [[X, M, GOAL], [Y, M]]
    moves, movers = frames(paths, copies=20, seed=3)

    told = chain_order(moves, movers, TOUCHPOINTS, seed=3)

    assert chain_order(moves[::-1], movers, TOUCHPOINTS, seed=3).equals(told)
    others, movers = frames(paths, copies=20, seed=4)
    assert not chain_order(others, movers, TOUCHPOINTS, seed=4).equals(told)


@pytest.mark.parametrize("customers", [0, 1])
def test_too_few_customers_to_split(customers):
    """No two halves, no verdict."""
    moves, movers = frames([[X, GOAL]], copies=customers)

    assert chain_order(moves, movers, TOUCHPOINTS, seed=0).rows() == []


def chain_moves(*rows):
    names = ("previous_node", "from_node", "to_node", "transitions")
    return pl.DataFrame(rows, schema=names, orient="row")


def test_chances_by_the_step_before():
    """30 by x all buy, 10 of 30 by y do: m 40/60; (start) the same, as all pass m."""
    found = second_order_chances(
        chain_moves(
            ("(start)", "x", "m", 30),
            ("(start)", "y", "m", 30),
            ("x", "m", "(converted)", 30),
            ("y", "m", "(converted)", 10),
            ("y", "m", "(dropped)", 20),
        )
    )

    assert found == pytest.approx({"(start)": 2 / 3, "m": 2 / 3, "x": 1.0, "y": 1 / 3})


def test_rare_states_take_the_moves_of_the_current_step():
    """29 visits by y are too few: from there m is m, where 40 of 59 buy."""
    found = second_order_chances(
        chain_moves(
            ("(start)", "x", "m", 30),
            ("(start)", "y", "m", 29),
            ("x", "m", "(converted)", 30),
            ("y", "m", "(converted)", 10),
            ("y", "m", "(dropped)", 19),
        )
    )

    assert found["y"] == pytest.approx(40 / 59)
    assert found["x"] == pytest.approx(1.0)


def test_nothing_settled_has_no_chances():
    """No rows, no error."""
    empty = chain_moves().cast({"transitions": pl.Int64})

    assert second_order_chances(empty) == {}
