"""Frames of events become the tables a nightly run would publish."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from shop_frame import DAY, STAGES, START, frame, opened

import journeylab as jl
from lake import Lake

RUNNING_EXAMPLE = Path(__file__).parents[1] / "data" / "running_example.csv"

ANA = [(0.0, "web:home"), (5.0, "web:product"), (6.0, "web:product"), (9.0, "web:home")]


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda rows: rows, id="Polars"),
        pytest.param(lambda rows: rows.to_pandas(), id="pandas"),
        pytest.param(lambda rows: rows.to_arrow(), id="Arrow"),
    ],
)
def test_every_kind_of_frame_gives_the_same_steps(made: Callable[[pl.DataFrame], Any]) -> None:
    """The two product views are one step; the second home is a return."""
    with opened(made(frame(ana=ANA))) as lab:
        steps = lab.table("steps").select("customer_id", "touchpoint", "repeats", "is_return")

        assert steps.rows() == [
            ("ana", "web:home", 1, False),
            ("ana", "web:product", 2, False),
            ("ana", "web:home", 1, True),
        ]


def test_the_textbook_log_has_its_known_directly_follows_counts() -> None:
    """Six cases, 42 events: 36 pairs; cases are customers and journeys, nothing is collapsed."""
    with jl.from_events(
        pl.read_csv(RUNNING_EXAMPLE),
        occurred_at="time:timestamp",
        touchpoint="concept:name",
        customer_id="case:concept:name",
        journey_id="case:concept:name",
        goals="pay compensation",
        collapse_repeats=False,
    ) as lab:
        edges = lab.sql(
            "select from_node, to_node, transitions from graph_edges"
            " where not starts_with(from_node, '(') and not starts_with(to_node, '(')"
            " order by from_node, to_node"
        )
        outcomes = lab.sql("select outcome, count(*) from journeys group by all order by all")

        assert edges.rows() == [
            ("check ticket", "decide", 6),
            ("check ticket", "examine casually", 2),
            ("check ticket", "examine thoroughly", 1),
            ("decide", "pay compensation", 3),
            ("decide", "reinitiate request", 3),
            ("decide", "reject request", 3),
            ("examine casually", "check ticket", 4),
            ("examine casually", "decide", 2),
            ("examine thoroughly", "check ticket", 2),
            ("examine thoroughly", "decide", 1),
            ("register request", "check ticket", 2),
            ("register request", "examine casually", 3),
            ("register request", "examine thoroughly", 1),
            ("reinitiate request", "check ticket", 1),
            ("reinitiate request", "examine casually", 1),
            ("reinitiate request", "examine thoroughly", 1),
        ]
        assert outcomes.rows() == [("converted", 3), ("lapsed", 3)]
        assert lab.sql("select min(entered_at) from steps").item() == datetime(2010, 12, 30, 10, 2)


def test_a_frame_and_the_lake_agree_row_for_row(lake: Lake) -> None:
    """The same events give equal journeys and steps, whichever door they come in by."""
    journeys = {
        "ana": [(0, "web:home"), (3, "web:product"), (9, "web:cart"), (9.5, "purchase:completed")],
        "ben": [(1, "email:click"), (2, "web:product"), (50, "web:product"), (51, "web:reviews")],
        "cid": [(0, "web:home"), (1, "chat:started"), (70 * DAY, "web:home")],
    }
    journeys["ana"] += [(2 * DAY, "chat:started"), (3 * DAY, "web:home")]
    rows = pl.DataFrame(
        [
            {"id": f"{who}-{place}", "who": who, "when": minute, "what": what}
            for who, events in journeys.items()
            for place, (minute, what) in enumerate(events)
        ]
    ).with_columns(
        when=pl.lit(START) + pl.duration(microseconds=(pl.col("when") * 60_000_000).cast(pl.Int64))
    )
    lake.given(**journeys)

    with opened(
        rows.sample(fraction=1, shuffle=True, seed=3),
        event_id="id",
        stages=STAGES,
        assume_complete=False,
    ) as lab:
        for table in ("journeys", "steps"):
            lake.build(f"marts.{table}")
            assert lab.table(table).equals(lake.warehouse.table(f"marts.{table}"))
        assert lab.table("journeys")["outcome"].to_list() == [
            "converted",
            "lapsed",
            "lapsed",
            "lapsed",
            "open",
        ]


def test_a_frame_has_the_tables_of_a_snapshot_but_those_of_files_and_runs() -> None:
    """Whoever the customer is, found or given, the questions are the same."""
    rows = frame(ana=ANA)
    with (
        opened(rows) as given,
        opened(rows, customer_id=None, identifiers={"user_id": "who"}) as found,
    ):
        assert {"journeys", "kpis", "loops", "step_flows", "touchpoints"} < set(given.tables)
        assert set(given.tables) <= set(found.tables)
        assert not {"deliveries", "runs", "schema_drift", "check_results"} & set(found.tables)


def test_rows_of_one_instant_keep_their_order_without_ids() -> None:
    """Eleven rows of one stamp: row 2 stays before row 10, and ids say the row."""
    names = [f"step {letter}" for letter in "abcdefghijk"]

    with opened(frame(ana=[(0.0, name) for name in names])) as lab:
        assert lab.table("steps")["touchpoint"].to_list() == names
        assert lab.table("journeys")["journey_id"].to_list() == ["row-000000001"]


def test_a_source_sequence_orders_one_instant() -> None:
    """The source's own counter wins over the order of the rows."""
    rows = frame(ana=[(0.0, "b"), (0.0, "a")]).with_columns(place=pl.Series([2, 1]))

    with opened(rows, source_sequence="place") as lab:
        assert lab.table("steps")["touchpoint"].to_list() == ["a", "b"]


