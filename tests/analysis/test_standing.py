"""Permuted sums of nearly all customers: of what all did, the same as customer by customer."""

import numpy as np
import polars as pl
import pytest

from journeylab.analysis import permuting
from journeylab.analysis.dealing import Deals
from journeylab.analysis.permuting import permuted_sums
from journeylab.analysis.standing import is_kept, standing_of
from journeylab.lab.features import journey_sums

PERMUTATIONS = 60


def shop(customers):
    """Sums of journeys: one to three a customer, in two of three a purchase with a value."""
    chance = np.random.default_rng(11)
    rows = []
    hashes = np.unique(chance.integers(0, 2**64, customers, dtype=np.uint64))
    owners = np.repeat(hashes, chance.integers(1, 4, len(hashes)))
    for journey, owner in enumerate(owners.tolist()):
        paid, home = (int(n) for n in chance.integers(0, 3, 2))
        told = [("transitions", "paid", paid), ("transitions", "home", home)]
        told += [("moves", None, paid + home), ("value", None, paid * 19.99)]
        rows += [(journey, owner, name, "cart", to, amount) for name, to, amount in told if amount]
        rows += [(journey, owner, "journeys", None, None, 1.0)]
    names = ("feature", "from_node", "to_node")
    schema = {"row_number": pl.Int64, "customer_hash": pl.UInt64}
    schema |= dict.fromkeys(names, pl.String) | {"amount": pl.Float64}
    return journey_sums(pl.DataFrame(rows, schema=schema, orient="row", strict=False)), owners


@pytest.mark.parametrize(
    ("share_of_a", "split", "absent"),
    [
        pytest.param(0.5, 0.0, 0.0, id="whole customers alone"),
        pytest.param(0.3, 0.1, 0.0, id="some in both groups"),
        pytest.param(0.9, 0.05, 0.1, id="some in none, some with a part of what they did"),
        pytest.param(0.01, 0.1, 0.02, id="a small group"),
    ],
)
@pytest.mark.usefixtures("always_by_standing")
def test_sums_are_those_of_each_customer(share_of_a, split, absent):
    """Whoever is whole, split or absent, to the last digit, money too."""
    chance = np.random.default_rng(3)
    sums, owners = shop(2000)
    _, customers = np.unique(owners, return_inverse=True)
    side = np.where(chance.random(customers.max() + 1) < share_of_a, 1, 2)[customers]
    side = np.where(chance.random(len(side)) < split, 3 - side, side)
    side = np.where(chance.random(len(side)) < absent, 0, side).astype(np.int8)
    deals = Deals(sums.hashes)
    standing = standing_of(sums.totals(), deals, seed=5, permutations=PERMUTATIONS)

    (of_all,) = permuted_sums(
        [sums.of_sides(side, standing)], seed=5, permutations=PERMUTATIONS, deals=deals
    )

    (each,) = permuted_sums([sums.of_sides(side)], seed=5, permutations=PERMUTATIONS)
    assert (of_all == each).all()
    assert len(np.unique(of_all[0])) > 5


@pytest.fixture
def always_by_standing(monkeypatch):
    """Whatever there is to be put right."""
    monkeypatch.setattr(permuting, "_FEW", 100.0)


@pytest.mark.usefixtures("always_by_standing")
def test_a_group_of_everybody_leaves_nothing_to_deal():
    """All customers in group a: each permutation is what they did."""
    sums, owners = shop(300)
    deals = Deals(sums.hashes)
    standing = standing_of(sums.totals(), deals, seed=0, permutations=3)
    found = sums.of_sides(np.ones(len(owners), dtype=np.int8), standing)

    (permuted,) = permuted_sums([found], seed=0, permutations=3, deals=deals)

    value = found.keys.get_column("feature").to_list().index("value")
    assert permuted[value] == pytest.approx([found.sides[0][:, [value]].sum() / 10_000] * 3)
    assert (permuted[0] == found.sides[0][:, [0]].sum()).all()


def test_running_sums_of_too_many_features_are_not_kept():
    """500 permutations of 400 features are some 200 MB, of a shop with 50,000 edges 25 GB."""
    assert is_kept(400, 500)
    assert not is_kept(50_000, 500)
