"""Scores of surveys on the map, by hand."""

import pytest

DAY = 24 * 60
FIGURES = ("survey", "subject", "part", "from_node", "touchpoint", "figure", "scores")


@pytest.fixture
def shop(lake):
    """The small shop with a chat rating (CSAT) and a mailed NPS survey, both with invitations."""
    lake.touchpoints |= {
        "chat:rating": {"survey": "csat"},
        "chat:rating_request": {"survey": "csat", "invitation": True},
        "email:nps": {"survey": "nps"},
        "email:nps_request": {"survey": "nps", "invitation": True},
    }
    return lake


def said(minute, touchpoint, conversation=None, score=None):
    return (minute, touchpoint, {"conversation_id": conversation, "score": score})


def test_a_score_joins_the_last_step_before_the_invitation(shop):
    """Rated after the cart, asked for after the chat: the score is about product -> chat."""
    shop.given(
        ana=[
            said(0, "web:product"),
            said(5, "chat:started", "c1"),
            said(9, "chat:rating_request", "c1"),
            said(10, "web:cart"),
            said(11, "chat:rating", "c1", 5.0),
        ]
    )

    shop.build("marts.voice")

    assert shop.rows("marts.voice", *FIGURES, "invitations", "response_share") == [
        ("csat", "touchpoint", "before", None, "chat:started", 1.0, 1, 1, 1.0),
        ("csat", "transition", "before", "web:product", "chat:started", 1.0, 1, 1, 1.0),
    ]


def test_the_step_of_the_same_conversation_comes_before_a_nearer_one(shop):
    """The cart was seen after the chat, but the invitation belongs to the chat of 20 days ago."""
    shop.given(
        ana=[
            said(0, "chat:started", "c1"),
            said(20 * DAY, "web:cart"),
            said(20 * DAY + 1, "chat:rating_request", "c1"),
        ]
    )

    shop.build("marts.voice")

    assert shop.rows("marts.voice where subject = 'touchpoint'", *FIGURES, "response_share") == [
        ("csat", "touchpoint", "before", None, "chat:started", None, 0, 0.0)
    ]


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        pytest.param(7 * DAY, [("web:product",)], id="seven days later"),
        pytest.param(7 * DAY + 1, [], id="a minute more"),
    ],
)
def test_a_survey_without_a_conversation_is_about_the_last_seven_days(shop, minutes, found):
    """Exactly seven days still count."""
    shop.given(ana=[said(0, "web:product"), said(minutes, "email:nps", score=9.0)])

    shop.build("marts.voice")

    assert shop.rows("marts.voice where subject = 'touchpoint'", "touchpoint") == found


def test_a_survey_is_about_a_longer_step_where_the_last_one_is_too_old(shop):
    """The home page of one visit was left after the product page of another, begun later."""
    first = {"given_session_id": "s1", "given_journey_id": "j1"}
    second = {"given_session_id": "s2", "given_journey_id": "j2"}
    shop.given(
        ana=[
            (0, "web:home", first),
            (1, "web:product", second),
            (8 * DAY, "web:home", first),
            (8 * DAY + 1, "email:nps", {**first, "score": 9.0}),
        ]
    )

    shop.build("marts.voice")

    assert shop.rows("marts.voice where subject = 'touchpoint'", "touchpoint") == [("web:home",)]


def test_the_latest_score_of_a_conversation_counts(shop):
    """Ana says 2 and then 5 in one chat; in the next one she says 1; the second request is moot."""
    shop.given(
        ana=[
            said(0, "chat:started", "c1"),
            said(1, "chat:rating_request", "c1"),
            said(2, "chat:rating", "c1", 2.0),
            said(3, "chat:rating_request", "c1"),
            said(4, "chat:rating", "c1", 5.0),
            said(5, "chat:started", "c2"),
            said(6, "chat:rating", "c2", 1.0),
        ]
    )

    shop.build("marts.voice")

    columns = ("figure", "scores", "score_mean", "good_scores", "bad_scores", "invitations")
    assert shop.rows("marts.voice where subject = 'touchpoint'", *columns) == [
        (0.5, 2, 3.0, 1, 1, 1)
    ]


def test_nps_is_promoters_less_detractors(shop):
    """10, 9, 8 and 0 after the home page: two promoters, one detractor; dan was only asked."""
    shop.given(
        **{
            name: [
                said(0, "web:home"),
                said(1, "email:nps_request"),
                *([said(60, "email:nps", score=score)] if score is not None else []),
            ]
            for name, score in {
                "ana": 10.0,
                "bea": 9.0,
                "cat": 8.0,
                "dan": None,
                "eve": 0.0,
            }.items()
        }
    )

    shop.build("marts.voice")

    columns = ("figure", "unit", "scores", "good_scores", "bad_scores", "response_share")
    assert shop.rows("marts.voice where subject = 'touchpoint'", *columns) == [
        (25.0, "points", 4, 2, 1, 0.8)
    ]
    assert shop.rows("marts.voice", "low between -100 and 25", "high between 25 and 100") == [
        (True, True),
        (True, True),
    ]


def test_delights_and_pains_are_ranked_by_their_bounds(shop):
    """Four good scores of four after the chat, one good of one after the cart, one bad at home."""
    journeys = {
        f"c{n}": [said(0, "chat:started", f"c{n}"), said(1, "chat:rating", f"c{n}", 5.0)]
        for n in range(4)
    }
    shop.given(
        **journeys,
        dan=[said(0, "web:cart"), said(1, "chat:rating", score=4.0)],
        eve=[said(0, "web:home"), said(1, "chat:rating", score=1.0)],
    )

    shop.build("marts.voice")

    columns = ("touchpoint", "figure", "delight_rank", "pain_rank", "customers")
    assert shop.rows("marts.voice where subject = 'touchpoint'", *columns) == [
        ("chat:started", 1.0, 1, 2, 4),
        ("web:cart", 1.0, 2, 3, 1),
        ("web:home", 0.0, 3, 1, 1),
    ]


def test_a_survey_is_no_step_and_a_strange_score_no_answer(shop):
    """Six of five is left out and told; the rating neither extends nor ends the journey."""
    shop.given(
        ana=[
            said(0, "chat:started", "c1"),
            said(1, "chat:rating", "c1", 6.0),
            (40 * DAY, "web:home"),
            (41 * DAY, "web:home", {"score": 3.0}),
        ]
    )

    results = shop.build("marts.voice")

    assert shop.steps() == {"ana/1": ["chat:started"], "ana/2": ["web:home", "web:home"]}
    assert shop.rows("marts.voice", "*") == []
    assert [(r.check, r.faulty_rows) for r in results if not r.passed] == [
        ("scores_belong_to_a_survey", 2)
    ]
