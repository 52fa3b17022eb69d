"""Steps: collapsed visits, and the direction of the move into each."""

import pytest

DAY = 24 * 60


def moves(lake):
    return lake.rows(
        "core.steps join core.touchpoints using (touchpoint_key)"
        " order by customer_key, journey_number, step_number",
        "touchpoint",
        "direction",
        "depth",
    )


def test_equal_neighbours_collapse_within_a_session_only(lake):
    """Two home views are one step with two repeats; the one of the next session is new."""
    lake.given(ana=[(0, "web:home"), (4, "web:home"), (60, "web:home")])

    lake.build("core.steps")

    assert lake.rows(
        "core.steps",
        "repeats",
        "date_diff('minute', entered_at, left_at)",
        "wait_microseconds // 60000000",
        "direction",
    ) == [(2, 4, None, None), (1, 0, 56, "self")]


def test_uncollapsed_steps_are_raw_directly_follows(lake):
    """With collapse_repeats off each action is its own step."""
    lake.given(ana=[(0, "web:home"), (4, "web:home"), (5, "web:cart")])

    lake.build("core.steps", collapse_repeats=False)

    assert moves(lake) == [
        ("web:home", None, None),
        ("web:home", "self", 0),
        ("web:cart", "skip", 0),
    ]


def test_every_direction_in_one_walk(lake):
    """reach, nurture, nurture, convert, nurture, about, convert, reach, convert."""
    walk = [
        "web:home",
        "web:product",
        "web:reviews",
        "web:cart",
        "web:product",
        "web:about",
        "web:cart",
        "web:home",
        "web:cart",
    ]
    lake.given(ana=list(enumerate(walk)))

    lake.build("core.steps")

    assert moves(lake) == [
        ("web:home", None, None),
        ("web:product", "advance", 0),
        ("web:reviews", "stay", 0),
        ("web:cart", "advance", 0),
        ("web:product", "back", 1),
        ("web:about", "lateral", 0),
        ("web:cart", "advance", 0),
        ("web:home", "restart", 2),
        ("web:cart", "skip", 0),
    ]


def test_the_first_staged_step_after_unstaged_ones_is_lateral(lake):
    """There is no staged step to compare with; the same page over an unstaged one is self."""
    lake.given(ana=[(0, "web:about"), (1, "web:cart"), (2, "web:about"), (3, "web:cart")])

    lake.build("core.steps")

    assert [direction for _, direction, _ in moves(lake)] == [None, "lateral", "lateral", "self"]


def test_a_fall_of_one_stage_to_the_lowest_is_back_not_restart(lake):
    """A restart needs two stages or more."""
    lake.given(ana=[(0, "web:product"), (1, "web:home")])

    lake.build("core.steps")

    assert moves(lake)[1] == ("web:home", "back", 1)


def test_returns_and_bounces(lake):
    """A, B, A bounces; A, B, C, A only returns."""
    lake.given(
        ana=[(0, "web:home"), (1, "web:cart"), (2, "web:home")],
        bea=[(0, "web:home"), (1, "web:cart"), (2, "web:product"), (3, "web:home")],
    )

    lake.build("core.steps")

    assert lake.rows("core.steps", "is_return", "is_bounce") == [
        (False, False),
        (False, False),
        (True, True),
        (False, False),
        (False, False),
        (False, False),
        (True, False),
    ]


def test_nothing_looks_across_the_goal(lake):
    """The chat after the purchase is no return of the chat before it, and has no wait."""
    lake.given(
        ana=[
            (0, "chat:started"),
            (1, "purchase:completed"),
            (2, "chat:started"),
            (3, "web:about"),
        ]
    )

    lake.build("core.journeys")

    assert lake.rows("core.steps", "part", "direction", "is_return", "stage_rank") == [
        ("before", None, False, 2),
        ("before", "advance", False, 3),
        ("after", None, False, 4),
        ("after", "lateral", False, None),
    ]
    assert lake.rows("core.journeys", "steps", "steps_after", "revisits_after") == [(2, 2, 0)]


@pytest.mark.parametrize(
    ("walk", "expected"),
    [
        pytest.param(["web:home", "web:product", "web:cart"], True, id="upwards"),
        pytest.param(["web:cart", "web:product"], False, id="a step back"),
        pytest.param(["web:product", "web:reviews"], True, id="staying"),
        pytest.param(["web:home", "web:about"], None, id="one staged step"),
        pytest.param(["web:cart", "web:about", "web:home"], False, id="back over unstaged"),
    ],
)
def test_linearity(lake, walk, expected):
    """The stage rank never falls; below two staged steps it says nothing."""
    lake.given(ana=list(enumerate(walk)))

    lake.build("core.journeys")

    assert lake.rows("core.journeys", "is_linear") == [(expected,)]
