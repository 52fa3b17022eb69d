"""The star schema of a snapshot: facts whose sums are the published figures."""

import pytest

from journeylab.warehouse import make_star, memory, open_read_only, read_models, show
from journeylab.warehouse.replacing import copy_edited, drop_rows

RATE = "sum(converted_settled) / sum(settled)"


@pytest.fixture(scope="module")
def snapshot(sample_run):
    """The sample as it is published."""
    with open_read_only(sample_run.snapshot / "journeylab.duckdb") as opened:
        yield opened


def value(snapshot, query):
    return snapshot.scalar(query)


def test_every_view_is_there_with_the_columns_and_texts_of_its_header(snapshot):
    """BI tools show comments."""
    told = snapshot.rows(
        "select table_name, column_name, comment from duckdb_columns()"
        " where table_name similar to '(fct|dim)_.*' order by table_name, column_index"
    )
    views = snapshot.rows("select view_name, comment from duckdb_views() where not internal")

    models = read_models("star").values()
    assert told == [(m.table, c.name, c.text) for m in models for c in m.columns]
    assert {name for name, text in views if text} == {model.table for model in models}


@pytest.mark.parametrize("model", read_models("star").values(), ids=lambda model: model.table)
def test_the_key_is_unique_and_no_view_is_empty(snapshot, model):
    """A fact counted twice would be a wrong sum in every chart."""
    key = ", ".join(model.key)
    rows, keys = snapshot.rows(f"select count(*), count(distinct ({key})) from {model.table}")[0]

    assert rows == keys > 0


def test_sums_of_journeys_are_the_published_figures(snapshot):
    """Conversion rate, and who went back."""
    kpi = "select value from kpis where kpi = "

    assert value(snapshot, f"select {RATE} from fct_journeys") == pytest.approx(
        value(snapshot, kpi + "'conversion_rate'")
    )
    assert value(
        snapshot, "select sum(went_back_settled) / sum(settled) from fct_journeys"
    ) == pytest.approx(value(snapshot, kpi + "'back_and_forth_share'"))
    assert value(snapshot, "select count(*) from fct_journeys") == value(
        snapshot, "select count(*) from journeys"
    )


def test_facts_join_their_dimensions_without_loss(snapshot):
    """No row is lost or doubled by joining days, touchpoints, customers."""
    for fact, key, dimension, dimension_key in (
        ("fct_events", "event_date", "dim_dates", "date_day"),
        ("fct_events", "touchpoint", "dim_touchpoints", "touchpoint"),
        ("fct_journeys", "customer_id", "dim_customers", "customer_id"),
        ("fct_journeys", "started_date", "dim_dates", "date_day"),
        ("fct_sessions", "customer_id", "dim_customers", "customer_id"),
        ("fct_transitions", "to_touchpoint", "dim_touchpoints", "touchpoint"),
    ):
        joined = f"from {fact} inner join {dimension} on {fact}.{key} = {dimension}.{dimension_key}"
        assert value(snapshot, f"select count(*) {joined}") == value(
            snapshot, f"select count(*) from {fact}"
        )


def test_transitions_are_those_of_the_graph(snapshot):
    """Between touchpoints, before the goal."""
    moves = (
        "select from_touchpoint, to_touchpoint, count(*) from fct_transitions"
        " where part = 'before' group by all order by all"
    )
    edges = (
        "select from_node, to_node, transitions from graph_edges where part = 'before'"
        " and from_node[1] != '(' and to_node[1] != '(' order by all"
    )

    assert snapshot.rows(moves) == snapshot.rows(edges)


def test_a_snapshot_without_rows_keeps_the_dimensions_that_tell_of_nobody(sample_run, tmp_path):
    """Facts and customers go with their tables, and the macros that read them."""
    made = tmp_path / "made"
    copy_edited(
        show(sample_run.snapshot.parents[1]), made, lambda opened: (drop_rows(opened), {})[1]
    )

    with open_read_only(made / "journeylab.duckdb") as thin:
        views = thin.rows("select view_name from duckdb_views() where not internal order by all")
        macros = thin.rows(
            "select function_name from duckdb_functions()"
            " where function_type = 'table_macro' and not internal"
        )
        days = thin.scalar("select count(*) from dim_dates")

    assert [name for (name,) in views] == ["dim_dates", "dim_stages", "dim_touchpoints"]
    assert macros == []
    assert days > 100


def test_a_view_is_left_out_where_its_tables_are_not():
    """A snapshot without events has no fact of them."""
    with memory() as opened:
        assert make_star(opened, ["journeys"]) == []
