"""What to mend first, and who and what else deserves a look: journeys in, findings out."""

import pytest

from journeylab.settings import Paths, Settings, Source

DAY = 24 * 60
ORDER = {"value": 10, "currency": "EUR"}
SUPPORT = {
    "chat:started": {"stage": "nurture", "stage_after_goal": "support", "waits_for": "us"},
    "chat:agent_message": {"role": "context", "manual": True},
}


@pytest.fixture
def leaky(lake):
    """Sixty people read the reviews of a product; every second one ends there."""
    people = {}
    for number in range(60):
        events = [(number, "web:product"), (number + 1, "web:reviews")]
        if number % 2:
            events.append((number + 2, "purchase:completed", ORDER))
        people[f"p{number:02d}"] = events
    lake.given(**people)
    return lake


def test_a_leak_is_told_in_words_with_what_it_is_worth(leaky):
    """Nobody leaves at the other touchpoint of the stage: all 30 exits are too many."""
    leaky.build("marts.opportunities", assume_complete=True)

    assert leaky.rows(
        "marts.opportunities where face = 'leaky'",
        "touchpoints",
        "sentence",
        "excess",
        "conversions",
        "value",
        "currency",
        "reach",
        "effort",
    ) == [
        (
            ["web:reviews"],
            "50.0% of 60 visits to web:reviews are the last of their journey, and 0.0% in"
            " comparable places: 30 more lost journeys; 60 customers came by.",
            30.0,
            30.0,
            300.0,
            "EUR",
            1.0,
            "medium",
        )
    ]


def test_the_interval_holds_the_excess_and_stays_above_nothing(leaky):
    """30 of 60, give or take the chance of 60 people."""
    leaky.build("marts.opportunities", assume_complete=True)

    [(low, high)] = leaky.rows(
        "marts.opportunities where face = 'leaky'", "excess_low", "excess_high"
    )
    assert 10 < low < 25
    assert 35 < high < 55


def test_fewer_than_thirty_customers_are_no_opportunity(lake):
    """However much they lose."""
    lake.given(
        **{f"p{n}": [(n, "web:product"), (n + 1, "web:reviews")] for n in range(28)},
        buyer=[(0, "web:product"), (1, "purchase:completed", ORDER)],
    )

    lake.build("marts.opportunities", assume_complete=True)

    assert lake.rows("marts.opportunities", "*") == []


def test_effort_parts_what_is_worth_the_same(lake, tmp_path):
    """Two leaks of the same kind; the one that is easy to mend comes first."""
    (tmp_path / "effort.toml").write_text('"web:reviews" = "high"\n"web:cart" = "low"\n')
    lake.settings = Settings(
        sources={"lake": Source(channel="web", format="contract", path="landing")},
        paths=Paths(effort=tmp_path / "effort.toml"),
    )
    lake.touchpoints["web:basket"] = {"stage": "convert"}
    people = {}
    for number in range(120):
        way = ("web:product", "web:reviews") if number < 60 else ("web:basket", "web:cart")
        events = [(number, way[0]), (number + 1, way[1])]
        if number % 2:
            events.append((number + 2, "purchase:completed", ORDER))
        people[f"p{number:03d}"] = events
    lake.given(**people)

    lake.build("marts.opportunities", assume_complete=True)

    assert lake.rows("marts.opportunities", "rank", "touchpoint", "effort", "value") == [
        (1, "web:cart", "low", 300.0),
        (2, "web:reviews", "high", 300.0),
    ]


def test_answers_after_the_goal_are_late_or_in_time(lake):
    """Five minutes are in time, two days are late, no answer at all is late too."""
    lake.touchpoints |= SUPPORT
    asked = [(0, "web:product"), (1, "purchase:completed"), (10, "chat:started")]
    again = [(10 * DAY, "web:product"), (10 * DAY + 1, "purchase:completed")]
    lake.given(
        ana=[*asked, (15, "chat:agent_message"), *again],
        bea=[*asked, (10 + 2 * DAY, "chat:agent_message")],
        cat=asked,
        dan=[(100 * DAY, "web:home")],
    )

    lake.build("marts.after_care_answers")

    assert lake.rows(
        "marts.after_care_answers order by customer_id",
        "customer_id",
        "touchpoint",
        "answer_seconds",
        "is_late",
        "is_bought_again",
    ) == [
        ("ana", "chat:started", 300.0, False, True),
        ("bea", "chat:started", 172_800.0, True, False),
        ("cat", "chat:started", None, True, False),
    ]


