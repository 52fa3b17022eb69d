"""Labels dealt to customers: so many keep theirs as a group holds, by the least draws."""

import numpy as np
import polars as pl
import pytest

from journeylab.analysis.dealing import Deals
from journeylab.analysis.permuting import permuted_sums
from journeylab.analysis.resampling import draws
from journeylab.lab.features import journey_sums


def drawn_by_hand(hashes, in_a, in_b, replicate):
    """Group a takes the least draws of those in one group; who is in both turns a coin."""
    bits = draws(hashes, seed=3, purpose="compare", replicate=replicate)
    alone = in_a != in_b
    takes_a = alone & (bits <= np.sort(bits[alone])[(in_a & alone).sum() - 1])
    return np.where(alone, takes_a == in_a, bits < 2**63)


@pytest.mark.parametrize("everybody", ["unknown", "these", "more"])
@pytest.mark.parametrize(
    ("size", "share"),
    [
        pytest.param(5, 0.5, id="few"),
        pytest.param(3000, 0.02, id="a small group"),
        pytest.param(3000, 0.97, id="a large group"),
    ],
)
def test_the_least_draws_make_group_a(size, share, everybody):
    """Whatever is known of the draws of all customers before."""
    chance = np.random.default_rng(size)
    hashes = np.unique(chance.integers(0, 2**64, size, dtype=np.uint64))
    in_a = chance.random(len(hashes)) < share
    in_a[:2] = True, False
    in_b = ~in_a | (chance.random(len(hashes)) < 0.1)
    others = np.unique(np.append(hashes, chance.integers(0, 2**64, 50, dtype=np.uint64)))
    deals = Deals({"unknown": None, "these": hashes, "more": others}[everybody])

    for first, last in ((0, 3), (3, 20), (0, 3)):
        kept = deals.block(hashes, in_a, in_b, seed=3, first=first, last=last)
        for replicate in range(first, last):
            by_hand = drawn_by_hand(hashes, in_a, in_b, replicate)
            assert (kept[:, replicate - first] == by_hand).all()


def sums(rows):
    """(journey, customer, feature, from, to, amount) of journeys, the even ones in group a."""
    features = pl.DataFrame(
        rows,
        schema={
            "row_number": pl.Int64,
            "customer_hash": pl.UInt64,
            "feature": pl.String,
            "from_node": pl.String,
            "to_node": pl.String,
            "amount": pl.Float64,
        },
        orient="row",
    )
    journeys = features["row_number"].max() + 1
    return journey_sums(features).of_sides((np.arange(journeys) % 2 + 1).astype(np.int8))


def test_sums_of_parts_are_those_of_their_whole():
    """Moves out of a touchpoint are its transitions added up, under every permutation too."""
    chance = np.random.default_rng(5)
    rows = []
    for journey in range(300):
        customer = journey // 3 * 7919
        there, away = (int(n) for n in chance.integers(0, 4, 2))
        told = [("transitions", "paid", there), ("transitions", "home", away)]
        rows += [(journey, customer, name, "cart", to, n) for name, to, n in told if n]
        rows += [(journey, customer, "moves", "cart", None, there + away)] if there + away else []
    # In some journey the parts of a visit do not make up the whole: that one is not left out.
    rows += [(0, 0, "visits", "cart", None, 5), (0, 0, "reached", "cart", None, 1)]
    found = sums(rows)

    (permuted,) = permuted_sums([found], seed=0, permutations=60)

    by_feature = {tuple(key): made for key, made in zip(found.keys.rows(), permuted, strict=False)}
    moves = by_feature["moves", "cart", None]
    parts = [by_feature["transitions", "cart", to] for to in ("paid", "home")]
    assert (moves == parts[0] + parts[1]).all()
    assert len(set(moves)) > 10
    places = {tuple(key): place for place, key in enumerate(found.keys.rows())}
    assert found.wholes[places["transitions", "cart", "paid"]] == places["moves", "cart", None]
    assert found.wholes[places["reached", "cart", None]] == -1
    assert set(by_feature["visits", "cart", None]) == {0.0, 5.0}


def test_tables_of_different_customers_are_dealt_apart():
    """Each table's labels are those of its own customers, whatever is compared beside it."""
    some, more = (
        sums([(n, n * 104729, "moves", "cart", None, n % 5 + 1) for n in range(size)])
        for size in (90, 100)
    )

    alone = [permuted_sums([table], seed=1, permutations=70)[0] for table in (some, more)]
    beside = permuted_sums([some, more, some], seed=1, permutations=70)

    assert (beside[0] == alone[0]).all()
    assert (beside[1] == alone[1]).all()
    assert (beside[2] == alone[0]).all()
