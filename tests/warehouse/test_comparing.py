"""Two snapshots told apart: rows by their key, edges of the map."""

import pytest

from journeylab.warehouse import RowChange, diff, edge_changes, row_changes
from shelf import publish_marts


def edge(to_node: str, transitions: int, share: float | None, part: str = "before"):
    return {
        "part": part,
        "from_node": "web:home",
        "to_node": to_node,
        "transitions": transitions,
        "share_out": share,
    }


def test_rows_are_told_apart_by_the_key_of_their_header(tmp_path):
    """One added, one removed, one changed, one the same but for the tenth digit."""
    publish_marts(
        tmp_path,
        "20260301",
        graph_edges=[
            edge("a", 1, 0.1),
            edge("b", 2, 0.2),
            edge("c", 3, 0.3),
            edge("d", 4, 0.4),
        ],
    )
    publish_marts(
        tmp_path,
        "20260302",
        graph_edges=[
            edge("b", 2, 0.2 + 1e-12),
            edge("c", 3, 0.25),
            edge("d", 4, 0.4),
            edge("e", 5, None),
        ],
    )

    found = row_changes(diff(tmp_path / "published"))

    key = ("part", "from_node", "to_node")
    assert found == [RowChange("graph_edges", key, added=1, removed=1, changed=1)]


def test_a_null_in_a_key_is_a_value_of_its_own(tmp_path):
    """KPIs without a currency are found again."""
    for run_id, value in (("20260301", 1.0), ("20260302", 2.0)):
        publish_marts(
            tmp_path,
            run_id,
            kpis=[{"kpi": "journeys", "value": value}, {"kpi": "csat", "value": 0.5}],
        )

    found = row_changes(diff(tmp_path / "published"))

    assert [(told.added, told.removed, told.changed) for told in found] == [(0, 0, 1)]


def test_tables_that_hold_the_same_are_not_read(tmp_path):
    """And a table that one of them lacks cannot be told apart."""
    publish_marts(tmp_path, "20260301", graph_edges=[edge("a", 1, 0.1)])
    publish_marts(tmp_path, "20260302", graph_edges=[edge("a", 1, 0.1)], kpis=[])

    assert row_changes(diff(tmp_path / "published")) == []


def test_edges_appear_vanish_and_move(tmp_path):
    """Exactly the threshold does not count; the same edge after the goal is another one."""
    publish_marts(
        tmp_path,
        "20260301",
        graph_edges=[
            edge("gone", 9, 0.25),
            edge("stays", 5, 0.25),
            edge("moves", 5, 0.5),
            edge("moves", 5, 0.5, part="after"),
        ],
    )
    publish_marts(
        tmp_path,
        "20260302",
        graph_edges=[
            edge("stays", 7, 0.375),
            edge("moves", 5, 0.25),
            edge("moves", 5, 0.5, part="after"),
            edge("new", 2, 0.25),
            edge("newer", 3, None),
        ],
    )

    found = edge_changes(diff(tmp_path / "published"), threshold=0.125)

    told = [(e.change, e.part, e.to_node, e.share_before, e.share_after) for e in found]
    assert told == [
        ("appeared", "before", "newer", None, None),
        ("appeared", "before", "new", None, 0.25),
        ("vanished", "before", "gone", 0.25, None),
        ("moved", "before", "moves", 0.5, 0.25),
    ]


@pytest.mark.parametrize("first", [True, False], ids=["the former", "the later"])
def test_without_a_map_in_one_of_them_nothing_is_said_of_it(tmp_path, first):
    """A snapshot of an older release, or one that failed to publish it."""
    tables = [{"graph_edges": [edge("a", 1, 0.1)]}, {"kpis": []}]
    for run_id, told in zip(("20260301", "20260302"), tables[:: 1 if first else -1], strict=True):
        publish_marts(tmp_path, run_id, **told)

    assert edge_changes(diff(tmp_path / "published"), threshold=0) == []
