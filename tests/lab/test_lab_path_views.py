"""Lab.paths held at an end, around a touchpoint, or through chosen ones: sums always hold."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName

MOVE = ("step", "from_touchpoint", "to_touchpoint", "is_return", "journeys")
NAMES = ["home", "product", "cart", "paid", "a -> b", "it's", "[x|y]", "<i>ü</i>"]


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Ana comes back and buys, ben and cid leave; dan has a dropped and an open journey."""
    rows = frame(
        ana=[(0, "home"), (1, "product"), (4, "home"), (9, "cart"), (10, "paid")],
        ben=[(0, "home"), (2, "product")],
        cid=[(0, "home"), (4, "product"), (5, "reviews")],
        dan=[(0, "cart"), (1, "product"), (60 * DAY, "home"), (60 * DAY + 1, "cart")],
    )
    with opened(rows, goals="paid", assume_complete=False) as opened_lab:
        yield opened_lab


def test_paths_to_an_end_are_counted_back_from_it(lab: jl.Lab) -> None:
    """Ana's came through product and home, cut at three columns; dan's first began there."""
    table = lab.paths(end="cart", steps=3)

    assert table.select(MOVE).rows() == [
        (0, "(continues)", "product", False, 1),
        (0, "(start)", "(start)", False, 1),
        (1, "(start)", "(start)", False, 1),
        (1, "product", "home", True, 1),
        (2, "(start)", "cart", False, 1),
        (2, "home", "cart", False, 1),
    ]
    assert table.filter(from_touchpoint="home")["wait_p50_seconds"].to_list() == [300.0]


def test_each_journey_counts_where_it_is_told_so(lab: jl.Lab) -> None:
    """Dan's second cart too, and only the last of a customer."""
    journeys = lab.paths(end="cart", steps=2, per="journey").filter(step=1)
    last = lab.paths(end="cart", steps=2, occurrence="last").filter(step=1)

    assert journeys.select(MOVE).rows() == [
        (1, "home", "cart", False, 2),
        (1, "(start)", "cart", False, 1),
    ]
    assert last.select(MOVE).rows() == [(1, "home", "cart", False, 2)]


@pytest.mark.parametrize(
    ("end", "moves"),
    [
        pytest.param("(converted)", [(1, "paid", "(converted)", False, 1)], id="converted"),
        pytest.param(
            "(dropped)",
            [(1, "product", "(dropped)", False, 2), (1, "reviews", "(dropped)", False, 1)],
            id="dropped",
        ),
        pytest.param("(open)", [(1, "cart", "(open)", False, 1)], id="open"),
    ],
)
def test_an_outcome_takes_every_journey_that_ended_so(
    lab: jl.Lab, end: str, moves: list[tuple[Any, ...]]
) -> None:
    """A path merely cut has not ended: nobody beyond the columns is among them."""
    assert lab.paths(end=end, steps=2).filter(step=1).select(MOVE).rows() == moves


def test_around_a_touchpoint_both_sides_are_shown(lab: jl.Lab) -> None:
    """Column 2 is the first product of each of four customers."""
    table = lab.paths(around="product", steps=2)

    assert table.select(MOVE).rows() == [
        (0, "(start)", "home", False, 3),
        (0, "(start)", "cart", False, 1),
        (1, "home", "product", False, 3),
        (1, "cart", "product", False, 1),
        (2, "product", "(dropped)", False, 2),
        (2, "product", "home", True, 1),
        (2, "product", "reviews", False, 1),
        (3, "(dropped)", "(dropped)", False, 2),
        (3, "home", "(continues)", False, 1),
        (3, "reviews", "(dropped)", False, 1),
    ]


def test_an_offset_moves_the_anchor(lab: jl.Lab) -> None:
    """One step after the product: ben has none and is left out."""
    after = lab.paths("product", offset=1, steps=1)
    before = lab.paths("product", offset=-1, steps=1)

    assert after.select(MOVE).rows() == [
        (1, "home", "(continues)", False, 1),
        (1, "reviews", "(dropped)", False, 1),
    ]
    assert before.select(MOVE).rows() == [
        (1, "home", "(continues)", False, 3),
        (1, "cart", "(continues)", False, 1),
    ]


