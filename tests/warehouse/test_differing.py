"""Rows of touched customers: those that come as they were stay where they are."""

import pytest

from journeylab.warehouse import content_sums, memory, replace_differing

FORMER = """
    select * from (values
        ('ana', 1, 0.5::double, ['a'], timestamp '2026-01-01'),
        ('ana', 2, null, null, null),
        ('ben', 1, 1.5, ['b'], timestamp '2026-01-01')
    ) as t (customer_id, n, share, names, loaded_at)
"""


@pytest.mark.parametrize(
    ("change", "left"),
    [
        pytest.param("from former", 0, id="no row changed"),
        pytest.param("from former union all select 'ana', 3, 0, [], null", 0, id="a row more"),
        pytest.param("from former where n = 1", 1, id="a row less"),
        pytest.param("from former where false", 2, id="none is left"),
        pytest.param("select * replace (n + 1 as n) from former", 2, id="keys moved on"),
        pytest.param("select * replace (share + 1e-12 as share) from former", 1, id="12th digit"),
        pytest.param("select * replace (coalesce(names, []) as names) from former", 1, id="list"),
        pytest.param("select * replace (null as loaded_at) from former", 1, id="another run"),
    ],
)
def test_only_rows_that_differ_in_a_value_are_replaced(change, left):
    """Sums over all rows are afterwards those of the table; Ben's row is nobody's business."""
    with memory(threads=1) as warehouse:
        warehouse.execute(f"create table stored as {FORMER}")
        warehouse.execute("create table former as from stored where customer_id = 'ana'")
        warehouse.execute(f"create table fresh as {change}")
        before = content_sums(warehouse, "stored")

        told = replace_differing(warehouse, "stored", ["customer_id = 'ana'"], "fresh")

        assert told.left.rows == left
        assert before - told.left + told.came == content_sums(warehouse, "stored")
        differing = "(from stored where customer_id = 'ana') {} all (from fresh)"
        assert warehouse.rows(differing.format("except")) == []
        assert warehouse.rows("from fresh except all from stored") == []
        assert warehouse.rows("select n from stored where customer_id = 'ben'") == [(1,)]


def test_rows_under_two_conditions_leave_once():
    """A condition may hold for rows of another one."""
    with memory(threads=1) as warehouse:
        warehouse.execute(f"create table stored as {FORMER}")
        warehouse.execute("create table fresh as from stored where false")
        before = content_sums(warehouse, "stored")

        told = replace_differing(warehouse, "stored", ["customer_id = 'ana'", "n = 1"], "fresh")

        assert (told.left, told.came.rows) == (before, 0)
        assert warehouse.rows("from stored") == []