def test_a_question_too_young_to_judge_is_left_out(lake):
    """60 days must have passed, so that there was time to buy again."""
    lake.touchpoints |= SUPPORT
    lake.given(
        ana=[(0, "purchase:completed"), (10, "chat:started"), (15, "chat:agent_message")],
        dan=[(59 * DAY, "web:home")],
    )

    lake.build("marts.after_care_answers")

    assert lake.rows("marts.after_care_answers", "*") == []


def test_a_zombie_lead_is_silent_beyond_what_any_buyer_was(lake):
    """Buyers go on within the hour. Zoe took more touches and is silent for 20 days."""
    buyer = [(0, "web:home"), (5, "web:product"), (60, "purchase:completed")]
    dropper = buyer[:2]
    visits = [(0, "web:home"), (1, "web:product"), (2, "web:home"), (3, "web:product")]
    last = 100 * DAY
    lake.given(
        **{f"buyer{n}": buyer for n in range(5)},
        **{f"dropper{n}": dropper for n in range(5)},
        zoe=[(last - 20 * DAY + minute, name) for minute, name in visits],
        yan=[(last - 3 + minute, name) for minute, name in visits],
    )

    lake.build("marts.zombie_leads")

    assert lake.rows(
        "marts.zombie_leads", "customer_id", "touchpoint", "touches", "buyer_touches", "chance"
    ) == [("zoe", "web:product", 4, 3.0, 0.0)]
    assert lake.rows("marts.zombie_leads", "sentence") == [
        (
            'Silent for 20 days since "web:product" after 4 touches, where half of the buyers '
            "took 3 or fewer: the chance to buy is 0.0%.",
        )
    ]


def test_hand_work_that_always_leads_to_the_same_can_be_automated(lake):
    """Two answers each for 30 people, and a purchase after every one."""
    lake.touchpoints |= SUPPORT
    lake.given(
        **{
            f"p{n:02d}": [
                (0, "chat:started"),
                (5, "chat:agent_message"),
                (6, "chat:agent_message"),
                (9, "purchase:completed"),
            ]
            for n in range(30)
        }
    )

    lake.build("marts.automation_candidates")

    assert lake.rows(
        "marts.automation_candidates",
        "touchpoint",
        "events",
        "customers",
        "next_touchpoint",
        "outcome_spread",
    ) == [("chat:agent_message", 60, 30, "purchase:completed", 0.0)]


def test_moments_of_influence_are_seen_by_all_or_decide_quietly(lake):
    """Everybody sees the home page; 30 of 200 come to the reviews, and they buy."""
    people = {f"p{n:03d}": [(n, "web:home")] for n in range(200)}
    for number in range(30):
        people[f"p{number:03d}"] += [
            (number + 1, "web:reviews"),
            (number + 2, "purchase:completed"),
        ]
    for number in range(30, 40):
        people[f"p{number:03d}"] += [(number + 1, "purchase:completed")]
    lake.given(**people)

    lake.build("marts.moments_of_influence", assume_complete=True)

    assert lake.rows(
        "marts.moments_of_influence", "moment", "touchpoint", "reach", "removal_effect"
    ) == [
        ("seen by nearly all", "web:home", 1.0, 1.0),
        ("quiet but decisive", "web:reviews", 0.15, 0.75),
    ]


def test_a_loop_counts_only_where_it_is_entered_as_most_do(lake):
    """Who entered the loop elsewhere did not stand where the others stood."""
    lake.given(
        **{
            f"p{n:02d}": [(0, "web:home"), (1, "web:product"), (2, "web:home"), (3, "web:cart")]
            for n in range(30)
        },
        **{f"q{n}": [(0, "web:product"), (1, "web:home"), (2, "web:product")] for n in range(5)},
        **{f"r{n:02d}": [(0, "web:home"), (1, "purchase:completed")] for n in range(30)},
    )

    lake.build("analysis.association_tests", assume_complete=True)

    assert lake.rows(
        "analysis.association_tests", "n", "customers", "figure", "reference", "excess"
    ) == [(30, 30, 0.0, pytest.approx(30 / 35), pytest.approx(30 * 30 / 35))]
