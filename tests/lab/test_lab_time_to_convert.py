"""Lab.time_to_convert: which journeys are watched, from when to when, and in which group."""

from collections.abc import Iterator

import pytest
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, NoGoal, UnknownName


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Zoe came on day 0, 40 buyers on day 40 after a minute, 40 leave, 40 are open at day 90."""
    people = {"zoe": [(0, "home")]}
    for person in range(40):
        day = 40 * DAY
        people[f"buyer{person:02}"] = [(day, "ad"), (day + 1, "paid")]
        people[f"leaver{person:02}"] = [(day, "home"), (day + 2, "cart")]
        people[f"open{person:02}"] = [(80 * DAY, "home")]
    people["last"] = [(89 * DAY, "home"), (90 * DAY, "home")]
    with opened(frame(**people), goals="paid", assume_complete=False) as opened_lab:
        yield opened_lab


def test_the_clock_of_each_kind_of_journey(lab: jl.Lab) -> None:
    """Zoe may have begun before the data. Leavers give up 30 days after their last action."""
    row = lab.time_to_convert().row(0, named=True)
    curve = lab.conversion_curves()

    counts = [row[n] for n in ("level", "journeys", "converted", "dropped", "open")]
    assert counts == ["(all)", 121, 40, 40, 41]
    # At 30 days and two minutes the leavers are the last watched: open ones only for 10 days.
    told = curve.select("seconds", "at_risk").rows()
    assert told == [(0.0, 121), (60.0, 121), (30 * 86_400 + 120.0, 40)]
    assert row["converted_share"] == pytest.approx(40 / 121)
    assert row["time_to_convert_p50_seconds"] == 60.0


def test_groups_by_what_is_known_at_the_start(lab: jl.Lab) -> None:
    """A built-in name, and a segment with those in it and those not."""
    late = lab.segment("late", journeys="first_touchpoint = 'ad'")

    by_touchpoint = lab.time_to_convert("first_touchpoint")
    by_segment = lab.time_to_convert(late, limit_days=10)

    assert by_touchpoint.select("level", "journeys", "converted").rows() == [
        ("home", 81, 0),
        ("ad", 40, 40),
    ]
    assert by_touchpoint["log_rank_p_value"].to_list()[0] < 1e-6
    assert by_segment.select("level", "journeys").rows() == [("false", 81), ("true", 40)]
    assert by_segment["restricted_mean_seconds"].to_list() == [864_000.0, 60.0]
    assert lab.conversion_curves(late)["level"].unique(maintain_order=True).to_list() == [
        "false",
        "true",
    ]


def test_what_cannot_be_asked_is_refused(lab: jl.Lab) -> None:
    """Groups made of the outcome would answer the question with itself."""
    with pytest.raises(InputRefused, match="'value_band' is known only by how journeys end"):
        lab.time_to_convert("value_band")
    with pytest.raises(InputRefused, match="'outcome' is known only"):
        lab.conversion_curves(lab.segment("outcome", "lapsed"))
    with pytest.raises(UnknownName, match="no group 'devise'"):
        lab.time_to_convert("devise")
    with pytest.raises(InputRefused, match="limit_days is 0"):
        lab.time_to_convert(limit_days=0)
    with pytest.raises(NoGoal, match="none of 81 journeys reached one"):
        lab.time_to_convert(where="first_touchpoint = 'home'")


def test_the_median_is_the_sales_cycle_of_the_snapshot(sample_run) -> None:
    """The same figure by the same rule as the published one."""
    with jl.open(sample_run.snapshot) as sample:
        row = sample.time_to_convert().row(0, named=True)
        kpis = dict(
            sample.sql("select kpi, value from kpis where kpi like 'sales_cycle%'").iter_rows()
        )

    assert row["time_to_convert_p50_seconds"] == kpis["sales_cycle_p50_seconds"]
    assert row["read_seconds"] == kpis["sales_cycle_read_seconds"]