def test_all_occurrences_are_paths_of_their_own(lab: jl.Lab) -> None:
    """Ana was home twice: five paths of four journeys."""
    row = lab.paths("home", occurrence="all", steps=1)

    assert row.select("journeys", "paths", "share").rows() == [(4, 5, 1.0)]


def test_eventually_passes_over_what_lies_between(lab: jl.Lab) -> None:
    """Home to cart: ana by way of product and home again, waiting from leaving home."""
    table = lab.paths("home", through=["home", "cart", "paid"], steps=2)

    assert table.select(*MOVE, "wait_p50_seconds").rows() == [
        (1, "home", "(dropped)", False, 2, None),
        (1, "home", "cart", False, 1, 60.0),
        (1, "home", "home", True, 1, 240.0),
        (2, "(dropped)", "(dropped)", False, 2, None),
        (2, "cart", "(open)", False, 1, None),
        (2, "home", "(continues)", False, 1, 300.0),
    ]


def test_paths_between_two_touchpoints_end_where_they_arrive(lab: jl.Lab) -> None:
    """Ana's first home leads to a cart by product and home, dan's at once; others never come."""
    table = lab.paths("home", end="cart", steps=4)

    assert table.select(MOVE).rows() == [
        (1, "home", "cart", False, 1),
        (1, "home", "product", False, 1),
        (2, "cart", "(reached)", False, 1),
        (2, "product", "home", True, 1),
        (3, "(reached)", "(reached)", False, 1),
        (3, "home", "cart", False, 1),
        (4, "(reached)", "(reached)", False, 1),
        (4, "cart", "(reached)", False, 1),
    ]


def test_between_two_touchpoints_the_occurrence_counts_those_that_arrive(lab: jl.Lab) -> None:
    """Ana's last home before the cart is next to it; a step before it product stands."""
    last = lab.paths("home", end="cart", occurrence="last", steps=2)
    every = lab.paths("home", end="cart", occurrence="all", steps=1)
    before = lab.paths("home", end="cart", occurrence="last", offset=-1, steps=1)

    assert last.filter(step=1).select(MOVE).rows() == [(1, "home", "cart", False, 2)]
    assert every.select("journeys", "paths").rows() == [(2, 3)]
    assert before.select(MOVE).rows() == [(1, "product", "(continues)", False, 1)]
    assert lab.paths("cart", end="cart", steps=1).is_empty()


def test_what_a_step_is_can_be_told() -> None:
    """Home twice in a session and once a day later: one step each session, three, or one."""
    rows = frame(ana=[(0, "home"), (5, "home"), (DAY, "home"), (DAY + 1, "cart")])
    with opened(rows) as lab:
        told = {
            repeats: lab.paths(steps=4, repeats=repeats)
            .select(*MOVE[:4], "wait_p50_seconds")
            .rows()
            for repeats in ("visits", "kept", "collapsed")
        }

    day = 86_400.0
    assert told["visits"] == [
        (1, "home", "home", True, day - 300),
        (2, "home", "cart", False, 60.0),
        (3, "cart", "(dropped)", False, None),
        (4, "(dropped)", "(dropped)", False, None),
    ]
    assert told["kept"] == [
        (1, "home", "home", True, 300.0),
        (2, "home", "home", True, day - 300),
        (3, "home", "cart", False, 60.0),
        (4, "cart", "(dropped)", False, None),
    ]
    assert told["collapsed"] == [
        (1, "home", "cart", False, 60.0),
        (2, "cart", "(dropped)", False, None),
        (3, "(dropped)", "(dropped)", False, None),
        (4, "(dropped)", "(dropped)", False, None),
    ]


def test_journeys_behind_a_cell_are_found_with_its_dials(lab: jl.Lab) -> None:
    """A cell of paths between two touchpoints leads to the one journey that made it."""
    dials = {"start": "home", "end": "cart", "steps": 4, "repeats": "collapsed"}
    row = lab.paths(**dials).row(1, named=True)

    found = lab.journeys_of("paths", row, **dials)

    assert found.select("customer_id", "occurrences").rows() == [("ana", 1)]


def test_filters_choose_the_journeys(lab: jl.Lab) -> None:
    """A condition, and a pattern that the whole journey must fit."""
    settled = lab.paths("home", steps=1, where="is_settled")
    bought = lab.paths(pattern="home -> .* -> paid", steps=1)

    assert settled["journeys"].sum() == 3
    assert bought.select(MOVE).rows() == [(1, "home", "(continues)", False, 1)]


