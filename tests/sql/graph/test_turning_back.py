"""Returns, bounces and falls on the edges, and paths without their loops."""

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]


def test_returns_and_bounces_have_shares_over_settled_moves(lake):
    """Product → home: Ana's is a bounce (home, product, home), Bea's no return, Cat's is open."""
    lake.given(
        ana=[(0, "web:home"), (1, "web:product"), (2, "web:home")],
        bea=[(0, "web:product"), (1, "web:home")],
        cat=[(200 * DAY - 9, "web:product"), (200 * DAY - 8, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.graph_edges", "marts.graph_nodes")

    columns = ("returns", "returns_settled", "return_share", "bounces", "bounce_share", "depth")
    row = "marts.graph_edges where from_node = 'web:product' and to_node = 'web:home'"
    assert lake.rows(row, "transitions", *columns) == [(3, 1, 1, 0.5, 1, 0.5, 1)]
    assert lake.rows(
        "marts.graph_nodes where node = 'web:home'", "returns_settled", "bounces_settled"
    ) == [(1, 1)]


def test_a_return_by_a_detour_is_no_bounce(lake):
    """Home, product, cart, home: the fall is two stages deep."""
    lake.given(
        ana=[(0, "web:home"), (1, "web:product"), (2, "web:cart"), (3, "web:home")], zoe=LATER
    )

    lake.build("marts.graph_edges")

    row = "marts.graph_edges where to_node = 'web:home' and from_node != '(start)'"
    assert lake.rows(row, "returns", "bounces", "direction", "depth") == [(1, 0, "restart", 2)]


def test_walked_paths_are_those_of_buyers_without_their_loops(lake):
    """Ana's detour to the reviews is erased: she and Bea walked the same path. Cat left."""
    lake.given(
        ana=[
            (0, "web:product"),
            (1, "web:reviews"),
            (2, "web:product"),
            (3, "web:cart"),
            (4, "purchase:completed"),
        ],
        bea=[(0, "web:product"), (1, "web:cart"), (2, "purchase:completed")],
        cat=[(0, "web:product"), (1, "web:cart")],
        dan=[(0, "web:home"), (1, "purchase:completed")],
        zoe=LATER,
    )

    lake.build("graph.walked_paths")

    assert lake.rows("graph.walked_paths", "*") == [
        (1, ["web:product", "web:cart", "purchase:completed"], 2, 2, 3),
        (2, ["web:home", "purchase:completed"], 1, 1, 3),
    ]


def test_of_the_paths_to_the_goal_five_are_kept(lake):
    """Six paths of one buyer each: by touchpoints, cart before chat before e-mail."""
    starts = ["web:about", "web:home", "web:product", "web:reviews", "email:click", "chat:started"]
    lake.given(
        **{
            name: [(0, "web:cart"), (1, start), (2, "purchase:completed")]
            for name, start in zip("abcdef", starts, strict=True)
        },
        zoe=LATER,
    )

    lake.build("graph.walked_paths")

    assert lake.rows("graph.walked_paths", "touchpoints[2]", "buyers") == [
        ("chat:started", 6),
        ("email:click", 6),
        ("web:about", 6),
        ("web:home", 6),
        ("web:product", 6),
    ]
