"""Time to convert: worked cases, and lifelines where both say the same."""

import lifelines
import numpy as np
import polars as pl
import pytest
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time

from journeylab.analysis.survival import log_rank
from journeylab.analysis.time_to_convert import conversion_curves, time_to_convert

SECOND = 1_000_000


def times(*rows: tuple[str, str, float, int], copies: int = 1) -> pl.DataFrame:
    """Level, cause, seconds and how many such journeys, each of a customer of its own."""
    told = [
        (level, cause, int(seconds * SECOND)) for level, cause, seconds, n in rows for _ in range(n)
    ]
    frame = pl.DataFrame(
        told, schema=["level", "cause", "lasted_microseconds"], orient="row"
    ).with_row_index("customer_hash")
    frame = frame.with_columns(
        pl.col("customer_hash").cast(pl.UInt64) * pl.lit(2654435761, pl.UInt64)
    )
    return pl.concat([frame] * copies)


def drawn(seed: int, size: int = 300) -> pl.DataFrame:
    """Two groups with goals, drops and open journeys at distinct times, the second slower."""
    rng = np.random.default_rng(seed)
    level = np.where(rng.random(size) < 0.5, "fast", "slow")
    goal = rng.exponential(np.where(level == "fast", 1e6, 2e6))
    ends = {"goal": goal, "dropped": rng.exponential(2e6, size), "": rng.exponential(3e6, size)}
    lasted = np.min(list(ends.values()), axis=0)
    cause = np.array(list(ends))[np.argmin(list(ends.values()), axis=0)]
    # Distinct times, so that lifelines, which breaks ties by chance, says the same.
    lasted = lasted.astype(np.int64) * 1000 + np.arange(size)
    return pl.DataFrame(
        {
            "level": level,
            "cause": cause,
            "lasted_microseconds": lasted,
            "customer_hash": np.arange(size, dtype=np.uint64) * np.uint64(2654435761),
        }
    )


def test_giving_up_competes_and_open_journeys_count_while_watched() -> None:
    """100 journeys: 30 buy at 10 s, 20 open at 20 s, of 50 left 25 give up at 30 s, 20 buy at 40 s.

    Share converted: 0.3, then 0.3 + 0.7 · ½ · 20 ÷ 25 = 0.58. With 25 at risk at 40 s the curve
    is read to 30 s only, where 0.3 have converted, half of them by 10 s.
    """
    told = times(
        ("(all)", "goal", 10, 30),
        ("(all)", "", 20, 20),
        ("(all)", "dropped", 30, 25),
        ("(all)", "goal", 40, 20),
        ("(all)", "", 50, 5),
    )

    row = time_to_convert(told, seed=0).row(0, named=True)
    curve = conversion_curves(told, seed=0)

    counts = [row[n] for n in ("journeys", "customers", "converted", "dropped", "open")]
    assert counts == [100, 100, 50, 25, 25]
    assert (row["read_seconds"], row["converted_share"]) == (30.0, pytest.approx(0.3))
    assert row["time_to_convert_p50_seconds"] == 10.0
    assert row["restricted_mean_seconds"] == pytest.approx(10 + 20 * 0.7)
    assert row["restricted_mean_seconds_low"] < 24 < row["restricted_mean_seconds_high"]
    assert row["if_nobody_gave_up_p50_seconds"] == 40.0
    assert row["log_rank_p_value"] is None
    columns = ("seconds", "converted_share", "dropped_share", "running_share", "at_risk")
    assert curve.select(columns).rows() == [
        (0.0, 0.0, 0.0, 1.0, 100),
        (10.0, pytest.approx(0.3), 0.0, pytest.approx(0.7), 100),
        (30.0, pytest.approx(0.3), pytest.approx(0.35), pytest.approx(0.35), 50),
        (40.0, pytest.approx(0.58), pytest.approx(0.35), pytest.approx(0.07), 25),
    ]
    assert curve["is_insufficient"].to_list() == [False, False, False, True]
    # Kaplan-Meier with drops censored: 0.3, then 1 - 0.7 · 5 ÷ 25.
    assert curve["if_nobody_gave_up_share"].to_list() == pytest.approx([0, 0.3, 0.3, 0.86])