def test_wrong_dials_are_refused(lab: jl.Lab) -> None:
    """Two anchors, words and numbers out of range, names that do not exist."""
    with pytest.raises(InputRefused, match="around goes with neither start nor end"):
        lab.paths("home", around="cart")
    with pytest.raises(InputRefused, match="no repeats 'dropped'"):
        lab.paths("home", repeats="dropped")
    with pytest.raises(InputRefused, match="'cart' is not among through"):
        lab.paths("home", end="cart", through=["home"])
    with pytest.raises(InputRefused, match="no occurrence 'second'"):
        lab.paths("home", occurrence="second")
    with pytest.raises(InputRefused, match="no per 'session'"):
        lab.paths("home", per="session")
    with pytest.raises(InputRefused, match="offset is 51"):
        lab.paths("home", offset=51)
    with pytest.raises(InputRefused, match="'home' is not among through"):
        lab.paths("home", through=["cart"])
    with pytest.raises(UnknownName, match="no touchpoint '\\(converted\\)'"):
        lab.paths("(converted)")
    with pytest.raises(UnknownName, match="no touchpoint '\\(dropped\\)'"):
        lab.paths(end="(dropped)", part="after")


@pytest.fixture(scope="module")
def crowd() -> Iterator[jl.Lab]:
    """40 customers with odd touchpoints, loops, two journeys and after-care."""
    people = {}
    for person in range(40):
        walk = [NAMES[(person * (2 + step) + step * step) % 8] for step in range(1 + person % 9)]
        gap = 40 * DAY if person % 3 == 0 else 1
        people[f"p{person:02}"] = [(step * (gap if step == 3 else 1) + step, name)
                                   for step, name in enumerate(walk)]  # fmt: skip
    stages = {"reach": NAMES[:2], "convert": ["cart", "paid"], "support": NAMES[4:]}
    told = {"goals": "paid", "stages": stages, "assume_complete": False}
    with opened(frame(**people), **told) as opened_lab:
        yield opened_lab


DIALS = st.fixed_dictionaries(
    {
        "anchor": st.sampled_from(["start", "end", "around", "between", None]),
        "reached": st.sampled_from(NAMES),
        "repeats": st.sampled_from(["visits", "kept", "collapsed"]),
        "touchpoint": st.sampled_from([*NAMES, "(dropped)", "(open)"]),
        "occurrence": st.sampled_from(["first", "last", "all"]),
        "per": st.sampled_from(["customer", "journey"]),
        "offset": st.integers(-2, 2),
        "steps": st.integers(1, 5),
        "top": st.integers(1, 4),
        "part": st.sampled_from(["before", "after"]),
        "through": st.sampled_from([None, NAMES, NAMES[::2]]),
        "where": st.sampled_from([None, "is_settled", "steps > 2"]),
    }
)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(dials=DIALS)
def test_every_column_holds_the_same_paths(crowd: jl.Lab, dials: dict[str, Any]) -> None:
    """Whatever is merged, cut, moved or passed over; and what flows in flows out."""
    dials = dict(dials)
    anchor, touchpoint, reached = (dials.pop(n) for n in ("anchor", "touchpoint", "reached"))
    held = {anchor: touchpoint} if anchor else {}
    if anchor == "between":
        held = {"start": touchpoint, "end": reached}
    try:
        table = crowd.paths(**dials, **held)
    except (InputRefused, UnknownName):
        return

    totals = table.group_by("step").agg(pl.col("paths").sum(), pl.col("share").sum()).sort("step")
    assert totals["paths"].n_unique() <= 1
    assert totals["share"].to_list() == pytest.approx([1.0] * totals.height)
    rows = list(table.iter_rows(named=True))
    for step in range(totals.height and int(table["step"].min()), len(totals)):
        into = _sums(rows, step, "to_touchpoint")
        out = _sums(rows, step + 1, "from_touchpoint")
        assert not out or into == out


def _sums(rows: list[dict[str, Any]], step: int, side: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        if row["step"] == step:
            found[row[side]] = found.get(row[side], 0) + row["paths"]
    return found
