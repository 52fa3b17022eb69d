"""The graph between stages before the goal, by direction, from journeys written by hand."""

DAY = 24 * 60
#: Somebody else's event long after, so that the journeys before it are settled; it opens none.
LATER = [(200 * DAY, "web:about")]


def edges(lake, *columns):
    return lake.rows(
        "marts.stage_edges order by from_stage, to_stage, direction",
        "from_stage",
        "to_stage",
        "direction",
        *columns,
    )


def test_a_journey_moves_between_stages_by_direction(lake):
    """Ana falls two stages and rises two; product to reviews stays, product again is self."""
    lake.given(
        ana=[
            (0, "web:home"),
            (10, "web:product"),
            (12, "web:reviews"),
            (20, "web:cart"),
            (26, "web:home"),
            (27, "web:cart"),
            (30, "purchase:completed"),
        ],
        bea=[(0, "web:product"), (60, "web:product"), (65, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.stage_edges")

    assert edges(lake, "depth", "transitions", "wait_p50_seconds") == [
        ("(start)", "nurture", None, None, 1, None),
        ("(start)", "reach", None, None, 1, None),
        ("convert", "(converted)", None, None, 1, None),
        ("convert", "convert", "stay", 0, 1, 180.0),
        ("convert", "reach", "restart", 2, 1, 360.0),
        ("nurture", "convert", "advance", 0, 1, 480.0),
        ("nurture", "nurture", "self", 0, 1, 3600.0),
        ("nurture", "nurture", "stay", 0, 1, 120.0),
        ("nurture", "reach", "back", 1, 1, 300.0),
        ("reach", "(dropped)", None, None, 1, None),
        ("reach", "convert", "skip", 0, 1, 60.0),
        ("reach", "nurture", "advance", 0, 1, 600.0),
    ]


def test_unstaged_steps_are_passed_over(lake):
    """Home, about, cart is one skip whose wait holds the visit to about."""
    lake.given(ana=[(0, "web:home"), (4, "web:about"), (9, "web:cart")], zoe=LATER)

    lake.build("marts.stage_edges", "marts.stage_nodes")

    assert edges(lake, "transitions", "wait_p50_seconds") == [
        ("(start)", "reach", None, 1, None),
        ("convert", "(dropped)", None, 1, None),
        ("reach", "convert", "skip", 1, 540.0),
    ]


def test_a_journey_without_a_stage_leads_straight_to_its_end(lake):
    """Where no touchpoint has a stage every journey is one move."""
    lake.touchpoints = {"web:a": {}, "web:b": {}, "paid": {"goal": True}}
    values = {"channel": "web"}
    lake.given(
        ana=[(0, "web:a", values), (1, "paid", values)],
        bea=[(0, "web:a", values), (1, "web:b", values)],
    )

    lake.build("marts.stage_edges", "marts.stage_nodes", assume_complete=True)

    assert edges(lake, "transitions") == [
        ("(start)", "(converted)", None, 1),
        ("(start)", "(dropped)", None, 1),
    ]


def test_shares_are_over_settled_moves_with_an_interval(lake):
    """Of two settled moves out of nurture one goes back; Cat is still open.

    Bea makes both moves, so the interval of one of two: Wilson at design effect 1.
    """
    lake.given(
        bea=[(0, "web:product"), (1, "web:home"), (2, "web:product")],
        cat=[(200 * DAY - 5, "web:product"), (200 * DAY - 4, "web:cart")],
        zoe=LATER,
    )

    lake.build("marts.stage_edges")

    found = {
        row[:3]: row[3:]
        for row in edges(lake, "transitions_settled", "share_out", "share_out_low", "share_in")
    }
    assert found["nurture", "reach", "back"] == (1, 0.5, 0.0945312057, 1.0)
    assert found["nurture", "convert", "advance"] == (0, 0.0, 0.0, None)
    assert found["convert", "(open)", None] == (0, None, None, None)


def test_stages_count_visits_journeys_falls_and_exits(lake):
    """Ana reaches nurture twice, the second time by a fall, and ends there; Bea once."""
    lake.given(
        ana=[(0, "web:product"), (1, "web:cart"), (2, "web:reviews")],
        bea=[(0, "web:home"), (1, "web:product"), (2, "purchase:completed")],
        zoe=LATER,
    )

    results = lake.build("marts.stage_nodes")

    assert [result for result in results if not result.passed] == []
    assert lake.rows(
        "marts.stage_nodes",
        "node",
        "stage_rank",
        "visits",
        "journeys",
        "journeys_converted",
        "reach",
        "falls",
        "exits",
    ) == [
        ("reach", 1, 1, 1, 1, 0.5, 0, 0),
        ("nurture", 2, 3, 2, 1, 1.0, 1, 1),
        ("convert", 3, 2, 2, 1, 1.0, 0, 0),
        ("(converted)", None, 1, 1, 1, 0.5, 0, 0),
        ("(dropped)", None, 1, 1, 0, 0.5, 0, 0),
        ("(start)", None, 2, 2, 1, 1.0, 0, 0),
    ]


def test_no_journey_makes_no_stage(lake):
    """Empty tables, no failed check."""
    results = lake.build("marts.stage_edges", "marts.stage_nodes")

    assert [result for result in results if not result.passed] == []
    assert lake.rows("marts.stage_edges", "*") == []
    assert lake.rows("marts.stage_nodes", "*") == []
