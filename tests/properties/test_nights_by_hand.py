"""Nights whose trouble is known by name, each beside a full rebuild."""

from datetime import timedelta

import pytest
from nights import COMPARED, START, Crash, Nights, wanted

from journeylab.warehouse import list_snapshots, replace, rollback

FOUR_PEOPLE = [
    (1, "home", "ana"),
    (1.03, "product", "ana"),
    (1, "home", "ben"),
    (40, "home", "ben"),
    (3, "product", "cho"),
    (9, "home", "dan"),
]


@pytest.fixture
def nights(tmp_path):
    """A shop that was open for thirty days."""
    shop = Nights(tmp_path)
    shop.day = 40
    yield shop
    shop.warehouse.close()


def visit(day: float, name: str = "home", who: str = "ana", **told):
    """A page view of somebody."""
    at = START + timedelta(days=day)
    return {"occurred_at": at, "event_name": name, "anonymous_id": who, **told}


def test_raw_rows_that_have_passed_their_age_leave_with_all_they_made(nights):
    """An order loses a line, a duplicate its winner, a customer every event."""
    line = {"event_name": "completed", "order_id": "o1", "value": 1, "currency": "EUR"}
    nights.deliver("web", [visit(1), visit(1, who="ben"), visit(9), visit(20, "product")])
    nights.deliver("shop", [visit(2, **line), visit(21, **{**line, "value": 2})])
    nights.deliver("web", [visit(3, event_id="1", received_at=START + timedelta(days=30))])
    nights.deliver("web", [visit(22, event_id="1", received_at=START + timedelta(days=22))])
    nights.run()
    nights.warehouse.execute(
        "delete from raw.any_contract where occurred_at < timestamp '2026-01-08'"
    )

    night = nights.run()

    assert nights.warehouse.rows(
        "select event_id, value::integer from row_marts.events where event_id = 'order:o1'"
    ) == [("order:o1", 2)]
    assert nights.warehouse.rows("select count(*) from row_marts.customers") == [(1,)]
    assert night == nights.rebuild_here()


def test_a_late_event_bridges_sessions_and_another_revives_a_lapsed_journey(nights):
    """20 minutes between two sessions make one; a visit within the timeout joins two journeys."""
    minute = 1 / 1440
    nights.deliver("web", [visit(1), visit(1 + 40 * minute), visit(1, who="ben")])
    nights.deliver("web", [visit(38, who="ben"), visit(39, who="cho")])
    first = nights.run()
    apart = (
        nights.warehouse.rows("select count(*) from row_marts.journeys"),
        nights.warehouse.rows("select count(*) from row_marts.sessions"),
    )
    nights.deliver("web", [visit(1 + 20 * minute), visit(20, who="ben")])

    night = nights.run()

    joined = (
        nights.warehouse.rows("select count(*) from row_marts.journeys"),
        nights.warehouse.rows("select count(*) from row_marts.sessions"),
    )
    assert (apart, joined) == (([(4,)], [(5,)]), ([(3,)], [(5,)]))
    assert night != first
    assert night == nights.rebuild()


def test_who_is_forgotten_after_a_run_that_stopped_half_way_is_who_was_named(nights):
    """The run had numbered the identifiers anew, after somebody earlier, and not the customers."""
    nights.deliver("web", [visit(3, who="ana", user_id="u1"), visit(4, who="ben")])
    nights.run()
    nights.deliver("web", [visit(2, who="zoe"), visit(5, who="ana2", user_id="u1")])
    names = [step.name for step in wanted(nights.settings(), COMPARED)]
    with pytest.raises(Crash):
        nights.run(crash_before=names.index("identity.components"))

    assert nights.forget("u1")

    night = nights.run()
    left = "select distinct anonymous_id from raw.any_contract order by 1"
    assert nights.warehouse.rows(left) == [("ben",), ("zoe",)]
    assert night == nights.rebuild()


