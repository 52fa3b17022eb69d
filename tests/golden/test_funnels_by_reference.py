"""Golden funnels counted once more by the slow reference that tries every way."""

import sys
from pathlib import Path

import pytest

from journeylab.golden import read_suite

sys.path.insert(0, str(Path(__file__).parents[1] / "lab"))
from funnel_reference import Asked, attempts

SECONDS = {"min": 60, "s": 1, "h": 3600, "d": 86400}
SETS = {event_set.name: event_set for event_set in read_suite()}
CASES = [
    case
    for name in ("funnels", "funnel_properties")
    for case in SETS[name].cases
    if case.columns == ("customer_id", "furthest_step") and "where" not in str(case.dials)
]


def seconds(told):
    if told is None:
        return None
    unit = told.lstrip("0123456789")
    return int(told.removesuffix(unit)) * SECONDS[unit]


def names(step):
    return frozenset([step] if isinstance(step, str) else step)


def asked(dials):
    """The dials of a case as the reference takes them."""
    steps = [step if isinstance(step, dict) else {"touchpoint": step} for step in dials["steps"]]
    bars = [bar if isinstance(bar, dict) else {"event": bar} for bar in dials.get("exclude", ())]
    gaps = dials.get("per_step")
    return Asked(
        steps=tuple(names(step["touchpoint"]) for step in steps),
        window=seconds(dials["window"]),
        order=dials.get("order", "sequential"),
        entry=dials.get("entry", "any"),
        per_step=None if gaps is None else tuple(seconds(gap) for gap in gaps),
        optional=frozenset(n for n, step in enumerate(steps, 1) if step.get("optional")),
        exclude=tuple(
            (bar["event"], *bar.get("between", (1, len(steps))), bar.get("effect", "remove"))
            for bar in bars
        ),
        holds="hold" in dials,
        tie=seconds(dials.get("tie_window")) or 0,
    )


def walks(event_set):
    """Customer -> events with second, name and the property that may be held."""
    start = event_set.events["occurred_at"].min()
    found = {}
    for row in event_set.events.iter_rows(named=True):
        second = int((row["occurred_at"] - start).total_seconds())
        event = (second, row["touchpoint"], row.get("plan"))
        found.setdefault(row["customer_id"], []).append(event)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_reference_finds_the_same(case):
    """Customer and furthest step of every attempt that is not removed."""
    told = asked(case.dials)
    found = [
        (customer, max(step for step, _ in attempt.taken))
        for customer, events in walks(SETS[case.name.split("/")[0]]).items()
        for attempt in attempts(events, told)
        if not attempt.is_removed
    ]

    assert sorted(found) == sorted(case.answer)


def test_most_funnel_cases_are_counted_twice():
    """A change of the format must not empty this file."""
    assert len(CASES) >= 25
