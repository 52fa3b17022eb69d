"""How long visits last and what ends them, worked by hand; open journeys count while they run."""

import numpy as np
import polars as pl
import pytest

from journeylab.analysis.stays import CAUSES, shares_after, stay_curves
from journeylab.analysis.survival import incidence, kaplan_meier, quantile

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]


def test_each_way_out_of_a_visit_is_a_cause(lake):
    """Dan leaves, eve loses; the goal itself has no stay, and no service journey counts."""
    lake.given(
        ana=[
            (0, "web:home"),
            (1, "web:cart"),
            (3, "web:product"),
            (6, "web:reviews"),
            (10, "web:about"),
            (15, "purchase:completed"),
        ],
        dan=[(0, "web:home"), (2, "web:home")],
        eve=[(0, "web:product"), (5, "email:unsubscribed")],
        fay=[(0, "web:order_status"), (1, "web:home", {"is_bot": True})],
        zoe=LATER,
    )

    lake.build("analysis.stays")

    assert lake.rows(
        "analysis.stays join core.touchpoints using (touchpoint_key)"
        " order by customer_key, step_number",
        "touchpoint",
        "cause",
        "stay_microseconds / 6e7",
    ) == [
        ("web:home", "advance", 1.0),
        ("web:cart", "back", 2.0),
        ("web:product", "stay", 3.0),
        ("web:reviews", "lateral", 4.0),
        ("web:about", "goal", 5.0),
        ("web:home", "leave", 30.0 * DAY),
        ("web:product", "loss", 5.0),
    ]


def test_the_causes_sum_to_one_with_open_visits_counted_while_they_ran(lake):
    """Four at the cart; one buys at once, one is seen for 10 days, one buys after 20, one leaves.

    The one still open stands for the two that were longer: each of them counts 3/8.
    """
    lake.given(
        ana=[(0, "web:cart"), (1, "purchase:completed")],
        bea=[(190 * DAY, "web:cart")],
        cat=[(0, "web:cart"), (20 * DAY, "purchase:completed")],
        dan=[(0, "web:cart")],
        zoe=LATER,
    )

    lake.build("marts.stays")

    assert lake.rows(
        "marts.stays where touchpoint = 'web:cart'",
        "visits",
        "customers",
        "open_visits",
        "goal_share",
        "leave_share",
        "open_share",
        "stay_p50_seconds / 86400",
        "stay_p90_seconds / 86400",
        "is_insufficient",
    ) == [(4, 4, 1, 0.625, 0.375, 0.0, 20.0, 30.0, True)]


def test_a_median_that_nobody_was_watched_long_enough_for_is_null(lake):
    """One of three moved on after a minute; the others are open."""
    lake.given(
        ana=[(0, "web:cart"), (1, "web:home")],
        bea=[(0, "web:cart")],
        cat=[(0, "web:cart")],
        zoe=[(3, "web:about")],
    )

    lake.build("marts.stays")

    assert lake.rows(
        "marts.stays where touchpoint = 'web:cart'",
        "back_share",
        "open_share",
        "stay_p50_seconds",
        "stay_p90_seconds",
    ) == [(0.333333333, 0.666666667, None, None)]


def test_a_finished_log_has_no_open_visit(lake):
    """Complete journeys end by leaving, however young; a pause beyond the timeout is leaving."""
    journey = {"given_journey_id": "j1"}
    lake.given(
        ana=[(0, "web:home", journey), (40 * DAY, "web:cart", journey)],
    )

    lake.build("marts.stays", assume_complete=True)

    assert lake.rows("marts.stays", "touchpoint", "leave_share", "open_visits") == [
        ("web:cart", 1.0, 0),
        ("web:home", 1.0, 0),
    ]


