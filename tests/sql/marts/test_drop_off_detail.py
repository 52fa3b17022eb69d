"""What dropped journeys did last, where they had been, where people went; and who waits now."""

from journeylab.settings import Paths

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]


def test_the_last_three_steps_of_dropped_journeys_are_ranked(lake):
    """Two ended cart after product, one came straight to it; the buyer is in none."""
    walk = [(0, "web:home"), (1, "web:product"), (2, "web:reviews"), (3, "web:cart")]
    lake.given(
        ana=walk,
        bea=walk[1:],
        cat=[(0, "web:cart")],
        dan=[(0, "web:cart"), (1, "purchase:completed")],
        eve=[(199 * DAY, "web:cart")],
        zoe=LATER,
    )

    lake.build("marts.drop_off_paths")

    assert lake.rows(
        "marts.drop_off_paths", "touchpoint", "rank", "path", "journeys", "customers", "exits"
    ) == [
        ("web:cart", 1, "web:product -> web:reviews -> web:cart", 2, 2, 3),
        ("web:cart", 2, "web:cart", 1, 1, 3),
    ]


def test_where_dropped_journeys_had_been_is_told_beside_the_converted(lake):
    """Both dropped ones saw the reviews, one of two buyers did; nobody dropped saw the cart."""
    lake.given(
        ana=[(0, "web:product"), (1, "web:reviews")],
        bea=[(0, "web:reviews"), (1, "web:product"), (2, "web:reviews")],
        cat=[(0, "web:reviews"), (1, "purchase:completed")],
        dan=[(0, "web:cart"), (1, "purchase:completed")],
        zoe=LATER,
    )

    lake.build("marts.visits_by_outcome")

    assert lake.rows(
        "marts.visits_by_outcome",
        "touchpoint",
        "dropped_visitors",
        "dropped_share",
        "converted_visitors",
        "converted_share",
        "associated_difference",
        "associated_difference between difference_low and difference_high",
        "is_insufficient",
    ) == [
        ("web:cart", 0, 0.0, 1, 0.5, -0.5, True, True),
        ("web:product", 2, 1.0, 0, 0.0, 1.0, True, True),
        ("web:reviews", 2, 1.0, 1, 0.5, 0.5, True, True),
    ]


def test_without_converted_journeys_there_is_no_difference(lake):
    """One share is null, and so is the difference."""
    lake.given(ana=[(0, "web:product")], zoe=LATER)

    lake.build("marts.visits_by_outcome")

    assert lake.rows(
        "marts.visits_by_outcome", "dropped_share", "converted_journeys", "converted_share"
    ) == [(1.0, 0, None)]
    assert lake.rows("marts.visits_by_outcome", "associated_difference") == [(None,)]


def test_next_moves_say_where_people_went_instead(lake):
    """Of four visits to the product one advances, two fall back home, one is the last."""
    lake.given(
        ana=[(0, "web:product"), (1, "web:cart")],
        bea=[(0, "web:product"), (1, "web:home"), (2, "web:product"), (3, "web:home")],
        cat=[(0, "web:product")],
        eve=[(199 * DAY, "web:product"), (199 * DAY + 1, "web:reviews")],
        zoe=LATER,
    )

    results = lake.build("marts.next_moves")

    assert [result for result in results if not result.passed] == []
    assert lake.rows(
        "marts.next_moves where touchpoint = 'web:product'",
        "move",
        "visits",
        "visits_settled",
        "customers",
        "share",
        "share_low < share and share < share_high",
        "next_touchpoint",
        "next_touchpoint_visits",
    ) == [
        ("advance", 1, 4, 3, 0.25, True, "web:cart", 1),
        ("back", 2, 4, 3, 0.5, True, "web:home", 2),
        ("dropped", 1, 4, 3, 0.25, True, None, None),
    ]


def chat(minute, name, **values):
    return (minute, name, {"channel": "chat", "conversation_id": "k1", **values})


def queue(lake):
    lake.touchpoints["chat:agent_message"] = {"role": "context"}
    lake.touchpoints["web:cart"] = {"stage": "convert", "waits_for": "us", "owner": "sales"}
    answer = {"actor": "agent"}
    lake.given(
        ana=[(0, "web:cart"), (10, "purchase:completed", {"value": 30, "currency": "EUR"})],
        bea=[(0, "web:cart")],
        cat=[chat(100 * DAY, "chat:started"), chat(100 * DAY + 5, "chat:agent_message", **answer)],
        dan=[chat(100 * DAY, "chat:started"), chat(100 * DAY + 9, "chat:started")],
        eve=[(99 * DAY, "web:cart")],
        fay=[
            (90 * DAY, "web:cart"),
            (90 * DAY + 1, "purchase:completed"),
            chat(95 * DAY, "chat:started"),
        ],
        hal=[chat(99 * DAY, "chat:started", actor="customer", score=4)],
        gil=[(0, "web:order_status"), (100 * DAY + 60, "web:about")],
    )


def test_the_queue_lists_who_waits_for_us_longest_first(lake):
    """Cat was answered, bea is long gone, hal rated, gil waits for nothing; one of two buys."""
    queue(lake)

    lake.build("marts.waiting_now")

    assert lake.rows(
        "marts.waiting_now",
        "customer_id",
        "journey_id",
        "touchpoint",
        "owner",
        "outcome",
        "waited_seconds / 60",
        "business_waited_seconds",
        "value_at_stake",
        "value_currency",
    ) == [
        ("fay", "fay-0", "chat:started", None, "converted", 5 * DAY + 60, None, None, None),
        ("eve", "eve-0", "web:cart", "sales", "open", DAY + 60, None, 15.0, "EUR"),
        ("dan", "dan-0", "chat:started", None, "open", 51.0, None, None, None),
    ]


def test_a_finished_log_has_no_queue(lake):
    """Nobody waits at the end of a log that is complete."""
    queue(lake)

    lake.build("marts.waiting_now", assume_complete=True)

    assert lake.rows("marts.waiting_now", "customer_id") == []


def test_the_queue_counts_business_hours_of_chats(lake, tmp_path):
    """From Saturday noon to Saturday 12:51, open until 12:30."""
    calendar = tmp_path / "calendar.toml"
    calendar.write_text('[hours]\nsaturday = ["12:00-12:30"]\n', encoding="utf-8")
    lake.settings = lake.settings.model_copy(update={"paths": Paths(calendar=calendar)})
    queue(lake)

    lake.build("marts.waiting_now")

    assert lake.rows(
        "marts.waiting_now where customer_id = 'dan'", "since", "business_waited_seconds / 60"
    ) == [(lake.rows("core.actions where customer_key = 3", "max(occurred_at)")[0][0], 21.0)]
