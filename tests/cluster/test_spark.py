"""The Spark engine end to end: what it publishes is what DuckDB alone publishes."""

import os
from datetime import date, datetime

import pytest
from compared import CUSTOMERS, STAGING, elsewhere, published, rows_by_step
from skewed import write_skewed

from journeylab.cluster import on_spark, session
from journeylab.pipeline import parity, run
from journeylab.simulate import write_sample
from journeylab.warehouse import open_current
from sample import AS_OF, deliver, run_at, shop

pytestmark = pytest.mark.spark

EVENTS = int(os.environ.get("SPARK_EVENTS", "20000"))


def ids_in_order(settings):
    """Of every mart of single customers the ids of its customers, as the rows are stored."""
    marts = ("customers", "events", "journeys", "sessions", "steps")
    with open_current(settings.paths.published) as snapshot:
        return {name: snapshot.table(f"main.{name}")["customer_id"].to_list() for name in marts}


@pytest.mark.parametrize("buckets", [1, 3, 8])
def test_every_published_table_of_the_sample_is_duckdbs(spark, sampled, tmp_path, buckets):
    """In one bucket, in several, and in more than there are cores; nothing stays behind."""
    settings = elsewhere(sampled, tmp_path, buckets)

    report = run_at(settings, 1)

    assert published(settings) == published(sampled)
    assert ids_in_order(settings) == ids_in_order(sampled)
    assert min(rows_by_step(report)[job] for job in (STAGING, CUSTOMERS)) > 0
    assert list((tmp_path / "exchange").iterdir()) == []


@pytest.fixture(scope="module")
def skewed(tmp_path_factory):
    """A shop with a hot customer and a giant component, published by DuckDB."""
    folder = tmp_path_factory.mktemp("skewed")
    settings = write_skewed(folder / "landing", shop(folder), events=EVENTS)
    run(settings, started_at=datetime(2026, 7, 1))
    return settings


@pytest.mark.parametrize("buckets", [1, 3, 8] if EVENTS >= 1_000_000 else [3])
def test_a_hot_customer_and_a_giant_component_change_nothing(spark, skewed, tmp_path, buckets):
    """A fifth of the events each; SPARK_EVENTS=1000000 for the long form, with 1, 3 and 8."""
    on_spark_too = elsewhere(skewed, tmp_path, buckets)

    run(on_spark_too, started_at=datetime(2026, 7, 1))

    assert published(on_spark_too) == published(skewed)


def test_nights_are_carried_on_and_equal_one_delivery(spark, tmp_path):
    """The first night stages all rows, the second a few; its customers, as if most were touched."""
    sample = tmp_path / "few"
    write_sample(sample, seed=7, customers=60, first_day=date(2026, 2, 1))
    (tmp_path / "shop").mkdir()
    settings = elsewhere(shop(tmp_path / "shop"), tmp_path / "spark", 2)
    always = settings.run.model_copy(update={"rebuild_all_share": 0.0})
    settings = settings.model_copy(update={"run": always})
    jobs = []
    names = sorted({path.name.split("-", 1)[1][:10] for path in sample.glob("landing/*/*")})

    for hour, nights in enumerate((names[:1], names[1:])):
        for night in nights:
            deliver(tmp_path / "shop", night, sample=sample)
        rows = rows_by_step(run_at(settings, hour))
        jobs.append((rows[STAGING] > 0, rows[CUSTOMERS] > 0))
    once = settings.on_engine("duckdb").model_copy(
        update={"paths": settings.paths.model_copy(update={"var": tmp_path / "once"})}
    )
    run_at(once, 1)

    assert jobs == [(True, True), (False, True)]
    assert published(settings) == published(once)


def test_a_running_session_is_used_and_left(spark):
    """A notebook's session, or that of spark-submit, is not stopped by a run."""
    with session("local[1]", {}) as used:
        assert used is spark

    assert on_spark(spark, abs, 2) == [0, 1]


def test_parity_compares_a_sample_of_whole_customers(spark, sampled):
    """Every published table; warehouse and snapshots stay as they are."""
    before = published(sampled)

    told = parity(sampled.on_engine(None, buckets=2), customers=40, started_at=AS_OF)

    assert told.customers == 40
    assert told.events > 100
    assert {table.table for table in told.tables} == set(before)
    assert all(table.is_equal for table in told.tables)
    assert published(sampled) == before
    assert [path.name for path in sampled.paths.var.iterdir() if "parity" in path.name] == []
