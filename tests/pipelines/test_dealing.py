"""Events dealt out by customer: what a range reads of them, how much room they take, and when."""

from datetime import datetime

import pytest

from journeylab.pipeline import run
from journeylab.pipeline.dealing import Dealt
from journeylab.warehouse import Bench, Warehouse, open_warehouse, show

NAME = "staging.events"


@pytest.fixture
def spill(tmp_path):
    return tmp_path / "spill"


@pytest.fixture
def warehouse(tmp_path, spill):
    """Six events in the order of their delivery: three of customer 2, two of 1, one of nobody."""
    with open_warehouse(tmp_path / "warehouse.duckdb", spill=spill, threads=1) as opened:
        for schema in ("staging", "identity"):
            opened.execute(f"create schema {schema}")
        opened.execute(
            f"create table {NAME} as select * from (values"
            " (11, 'a', 'x', 'i'), (12, 'b', 'x', 'i'), (13, 'c', 'x', 'i'),"
            " (14, 'd', 'x', 'i'), (15, 'e', 'x', 'i'), (16, 'f', 'x', 'i')"
            ") as told (event_key, url, referrer, identifiers)"
        )
        opened.execute(
            "create table identity.event_customers as select * from (values"
            " (11, 2), (12, 1), (14, 2), (15, 1), (16, 2)) as told (event_key, customer_key)"
        )
        yield opened


def laid(warehouse: Warehouse, dealt: Dealt, some: str) -> list[tuple[int, str]]:
    """Rows of some customers as a model would read them."""
    bench = Bench(warehouse)
    dealt.view(bench, NAME, some)
    rows = warehouse.rows(f"from {bench.at(NAME)} order by event_key")
    bench.close()
    return rows


def test_the_events_of_some_customers_are_theirs_alone(warehouse, spill):
    """A customer's events, several customers', and those of nobody, without what nobody reads."""
    dealt = Dealt(warehouse, spill, "1GB")

    assert dealt.deal(NAME)

    assert laid(warehouse, dealt, "customer_key >= 1 and customer_key < 2") == [
        (12, "b"),
        (15, "e"),
    ]
    assert len(laid(warehouse, dealt, "customer_key >= 1 and customer_key < 3")) == 5
    assert laid(warehouse, dealt, "customer_key is null") == [(13, "c")]


def test_whose_the_dealt_events_are_is_told_beside_them(warehouse, spill):
    """As the table of owners tells it; events of nobody have no row there."""
    dealt, bench = Dealt(warehouse, spill, "1GB"), Bench(warehouse)
    dealt.deal(NAME)

    dealt.view_owners(bench, "customer_key >= 1 and customer_key < 3")

    told = warehouse.rows(f"from {bench.at('identity.event_customers')} order by event_key")
    assert told == warehouse.rows("from identity.event_customers order by event_key")


def test_neighbours_stand_together_part_by_part(warehouse, spill, monkeypatch):
    """Parts of two events: in each the customers are in order, and no event is lost between."""
    monkeypatch.setattr("journeylab.pipeline.dealing.ROWS_AT_A_TIME", 2)
    dealt = Dealt(warehouse, spill, "1GB")

    dealt.deal(NAME)

    stored = warehouse.rows('select event_key from dealt."staging"."events" order by rowid')
    assert [key for (key,) in stored] == [12, 11, 14, 13, 15, 16]


def test_a_table_without_events_is_dealt_too(warehouse, spill):
    """No events: no rows, and no fault."""
    warehouse.execute(f"delete from {NAME}")
    dealt = Dealt(warehouse, spill, "1GB")

    assert dealt.deal(NAME)
    assert laid(warehouse, dealt, "true") == []


def test_dealt_events_count_as_spill_and_are_gone_when_closed(warehouse, spill):
    """DuckDB may spill less as long as they are there; then their file is removed."""
    asked = "select parse_formatted_bytes(current_setting('max_temp_directory_size'))"
    dealt = Dealt(warehouse, spill, "1GiB")
    dealt.deal(NAME)
    left, file = warehouse.scalar(asked), spill / "dealt.duckdb"
    was_there = file.exists()

    dealt.close()

    assert was_there
    assert 2**29 < left < 2**30
    assert warehouse.scalar(asked) == 2**30
    assert not file.exists()
    assert not dealt.holds(NAME)


def test_events_that_would_take_too_much_are_not_dealt(warehouse, spill):
    """More than half of what may be spilled: nobody reads them there, and they leave."""
    dealt = Dealt(warehouse, spill, "100KB")

    assert not dealt.deal(NAME)
    assert not dealt.holds(NAME)


def test_events_that_no_longer_fit_beside_what_is_spilled_are_not_dealt(warehouse, spill):
    """DuckDB refuses a limit below what it has spilled; the run goes on without dealt events."""
    warehouse.execute("set memory_limit = '50MB'")
    warehouse.execute("create temp table held as select hash(range) as h from range(20_000_000)")
    spilled = warehouse.scalar("select sum(size) from duckdb_temporary_files()")
    dealt = Dealt(warehouse, spill, f"{spilled + 1000} bytes")

    is_dealt = dealt.deal(NAME)

    assert spilled > 10_000_000
    assert not is_dealt
    assert warehouse.rows(f"select count(*) from {NAME}") == [(6,)]


def test_what_a_killed_run_left_is_removed(warehouse, spill):
    """It may hold events of people who have been forgotten since."""
    left = spill / "dealt.duckdb"
    left.write_text("events of a run that was killed")

    Dealt(warehouse, spill, "1GB")

    assert not left.exists()


@pytest.mark.slow
def test_many_ranges_make_what_one_makes(shop, hash_key, tmp_path, monkeypatch):
    """All customers at once or a few at a time, dealt out or without room for it: same content."""
    dealt: list[bool] = []
    deal = Dealt.deal

    def noted(self: Dealt, name: str) -> bool:
        dealt.append(deal(self, name))
        return dealt[-1]

    monkeypatch.setattr(Dealt, "deal", noted)

    def table_hashes(name: str, **told: object) -> dict[str, str]:
        settings = shop(tmp_path / name)
        settings = settings.model_copy(update={"run": settings.run.model_copy(update=told)})
        dealt.clear()
        run(settings, started_at=datetime(2026, 6, 4))
        assert not list((settings.paths.var / "spill").glob("dealt*"))
        return show(settings.paths.published).table_hashes

    at_once = table_hashes("once")
    assert dealt == []
    for spill_limit, is_dealt in (("20GB", True), ("300KB", False)):
        in_ranges = table_hashes(spill_limit, customers_per_range=4, spill_limit=spill_limit)
        assert set(dealt) == {is_dealt}
        assert [name for name in at_once if at_once[name] != in_ranges[name]] == []
