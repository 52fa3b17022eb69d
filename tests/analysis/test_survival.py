"""Curves of times until something happens: worked cases, and lifelines on its own data sets."""

import lifelines
import lifelines.datasets
import numpy as np
import pytest
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time

from journeylab.analysis.survival import (
    half_time,
    incidence,
    kaplan_meier,
    log_rank,
    quantile,
    restricted_mean,
)


def test_a_running_time_counts_while_it_runs():
    """Ends at 1 and 3, one still running at 2: 3 at risk, then 1."""
    curve = kaplan_meier([1, 2, 3], [True, False, True])

    assert curve.times.tolist() == [1, 3]
    assert curve.at_risk.tolist() == [3, 1]
    assert curve.share == pytest.approx([2 / 3, 0.0])
    assert curve.variance == pytest.approx([2 / 27, 0.0])


def test_what_ends_at_an_instant_counts_before_who_is_censored_at_it():
    """Of four, two end at 5 and one is censored at 5: all four are at risk."""
    curve = kaplan_meier([5, 5, 5, 7], [True, True, False, True])

    assert curve.at_risk.tolist() == [4, 1]
    assert curve.share.tolist() == [0.5, 0.0]


def test_two_causes_at_one_instant_share_it_exactly():
    """At 10 one goal and one back of four: a quarter each; then goal and leave of the rest."""
    curve = incidence([10, 10, 20, 30], ["goal", "back", "goal", "leave"])

    assert curve.causes == ("back", "goal", "leave")
    assert curve.of("goal").tolist() == [0.25, 0.5, 0.5]
    assert curve.of("back").tolist() == [0.25, 0.25, 0.25]
    assert curve.of("leave").tolist() == [0.0, 0.0, 0.25]
    assert curve.of("lateral").tolist() == [0.0, 0.0, 0.0]
    assert curve.not_ended.tolist() == [0.5, 0.25, 0.0]


def test_counts_stand_for_so_many_rows():
    """One row that counts three is three rows."""
    short = incidence([1, 2, 2], ["goal", "", "leave"], counts=[3, 2, 3])
    long = incidence([1] * 3 + [2] * 5, ["goal"] * 3 + [""] * 2 + ["leave"] * 3)

    assert short.at_risk.tolist() == long.at_risk.tolist() == [8, 5]
    assert short.shares.tolist() == long.shares.tolist()


def test_who_enters_at_an_instant_counts_after_it():
    """The second is watched from 2 on: at 2 only the first is at risk."""
    curve = kaplan_meier([2, 4, 3], [True, True, True], entries=[0, 2, 0])

    assert curve.at_risk.tolist() == [2, 2, 1]
    assert curve.share == pytest.approx([1 / 2, 1 / 4, 0.0])


def test_nothing_ended_is_an_empty_curve():
    """Still running times alone say nothing, and the median is not reached."""
    curve = kaplan_meier([4, 5], [False, False])

    assert curve.times.tolist() == []
    assert quantile(curve, 0.5) is None
    assert incidence([], []).shares.shape == (0, 0)


@pytest.mark.parametrize(
    ("share", "time"),
    [
        pytest.param(0.5, 2.0, id="exactly half have ended by 2"),
        pytest.param(0.51, 3.0, id="more than half"),
        pytest.param(0.75, 3.0, id="three quarters"),
        pytest.param(0.9, None, id="not reached"),
    ],
)
def test_a_quantile_is_the_least_time_that_reaches_it(share, time):
    """Ends at 1, 2, 3; the fourth still runs at 4."""
    assert quantile(kaplan_meier([1, 2, 3, 4], [True, True, True, False]), share) == time


def test_a_mean_is_restricted_to_a_limit():
    """Ends at 2 and 4, up to 3: 2 whole, then one unit at a half."""
    assert restricted_mean(kaplan_meier([2, 4], [True, True]), 3.0) == 2.5


def test_half_time_reads_the_curve_only_while_enough_are_at_risk():
    """With two at risk wanted the curve ends at 4, where goals make up 3 of 5: half by 2."""
    curve = incidence([1, 2, 3, 4, 5], ["goal", "goal", "leave", "goal", "goal"])

    assert half_time(curve, "goal", min_at_risk=2) == (2.0, 4.0)
    assert half_time(curve, "goal", min_at_risk=6) is None
    assert half_time(curve, "back", min_at_risk=1) is None


