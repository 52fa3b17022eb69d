"""Lab.journeys_of: every row of a table leads to its journeys, and their number is the row's."""

from collections.abc import Iterator
from typing import Any

import pytest
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName

NAMES = ["home", "a -> b", "x|y", "it's", "<b>", "cart", "paid", "help"]
STAGES = {
    "reach": ["home"],
    "nurture": NAMES[1:5],
    "convert": ["cart", "paid"],
    "support": ["help"],
}


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """80 customers with up to eight steps each, loops and after-care included."""
    people = {}
    for person in range(80):
        steps = [NAMES[(person * (3 + step) + step * step) % 8] for step in range(1 + person % 8)]
        steps += ["paid", "help", "help"] if person % 5 == 0 else []
        late = 35 * DAY * (person % 3)
        people[f"p{person:02}"] = [(late + 2 * n, name) for n, name in enumerate(["home", *steps])]
    told = {"goals": "paid", "stages": STAGES, "assume_complete": False}
    with opened(frame(**people), **told) as opened_lab:
        yield opened_lab


def drilled(lab: jl.Lab, table: str, row: dict[str, Any], **told: Any) -> tuple[int, int]:
    """Journeys found, and how often they did it."""
    rows = lab.journeys_of(table, row, limit=None, **told)
    return rows.height, int(rows["occurrences"].sum())


@pytest.mark.parametrize(
    ("table", "journeys", "occurrences"),
    [
        pytest.param("graph_edges", "journeys", "transitions", id="edges"),
        pytest.param("graph_nodes", "journeys", "visits", id="nodes"),
        pytest.param("drop_offs", "exits", "exits", id="drop-offs"),
        pytest.param("loops", "journeys", "occurrences", id="loops"),
        pytest.param("variants", "journeys", "journeys", id="variants"),
        pytest.param("drop_off_paths", "journeys", "journeys", id="last steps"),
        pytest.param("ping_pong", "journeys", "bounces", id="to and fro"),
        pytest.param("stage_kpis", "journeys", "stays", id="stages"),
    ],
)
def test_a_row_leads_to_as_many_journeys_as_it_says(
    lab: jl.Lab, table: str, journeys: str, occurrences: str
) -> None:
    """Each row of the published table, odd names included."""
    rows = list(lab.table(table).iter_rows(named=True))

    assert rows
    assert [drilled(lab, table, row) for row in rows] == [
        (row[journeys], row[occurrences]) for row in rows
    ]


@pytest.mark.parametrize(
    ("table", "journeys", "occurrences"),
    [
        pytest.param("next_moves", None, "visits", id="next moves"),
        pytest.param("stays", None, "visits", id="stays"),
        pytest.param("visits_by_outcome", "dropped_visitors", None, id="dropped visitors"),
    ],
)
def test_a_row_that_says_one_of_the_two_agrees_on_it(
    lab: jl.Lab, table: str, journeys: str | None, occurrences: str | None
) -> None:
    """Visits where a row counts visits, journeys where it counts journeys."""
    rows = list(lab.table(table).iter_rows(named=True))

    assert rows
    for row in rows:
        found = drilled(lab, table, row)
        wanted = [row[name] if name else None for name in (journeys, occurrences)]
        assert [had for had, want in zip(found, wanted, strict=True) if want is not None] == [
            want for want in wanted if want is not None
        ]


def test_each_face_of_a_bottleneck_leads_to_its_own(lab: jl.Lab) -> None:
    """Visits someone went on from, journeys that ended, visits that were returns."""
    rows = list(lab.table("bottlenecks").iter_rows(named=True))

    assert {row["face"] for row in rows} == {"slow", "leaky", "churny"}
    for row in rows:
        wanted = row["n"] if row["face"] == "slow" else row["total"]
        assert drilled(lab, "bottlenecks", row)[1] == wanted


@pytest.mark.parametrize(
    "dials",
    [
        pytest.param({"steps": 3}, id="every journey"),
        pytest.param({"start": "home", "top": 1}, id="from a start, most merged"),
        pytest.param({"end": "cart", "steps": 3}, id="to an end"),
        pytest.param({"end": "(dropped)", "steps": 4, "top": 2}, id="to the drop"),
        pytest.param({"around": "it's", "steps": 2, "occurrence": "all"}, id="around each"),
        pytest.param({"through": ["home", "cart"], "steps": 3}, id="eventually"),
        pytest.param({"part": "after", "steps": 2}, id="after-care"),
        pytest.param({"start": "home", "where": "steps > 2"}, id="with a condition"),
    ],
)
def test_a_band_of_a_picture_leads_to_its_journeys(lab: jl.Lab, dials: dict[str, Any]) -> None:
    """Asked with the same dials."""
    rows = list(lab.paths(**dials).iter_rows(named=True))

    assert rows
    assert [drilled(lab, "paths", row, **dials) for row in rows] == [
        (row["journeys"], row["paths"]) for row in rows
    ]


def test_what_leads_nowhere_is_refused(lab: jl.Lab) -> None:
    """A table without journeys, a row without its key, dials that mean nothing."""
    with pytest.raises(UnknownName, match="no table that leads to journeys 'kpis'"):
        lab.journeys_of("kpis", {})
    with pytest.raises(InputRefused, match="the row lacks to_node"):
        lab.journeys_of("graph_edges", {"part": "before", "from_node": "home"})
    with pytest.raises(InputRefused, match="loops has no dials"):
        lab.journeys_of("loops", {"touchpoints": ["a"], "entered_touchpoint": "a"}, steps=3)
    with pytest.raises(UnknownName, match="no face 'sad'"):
        lab.journeys_of("bottlenecks", {"face": "sad", "touchpoint": "home"})
