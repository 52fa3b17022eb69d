"""Loops, going to and fro, and asking again, by hand."""

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]
BUY = "purchase:completed"


def walk(*touchpoints, start=0):
    return [(start + minute, touchpoint) for minute, touchpoint in enumerate(touchpoints)]


def test_a_loop_tells_rounds_and_switches_of_channel(lake):
    """Click, product, click, product, click: two rounds; each goes web -> e-mail -> web."""
    lake.given(
        ana=walk("email:click", "web:product", "email:click", "web:product", "email:click"),
        bea=walk("email:click", "web:product", "email:click"),
        cat=walk("web:product", "web:reviews", "web:product"),
        zoe=LATER,
    )

    lake.build("marts.loops")

    columns = ("loop", "channels", "channel_switches", "occurrences", "rounds_mean", "rounds_max")
    assert lake.rows("marts.loops", *columns) == [
        ("email:click -> web:product", 2, 2, 3, 1.5, 2),
        ("web:product -> web:reviews", 1, 0, 1, 1.0, 1),
    ]


def test_a_loop_of_three_counts_its_closing_move(lake):
    """web:home, email:click, web:product, home: into the mail, out of it, and home within web."""
    lake.given(ana=walk("web:home", "email:click", "web:product", "web:home"), zoe=LATER)

    lake.build("marts.loops")

    assert lake.rows("marts.loops", "length", "channels", "channel_switches") == [(3, 2, 2)]


def test_rounds_are_counted_where_nothing_comes_between(lake):
    """Two rounds, another loop, one round: the most in a row are two, on average 1.5."""
    lake.given(
        ana=walk(
            *("web:product", "web:reviews", "web:product", "web:reviews", "web:product"),
            *("web:cart", "web:product", "web:reviews", "web:product"),
        ),
        zoe=LATER,
    )

    lake.build("marts.loops")

    assert lake.rows("marts.loops", "loop", "occurrences", "rounds_mean", "rounds_max") == [
        ("web:product -> web:reviews", 3, 1.5, 2),
        ("web:cart -> web:product", 1, 1.0, 1),
    ]


def test_who_closed_the_loop_from_its_other_end_is_not_without_it(lake):
    """Two enter at the product, one at the reviews; only dan reached the product and never did."""
    lake.given(
        ana=[*walk("web:product", "web:reviews", "web:product"), (3, BUY)],
        bea=walk("web:product", "web:reviews", "web:product"),
        cat=[*walk("web:reviews", "web:product", "web:reviews"), (3, BUY)],
        dan=walk("web:product", "web:cart"),
        eve=[*walk("web:reviews"), (3, BUY)],
        zoe=LATER,
    )

    lake.build("marts.loops")

    columns = ("entered_touchpoint", "journeys_with", "journeys_without")
    rates = ("round(conversion_rate_with, 3)", "conversion_rate_without")
    assert lake.rows("marts.loops", *columns, *rates) == [("web:product", 3, 1, 0.667, 0.0)]


def test_to_and_fro_counts_bounces_and_rounds(lake):
    """A B A B is two bounces and one round; A B A B A three and two; the median is 1.5."""
    lake.given(
        ana=[*walk("web:product", "web:reviews", "web:product", "web:reviews"), (9, BUY)],
        bea=walk("web:product", "web:reviews", "web:product", "web:reviews", "web:product"),
        cat=[*walk("web:product", "web:reviews", "web:cart"), (9, BUY)],
        dan=walk("web:reviews", "web:home"),
        zoe=LATER,
    )

    lake.build("marts.ping_pong")

    columns = ("touchpoint", "other_touchpoint", "entered_touchpoint", "bounces", "journeys")
    figures = ("customers", "rounds_p50", "rounds_max", "journeys_with", "journeys_without")
    rates = ("conversion_rate_with", "conversion_rate_without", "associated_difference")
    assert lake.rows("marts.ping_pong", *columns, *figures, *rates) == [
        ("web:product", "web:reviews", "web:product", 5, 2, 2, 1.5, 2, 2, 1, 0.5, 1.0, -0.5)
    ]
    assert lake.rows("marts.ping_pong", "difference_low < -0.5", "difference_high > -0.5") == [
        (True, True)
    ]


def test_coming_back_over_a_third_page_is_no_ping_pong(lake):
    """Home, product, cart, home is a loop of three and no bounce; nor is home in two sessions."""
    lake.given(
        ana=walk("web:home", "web:product", "web:cart", "web:home"),
        bea=[(0, "web:home"), (60, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.ping_pong")

    assert lake.rows("marts.ping_pong", "*") == []


def test_asking_again_is_repeated_or_elsewhere(lake):
    """A chat the next day repeats, a reply by mail asks elsewhere; dan's is one conversation."""
    lake.touchpoints["chat:started"]["waits_for"] = "us"
    lake.touchpoints["email:reply"] = {"stage": "nurture", "waits_for": "us"}
    lake.given(
        ana=[(0, "chat:started"), (DAY, "chat:started"), (DAY + 60, "email:reply")],
        bea=[(0, "chat:started"), (5, "web:home"), (6, "chat:started")],
        dan=[
            (0, "chat:started", {"conversation_id": "c1"}),
            (DAY, "chat:started", {"conversation_id": "c1"}),
        ],
        cat=[(0, "chat:started"), (30, "email:reply"), (200 * DAY, "web:about")],
    )

    lake.build("marts.rework")

    columns = ("rework", "part", "from_channel", "to_channel", "contacts", "journeys")
    shares = ("hours_p50", "journeys_contacted", "round(rework_share, 3)", "is_insufficient")
    assert lake.rows("marts.rework", *columns, *shares) == [
        ("asked_elsewhere", "before", "chat", "email", 2, 2, 0.75, 4, 0.5, True),
        ("repeated", "before", "chat", "chat", 1, 1, 24.0, 4, 0.25, True),
    ]