def test_bands_have_the_width_of_a_share() -> None:
    """Of 400 all watched to the end 100 buy: the band at 1/4 is about ±1.96 · √(p·q ÷ 400)."""
    told = times(("(all)", "goal", 10, 100), ("(all)", "dropped", 20, 300))

    row = time_to_convert(told, seed=3).row(0, named=True)

    half = (row["converted_share_high"] - row["converted_share_low"]) / 2
    assert half == pytest.approx(1.96 * np.sqrt(0.25 * 0.75 / 400), rel=0.25)
    assert row == time_to_convert(told, seed=3).row(0, named=True)


def test_curves_are_those_of_lifelines() -> None:
    """Aalen-Johansen of the goal, and Kaplan-Meier with drops censored, to 1e-9."""
    told = drawn(5, size=150)
    codes = told["cause"].replace_strict({"goal": 1, "dropped": 2, "": 0}).to_numpy()
    lasted = told["lasted_microseconds"].to_numpy() / SECOND
    curve = conversion_curves(told.with_columns(level=pl.lit("(all)")), seed=0)
    competing = lifelines.AalenJohansenFitter(calculate_variance=False)
    competing.fit(lasted, codes, event_of_interest=1)
    alone = lifelines.KaplanMeierFitter().fit(lasted, codes == 1)
    ends = competing.cumulative_density_.iloc[:, 0]

    at = curve["seconds"].to_numpy()
    expected = ends.iloc[np.searchsorted(ends.index.to_numpy(), at + 1e-9) - 1].to_numpy()

    assert curve["converted_share"].to_numpy() == pytest.approx(expected, abs=1e-9)
    survived = alone.survival_function_at_times(at + 1e-9).to_numpy()
    assert curve["if_nobody_gave_up_share"].to_numpy() == pytest.approx(1 - survived, abs=1e-9)


def test_the_restricted_mean_is_that_of_lifelines_where_nobody_gives_up() -> None:
    """Without drops the share not converted is Kaplan and Meier's."""
    told = drawn(6).with_columns(
        pl.when(pl.col("cause") == "dropped").then(pl.lit("")).otherwise("cause").alias("cause")
    )
    row = time_to_convert(told.filter(level="fast"), seed=0, limit_seconds=800.0).row(0, named=True)
    fast = told.filter(level="fast")
    fitted = lifelines.KaplanMeierFitter().fit(
        fast["lasted_microseconds"].to_numpy() / SECOND, (fast["cause"] == "goal").to_numpy()
    )

    expected = restricted_mean_survival_time(fitted, t=800.0)

    assert row["restricted_mean_seconds"] == pytest.approx(expected, rel=1e-8)
    assert row["limit_seconds"] == 800.0


def test_groups_are_told_apart_and_come_in_order_of_size() -> None:
    """The slow group converts later; both tests of the pace say so."""
    told = drawn(7, size=600)

    table = time_to_convert(told, seed=0)

    sizes = told.group_by("level").len().sort("len", "level", descending=[True, False])
    assert table["level"].to_list() == sizes["level"].to_list()
    means = dict(table.select("level", "restricted_mean_seconds").iter_rows())
    assert means["fast"] < means["slow"]
    classic = multivariate_logrank_test(
        told["lasted_microseconds"].to_numpy(),
        told["level"].to_numpy(),
        (told["cause"] == "goal").to_numpy(),
    )
    assert classic.p_value < 0.001
    assert table["log_rank_p_value"].unique().to_list()[0] < 0.001


def test_journeys_of_one_customer_count_as_one_voice() -> None:
    """Ten copies of each journey make the plain test sure of nothing; between customers p stays."""
    told = drawn(8, size=80)
    lasted, goal = told["lasted_microseconds"].to_numpy(), (told["cause"] == "goal").to_numpy()
    level, whose = told["level"].to_numpy(), told["customer_hash"].to_numpy()
    one = log_rank(lasted, goal, level, clusters=whose)

    ten = [np.tile(values, 10) for values in (lasted, goal, level, whose)]
    copied = log_rank(ten[0], ten[1], ten[2], clusters=ten[3])

    assert copied.p_value == pytest.approx(one.p_value, rel=1e-9)
    assert one.p_value == pytest.approx(log_rank(lasted, goal, level).p_value, abs=0.1)
    assert log_rank(ten[0], ten[1], ten[2]).p_value < one.p_value


def test_few_journeys_give_no_figure() -> None:
    """Fewer than 30 at risk: the counts stand, what would be read is null."""
    table = time_to_convert(times(("a", "goal", 10, 40), ("b", "goal", 5, 9)), seed=0)

    assert table.select("level", "converted", "converted_share", "is_insufficient").rows() == [
        ("a", 40, 1.0, False),
        ("b", 9, None, True),
    ]
