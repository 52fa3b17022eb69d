"""Benches: what lies on a side stays when the bench is cleared, and goes when it is closed."""

import pytest

from journeylab.errors import QueryError
from journeylab.warehouse import Bench, memory


def test_what_is_taken_off_a_bench_leaves_its_sides():
    """A side of one name is one bench, apart from the bench itself and from other sides."""
    with memory() as warehouse:
        bench = Bench(warehouse)
        bench.table("night.rows", "select 1 as number")
        bench.side("few").table("night.rows", "select 2 as number")
        bench.side("few").view("night.same", f"from {bench.side('few').at('night.rows')}")

        bench.clear()

        assert not bench.holds("night.rows")
        assert not bench.side("many").holds("night.rows")
        assert bench.side("few").rows("night.rows") == 1
        assert bench.side("few").lays("night.rows")
        assert not bench.side("few").lays("night.same")


def test_a_closed_bench_takes_its_sides_with_it():
    """Their memory is given back, so nothing can be read there."""
    with memory() as warehouse:
        bench = Bench(warehouse)
        bench.side("few").table("night.rows", "select 2 as number")
        place = bench.side("few").at("night.rows")

        bench.close()

        with pytest.raises(QueryError):
            warehouse.rows(f"from {place}")
