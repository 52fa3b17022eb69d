"""The transition graph: edges, nodes, loops and variants of journeys written by hand."""

DAY = 24 * 60
#: Somebody else's event long after, so that the journeys before it are settled; it opens none.
LATER = [(200 * DAY, "web:about")]


def edges(lake, *columns, part="before"):
    return lake.rows(
        f"graph.edges where part = '{part}' and to_node != '(open)' order by from_node, to_node",
        "from_node",
        "to_node",
        *columns,
    )


def test_a_journey_goes_from_the_start_over_its_steps_to_its_outcome(lake):
    """Bea, still open, counts among all transitions but not among the settled ones."""
    lake.given(
        ana=[(0, "web:home"), (10, "web:product"), (11, "web:product")],
        bea=[(200 * DAY - 9, "web:home"), (200 * DAY - 5, "web:product")],
        zoe=LATER,
    )

    lake.build("graph.edges")

    assert edges(lake, "transitions", "transitions_settled", "wait_p50_seconds", "direction") == [
        ("(start)", "web:home", 2, 1, None, None),
        ("web:home", "web:product", 2, 1, 420.0, "advance"),
        ("web:product", "(dropped)", 1, 1, None, None),
    ]


def test_shares_are_over_settled_transitions(lake):
    """Two of three who leave home go to the product; one drops."""
    lake.given(
        ana=[(0, "web:home"), (1, "web:product")],
        bea=[(0, "web:home"), (1, "web:product")],
        cat=[(0, "web:home")],
        zoe=LATER,
    )

    lake.build("graph.edges")

    assert edges(lake, "round(share_out, 3)", "share_in") == [
        ("(start)", "web:home", 1.0, 1.0),
        ("web:home", "(dropped)", 0.333, 1 / 3),
        ("web:home", "web:product", 0.667, 1.0),
        ("web:product", "(dropped)", 1.0, 2 / 3),
    ]


def test_the_part_after_the_goal_starts_at_converted(lake):
    """Ana needs help and is done; Bea needs none: (converted) leads straight to (end)."""
    lake.given(
        ana=[(0, "web:cart"), (5, "purchase:completed"), (99, "chat:started")],
        bea=[(0, "web:cart"), (5, "purchase:completed")],
        zoe=LATER,
    )

    lake.build("graph.edges")

    assert edges(lake, "transitions", part="after") == [
        ("(converted)", "(end)", 1),
        ("(converted)", "chat:started", 1),
        ("chat:started", "(end)", 1),
    ]
    assert ("purchase:completed", "(converted)", 2) in edges(lake, "transitions")


def test_exits_count_dropped_journeys_at_their_last_step(lake):
    """Product: 3 visits of 2 journeys, 1 exit. The goal is no candidate."""
    lake.given(
        ana=[(0, "web:product"), (1, "web:cart"), (2, "web:product")],
        bea=[(0, "web:product"), (1, "purchase:completed")],
        zoe=LATER,
    )

    lake.build("graph.nodes")

    assert lake.rows(
        "graph.nodes where part = 'before' and node not like '(%' order by node",
        "node",
        "visits",
        "exits",
        "exit_rate",
        "drop_off_rate",
        "returns",
        "bounces",
        "is_on_every_bought_path",
    ) == [
        ("purchase:completed", 1, None, None, None, 0, 0, None),
        ("web:cart", 1, 0, 0.0, 0.0, 0, 0, False),
        ("web:product", 3, 1, 1 / 3, 0.5, 1, 1, True),
    ]


def test_service_journeys_are_not_in_the_graph(lake):
    """A chat 31 days after the purchase is service: no start, no exit."""
    lake.given(
        ana=[(0, "web:home"), (5, "purchase:completed"), (5 + 31 * DAY, "chat:started")], zoe=LATER
    )

    lake.build("graph.nodes")

    assert lake.rows("graph.nodes where node in ('(start)', 'chat:started')", "node", "visits") == [
        ("(start)", 1)
    ]


def loops(lake):
    return lake.rows(
        "graph.loops order by loop",
        "loop",
        "entered_touchpoint",
        "occurrences",
        "runs",
        "seconds_spent",
    )


def test_two_rounds_of_one_loop_are_one_run(lake):
    """Cart, product, cart, product, cart: 2 occurrences, 1 run, named by the least rotation."""
    walk = ["web:cart", "web:product"] * 2 + ["web:cart"]
    lake.given(ana=list(enumerate(walk)), zoe=LATER)

    lake.build("graph.loops")

    assert loops(lake) == [("web:cart -> web:product", "web:cart", 2, 1, 240.0)]


def test_either_entry_is_the_same_loop(lake):
    """Ana enters by the cart, Bea and Cat by the product: mostly by the product."""
    lake.given(
        ana=[(0, "web:cart"), (1, "web:product"), (2, "web:cart")],
        bea=[(0, "web:product"), (1, "web:cart"), (2, "web:product")],
        cat=[(0, "web:product"), (1, "web:cart"), (2, "web:product")],
        zoe=LATER,
    )

    lake.build("graph.loops")

    assert loops(lake) == [("web:cart -> web:product", "web:product", 3, 3, 360.0)]


def test_a_loop_inside_a_loop_is_erased_first(lake):
    """Home, product, reviews, product, home: the inner loop, then home → product → home."""
    walk = ["web:home", "web:product", "web:reviews", "web:product", "web:home"]
    lake.given(ana=list(enumerate(walk)), zoe=LATER)

    lake.build("graph.loops")

    assert [loop for loop, *_ in loops(lake)] == [
        "web:home -> web:product",
        "web:product -> web:reviews",
    ]


def test_variants_are_paths_of_collapsed_steps(lake):
    """Home, home, cart and home, cart are one path; ties go by the path."""
    lake.given(
        ana=[(0, "web:home"), (1, "web:home"), (2, "web:cart")],
        bea=[(0, "web:home"), (2, "web:cart")],
        cat=[(0, "web:product")],
        zoe=LATER,
    )

    lake.build("marts.variants")

    assert lake.rows(
        "marts.variants", "variant_number", "path", "journeys", "cumulative_share"
    ) == [
        (1, "web:home -> web:cart", 2, 2 / 3),
        (2, "web:product", 1, 1.0),
    ]


def test_a_customer_who_takes_a_path_again_is_counted_once(lake):
    """Ana's two journeys are alike; the third differs."""
    lake.given(
        ana=[(0, "web:home"), (50 * DAY, "web:home"), (100 * DAY, "web:cart")],
        bea=[(0, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.variants")

    assert lake.rows("marts.variants order by variant_number", "path", "journeys", "customers")[
        :2
    ] == [("web:home", 3, 2), ("web:cart", 1, 1)]