def test_only_what_hangs_together_with_a_changed_list_is_joined_again(nights):
    """It gets new numbers inside. Junk joins nobody; what too many share has all joined anew."""
    mail = "p4@mail.test"
    nights.deliver("web", [visit(1, user_id="u1"), visit(2, who="ben"), visit(3, who="undefined")])
    nights.deliver("web", [visit(4, who="cho", email=mail), visit(5, who="undefined", email=mail)])
    former, kept = _numbers(nights), []
    for told in (
        [visit(6, who="ben", user_id="u1"), visit(7, who="undefined")],
        [visit(8, who="dan", user_id="u9", is_bot=True), visit(8, who="eve", is_bot=True)],
        [visit(9, who="dan"), visit(9, who="cho", user_id="u9", is_bot=True)],
        [visit(10, who="dan", user_id=f"u{number}") for number in range(2, 8)],
        [visit(11, who="dan")],
    ):
        nights.deliver("web", told)
        later = _numbers(nights)
        kept.append({name for name, number in former.items() if later[name] == number})
        former = later

    everybody = {"ana", "u1", "ben", "undefined", "cho", mail}
    assert kept[:2] == [{"cho", mail}, everybody]
    assert kept[2:4] == [{"ana", "u1", "ben"}, everybody], "a bot's list holds cho"
    assert sorted(former.values()) == list(range(len(former))), "everything was joined anew"
    assert nights.run() == nights.rebuild()


def test_junk_is_counted_anew_when_a_list_of_it_goes(nights):
    """Events' later versions name no junk, or are a bot's; no other list of it has changed."""
    mail = "p1@mail.test"
    nights.deliver("web", [visit(1, who="undefined", email="p2@mail.test", event_id="1")])
    nights.deliver("web", [visit(2, who="undefined", email=mail)])
    nights.deliver("web", [visit(3, who="null", event_id="2"), visit(4, who="0", event_id="3")])
    nights.deliver("web", [visit(5, who="0", email=mail)])
    nights.run()
    for told in (
        {"event_id": "1", "who": "cho"},
        {"event_id": "2", "who": "dan"},
        {"event_id": "3", "who": "0", "is_bot": True},
    ):
        nights.deliver("web", [visit(4, received_at=START + timedelta(days=40), **told)])

        assert nights.run() == nights.rebuild(), told


def _numbers(nights):
    """The number inside of every known identifier, after a night."""
    nights.run()
    return dict(
        nights.warehouse.rows("select value, identifier_key from identity.known_identifiers")
    )


def test_sums_are_carried_on_but_not_past_a_run_that_stopped_before_them(nights):
    """What was replaced is known to the run that replaced it alone: the next one sums all anew."""
    nights.deliver("web", [visit(day, name, who) for day, name, who in FOUR_PEOPLE])
    nights.run()
    nights.warehouse.execute("update graph.edge_counts set returns = returns + 1")
    nights.deliver("web", [visit(41, who="ana")])
    nights.run()
    carried = nights.warehouse.rows("select count(*) from graph.edge_counts where returns > 0")
    nights.deliver("web", [visit(42, "product", "ben"), visit(39, who="zoe")])
    names = [step.name for step in wanted(nights.settings(), COMPARED)]
    with pytest.raises(Crash):
        nights.run(crash_before=names.index("graph.edge_counts"))

    night = nights.run()

    assert carried[0][0] > 1
    assert night == nights.rebuild()


def test_kinds_of_events_are_counted_on_but_not_past_a_run_that_stopped_before_them(nights):
    """One visit turns into another kind, whose last event then leaves; the next run stops."""
    kinds = (
        "select event_name, sum(events)::integer from core.event_kinds group by all order by all"
    )
    late = START + timedelta(days=45)
    nights.deliver("web", [visit(0, who="ana"), visit(1, "elsewhere", "ben", event_id="1")])
    nights.run()
    nights.warehouse.execute("update core.event_kinds set events = 7 where event_name = 'home'")
    nights.deliver("web", [visit(1, "product", "ben", event_id="1", received_at=late)])
    carried = nights.run(), nights.warehouse.rows(kinds)
    rebuilt = nights.rebuild()
    nights.deliver("web", [visit(2, "elsewhere", "ana"), visit(3, who="ben")])
    names = [step.name for step in wanted(nights.settings(), COMPARED)]
    with pytest.raises(Crash):
        nights.run(crash_before=names.index("core.event_kinds"))

    night = nights.run()

    assert carried == (rebuilt, [("home", 7), ("product", 1)])
    assert night == nights.rebuild()
    assert nights.warehouse.rows(kinds) == [("elsewhere", 1), ("home", 2), ("product", 1)]


