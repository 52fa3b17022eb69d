"""Where filters leave nobody: tables of counts are empty, questions that need somebody say so."""

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
