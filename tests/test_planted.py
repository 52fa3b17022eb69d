"""The planted truth of the sample, compared with what the pipeline finds."""

import itertools
from collections import Counter
from decimal import Decimal

import pytest

from journeylab.simulate import read_truth
from journeylab.warehouse import open_read_only, open_warehouse
from sample import ROOT, deliver, run_at, shop


@pytest.fixture(scope="module")
def truth():
    return read_truth(ROOT / "data" / "sample" / "truth.json")


@pytest.fixture(scope="module")
def snapshot(sample_run):
    with open_read_only(sample_run.snapshot / "journeylab.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module")
def owners(sample_run):
    """Customer of every accepted identifier, from the private warehouse: (kind, value) -> id."""
    private = sample_run.snapshot.parents[2] / "warehouse.duckdb"
    spill = private.parent / "spill"
    with open_warehouse(private, spill=spill) as warehouse:
        rows = warehouse.rows("select kind, value, customer_id from ops.identifier_owners")
    return {(kind, value): customer for kind, value, customer in rows}


def pairs(customer_of):
    """Unordered pairs of identifiers that share a customer."""
    members = {}
    for identifier, customer in sorted(customer_of.items()):
        members.setdefault(customer, []).append(identifier)
    return {pair for group in members.values() for pair in itertools.combinations(group, 2)}


def test_planted_identity_pairs_are_found(truth, owners):
    """Of the pairs that rows link nearly all are found, and nearly none is made up.

    Recall cannot exceed linked ÷ true, because the other pairs were never seen together.
    Shared tablets are left out of both: they have two owners in truth.
    """
    true_of = {
        (kind, value): customer
        for kind, values in truth.identifiers.items()
        for value, customer in values.items()
        if value not in truth.shared_devices
    }
    found_of = {key: owner for key, owner in owners.items() if key in true_of}
    true, found = pairs(true_of), pairs(found_of)

    precision = len(true & found) / len(found)
    recall = len(true & found) / len(true)

    assert precision >= 0.99
    assert recall >= 0.99 * truth.pairs["linked"] / truth.pairs["true"]


def test_planted_bottleneck_is_the_slowest(truth, snapshot):
    """First by delay among touchpoints with enough customers, and by far."""
    rows = snapshot.rows(
        "select touchpoint, total from bottlenecks"
        " where face = 'slow' and not is_insufficient order by rank limit 2"
    )

    assert rows[0][0] == truth.bottleneck
    assert rows[0][1] > 2 * rows[1][1]


def test_planted_loop_is_the_most_walked(truth, snapshot):
    """Twice as often as any other loop."""
    rows = snapshot.rows("select loop, occurrences from loops order by occurrences desc limit 2")

    assert rows[0][0] == " -> ".join(truth.loop)
    assert rows[0][1] > 2 * rows[1][1]


def test_planted_leak_loses_most(truth, snapshot):
    """First by journeys lost, and its interval lies above every other's rate."""
    rows = snapshot.rows(
        "select touchpoint, exit_rate_low, exit_rate from drop_offs"
        " where not is_insufficient order by rank"
    )

    assert rows[0][0] == truth.leak
    assert rows[0][1] > max(rate for _, _, rate in rows[1:])


def test_planted_rows_are_all_accounted_for(truth, sample_run):
    """Per source: rows, events, duplicates and rejected rows are those that were planted."""
    counted = {
        row["source"]: (
            row["rows_in"],
            row["events"],
            row["duplicates"],
            row["conflicting_duplicates"],
            row["waiting_rows"],
            row["rejected_rows"],
        )
        for row in sample_run.row_counts
    }

    assert counted == {
        name: (
            source.rows,
            source.events,
            source.duplicates,
            source.conflicting_duplicates,
            source.waiting,
            sum(source.rejected.values()),
        )
        for name, source in truth.sources.items()
    }


def test_planted_reasons_are_told(truth, snapshot):
    """Each planted fault is rejected under its own reason."""
    found: dict[str, Counter[str]] = {}
    for source, code, rows in snapshot.rows(
        "select source, reason_code, rejected_rows from rejected_summary"
    ):
        found.setdefault(source, Counter())[code] += rows

    planted = {name: source.rejected for name, source in truth.sources.items() if source.rejected}
    assert {name: dict(counts) for name, counts in found.items()} == planted


def test_planted_value_is_earned_to_the_cent(truth, snapshot):
    """Revenue is the value of the planted orders, and conversions are their number."""
    kpis = dict(snapshot.rows("select kpi, value from kpis"))

    assert Decimal(str(kpis["revenue"])) == Decimal(truth.orders["completed_value"])
    assert kpis["journeys_converted"] == int(truth.orders["completed"])


def test_planted_journeys_are_often_dropped(snapshot):
    """At least 30 % of settled journeys are dropped, and every outcome occurs."""
    counts = dict(
        snapshot.rows("select outcome, count(*) from journeys where is_settled group by outcome")
    )
    dropped = counts["lapsed"] + counts["lost"]

    assert dropped / (dropped + counts["converted"]) >= 0.3
    assert snapshot.scalar("select count(distinct outcome) from journeys") == 5


def test_planted_merge_comes_with_the_second_night_and_leaves_an_alias(truth, tmp_path):
    """Two customers after night 1, one after night 2; the three nights equal one delivery."""
    settings = shop(tmp_path)
    before = truth.merge["before"]
    mail = ("email", before[1]["email"][0])
    login = ("user_id", before[0]["user_id"][0])

    def owner(identifier):
        with open_warehouse(settings.paths.warehouse, spill=tmp_path / "spill") as warehouse:
            return warehouse.scalar(
                "select customer_id from ops.identifier_owners"
                " where kind = $kind and value = $value",
                {"kind": identifier[0], "value": identifier[1]},
            )

    deliver(tmp_path, "2026-06-01")
    run_at(settings, 1)
    first = owner(mail), owner(login)
    deliver(tmp_path, truth.merge["night"])
    second_run = run_at(settings, 2)
    second = owner(mail), owner(login)

    assert first[0] != first[1]
    assert second[0] == second[1]
    with open_read_only(second_run.snapshot / "journeylab.duckdb") as opened:
        aliases = opened.rows(
            "select old_customer_id, new_customer_id, evidence from customer_aliases"
        )
    gone = first[0] if second[0] == first[1] else first[1]
    assert (gone, second[0], "merge") in aliases


def test_planted_people_are_not_published(truth, snapshot):
    """No planted address, user id, phone or device stands anywhere in the snapshot."""
    values = {value for values in truth.identifiers.values() for value in values if len(value) > 3}
    for table in snapshot.table_names():
        frame = snapshot.table(table)
        for name in frame.columns:
            if frame[name].dtype == "String":
                assert not values.intersection(frame[name].drop_nulls().unique()), (table, name)
