"""Conformance: settled journeys held against the designed map, with names for what deviates."""

import pytest

from journeylab.designed_map import parse_designed_map

WAY = ("web:home", "web:product", "web:cart", "purchase:completed")
MARTS = (
    "marts.conformance",
    "marts.conformance_weekly",
    "marts.deviations",
    "marts.journey_conformance",
)


def held(lake, journeys, **told):
    """Build the marts for journeys, one customer each, one touchpoint a minute."""
    lake.given(**{who: list(enumerate(path)) for who, path in journeys.items()})
    steps = [{"touchpoint": name} for name in WAY]
    designed = parse_designed_map({"steps": steps, **told}, where="test")
    results = lake.build(*MARTS, assume_complete=True, designed_map=designed)
    assert [result for result in results if not result.passed] == []


def fits(lake):
    return lake.rows(
        "marts.journey_conformance", "customer_id", "fitness", "fitness_so_far", "follows_map"
    )


def named(lake):
    return dict(lake.rows("marts.journey_conformance", "customer_id", "deviation_names"))


def test_a_journey_that_ends_early_is_unfinished_and_follows_the_map(lake):
    """What is missing lowers fitness (2 of 2 + 4) and not fitness so far."""
    held(lake, {"ana": WAY, "ben": WAY[:2]})

    assert fits(lake) == [("ana", 1.0, 1.0, True), ("ben", 0.666666667, 1.0, True)]
    assert named(lake) == {"ana": [], "ben": []}


@pytest.mark.parametrize(
    ("path", "names"),
    [
        pytest.param(WAY[:1] + WAY[2:], ["skipped web:product"], id="skipped"),
        pytest.param((*WAY[:1], "web:about", *WAY[1:]), ["extra web:about"], id="extra"),
        pytest.param((*WAY[:3], "web:product", WAY[3]), ["back web:product"], id="back"),
        pytest.param(
            ("web:home", "web:cart", "web:product", "purchase:completed"),
            ["out_of_order web:product"],
            id="out of order: late, so not skipped",
        ),
        pytest.param(
            ("web:cart", "web:home"),
            ["out_of_order web:home", "skipped web:product"],
            id="first step late",
        ),
        pytest.param(
            (WAY[0], WAY[1], WAY[0], WAY[1]),
            ["back web:home", "repeat web:product"],
            id="back, and the step before it again",
        ),
    ],
)
def test_each_kind_of_deviation_has_its_name(lake, path, names):
    """Cheapest alignment first; a skipped and later taken step is out of order alone."""
    held(lake, {"ana": path})

    assert named(lake) == {"ana": names}


def test_the_step_just_done_in_a_new_session_is_a_repeat(lake):
    """31 minutes of silence: the same touchpoint is a second step."""
    lake.given(ana=[(0, "web:home"), (31.5, "web:home"), (32, "web:product")])
    steps = [{"touchpoint": name} for name in WAY]

    lake.build(
        *MARTS,
        assume_complete=True,
        designed_map=parse_designed_map({"steps": steps}, where="test"),
    )

    assert named(lake) == {"ana": ["repeat web:home"]}


def test_side_steps_optional_steps_and_returns_are_no_deviations(lake):
    """The map says what is allowed beside its steps."""
    steps = [
        {"touchpoint": "web:home", "side_steps": ["web:about"]},
        {"touchpoint": "web:product", "optional": True},
        {"touchpoint": "web:cart"},
        {"touchpoint": "purchase:completed"},
    ]
    journeys = {
        "ana": ("web:home", "web:about", "web:cart", "purchase:completed"),
        "ben": ("web:home", "web:product", "web:cart", "web:product", "web:cart"),
    }

    held(
        lake,
        journeys,
        steps=steps,
        returns=[{"from": "web:cart", "to": "web:product"}],
    )

    assert fits(lake) == [("ana", 1.0, 1.0, True), ("ben", 0.875, 1.0, True)]


def test_an_allowed_deviation_does_not_count_but_is_listed(lake):
    """It has no rank, and fitness still feels it."""
    held(
        lake,
        {"ana": (*WAY[:3], "web:product", WAY[3])},
        allowed=[{"kind": "back", "touchpoint": "web:product"}],
    )

    assert fits(lake) == [("ana", 0.888888889, 0.8, True)]
    assert lake.rows("marts.deviations", "rank", "kind", "is_allowed") == [(None, "back", True)]


def test_shares_are_given_for_converted_and_dropped_apart(lake):
    """Two buyers of whom one follows, one dropped who does."""
    held(lake, {"ana": WAY, "ben": (WAY[0], WAY[2], WAY[3]), "cem": WAY[:2]})

    assert lake.rows(
        "marts.conformance", "outcome", "journeys", "journeys_following", "follows_map_share"
    ) == [("all", 3, 2, 0.666666667), ("converted", 2, 1, 0.5), ("dropped", 1, 1, 1.0)]
    assert lake.rows("marts.conformance_weekly", "week_date::text", "journeys", "is_immature") == [
        ("2025-12-29", 3, False)
    ]


def test_a_deviation_is_compared_with_those_who_stood_there_and_did_not(lake):
    """Ben skips the product after home; of two others who reached home one buys, in 3 minutes."""
    held(lake, {"ana": WAY, "ben": (WAY[0], WAY[2], WAY[3]), "cem": WAY[:2], "dan": ["web:about"]})

    rows = lake.rows(
        "marts.deviations where kind = 'skipped'",
        "touchpoint",
        "after_touchpoint",
        "journeys",
        "conversion_rate_with",
        "journeys_without",
        "conversion_rate_without",
        "associated_difference",
        "goal_seconds_with_converted_only",
        "goal_seconds_without_converted_only",
        "associated_goal_seconds_converted_only",
    )

    assert rows == [("web:product", "web:home", 1, 1.0, 2, 0.5, 0.5, 120.0, 180.0, -60.0)]


def test_the_evidence_lists_the_journeys(lake):
    """The query of each row runs and finds as many journeys as the row says."""
    held(lake, {"ana": (WAY[0], WAY[2]), "ben": (WAY[0], WAY[2], WAY[3]), "cem": ["web:about"]})

    for query, journeys in lake.rows("marts.deviations", "evidence", "journeys"):
        found = lake.warehouse.rows(query.replace("from journey", "from marts.journey"))
        assert len(found) == journeys


def test_without_a_map_or_without_journeys_the_tables_are_empty(lake):
    """Nothing is an error."""
    lake.given(ana=[(0, "web:home")])
    lake.build(*MARTS, assume_complete=True)
    assert [lake.warehouse.table(name).height for name in MARTS] == [0, 0, 0, 0]

    lake.given()
    held(lake, {})
    assert [lake.warehouse.table(name).height for name in MARTS] == [0, 0, 0, 0]


def test_a_name_of_the_map_that_does_not_exist_is_warned_of(lake):
    """The run goes on: the touchpoint may not have occurred yet."""
    lake.given(ana=[(0, "web:home")])
    designed = parse_designed_map({"steps": [{"touchpoint": "web:hmoe"}]}, where="test")

    results = lake.build(*MARTS, assume_complete=True, designed_map=designed)

    assert [(r.check, r.severity, r.faulty_rows) for r in results if not r.passed] == [
        ("designed_map_names_exist", "warn", 1)
    ]
