"""Sessions cut anew by another rule, and what two rules make of the same actions."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from shop_frame import frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Ana pauses for 30 and 31 minutes and comes by mail; ben has visits with names."""
    rows = frame(
        ana=[(0, "home"), (30, "cart"), (61, "email"), (62, "paid")],
        ben=[(0, "home"), (1, "cart"), (2, "home")],
    )
    visits = pl.Series("visit", [None, None, None, None, "v1", "v2", "v1"])
    told = {"goals": "paid", "properties": ["visit"]}
    with opened(rows.with_columns(visits), **told) as opened_lab:
        yield opened_lab


def cut(lab: jl.Lab, **rule: Any) -> list[tuple[str, int]]:
    """Customer and actions of each session."""
    return lab.sessions(**rule).select("customer_id", "actions").rows()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({}, [("ana", 2), ("ana", 2), ("ben", 3)], id="as published"),
        pytest.param({"gap": "31min"}, [("ana", 4), ("ben", 3)], id="a longer gap"),
        pytest.param({"gap": "29min"}, [("ana", 1), ("ana", 1), ("ana", 2), ("ben", 3)],
                     id="a shorter gap"),
        pytest.param({"gap": "1h", "markers": "cart"},
                     [("ana", 1), ("ana", 3), ("ben", 1), ("ben", 2)], id="a marker"),
        pytest.param({"gap": "1h", "longest": "30min"},
                     [("ana", 1), ("ana", 1), ("ana", 2), ("ben", 3)], id="a greatest length"),
        pytest.param({"session_id": "properties.visit"},
                     [("ana", 2), ("ana", 2), ("ben", 2), ("ben", 1)], id="a given id"),
        pytest.param({"session_id": "session_id"},
                     [("ana", 2), ("ana", 2), ("ben", 3)], id="the published id"),
        pytest.param({"where": "outcome = 'converted'"}, [("ana", 2), ("ana", 2)],
                     id="some journeys"),
    ],
)  # fmt: skip
def test_sessions_are_cut_as_told(
    lab: jl.Lab, rule: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    """A pause of exactly the gap stays inside; a run is cut at its greatest length."""
    assert cut(lab, **rule) == expected


def test_the_published_rule_gives_the_published_sessions() -> None:
    """Pauses on both sides of the gap, and a day without a pause that is cut after 24 hours."""
    walks = {
        f"p{person:02}": [
            (25 * step * (1 + person % 3), ("home", "cart", "paid")[step % 3])
            for step in range(1 + 9 * (person % 8))
        ]
        for person in range(24)
    }
    with opened(frame(**walks), goals="paid") as lab:
        published = lab.table("sessions").sort("customer_id", "session_number")
        again = lab.sessions()

    same = [name for name in again.columns if name != "session_number"]
    assert again.select(same).equals(published.select(same))
    assert published["is_capped"].any()


def test_two_rules_are_compared(lab: jl.Lab) -> None:
    """Two sessions of ana become one of four actions: three differ, ben's stays."""
    table = lab.compare_sessions(None, {"gap": "1h"})

    told = {row[0]: row[1:] for row in table.rows()}
    assert told["sessions"] == (3.0, 2.0, -1.0)
    assert told["sessions_changed"] == (2.0, 1.0, -1.0)
    assert told["customers_changed_share"] == (0.5, 0.5, 0.0)
    assert told["actions_per_session"] == (7 / 3, 3.5, pytest.approx(7 / 6))
    assert told["duration_p50_seconds"] == (120.0, 1920.0, 1800.0)
    assert told["goal_share"] == (pytest.approx(1 / 3), 0.5, pytest.approx(1 / 6))
    assert told["steps"] == (7.0, 7.0, 0.0)


def test_sessions_that_join_may_join_steps() -> None:
    """The same touchpoint on both sides of a cut is one step without it."""
    with opened(frame(ana=[(0, "home"), (40, "home")])) as lab:
        told = lab.compare_sessions({"gap": "30min"}, {"gap": "1h"}).filter(measure="steps")

    assert told.select("value_a", "value_b").rows() == [(2.0, 1.0)]


def test_rules_that_cannot_be_used_are_refused(lab: jl.Lab) -> None:
    """A gap of nothing, unknown names and keys, and nobody left."""
    with pytest.raises(InputRefused, match="gap is '0min', wanted more than zero"):
        lab.sessions(gap="0min")
    with pytest.raises(UnknownName, match="did you mean 'cart'"):
        lab.sessions(markers=["crt"])
    with pytest.raises(UnknownName, match="no property 'vist'"):
        lab.sessions(session_id="properties.vist")
    with pytest.raises(UnknownName, match="no key 'pause'"):
        lab.compare_sessions({"pause": "1h"})
    with pytest.raises(InputRefused, match="no action is left"):
        lab.compare_sessions({"gap": "1h"}, where="steps > 99")
    assert lab.sessions(where="steps > 99").is_empty()
