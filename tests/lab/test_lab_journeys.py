"""Lab.journeys and Lab.journey_counts: what a pattern, a condition and a period find."""

from collections.abc import Iterator

import pytest
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Ana buys, Ben leaves his cart, Cid looks only, Dan's last journey is still open."""
    rows = frame(
        ana=[(0, "home"), (1, "cart"), (2, "home"), (3, "cart"), (4, "paid")],
        ben=[(0, "home"), (1, "cart"), (2, "help")],
        cid=[(0, "home"), (1, "help"), (2, "home")],
        dan=[(0, "help"), (60 * DAY, "cart")],
        eve=[(60 * DAY, "home")],
    )
    with opened(rows, goals="paid", assume_complete=False) as opened_lab:
        yield opened_lab


def found(lab: jl.Lab, pattern: str) -> list[tuple[object, ...]]:
    """Customer, journey, first and last matched step, matches."""
    columns = ("first_matched_step", "last_matched_step", "matches")
    return lab.journeys(pattern).select("customer_id", "journey_number", *columns).rows()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("cart -> [^paid]* -> (end)", [("ben", 1, 2, 3, 1)], id="abandoned cart"),
        pytest.param("cart -> (open)", [("dan", 2, 1, 1, 1)], id="open is not the end"),
        pytest.param("home -> cart", [("ana", 1, 1, 2, 2), ("ben", 1, 1, 2, 1)], id="next, twice"),
        pytest.param("home -> .* -> paid", [("ana", 1, 1, 5, 1)], id="eventually"),
        pytest.param("home -> . -> home", [("ana", 1, 1, 3, 1), ("cid", 1, 1, 3, 1)], id="one"),
        pytest.param("(start) -> help", [("dan", 1, 1, 1, 1)], id="start"),
        pytest.param(
            "[help|paid] -> (end)",
            [("ana", 1, 5, 5, 1), ("ben", 1, 3, 3, 1), ("dan", 1, 1, 1, 1)],
            id="one of",
        ),
        pytest.param(
            "(start) -> [^cart]* -> (dropped)",
            [("cid", 1, 1, 3, 1), ("dan", 1, 1, 1, 1)],
            id="never a cart",
        ),
        pytest.param("(start) -> [help]* -> cart", [("dan", 2, 1, 1, 1)], id="no step of a run"),
        pytest.param("paid -> (converted)", [("ana", 1, 5, 5, 1)], id="converted"),
        pytest.param("paid -> .", [], id="nothing after the goal"),
    ],
)
def test_a_pattern_finds_its_journeys(
    lab: jl.Lab, pattern: str, expected: list[tuple[object, ...]]
) -> None:
    """The leftmost match is told, as long as its runs can be."""
    assert found(lab, pattern) == expected


def test_a_match_without_a_step_has_no_place(lab: jl.Lab) -> None:
    """(start) and a run of nothing: eve and dan's second journey do not begin with help."""
    rows = lab.journeys("(start) -> [help]*").select("customer_id", "first_matched_step").rows()

    assert rows == [
        ("ana", None), ("ben", None), ("cid", None), ("dan", 1), ("dan", None), ("eve", None),
    ]  # fmt: skip


def test_filters_narrow_what_a_pattern_finds(lab: jl.Lab) -> None:
    """A condition, a period and a limit; counts do not stop at the limit."""
    late = ("2026-02-01", None)

    assert lab.journeys("home", where="outcome = 'lapsed'")["customer_id"].to_list() == [
        "ben",
        "cid",
    ]
    assert lab.journeys("cart", segment=late)["customer_id"].to_list() == ["dan"]
    assert lab.journeys("home", limit=1).height == 1
    counts = lab.journey_counts("home")
    assert counts.select("journeys", "customers", "journeys_settled", "converted").rows() == [
        (4, 4, 3, 1)
    ]
    assert counts["conversion_rate"].to_list() == pytest.approx([1 / 3])
    assert counts["share"].to_list() == pytest.approx([4 / 6])
    assert counts["is_insufficient"].to_list() == [True]


def test_nothing_found_is_counted_as_nothing(lab: jl.Lab) -> None:
    """No rate without journeys."""
    counts = lab.journey_counts("paid -> home")

    assert counts.select("journeys", "conversion_rate", "share").rows() == [(0, None, 0.0)]


def test_without_a_pattern_all_journeys_come(lab: jl.Lab) -> None:
    """Six, in the order of customers; where they match is null."""
    rows = lab.journeys().select("customer_id", "outcome", "matches").rows()

    assert rows == [
        ("ana", "converted", None),
        ("ben", "lapsed", None),
        ("cid", "lapsed", None),
        ("dan", "lapsed", None),
        ("dan", "open", None),
        ("eve", "open", None),
    ]


def test_what_cannot_be_read_is_refused(lab: jl.Lab) -> None:
    """Patterns, names, conditions and periods say what is wrong."""
    with pytest.raises(InputRefused, match="a step is missing"):
        lab.journeys("cart ->")
    with pytest.raises(UnknownName, match="did you mean 'cart'"):
        lab.journeys("carte")
    with pytest.raises(UnknownName, match="did you mean 'outcome'"):
        lab.journeys(where="outcom = 'lost'")
    with pytest.raises(InputRefused, match="is no day"):
        lab.journeys(segment=("last week", None))
