"""Ordered joining under exclusive kinds and 'never' rules."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from journeylab.identity import conflicting_edges, contested_components

EDGES = {
    "edge_number": pl.Int64,
    "left_key": pl.Int32,
    "right_key": pl.Int32,
    "is_manual": pl.Boolean,
    "left_rank": pl.Int32,
    "right_rank": pl.Int32,
    "left_exclusive_kind": pl.String,
    "right_exclusive_kind": pl.String,
}
RULES = {"left_key": pl.Int32, "right_key": pl.Int32, "is_never": pl.Boolean}


def edges_of(pairs, exclusive=(), kinds=None, manual=()):
    """Edges in the given order; keys in ``exclusive`` are of kind u unless ``kinds`` says.

    All kinds rank 1, so that of two shared ends the greater key, seen later, is the device.
    """
    kind = {**dict.fromkeys(exclusive, "u"), **(kinds or {})}
    rows = [
        (number, left, right, (left, right) in manual, 1, 1, kind.get(left), kind.get(right))
        for number, (left, right) in enumerate(pairs, start=1)
    ]
    return pl.DataFrame(rows, schema=EDGES, orient="row")


def never(*pairs):
    return pl.DataFrame([(*pair, True) for pair in pairs], schema=RULES, orient="row")


def test_the_second_value_of_an_exclusive_kind_conflicts():
    """Device 0 is met by users 1, 2 and 1 again: the edge to 2 joins nothing."""
    found = conflicting_edges(edges_of([(0, 1), (0, 2)], exclusive=[1, 2]), never())

    assert found.rows() == [(2, 0, 2, 0, "exclusive_kind", "u")]


def test_the_order_of_rows_does_not_matter():
    """edge_number is the order; the frame may be shuffled."""
    edges = edges_of([(0, 1), (0, 2), (2, 3), (3, 4), (4, 1)], exclusive=[1, 2])

    for seed in range(5):
        shuffled = edges.sample(fraction=1, shuffle=True, seed=seed)
        assert conflicting_edges(shuffled, never()).rows() == [
            (2, 0, 2, 0, "exclusive_kind", "u"),
            (5, 4, 1, 4, "exclusive_kind", "u"),
        ]


def test_a_manual_edge_may_join_two_users():
    """Somebody said they are one; a third user is still refused."""
    edges = edges_of([(1, 2), (0, 1), (0, 3)], exclusive=[1, 2, 3], manual=[(1, 2)])

    assert conflicting_edges(edges, never()).rows() == [(3, 0, 3, 0, "exclusive_kind", "u")]


def test_each_exclusive_kind_counts_by_itself():
    """A user and an account may meet; two accounts may not."""
    edges = edges_of([(0, 1), (0, 2), (0, 3)], kinds={1: "user", 2: "account", 3: "account"})

    assert conflicting_edges(edges, never()).rows() == [(3, 0, 3, 0, "exclusive_kind", "account")]


def test_a_never_rule_binds_whole_customers():
    """1 - 2 and 3 - 4 may not be joined by 2 - 3 when 1 and 4 are apart, manual or not."""
    edges = edges_of([(2, 3), (1, 2), (3, 4)], manual=[(3, 4)])

    assert conflicting_edges(edges, never((1, 4))).rows() == [(3, 3, 4, 4, "never_rule", None)]


def test_nothing_contested():
    """No edges, no conflicts, with the declared types."""
    found = conflicting_edges(pl.DataFrame(schema=EDGES), never())

    assert found.height == 0
    assert found.schema["edge_number"] == pl.Int64
    assert found.columns[-2:] == ["reason", "exclusive_kind"]


def test_a_shared_device_joins_nobody_any_more():
    """Device 0 of users 1 and 2 meets card 3 before it is shared and card 4 after."""
    edges = edges_of([(0, 1), (0, 3), (0, 2), (0, 4), (4, 2)], exclusive=[1, 2])

    found = conflicting_edges(edges, never())

    assert found.rows() == [
        (3, 0, 2, 0, "exclusive_kind", "u"),
        (4, 0, 4, 0, "shared_device", None),
    ]
    assert contested_components(edges, found).rows() == [(0, 0), (1, 0), (2, 2), (3, 0), (4, 2)]


def test_two_exclusive_ends_share_nothing():
    """Users 1 and 2 on one event: a conflict without a device, so device 0 stays open."""
    edges = edges_of([(1, 2), (0, 1), (0, 3)], exclusive=[1, 2])

    assert conflicting_edges(edges, never()).rows() == [(1, 1, 2, None, "exclusive_kind", "u")]


def test_the_lesser_kind_is_the_device():
    """Address 3 ranks before device 0, so the device is shared although it was seen first."""
    edges = edges_of([(0, 1), (2, 3), (0, 3)], exclusive=[1, 2])
    edges = edges.with_columns(
        left_rank=pl.when(pl.col("left_key") == 0).then(4).otherwise(1).cast(pl.Int32)
    )

    assert conflicting_edges(edges, never()).rows() == [(3, 0, 3, 0, "exclusive_kind", "u")]


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.booleans()), max_size=40),
    st.sets(st.integers(0, 12), max_size=5),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=4),
)
def test_joined_one_by_one(told, exclusive, apart):
    """The same conflicts as asking each set of members at each edge, and no rule is broken."""
    pairs = [(left, right) for left, right, _ in told]
    manual = {(left, right) for left, right, is_manual in told if is_manual}
    apart = [(left, right) for left, right in apart if left != right]
    edges = edges_of(pairs, exclusive=exclusive, manual=manual)

    found = conflicting_edges(edges, never(*apart))

    assert found["edge_number"].to_list() == slowly(pairs, exclusive, manual, apart)
    home = dict(contested_components(edges, found).rows())
    assert all(home.get(a, -1) != home.get(b, -2) for a, b in apart)


def slowly(pairs, exclusive, manual, apart):
    """Numbers of the refused edges, by sets of members."""
    group = {key: {key} for pair in pairs for key in pair}
    refused = []
    shared = set()
    for number, (left, right) in enumerate(pairs, start=1):
        one, other = group[left], group[right]
        if one is other:
            continue
        parted = any((a in one and b in other) or (a in other and b in one) for a, b in apart)
        doubled = one & exclusive and other & exclusive
        by_device = left in shared or right in shared
        if parted or ((doubled or by_device) and (left, right) not in manual):
            refused.append(number)
            ends = [(end in shared, end) for end in (left, right) if end not in exclusive]
            shared |= {max(ends)[1]} if ends else set()
            continue
        both = one | other
        group.update(dict.fromkeys(both, both))
    return refused
