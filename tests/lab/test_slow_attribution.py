"""Lab.attribution says what a slow reader of the same journeys says, touch by touch."""

from collections import defaultdict
from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop_frame import DAY, opened, sold

import journeylab as jl

WEEK = 7 * DAY
NAMES = ["a -> b", "a", "a > b", "<b>'\"</b>", "b"]


@pytest.fixture(scope="module")
def many() -> Iterator[tuple[jl.Lab, list[tuple[list[tuple[int, str]], int | None]]]]:
    """80 customers with a journey each among odd names; touches by minute, and minute of goal."""
    people, told = {}, []
    for person in range(80):
        touches = [
            (step * (1 + person % 5) * DAY // 2, NAMES[(person * 3 + step * (1 + person % 4)) % 5])
            for step in range(person % 7)
        ]
        goal = (touches[-1][0] if touches else 0) + 5 if person % 3 or not touches else None
        events = [*touches, (goal, "paid")] if goal is not None else touches
        people[f"p{person:02}"] = events
        told.append((touches, goal))
    prices = {f"p{person:02}": f"{person}.37" for person in range(80)}
    with opened(
        sold(people, prices, {}), goals="paid", value="price", currency="money"
    ) as many_lab:
        yield many_lab, told


def slowly(
    told: list[tuple[list[tuple[int, str]], int | None]], transform: str, look_back: float | None
) -> dict[str, dict[str, float]]:
    """Model -> unit -> conversions, journey by journey and touch by touch."""
    made: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for touches, goal in told:
        if goal is None:
            continue
        path = [t for t in touches if look_back is None or goal - t[0] <= look_back * DAY]
        seen: list[tuple[int, str]] = []
        for number, (minute, name) in enumerate(path):
            times = sum(other == name for _, other in path)
            is_new = name not in [other for _, other in path[:number]]
            keeps = {
                "exposure": number == 0 or path[number - 1][1] != name,
                "unique": True,
                "first": is_new,
                "frequency": is_new,
            }
            if keeps[transform]:
                seen.append((minute, f"{name} ({times})" if transform == "frequency" else name))
        if not seen:
            for model in ("first", "last", "linear", "position", "time_decay", "shapley"):
                made[model]["(none)"] += 1
            continue
        ages = [2 ** (-(seen[-1][0] - minute) / WEEK) for minute, _ in seen]
        ends = {1: [1.0], 2: [0.5, 0.5]}
        size = len(seen)
        position = ends.get(size, [0.4, *[0.2 / max(size - 2, 1)] * (size - 2), 0.4])
        made["first"][seen[0][1]] += 1
        made["last"][seen[-1][1]] += 1
        units = {name for _, name in seen}
        for unit in units:
            made["shapley"][unit] += 1 / len(units)
        for (_, name), age, place in zip(seen, ages, position, strict=True):
            made["linear"][name] += 1 / size
            made["time_decay"][name] += age / sum(ages)
            made["position"][name] += place
    return made


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    transform=st.sampled_from(["exposure", "first", "unique", "frequency"]),
    look_back=st.sampled_from([0.01, 0.5, 1.0, 2.0, 7.0, None]),
)
def test_the_database_shares_out_as_a_slow_reader_does(many, transform, look_back) -> None:
    """Every rule, every transform; credit adds up to the cent in each model."""
    lab, told = many
    expected = slowly(told, transform, look_back)

    table = lab.attribution(
        ["first", "last", "linear", "position", "time_decay", "shapley"],
        by="touchpoint",
        transform=transform,
        look_back_days=look_back,
    )

    sums = table.group_by("model").agg(pl.col("conversions", "value").sum())
    assert sums["conversions"].unique().to_list() == table["conversions_total"].unique().to_list()
    assert sums["value"].unique().to_list() == table["value_total"].unique().to_list()
    for model, units in expected.items():
        found = {
            unit: float(n)
            for unit, n in table.filter(model=model).select("unit", "conversions").iter_rows()
            if n > 0
        }
        assert found == pytest.approx({u: n for u, n in units.items() if n > 0}, abs=2e-6)