def test_lists_are_counted_anew_after_a_run_that_stopped_before_their_events(nights):
    """What carries a list lacks the events of the stopped run, one of which comes once more."""
    nights.deliver("web", [visit(day, name, who) for day, name, who in FOUR_PEOPLE])
    nights.run()
    nights.deliver("web", [visit(40, who="ana", event_id="1"), visit(40, who="ben", event_id="2")])
    names = [step.name for step in wanted(nights.settings(), COMPARED)]
    with pytest.raises(Crash):
        nights.run(crash_before=names.index("identity.event_signatures"))
    late = START + timedelta(days=45)
    nights.deliver("web", [visit(40.5, who="ana", event_id="1", received_at=late), visit(41)])
    nights.deliver("web", [visit(40, who="cho", event_id="2", received_at=late)])

    night = nights.run()

    assert night == nights.rebuild()
    assert nights.warehouse.rows(
        "select sum(events)::integer from identity.signatures union all"
        " select count(*)::integer from staging.events"
    ) == [(8,), (8,)]


def test_events_keep_their_list_while_its_first_event_comes_and_goes(nights):
    """An earlier event joins a list, then another list; the list is known by another event."""
    nights.deliver("web", [visit(2, who="ana", event_id="7"), visit(1, who="ben", event_id="1")])
    nights.deliver("web", [visit(3, who="ana", event_id="8"), visit(4, who="ben", event_id="2")])
    nights.run()
    for number, who in enumerate(("ana", "cho", "ana", "ben")):
        late = START + timedelta(days=40 + number)
        nights.deliver("web", [visit(1, who=who, event_id="1", received_at=late)])
        night = nights.run()
        assert night == nights.rebuild()


def test_a_first_night_may_stop_before_orders_are_merged(nights):
    """The next one brings an order, while no order has ever been merged."""
    names = [step.name for step in wanted(nights.settings(), COMPARED)]
    nights.deliver("web", [visit(1)])
    with pytest.raises(Crash):
        nights.run(crash_before=names.index("staging.merged_orders"))
    line = {"event_name": "completed", "order_id": "o1", "value": 1, "currency": "EUR"}
    nights.deliver("shop", [visit(2, **line)])

    assert nights.run() == nights.rebuild()


def test_identifiers_that_a_manual_rule_alone_names_are_nobodys(nights):
    """No event carries them, so there is no customer to forget."""
    nights.pairs = {("always", "user_id", "u3", "email", "p4@mail.test")}
    nights.deliver("web", [visit(1), visit(2, who="ben")])
    nights.run()

    assert not nights.forget("p4@mail.test")
    assert nights.forget("ben")
    assert not nights.forget("u3")
    assert nights.run() == nights.rebuild()


def test_tables_built_for_a_range_of_customers_at_a_time_are_those_built_at_once(nights):
    """One customer or file a range: first night, a changed setting, and all from raw rows.

    An event of nobody's is in no range of customers.
    """
    nights.per_range = 1
    line = {"event_name": "completed", "order_id": "o1", "value": 1, "currency": "EUR"}
    visits = [visit(day, name, who) for day, name, who in FOUR_PEOPLE]
    nights.deliver("web", [*visits, visit(3, anonymous_id=None)])
    nights.deliver("shop", [visit(2, user_id="u1", who="ana", **line)])
    first, at_once = nights.run(), nights.rebuild()
    stored = nights.warehouse.rows("select customer_id from row_marts.events")
    nights.gap = 60
    nights.deliver("web", [visit(5, "product", "cho"), visit(12, who="eve")])

    changed = nights.run()

    assert nights.warehouse.rows("select count(*) from row_marts.customers") == [(5,)]
    assert first == at_once
    assert stored[-1] == (None,)
    assert stored[:-1] == sorted(stored[:-1])
    assert changed == nights.rebuild_here() == nights.rebuild()


