"""Where journeys are lost: drop-offs and the three faces of bottlenecks, by hand."""

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]

ALL_OR_NOTHING = {
    "ana": [(0, "web:home"), (40 * DAY, "web:home")],
    "bea": [(0, "web:home"), (1, "purchase:completed"), (2, "web:home"), (3, "purchase:completed")],
    "zoe": LATER,
}


def test_drop_offs_know_that_one_customers_visits_depend(lake):
    """Ana drops both times, Bea never: 2 of 4, but with deff 4 it says no more than one trial."""
    lake.given(**ALL_OR_NOTHING)

    lake.build("marts.drop_offs")

    found = lake.rows(
        "marts.drop_offs",
        "rank",
        "touchpoint",
        "exits",
        "visits_settled",
        "exit_rate",
        "exit_design_effect",
        "round(exit_rate_low, 4)",
        "round(exit_rate_high, 4)",
        "customers",
        "is_insufficient",
    )
    assert found == [(1, "web:home", 2, 4, 0.5, 4.0, 0.0546, 0.9454, 2, True)]


def test_drop_offs_with_equal_exits_are_ranked_by_name(lake):
    """Cart and home lose one each; the product loses nobody and comes last."""
    lake.given(
        ana=[(0, "web:home")],
        bea=[(0, "web:product"), (1, "web:cart")],
        zoe=LATER,
    )

    lake.build("marts.drop_offs")

    assert lake.rows("marts.drop_offs", "rank", "touchpoint", "exits", "drop_off_rate") == [
        (1, "web:cart", 1, 1.0),
        (2, "web:home", 1, 1.0),
        (3, "web:product", 0, 0.0),
    ]


def waiting(customers):
    """Reviews, 10 minutes to the product, 70 minutes to the cart; nobody buys."""
    walk = [(0, "web:reviews"), (10, "web:product"), (80, "web:cart")]
    return {f"c{number}": walk for number in range(customers)}


def test_a_bottleneck_is_compared_with_the_other_touchpoints_of_its_stage(lake):
    """30 visits wait 70 minutes at the product, 10 at the reviews: an hour each too much."""
    lake.given(**waiting(30), zoe=LATER)

    lake.build("marts.bottlenecks")

    assert lake.rows(
        "marts.bottlenecks where face = 'slow'",
        "rank",
        "touchpoint",
        "total",
        "n",
        "round(figure, 6)",
        "round(reference, 6)",
        "reference_scope",
        "round(excess, 6)",
        "is_insufficient",
    ) == [
        (1, "web:product", 35.0, 30, 1.166667, 0.166667, "stage", 30.0, False),
        (2, "web:reviews", 5.0, 30, 0.166667, 1.166667, "stage", -30.0, False),
    ]


def test_a_stage_with_fewer_than_30_other_visits_is_compared_with_all(lake):
    """29 visits do not make a reference; the cart, alone in its stage, loses everybody."""
    lake.given(**waiting(29), zoe=LATER)

    lake.build("marts.bottlenecks")

    assert lake.rows(
        "marts.bottlenecks where face = 'leaky'",
        "rank",
        "touchpoint",
        "total",
        "reference_n",
        "reference_scope",
        "excess",
    ) == [
        (1, "web:cart", 29.0, 58, "all", 29.0),
        (2, "web:product", 0.0, 58, "all", -14.5),
        (3, "web:reviews", 0.0, 58, "all", -14.5),
    ]


def test_waits_for_us_are_ranked_apart(lake):
    """Each kind of wait has its first; returns are ranked over all."""
    lake.touchpoints["web:product"] = {"stage": "nurture", "waits_for": "us"}
    lake.given(
        ana=[(0, "web:home"), (5, "web:product"), (9, "web:home"), (10, "web:cart")], zoe=LATER
    )

    lake.build("marts.bottlenecks")

    assert lake.rows(
        "marts.bottlenecks where face = 'slow'", "rank", "touchpoint", "waits_for"
    ) == [
        (1, "web:product", "us"),
        (1, "web:home", None),
    ]
    assert lake.rows(
        "marts.bottlenecks where face = 'churny' and rank = 1", "touchpoint", "total"
    ) == [("web:home", 1.0)]


def test_a_touchpoint_alone_has_no_reference(lake):
    """Nothing to compare with is null, not 0."""
    lake.given(ana=[(0, "web:home")], zoe=LATER)

    lake.build("marts.bottlenecks")

    assert lake.rows("marts.bottlenecks", "face", "reference", "reference_n", "excess") == [
        ("churny", None, 0, None),
        ("leaky", None, 0, None),
    ]
