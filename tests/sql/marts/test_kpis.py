"""Business figures that are not about single journeys, by hand."""

from datetime import date

import pytest

from journeylab.errors import SettingsError
from journeylab.settings import Paths
from journeylab.spend import spend_table

DAY = 24 * 60
BUY = "purchase:completed"
LATER = [(200 * DAY, "web:about")]
EUROS = {"currency": "EUR"}


def kpi(lake, name, *columns):
    return lake.rows(f"marts.kpis where kpi = '{name}'", *columns)


def test_buying_again_counts_within_the_timeout_of_the_first_order(lake):
    """Bea's second order comes after 30 days, Cat's a minute later; Dan's first is young."""
    lake.given(
        ana=[(0, BUY)],
        bea=[(0, BUY), (30 * DAY, BUY)],
        cat=[(0, BUY), (30 * DAY + 1, BUY)],
        dan=[(170 * DAY, BUY), (171 * DAY, BUY)],
        zoe=LATER,
    )

    lake.build("marts.kpis")

    columns = ("round(value, 3)", "n", "customers", "is_insufficient")
    assert kpi(lake, "repeat_purchase_rate", *columns) == [(0.333, 3, 3, True)]


def test_retention_compares_the_last_two_timeouts(lake):
    """Horizon on day 200: ana and bea were seen on days 141 to 170, of them ana came back."""
    lake.given(
        ana=[(150 * DAY, "web:home"), (180 * DAY, "web:home")],
        bea=[(170 * DAY, "web:home")],
        cat=[(140 * DAY, "web:home"), (190 * DAY, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.kpis")

    assert kpi(lake, "retention_rate", "value", "n") == [(0.5, 2)]


def test_the_sales_cycle_counts_those_who_gave_up_and_those_who_may_still_buy(lake):
    """40 buy after 1, 2, …, 40 minutes, 20 lapse: read while 30 are at risk, to the 31st buyer.

    At his 31st minute 10 buyers and the 20 who lapse after 30 days are at risk: 30. The share
    that bought by then is 31/60, and half of it is passed by the 16th buyer.
    """
    buyers = {f"b{n}": [(40 * DAY, "web:home"), (40 * DAY + n, BUY)] for n in range(1, 41)}
    lapsed = {f"l{n}": [(40 * DAY, "web:home")] for n in range(20)}
    lake.given(**buyers, **lapsed, eva=[(0, "web:about")], zoe=LATER)

    lake.build("marts.kpis")

    assert kpi(lake, "sales_cycle_p50_seconds", "value", "n", "low < 960", "high > 960") == [
        (16 * 60.0, 60, True, True)
    ]
    assert kpi(lake, "sales_cycle_read_seconds", "value", "low") == [(31 * 60.0, None)]


def test_no_sales_cycle_below_thirty_journeys(lake):
    """Two buyers are too few to read a curve of."""
    lake.given(ana=[(0, BUY)], bea=[(0, BUY)], zoe=LATER)

    lake.build("marts.kpis")

    assert kpi(lake, "sales_cycle_p50_seconds", "value", "n") == [(None, 0)]


def test_voice_and_service_are_among_the_kpis(lake):
    """Two chats, rated 5 and 2, of which one is answered after ten minutes; one NPS of 9."""
    lake.touchpoints |= {
        "chat:agent_message": {"role": "context"},
        "chat:rating": {"survey": "csat"},
        "email:nps": {"survey": "nps"},
    }
    first, second = {"conversation_id": "1"}, {"conversation_id": "2"}
    lake.given(
        ana=[
            (0, "chat:started", first),
            (10, "chat:agent_message", {**first, "actor": "agent"}),
            (30, "chat:started", first),
            (40, "chat:rating", {**first, "score": 5.0}),
        ],
        bea=[
            (0, "chat:started", second),
            (1, "chat:rating", {**second, "score": 2.0}),
            (2, "email:nps", {"score": 9.0}),
        ],
        zoe=LATER,
    )

    lake.build("marts.kpis")

    names = "('csat', 'nps', 'first_response_p50_seconds', 'resolution_p50_seconds')"
    found = lake.rows(f"marts.kpis where kpi in {names}", "kpi", "value", "unit", "n")
    assert found == [
        ("csat", 0.5, "share", 2),
        ("nps", 100.0, "points", 1),
        ("first_response_p50_seconds", 600.0, "seconds", 1),
        ("resolution_p50_seconds", 1800.0, "seconds", 1),
    ]


def test_roi_is_of_the_days_of_the_spend_file(lake, tmp_path):
    """150 spent from 1 to 3 January; 200 and 100 earned, 60 of it returned; 500 came on the 4th."""
    path = tmp_path / "spend.csv"
    path.write_text(
        "date,channel,amount,currency\n2026-01-01,ads,100,EUR\n2026-01-03,email,50.00,EUR\n"
    )
    lake.settings = lake.settings.model_copy(update={"paths": Paths(spend=path)})
    lake.given(
        ana=[(0, BUY, {"value": 200, "order_id": "1", **EUROS})],
        bea=[
            (2 * DAY, BUY, {"value": 100, "order_id": "2", **EUROS}),
            (9 * DAY, "purchase:refunded", {"value": 60, "order_id": "2", **EUROS}),
        ],
        cat=[(3 * DAY, BUY, {"value": 500, "order_id": "3", **EUROS})],
        zoe=LATER,
    )

    lake.build("marts.kpis")

    assert kpi(lake, "roi", "round(value, 9)", "currency", "n", "customers", "low < high") == [
        (0.6, "EUR", 2, 2, True)
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("day,amount\n2026-01-01,1\n", "spend cannot be read", id="no date"),
        pytest.param("date,amount,currency\nMay,1,EUR\n", "spend cannot be read", id="no day"),
        pytest.param(
            "date,amount,currency\n2026-01-01,,EUR\n", "line 2 lacks its date", id="no amount"
        ),
    ],
)
def test_a_spend_file_that_cannot_be_read_is_told(lake, tmp_path, content, told):
    """The message names the file and its columns."""
    path = tmp_path / "spend.csv"
    path.write_text(content)
    settings = lake.settings.model_copy(update={"paths": Paths(spend=path)})

    with pytest.raises(SettingsError, match=told):
        spend_table(settings)


def test_days_are_compared_with_the_day_before(lake):
    """Of two journeys of 1 January one buys, of the one of the 2nd none; the 3rd is empty."""
    lake.given(
        ana=[(0, "web:home"), (5, BUY, {"value": 80, **EUROS})],
        bea=[(1, "web:home")],
        cat=[(DAY, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.kpis_daily")

    first = (
        "marts.kpis_daily where day <= date '2026-01-03' and kpi in ('conversion_rate', 'revenue')"
    )
    columns = ("day::varchar", "kpi", "value", "n", "value_before", "change")
    assert lake.rows(first, *columns) == [
        ("2026-01-01", "conversion_rate", 0.5, 2, None, None),
        ("2026-01-01", "revenue", 80.0, 1, None, None),
        ("2026-01-02", "conversion_rate", 0.0, 1, 0.5, -0.5),
        ("2026-01-02", "revenue", 0.0, 0, 80.0, -80.0),
        ("2026-01-03", "conversion_rate", None, 0, 0.0, None),
        ("2026-01-03", "revenue", 0.0, 0, 0.0, 0.0),
    ]
    changed = "marts.kpis_daily where kpi = 'conversion_rate' and change is not null"
    assert lake.rows(changed, "change_low < -0.5", "change_high > -0.5") == [(True, True)]


def test_a_goal_after_the_timeout_does_not_convert_its_period(lake):
    """Started on 1 January, bought on 6 February with a visit between: 36 days are too late."""
    lake.given(
        ana=[(0, "web:home"), (20 * DAY, "web:home"), (36 * DAY, BUY)],
        bea=[(0, "web:home"), (30 * DAY, BUY)],
        zoe=LATER,
    )

    lake.build("marts.kpis_weekly")

    first = "marts.kpis_weekly where n > 0 and kpi in ('conversion_rate', 'orders')"
    assert lake.rows(first, "week", "kpi", "value", "n")[:3] == [
        (date(2025, 12, 29), "conversion_rate", 0.5, 2),
        (date(2026, 1, 26), "orders", 1.0, 1),
        (date(2026, 2, 2), "orders", 1.0, 1),
    ]


def test_a_period_is_immature_until_the_timeout_after_its_end(lake):
    """The horizon is 1 February, noon: 1 January ended 30.5 days ago, the 2nd 29.5 days ago."""
    lake.given(
        ana=[(0, "web:home"), (DAY, "web:home"), (2 * DAY, "web:home")],
        zoe=[(31 * DAY, "web:about")],
    )

    lake.build("marts.kpis_daily")

    conversion = "marts.kpis_daily where kpi = 'conversion_rate' and not is_immature"
    assert lake.rows(conversion, "day") == [(date(2026, 1, 1),)]
    running = "marts.kpis_daily where kpi = 'sessions' and is_immature"
    assert lake.rows(running, "day", "value", "change") == [(date(2026, 2, 1), 1.0, None)]


def test_a_day_begins_at_midnight_of_the_reporting_zone(lake):
    """23:30 in London is half past midnight in Berlin."""
    lake.given(ana=[(11.5 * 60, "web:home")], zoe=[(31 * DAY, "web:about")])

    lake.build("marts.kpis_daily", reporting_timezone="Europe/Berlin")

    busy = "marts.kpis_daily where kpi = 'sessions' and value > 0"
    assert lake.rows(busy, "day") == [(date(2026, 1, 2),), (date(2026, 2, 1),)]