def test_groups_of_one_pace_have_no_difference():
    """The same times twice; and a single group."""
    assert log_rank([1, 2, 1, 2], [True] * 4, ["a", "a", "b", "b"]).statistic == pytest.approx(0.0)
    assert log_rank([1, 2], [True, True], ["a", "a"]).p_value == 1.0


@pytest.mark.parametrize(
    ("name", "time", "ended"),
    [
        pytest.param("load_waltons", "T", "E", id="waltons"),
        pytest.param("load_rossi", "week", "arrest", id="rossi"),
        pytest.param("load_lung", "time", "status", id="lung"),
        pytest.param("load_leukemia", "t", "status", id="leukemia"),
        pytest.param("load_gbsg2", "time", "cens", id="gbsg2"),
    ],
)
def test_kaplan_meier_equals_lifelines(name, time, ended):
    """Share, Greenwood's variance, median and restricted mean, all with ties."""
    data = getattr(lifelines.datasets, name)()
    theirs = lifelines.KaplanMeierFitter().fit(data[time], data[ended])

    ours = kaplan_meier(data[time], data[ended] == 1)

    wanted = theirs.survival_function_at_times(ours.times).to_numpy()
    assert np.abs(ours.share - wanted).max() < 1e-9
    squares = theirs._cumulative_sq_.reindex(ours.times).to_numpy().ravel()
    known = ours.share > 0
    assert np.abs(ours.variance - wanted**2 * squares)[known].max() < 1e-9
    median = quantile(ours, 0.5)
    assert (float("inf") if median is None else median) == theirs.median_survival_time_
    limit = float(data[time].max()) / 2
    assert restricted_mean(ours, limit) == pytest.approx(
        restricted_mean_survival_time(theirs, t=limit), abs=1e-9
    )


def test_kaplan_meier_with_late_entries_equals_lifelines():
    """The AIDS cohort: people are watched from when they joined it."""
    data = lifelines.datasets.load_multicenter_aids_cohort_study()
    theirs = lifelines.KaplanMeierFitter().fit(data["T"], data["D"], entry=data["W"])

    ours = kaplan_meier(data["T"], data["D"] == 1, entries=data["W"])

    wanted = theirs.survival_function_at_times(ours.times).to_numpy()
    assert len(ours.times) > 20
    assert np.abs(ours.share - wanted).max() < 1e-9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_incidence_equals_lifelines_without_ties(seed):
    """Lifelines moves tied times by chance, so its ties are broken before both."""
    draw = np.random.default_rng(seed)
    data = lifelines.datasets.load_waltons()
    times = data["T"].to_numpy() + draw.permutation(len(data)) / (10 * len(data))
    codes = draw.integers(0, 4, len(data))
    theirs = {
        code: lifelines.AalenJohansenFitter(calculate_variance=False).fit(
            times, codes, event_of_interest=code
        )
        for code in (1, 2, 3)
    }

    ours = incidence(times, np.array(["", "one", "two", "three"])[codes])

    for code, cause in ((1, "one"), (2, "two"), (3, "three")):
        wanted = theirs[code].cumulative_density_.iloc[:, 0].reindex(ours.times).to_numpy()
        assert np.abs(ours.of(cause) - wanted).max() < 1e-9
    assert ours.shares.sum(axis=0) + ours.not_ended == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "time", "ended", "group"),
    [
        pytest.param("load_waltons", "T", "E", "group", id="waltons, two groups"),
        pytest.param("load_rossi", "week", "arrest", "prio", id="rossi, many groups"),
        pytest.param("load_gbsg2", "time", "cens", "tgrade", id="gbsg2, three groups"),
    ],
)
def test_log_rank_equals_lifelines(name, time, ended, group):
    """Statistic, degrees of freedom and p."""
    data = getattr(lifelines.datasets, name)()
    theirs = multivariate_logrank_test(data[time], data[group], data[ended])

    ours = log_rank(data[time], data[ended] == 1, data[group].astype(str))

    assert ours.degrees == theirs.degrees_of_freedom
    assert ours.statistic == pytest.approx(theirs.test_statistic, abs=1e-9)
    assert ours.p_value == pytest.approx(theirs.p_value, abs=1e-9)