def replaced(nights: Nights, mart: str) -> int:
    """Rows of a mart that left it, or were replaced by others, since it was written whole."""
    asked = "select replaced_rows from row_marts.built where table_name = $mart"
    count: int = nights.warehouse.scalar(asked, {"mart": mart})
    return count


@pytest.fixture
def published(nights):
    """The shop after two nights; the second carried on what did not change."""
    nights.deliver("web", [visit(day, who=who) for who in ("ana", "ben") for day in (1, 2)])
    nights.run()
    nights.deliver("web", [visit(3, who="ben"), visit(4, who=None)])
    nights.run()
    assert replaced(nights, "marts.customers") == 1
    assert replaced(nights, "marts.events") == 0
    return nights.root / "var" / "published"


def test_a_night_replaces_no_rows_but_those_of_touched_customers(nights, published):
    """Ana's rows are Ana's of the night before; an event of nobody comes and later finds Cho."""
    counts = []
    for told in (
        {"who": None},
        {"who": "cho", "received_at": START},
        {"who": "cho", "received_at": START.replace(month=2)},
    ):
        nights.deliver("web", [visit(5, event_id="7", **told)])
        night = nights.run()
        counts.append(replaced(nights, "marts.customers"))

    assert counts == [1, 1, 1]
    assert night == nights.rebuild()


def test_another_rule_has_marts_written_whole(nights, published):
    """What a touchpoint means may have changed in every row."""
    nights.stage = "convert"

    night = nights.run()

    assert replaced(nights, "marts.events") == replaced(nights, "marts.steps") == 0
    assert night == nights.rebuild()


def test_what_became_of_a_snapshot_does_not_matter_to_the_next(nights, published):
    """Somebody went back to an older one, or replaced the last, as forgetting does."""
    rollback(published)
    nights.deliver("web", [visit(5, who="ben")])
    nights.run()
    assert replaced(nights, "marts.customers") == 2
    replace(published, list_snapshots(published)[0], lambda _: {"redactions": 1})
    nights.deliver("web", [visit(6, who="ana")])

    assert nights.run() == nights.rebuild()


def test_rows_that_are_not_of_this_warehouse_are_built_anew(nights, published):
    """What was changed in them is not believed, whatever they say of themselves."""
    for day, fault in enumerate(
        (
            "run_id = '20250101T000000.000000'",  # runs of another one
            "sequence = sequence + 1000",  # of a later day
            "storage_version = 'v1.0.0'",
        ),
        start=5,
    ):
        nights.warehouse.execute("update row_marts.customers set events = events + 1")
        nights.warehouse.execute(f"update row_marts.built set {fault}")
        nights.deliver("web", [visit(day, who="cho")])

        night = nights.run()

        assert replaced(nights, "marts.customers") == 0, fault
        assert night == nights.rebuild(), fault


def test_a_lost_file_of_rows_is_made_anew(nights, published):
    """Somebody removed it between two nights."""
    nights.warehouse.execute("detach row_marts")
    nights.settings().paths.row_marts.unlink()
    nights.deliver("web", [visit(5, who="cho")])

    assert nights.run() == nights.rebuild()


def test_gaps_of_many_replaced_rows_are_left_behind(nights, published):
    """Ben's row comes anew each night: after three, more left than there are."""
    counts = []
    for day in range(5, 8):
        nights.deliver("web", [visit(day, who="ben")])
        night = nights.run()
        counts.append(replaced(nights, "marts.customers"))

    assert counts == [2, 3, 1]
    assert night == nights.rebuild()
    assert not (nights.root / "var" / ".compacting").exists()
