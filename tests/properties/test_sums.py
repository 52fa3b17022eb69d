"""Random journeys through all models: every check holds, and figures equal plain Python."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeylab.warehouse import read_models
from lake import SHOP, Lake

DAY = 24 * 60
RANKS = {"reach": 1, "nurture": 2, "convert": 3, "support": 4}
MODELS = (*read_models("graph"), *read_models("analysis"), *read_models("marts"))

GAPS = st.sampled_from([0, 1, 5, 31, 2 * DAY, 31 * DAY])
WALKS = st.lists(st.tuples(GAPS, st.sampled_from(sorted(SHOP))), min_size=1, max_size=14)


def timeline(walk):
    """(gap, touchpoint) pairs as (minute, touchpoint) events."""
    minute, events = 0, []
    for gap, touchpoint in walk:
        minute += gap
        events.append((minute, touchpoint, {"value": 10, "currency": "EUR"}))
    return events


def erased_loops(path):
    """Chronological erasure by the letter of its definition: rotations of length two or more."""
    kept, loops = [], Counter()
    for touchpoint in path:
        if touchpoint in kept:
            start = kept.index(touchpoint)
            loop = kept[start:]
            kept = kept[: start + 1]
            if len(loop) > 1:
                loops[min(tuple(loop[n:] + loop[:n]) for n in range(len(loop)))] += 1
        else:
            kept.append(touchpoint)
    return loops


def is_linear(path):
    """Whether the rank of staged touchpoints never falls; None below two of them."""
    ranks = [RANKS[SHOP[name]["stage"]] for name in path if "stage" in SHOP[name]]
    return ranks == sorted(ranks) if len(ranks) > 1 else None


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WALKS, min_size=1, max_size=6), st.sampled_from([0, 20 * DAY, 400 * DAY]))
def test_random_journeys_keep_every_sum(walks, quiet_days):
    """All checks pass, loops and linearity follow their definitions, whatever people do."""
    customers = {f"c{number}": timeline(walk) for number, walk in enumerate(walks)}
    end = max(minute for events in customers.values() for minute, *_ in events)
    with Lake() as lake:
        lake.given(**customers, zoe=[(end + quiet_days, "web:about")])

        results = lake.build(*MODELS)

        failed = {result.check for result in results if not result.passed}
        assert failed <= {"some_journeys_are_settled"}
        paths = lake.steps()
        walked = sum((erased_loops(path) for path in paths.values()), Counter())
        loops = lake.rows("marts.loops", "touchpoints", "occurrences")
        found = {tuple(loop): times for loop, times in loops}
        assert found == dict(walked)
        linear = lake.rows(
            "marts.journeys where outcome != 'service'",
            "customer_id || '/' || journey_number",
            "is_linear",
        )
        assert dict(linear) == {journey: is_linear(path) for journey, path in paths.items()}
