"""Scenarios of the simulator: what each plants, and that the null world plants nothing."""

import numpy as np
import polars as pl
import pytest

from journeylab.errors import UnknownName
from journeylab.simulate import WORLDS, write_events
from journeylab.simulate.model import CODES, LEAVE, STATES
from journeylab.simulate.walks import walk
from journeylab.simulate.worlds import NULL_STAGES

DAY = 86_400


def walked(scenario):
    """Walks of 3,000 customers over 120 days."""
    numbers = np.arange(3_000, dtype=np.int64)
    world = WORLDS[scenario]
    return walk(5, numbers, start=0, end=120 * DAY, max_steps=200, world=world)


@pytest.mark.parametrize("scenario", WORLDS)
def test_every_state_leads_to_known_states(scenario):
    """And no state that is led to is a dead end."""
    moves = WORLDS[scenario].moves

    reached = {target for targets in moves.values() for target in targets}

    assert reached <= set(CODES)
    assert {name for name in reached if name in STATES} <= set(moves)


def test_touchpoints_of_a_null_stage_are_alike():
    """Whatever leads to one leads to the others with the same weight, and all lead alike."""
    moves = WORLDS["null"].moves
    for stage in NULL_STAGES:
        leaves = {moves[state][LEAVE] / sum(moves[state].values()) for state in stage}
        assert len(leaves) == 1
        for state in stage:
            for other in NULL_STAGES:
                weights = {moves[state][target] for target in other if target != state}
                assert len(weights) == 1


def test_the_null_world_knows_every_customer(tmp_path):
    """One user id on every event, so that no journey is cut by a missing login."""
    write_events(tmp_path, seed=1, events=3_000, scenario="null")

    rows = pl.concat(
        pl.read_parquet(path).select("event_id", "identifiers")
        for path in sorted(tmp_path.rglob("*.parquet"))
    )
    kinds = rows["identifiers"].explode().struct.field("kind").unique().to_list()
    assert "user_id" in kinds
    assert (
        rows["identifiers"]
        .list.eval(pl.element().struct.field("kind"))
        .list.contains("user_id")
        .all()
    )


def test_a_lossy_checkout_loses_two_of_five():
    """Of those who come to it; the payment is mended."""
    moves = WORLDS["lossy_checkout"].moves

    assert moves["web:checkout"][LEAVE] / sum(moves["web:checkout"].values()) == pytest.approx(0.4)
    assert moves["web:payment"][LEAVE] == 4


def test_a_lost_search_leads_round():
    """Half of the steps after a list that followed a search lead back to it."""
    rows = walked("lost_search")
    lists = np.flatnonzero(rows.state == CODES["web:category/lost"])
    lists = lists[lists + 1 < len(rows.state)]

    share = np.mean(rows.state[lists + 1] == CODES["web:search/lost"])

    assert 0.5 < share < 0.65


def test_late_support_is_late_for_half():
    """The wait after a question is 1 to 3 hours or 2 to 4 days."""
    rows = walked("late_support")
    asked = np.flatnonzero(rows.state == CODES["chat:started/after"])
    asked = asked[asked + 1 < len(rows.state)]
    asked = asked[rows.state[asked + 1] == CODES["chat:message/after"]]
    hours = (rows.at[asked + 1] - rows.at[asked]) / 3600

    assert len(hours) > 100
    assert ((hours >= 1) & (hours <= 3) | (hours >= 48) & (hours <= 96)).all()
    assert 0.4 < np.mean(hours > 24) < 0.6


def test_an_unknown_scenario_is_refused(tmp_path):
    """The nearest is named."""
    with pytest.raises(UnknownName, match="lost_search"):
        write_events(tmp_path, seed=1, events=10, scenario="lost_serch")
