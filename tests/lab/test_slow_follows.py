"""What follows what, held against a slow reader that walks every path step by step."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import Any

import polars as pl
import pytest
from shop_frame import DAY, frame, opened

import journeylab as jl

NAMES = ["home", "product", "cart", "help", "paid"]


@pytest.fixture(scope="module")
def crowd() -> Iterator[jl.Lab]:
    """60 customers with repeats, returns, pauses of days and weeks, and two journeys each third."""
    people = {}
    for person in range(60):
        minute, walk = 0.0, []
        for step in range(1 + person % 11):
            minute += (1 + (person * 7 + step * 5) % 90) * (DAY if step == 6 else 1)
            walk.append((minute, NAMES[(person * (3 + step) + step * step) % 5]))
        people[f"p{person:02}"] = walk
    with opened(frame(**people), goals="paid", assume_complete=False) as lab:
        yield lab


def paths_of(lab: jl.Lab) -> list[list[dict[str, Any]]]:
    """Steps up to the goal of each journey, with the instant each was left."""
    steps = lab.sql(
        "select flows.*, epoch_us(steps.entered_at) / 1e6 as entered,"
        " epoch_us(steps.left_at) / 1e6 as gone from step_flows as flows"
        " join steps using (customer_id, journey_id, step_number)"
        " where flows.part = 'before' order by customer_id, journey_id, step_number"
    )
    return [
        group.to_dicts()
        for _, group in steps.group_by("customer_id", "journey_id", maintain_order=True)
    ]


def test_moves_are_those_of_walking_the_paths(crowd: jl.Lab) -> None:
    """Counts, starts, ends and waits of every pair."""
    counts: Counter[tuple[str, str]] = Counter()
    waits = defaultdict(list)
    for path in paths_of(crowd):
        counts["(start)", path[0]["touchpoint"]] += 1
        for step, later in pairwise(path):
            pair = (step["touchpoint"], later["touchpoint"])
            counts[pair] += 1
            waits[pair].append(later["entered"] - step["gone"])
        counts[path[-1]["touchpoint"], path[-1]["next_touchpoint"]] += 1

    table = crowd.directly_follows()

    found = {row[:2]: row[2] for row in table.select(table.columns[:3]).rows()}
    assert found == dict(counts)
    for row in table.drop_nulls("wait_p50_seconds").iter_rows(named=True):
        told = waits[row["from_touchpoint"], row["to_touchpoint"]]
        assert row["wait_p50_seconds"] == pytest.approx(median(told))


@pytest.mark.parametrize("offset", [0, 1])
@pytest.mark.parametrize("steps", [1, 3, 12])
@pytest.mark.parametrize("top", [1, 3, 5])
def test_the_picture_is_that_of_laying_the_paths_side_by_side(
    crowd: jl.Lab, top: int, steps: int, offset: int
) -> None:
    """With some touchpoints merged and with all of the five named, cut early and never."""
    paths = [path[offset:] for path in paths_of(crowd) if len(path) > offset]
    named = []
    for column in range(steps):
        there = Counter(path[column]["touchpoint"] for path in paths if column < len(path))
        busiest = sorted(there.items(), key=lambda item: (-item[1], item[0]))[:top]
        named.append({name for name, _ in busiest})
    moves = defaultdict(list)
    for path in paths:
        for column in range(steps):
            moves[_move(path, column, named)].append(path[min(column, len(path) - 1)])

    table = crowd.paths(steps=steps, top=top, offset=offset)

    found = {row[:4]: row[4:] for row in table.rows()}
    assert found.keys() == moves.keys()
    for move, made in moves.items():
        settled = [step for step in made if step["is_settled"]]
        converted = sum(step["outcome"] == "converted" for step in settled)
        waits = [step["next_wait_seconds"] for step in made if step["returns_next"] is not None]
        ninth = pl.Series(waits, dtype=pl.Float64).quantile(0.9, "linear")
        assert found[move] == (
            len(made),
            len(made),
            pytest.approx(len(made) / len(paths)),
            len(settled),
            pytest.approx(converted / len(settled)) if settled else None,
            pytest.approx(median(waits)) if waits else None,
            pytest.approx(ninth) if waits else None,
        )


def _move(
    path: list[dict[str, Any]], column: int, named: list[set[str]]
) -> tuple[int, str, str, bool]:
    """Where a path goes from a column, counted from 0; one that has ended stays."""
    last = path[-1]["next_touchpoint"]
    if column >= len(path):
        return column + 1, last, last, False
    step = path[column]
    left = step["touchpoint"] if step["touchpoint"] in named[column] else "(other)"
    if step["returns_next"] is None:
        return column + 1, left, last, False
    if column + 1 == len(named):
        return column + 1, left, "(continues)", False
    entered = path[column + 1]
    name = entered["touchpoint"]
    shown = name if name in named[column + 1] else "(other)"
    return column + 1, left, shown, entered["is_return"]


def test_what_comes_at_some_time_is_found_by_looking_ahead(crowd: jl.Lab) -> None:
    """From the first visit to each touchpoint to the first later visit of each."""
    times = defaultdict(list)
    reached: Counter[str] = Counter()
    for path in paths_of(crowd):
        for name in {step["touchpoint"] for step in path}:
            reached[name] += 1
            place = next(n for n, step in enumerate(path) if step["touchpoint"] == name)
            for other in NAMES:
                ahead = [step for step in path[place + 1 :] if step["touchpoint"] == other]
                if ahead:
                    times[name, other].append(ahead[0]["entered"] - path[place]["gone"])

    table = crowd.eventually_follows()

    found = {(r["from_touchpoint"], r["to_touchpoint"]): r for r in table.iter_rows(named=True)}
    assert {pair: row["journeys"] for pair, row in found.items()} == {
        pair: len(told) for pair, told in times.items()
    }
    for pair, row in found.items():
        assert row["journeys_from"] == reached[pair[0]]
        assert row["wait_p50_seconds"] == pytest.approx(median(times[pair]))


@pytest.mark.parametrize("occurrence", ["first", "last", "all"])
def test_times_between_are_those_of_looking_ahead(crowd: jl.Lab, occurrence: str) -> None:
    """Every pair of touchpoints, the same one twice among them."""
    paths = paths_of(crowd)
    for start in NAMES[:2]:
        for end in NAMES[:3]:
            told = []
            for path in paths:
                led = [
                    (step, ahead[0])
                    for place, step in enumerate(path)
                    if step["touchpoint"] == start
                    and (ahead := [s for s in path[place + 1 :] if s["touchpoint"] == end])
                ]
                chosen = {"first": led[:1], "last": led[-1:], "all": led}[occurrence]
                told += [reached["entered"] - step["gone"] for step, reached in chosen]

            row = crowd.time_between(start, end, occurrence=occurrence).row(0, named=True)

            assert row["times"] == len(told)
            if told:
                assert row["p50_seconds"] == pytest.approx(median(told))
                assert row["max_seconds"] == pytest.approx(max(told))


def test_the_step_matrix_counts_everybody_at_every_step(crowd: jl.Lab) -> None:
    """Each step adds up to all journeys but service ones, whatever is merged."""
    everybody = len(paths_of(crowd))

    for top in (1, 3, 12):
        table = crowd.step_matrix(steps=8, top=top)
        sums = table.group_by("step").agg(pl.col("paths").sum())
        assert set(sums["paths"]) == {everybody}
        assert sums.height == 8
