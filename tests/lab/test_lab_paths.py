"""Lab.paths: what people did step by step, and sums that hold whatever is merged."""

from collections.abc import Iterator

import polars as pl
import pytest
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName

MOVE = ("step", "from_touchpoint", "to_touchpoint", "is_return", "journeys")


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Four customers: ana comes back and buys, ben and cid leave, dan has two journeys."""
    rows = frame(
        ana=[(0, "home"), (1, "home"), (2, "product"), (4, "home"), (9, "cart"), (10, "paid")],
        ben=[(0, "home"), (2, "product")],
        cid=[(0, "home"), (4, "product"), (5, "reviews")],
        dan=[(0, "cart"), (60 * DAY, "home"), (60 * DAY + 1, "cart")],
    )
    with opened(rows, goals="paid") as opened_lab:
        yield opened_lab


def test_repeats_are_collapsed_before_anything_is_counted(lab: jl.Lab) -> None:
    """home, home, product and home, product are one path: three journeys go on to product."""
    first = lab.paths(steps=2).filter(step=1).select(MOVE)

    assert first.rows() == [
        (1, "home", "product", False, 3),
        (1, "cart", "(dropped)", False, 1),
        (1, "home", "cart", False, 1),
    ]


def test_each_step_adds_up_to_all_journeys(lab: jl.Lab) -> None:
    """Those who left, bought or go on are counted in every later step."""
    table = lab.paths(steps=6, top=1)

    totals = table.group_by("step").agg(pl.col("journeys").sum(), pl.col("share").sum())
    assert totals.sort("step").select("step", "journeys").rows() == [
        (step, 5) for step in range(1, 7)
    ]
    assert totals["share"].to_list() == pytest.approx([1.0] * 6)


def test_a_journey_cut_at_the_last_column_did_not_end_there(lab: jl.Lab) -> None:
    """Ben left after product; ana and cid go on beyond it."""
    second = lab.paths(steps=2).filter(step=2, from_touchpoint="product").select(MOVE)

    assert second.rows() == [
        (2, "product", "(continues)", False, 2),
        (2, "product", "(dropped)", False, 1),
    ]


def test_a_return_is_a_band_of_its_own(lab: jl.Lab) -> None:
    """Ana went home again after the product; waits run from leaving to entering."""
    second = lab.paths(steps=3).filter(step=2, from_touchpoint="product")

    assert second.select(*MOVE, "wait_p50_seconds", "conversion_rate").rows() == [
        (2, "product", "(dropped)", False, 1, None, 0.0),
        (2, "product", "home", True, 1, 120.0, 1.0),
        (2, "product", "reviews", False, 1, 60.0, 0.0),
    ]


def test_a_start_takes_each_customers_first_visit_to_it(lab: jl.Lab) -> None:
    """Dan's second cart does not count; ana bought right after hers."""
    table = lab.paths(start="cart", steps=2)

    assert table.select(MOVE).rows() == [
        (1, "cart", "(dropped)", False, 1),
        (1, "cart", "paid", False, 1),
        (2, "(dropped)", "(dropped)", False, 1),
        (2, "paid", "(converted)", False, 1),
    ]


def test_merging_moves_journeys_to_other_and_changes_no_total() -> None:
    """The five busiest touchpoints of a step weigh the same among 50 as among 5."""
    people = {
        f"{name}{person}": [(0, "home"), (1, name), (2, "end")]
        for weight, name in enumerate("abcdefgh", start=1)
        for person in range(weight)
    }
    with opened(frame(**people)) as lab:
        many, few = lab.paths(steps=3, top=50), lab.paths(steps=3, top=5)

    def total(table: pl.DataFrame, name: str) -> int:
        return int(table.filter(step=2, from_touchpoint=name)["journeys"].sum())

    assert [total(many, name) for name in "hgfedcba"] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert [total(few, name) for name in "hgfed"] == [8, 7, 6, 5, 4]
    assert total(few, "(other)") == 6
    assert few.filter(step=1, to_touchpoint="(other)")["journeys"].to_list() == [6]


def test_after_care_is_a_part_of_its_own() -> None:
    """What follows the goal ends at (end) and starts anew."""
    rows = frame(ana=[(0, "cart"), (1, "paid"), (5, "help"), (9, "status")])
    stages = {"convert": ["cart", "paid"], "support": ["help", "status"]}

    with opened(rows, goals="paid", stages=stages) as lab:
        assert lab.paths(part="after", steps=3).select(MOVE).rows() == [
            (1, "help", "status", False, 1),
            (2, "status", "(end)", False, 1),
            (3, "(end)", "(end)", False, 1),
        ]


def test_wrong_questions_are_refused(lab: jl.Lab) -> None:
    """A name that does not exist gets the nearest, a number out of range its bounds."""
    with pytest.raises(UnknownName, match="did you mean 'cart'"):
        lab.paths(start="carte")
    with pytest.raises(InputRefused, match="steps is 0, wanted 1 to 50"):
        lab.paths(steps=0)
    with pytest.raises(InputRefused, match="no part 'during'"):
        lab.paths(part="during")
