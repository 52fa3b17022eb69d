"""Snapshots without rows of single people, the floor of customers laid over them."""

from journeylab.privacy import thin_older, write_aggregates
from journeylab.warehouse import list_snapshots, open_read_only, show
from shelf import publish_marts

VARIANTS = [
    {"variant_number": 1, "path": "a", "journeys": 9, "customers": 8},
    {"variant_number": 2, "path": "b", "journeys": 5, "customers": 4},
    {"variant_number": 3, "path": "c", "journeys": 1, "customers": 1},
]
JOURNEYS = [{"journey_id": "j1", "customer_id": "c_1", "journey_number": 1}]
AUDIT = [
    {"measure": "customers", "item": "", "amount": 1},
    {"measure": "largest_customer", "item": "c_1", "amount": 3},
]
ARCHETYPES = [{"archetype_number": 1, "medoid_journey_id": "j1", "customers": 9, "journeys": 9}]


def published(folder):
    for run_id in ("20260301", "20260302"):
        publish_marts(
            folder,
            run_id,
            variants=VARIANTS,
            journeys=JOURNEYS,
            identity_audit=AUDIT,
            archetypes=ARCHETYPES,
        )
    return folder / "published"


def test_older_snapshots_are_thinned_and_floored(tmp_path):
    """The newest keeps its rows and says that it has no floor."""
    shelf = published(tmp_path)

    (thinned,) = thin_older(shelf, keep_rows=1, k_floor=3)

    assert thinned.run_id == "20260301"
    told = [(s.run_id, s.has_rows, s.k_floor, s.hidden_rows) for s in list_snapshots(shelf)]
    assert told == [("20260302", True, None, 0), ("20260301", False, 3, 2)]
    with open_read_only(thinned.database) as opened:
        assert opened.rows("select path, journeys, customers from variants") == [
            ("a", 9, 8),
            ("(other)", 6, 4),
        ]
        assert "main.journeys" not in opened.table_names()
        assert opened.rows("select measure from identity_audit") == [("customers",)]
        assert opened.rows("select medoid_journey_id from archetypes") == [(None,)]
    assert thin_older(shelf, keep_rows=1, k_floor=3) == []


def test_a_file_to_hand_out_names_nobody(tmp_path):
    """No id of a customer or journey is in any byte of it."""
    shelf = published(tmp_path)
    assert b"c_1" in show(shelf).database.read_bytes()
    output = tmp_path / "shared.duckdb"

    write_aggregates(show(shelf), output, k_floor=3)

    content = output.read_bytes()
    assert b"c_1" not in content
    with open_read_only(output) as opened:
        assert opened.rows("select run_id, k_floor, hidden_rows from snapshot_info") == [
            ("20260302", 3, 2)
        ]
