"""Deleted rows leave gaps in the warehouse, which are closed once they are great."""

from journeylab.warehouse import close_gaps, open_warehouse


def test_groups_of_rows_are_merged_where_more_than_a_third_is_gaps(tmp_path):
    """Three groups stay three while a quarter is gone, and are one when two thirds are."""
    spill = tmp_path / "spill"
    with open_warehouse(tmp_path / "warehouse.duckdb", spill=spill, threads=1) as warehouse:
        warehouse.execute("create table numbers as select range as number from range(3 * 122880)")
        told = []
        for gone in ("number % 4 = 0", "number % 3 > 0", "number = 3"):
            warehouse.execute(f"delete from numbers where {gone}")
            warehouse.execute("checkpoint")
            groups = "select count(distinct row_group_id) from pragma_storage_info('numbers')"
            told.append((warehouse.scalar(groups), close_gaps(warehouse, "numbers")))

        assert told == [(3, False), (3, True), (1, False)]
        wanted = [number for number in range(6, 3 * 122880, 3) if number % 4]
        left = warehouse.rows("select count(*), sum(number) from numbers")
        assert left == [(len(wanted), sum(wanted))]