def test_a_stage_stay_ends_at_the_goal_and_open_ones_count(lake):
    """Ana is 5 minutes in nurture, an unstaged page included; bea's stay runs for a day."""
    lake.given(
        ana=[
            (0, "web:product"),
            (1, "web:about"),
            (2, "web:reviews"),
            (5, "purchase:completed"),
        ],
        bea=[(0, "web:product"), (DAY, "web:about")],
    )

    lake.build("marts.stage_kpis")

    assert lake.rows(
        "analysis.stage_stays order by customer_key, stay_number",
        "stage_rank",
        "cause",
        "stay_microseconds / 6e7",
    ) == [
        (2, "goal", 5.0),
        (3, None, None),
        (2, None, DAY),
    ]
    assert lake.rows("marts.stage_kpis where stage = 'nurture'", "stay_p50_seconds") == [(300.0,)]


@pytest.fixture
def crowd(lake):
    """Three hundred customers who come to the cart at odd minutes and go on or not."""
    draw = np.random.default_rng(7)
    people = {}
    for number in range(300):
        start = int(draw.integers(0, 60 * DAY))
        then = ["web:home", "web:reviews", "web:about", "purchase:completed", None]
        target = then[draw.integers(0, 5)]
        events = [(start, "web:cart")]
        if target is not None:
            events.append((start + int(draw.integers(1, 400)) * 60, target))
        people[f"c{number}"] = [event for event in events if event[0] <= 60 * DAY]
    lake.given(**people)
    lake.build("marts.stays", "marts.stay_curves")
    return lake


def test_curves_equal_the_estimator_on_the_single_stays(crowd):
    """At every drawn time, ties included; and so do the quantiles."""
    stays = crowd.warehouse.frame(
        "select coalesce(cause, '') as cause, greatest("
        "    stay_microseconds, epoch_us(horizon_at) - epoch_us(began_at)"
        ") as stay_microseconds"
        " from analysis.stays join core.touchpoints using (touchpoint_key), core.horizon"
        " where touchpoint = 'web:cart'"
    )
    exact = incidence(stays["stay_microseconds"], stays["cause"])
    drawn = crowd.warehouse.frame("select * from marts.stay_curves where touchpoint = 'web:cart'")

    assert stays.filter(cause="").height > 20
    for (cause,), curve in drawn.group_by("cause"):
        place = np.searchsorted(exact.times, curve["seconds"].to_numpy() * 1e6, side="right")
        wanted = np.concatenate(([0.0], exact.of(str(cause))))[place]
        assert np.abs(curve["share"].to_numpy() - wanted).max() < 1e-8
        staying = np.concatenate(([1.0], exact.not_ended))[place]
        assert np.abs(curve["staying_share"].to_numpy() - staying).max() < 1e-8
    survival = kaplan_meier(stays["stay_microseconds"], stays["cause"] != "")
    assert crowd.rows(
        "marts.stays where touchpoint = 'web:cart'",
        "(stay_p50_seconds * 1e6)::bigint",
        "(stay_p90_seconds * 1e6)::bigint",
    ) == [(quantile(survival, 0.5), quantile(survival, 0.9))]


def test_silence_changes_what_may_still_come():
    """Half buy by 10 s, a quarter leaves by 20; after 10 s leaving is all that is left of half."""
    curves = pl.DataFrame(
        {
            "touchpoint": ["web:cart"] * 6,
            "cause": ["goal"] * 3 + ["leave"] * 3,
            "seconds": [0.0, 10.0, 20.0] * 2,
            "share": [0.0, 0.5, 0.75, 0.0, 0.0, 0.25],
            "staying_share": [1.0, 0.5, 0.0] * 2,
            "at_risk": [4, 2, 0] * 2,
        }
    )
    asked = pl.DataFrame({"touchpoint": ["web:cart", "web:cart", "web:x"], "seconds": [12, 25, 1]})

    read = shares_after(curves, asked)

    assert read.select("seconds", "cause", "ahead").rows() == [
        (12.0, "goal", 0.5),
        (12.0, "leave", 0.5),
        (25.0, "goal", None),
        (25.0, "leave", None),
    ]


def test_no_stay_gives_no_curve():
    """An empty night."""
    counts = dict.fromkeys(("cut_microseconds", "running", *CAUSES.values()), pl.Int64)
    cuts = {"kind": pl.String, "item_key": pl.Int32, "is_point": pl.Boolean, **counts}

    found = stay_curves(pl.DataFrame(schema=cuts))

    assert (found.height, found.columns[-1]) == (0, "at_risk")
