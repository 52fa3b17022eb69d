"""Where filters leave nobody, or a question is asked what it cannot take: what is told then."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from shop_frame import frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, JourneyLabError, NoGoal, NothingSettled

NOBODY = "steps > 99"


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """One journey that converts, and a customer of whom one event is not known."""
    with opened(frame(ana=[(0, "home"), (1, "paid")]), goals="paid") as opened_lab:
        yield opened_lab


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda lab: lab.paths(where=NOBODY), id="paths"),
        pytest.param(lambda lab: lab.variants(where=NOBODY), id="variants"),
        pytest.param(lambda lab: lab.edges(where=NOBODY), id="edges"),
        pytest.param(lambda lab: lab.journeys(where=NOBODY), id="journeys"),
        pytest.param(lambda lab: lab.matches("home", where=NOBODY), id="matches"),
        pytest.param(lambda lab: lab.start_touchpoints(where=NOBODY), id="starts"),
        pytest.param(lambda lab: lab.arrivals(where=NOBODY), id="arrivals"),
        pytest.param(lambda lab: lab.sessions(where=NOBODY), id="sessions"),
    ],
)
def test_counts_of_nobody_are_no_rows(lab: jl.Lab, ask: Callable[[jl.Lab], Any]) -> None:
    """An empty table with its columns, which the figures say in a sentence."""
    assert ask(lab).is_empty()
    assert ask(lab).columns


@pytest.mark.parametrize(
    ("ask", "kind", "phrase"),
    [
        pytest.param(lambda lab: lab.funnel(["home", "paid"], where=NOBODY), InputRefused,
                     "no", id="funnel"),
        pytest.param(lambda lab: lab.attribution(where=NOBODY), NothingSettled,
                     "no", id="attribution"),
        pytest.param(lambda lab: lab.retention(where=NOBODY), NoGoal, "no customer",
                     id="retention"),
        pytest.param(lambda lab: lab.lifecycle(where=NOBODY), InputRefused, "no customer",
                     id="lifecycle"),
        pytest.param(lambda lab: lab.time_to_convert(where=NOBODY), NoGoal, "no",
                     id="time to convert"),
        pytest.param(lambda lab: lab.compare_sessions({"gap": "1h"}, where=NOBODY),
                     InputRefused, "no action is left", id="compare_sessions"),
        pytest.param(lambda lab: lab.compare(("2030-01-01", None)), NothingSettled, "no",
                     id="compare"),
    ],
)  # fmt: skip
def test_questions_that_need_somebody_say_that_there_is_nobody(
    lab: jl.Lab, ask: Callable[[jl.Lab], Any], kind: type[JourneyLabError], phrase: str
) -> None:
    """No rate of nothing, and no crash."""
    with pytest.raises(kind, match=phrase):
        ask(lab)


@pytest.mark.parametrize(
    ("ask", "phrase"),
    [
        pytest.param(lambda lab: lab.funnel(None), "steps is None, wanted a Funnel or a list",
                     id="no steps"),
        pytest.param(lambda lab: lab.paths(steps="3"), "steps is '3', wanted a whole number",
                     id="text for a number"),
        pytest.param(lambda lab: lab.paths(5), "start is 5, wanted text or None", id="start"),
        pytest.param(lambda lab: lab.matches(7), "pattern is 7, wanted text", id="pattern"),
        pytest.param(lambda lab: lab.headline(segment=3), "segment is 3, wanted a Segment or",
                     id="segment"),
        pytest.param(lambda lab: lab.journeys_of("paths", None), "row is None, wanted a dict",
                     id="row"),
        pytest.param(lambda lab: lab.funnel_times(["home", "paid"], edges=["a"]),
                     "seconds that rise from 0", id="edges in words"),
        pytest.param(lambda lab: lab.time_between_spans("home", "paid", edges=[5, 1]),
                     "seconds that rise from 0", id="edges that fall"),
        pytest.param(lambda lab: lab.what_if({"home": 0.1}), "'home' is to be 0.1",
                     id="a change of nothing named"),
        pytest.param(lambda lab: lab.export_graph("no/such/graph.graphml"),
                     "there is no folder 'no/such'", id="no folder"),
    ],
)  # fmt: skip
def test_what_a_question_cannot_take_is_named(
    lab: jl.Lab, ask: Callable[[jl.Lab], Any], phrase: str
) -> None:
    """Whatever operation it would have failed in."""
    with pytest.raises(JourneyLabError) as refused:
        ask(lab)

    assert phrase in str(refused.value)


def test_a_question_that_fails_by_itself_stays_as_it_was(lab: jl.Lab) -> None:
    """An argument nobody knows is Python's to tell."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'window_of'"):
        lab.funnel(["home", "paid"], window_of="1h")