def test_a_customer_named_na_stays_and_one_without_a_name_is_nobody() -> None:
    """No text is taken for a null; an event of nobody makes no journey."""
    rows = frame(NA=[(0.0, "a")], ben=[(1.0, "b")]).with_columns(
        who=pl.when(pl.col("who") == "ben").then(None).otherwise(pl.col("who"))
    )

    with opened(rows) as lab:
        assert lab.table("journeys")["customer_id"].to_list() == ["NA"]
        assert lab.sql("select event_id, customer_id from events order by all").rows() == [
            ("row-000000001", "NA"),
            ("row-000000002", None),
        ]


def test_channels_come_from_the_column_then_the_name_then_are_events() -> None:
    """A bare name belongs to the channel 'events' unless a column says another."""
    rows = frame(ana=[(0.0, "web:home"), (1.0, "call"), (2.0, "visit")]).with_columns(
        via=pl.Series([None, "phone", None])
    )

    with opened(rows, channel="via") as lab:
        assert lab.sql("select touchpoint, channel from touchpoints order by all").rows() == [
            ("call", "phone"),
            ("visit", "events"),
            ("web:home", "web"),
        ]


def test_given_sessions_are_kept() -> None:
    """A pause of ten hours stays inside a given session."""
    rows = frame(ana=[(0.0, "a"), (600.0, "b"), (601.0, "c")]).with_columns(
        visit=pl.Series(["s1", "s1", "s2"])
    )

    with opened(rows, session_id="visit") as lab:
        assert lab.sql("select session_id, actions from sessions order by all").rows() == [
            ("s1", 2),
            ("s2", 1),
        ]


def test_given_journeys_are_kept_and_count_as_finished() -> None:
    """Two journeys of one customer interleave; all are settled without being told."""
    rows = frame(ana=[(0.0, "a"), (1.0, "b"), (2.0, "c"), (3.0, "paid")]).with_columns(
        case=pl.Series([7, 8, 8, 7])
    )

    with opened(rows, journey_id="case", goals=["paid"], assume_complete=None) as lab:
        found = lab.sql("select journey_id, outcome, steps, is_settled from journeys order by all")
        assert found.rows() == [("7", "converted", 2, True), ("8", "lapsed", 2, True)]


def test_identifiers_find_the_customer() -> None:
    """The device's visit before the login belongs to the mail address seen with it later."""
    rows = frame(x=[(0.0, "web:home"), (1.0, "web:product"), (2.0, "web:home")]).with_columns(
        device=pl.Series(["d1", "d1", "d2"]), mail=pl.Series([None, "Ana@Shop.io", None])
    )

    with opened(
        rows, customer_id=None, identifiers={"anonymous_id": "device", "email": "mail"}
    ) as lab:
        journeys = lab.sql("select customer_id, steps from journeys order by steps desc")
        assert journeys["steps"].to_list() == [2, 1]
        assert journeys["customer_id"].str.slice(0, 2).to_list() == ["c_", "c_"]
        assert lab.sql("select identifiers from customers order by all desc").rows() == [(2,), (1,)]


def test_values_properties_and_as_of() -> None:
    """A goal has its value; kept columns are properties; what comes later is left out."""
    rows = frame(ana=[(0.0, "web:home"), (1.0, "paid"), (2.0, "web:home")]).with_columns(
        amount=pl.Series([None, 19.90, None]),
        money=pl.Series([None, "EUR", None]),
        plan=pl.Series(["pro", "pro", "free"]),
    )

    with opened(
        rows,
        goals="paid",
        value="amount",
        currency="money",
        properties="plan",
        as_of="2026-01-01T13:01:00+01:00",
    ) as lab:
        journeys = lab.sql("select outcome, value::double, currency, steps from journeys")
        assert journeys.rows() == [("converted", 19.9, "EUR", 2)]
        assert lab.sql("select count(*), any_value(properties->>'plan') from events").rows() == [
            (2, "pro")
        ]


def test_a_frame_without_rows_gives_empty_tables() -> None:
    """Nothing in, nothing out, and no error."""
    with opened(frame()) as lab:
        assert lab.table("journeys").height == 0
        assert lab.paths().height == 0


def test_no_file_is_read_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the working directory cannot change what a notebook counts."""
    for name in ("rates.csv", "touchpoints.toml", "identity_rules.csv", "journeylab.toml"):
        (tmp_path / name).write_text("not = [what it should be")
    monkeypatch.chdir(tmp_path)

    with opened(frame(ana=ANA), settings={"sessions": {"session_gap_minutes": 2}}) as lab:
        assert lab.table("sessions")["actions"].to_list() == [1, 2, 1]
