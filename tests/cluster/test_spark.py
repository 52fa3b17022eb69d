"""The Spark engine end to end: what it publishes is what DuckDB alone publishes."""

import os
from datetime import date, datetime
from pathlib import Path

import pytest
from skewed import write_skewed

from journeylab.cluster import on_spark, session
from journeylab.errors import ClusterFailed
from journeylab.pipeline import parity, run
from journeylab.simulate import write_sample
from journeylab.warehouse import RUN_TABLES, content_hash, open_current
from sample import AS_OF, deliver, run_at, shop

pytestmark = pytest.mark.spark

JOB = "cluster.customers"


def published(settings):
    """Content hash of every published table but those that tell of the run itself."""
    with open_current(settings.paths.published) as snapshot:
        names = {name.split(".")[1]: name for name in snapshot.table_names()}
        return {
            table: content_hash(snapshot, name)
            for table, name in names.items()
            if table not in RUN_TABLES
        }


def ids_in_order(settings):
    """Of every mart of single customers the ids of its customers, as the rows are stored."""
    marts = ("customers", "events", "journeys", "sessions", "steps")
    with open_current(settings.paths.published) as snapshot:
        return {name: snapshot.table(f"main.{name}")["customer_id"].to_list() for name in marts}


def elsewhere(settings, folder: Path, buckets: int):
    """The same shop on Spark with a warehouse of its own, and the same hash key."""
    paths = settings.paths.model_copy(update={"var": folder})
    spark = settings.spark.model_copy(update={"exchange": str(folder / "exchange")})
    told = settings.model_copy(update={"paths": paths, "spark": spark})
    return told.on_engine("spark", buckets=buckets)


def rows_by_step(report):
    return {step.name: step.rows for step in report.steps}


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """The sample, published by DuckDB."""
    folder = tmp_path_factory.mktemp("sampled")
    settings = shop(folder)
    deliver(folder)
    run_at(settings, 1)
    return settings


@pytest.mark.parametrize("buckets", [1, 3, 8])
def test_every_published_table_of_the_sample_is_duckdbs(spark, sampled, tmp_path, buckets):
    """In one bucket, in several, and in more than there are cores; nothing stays behind."""
    settings = elsewhere(sampled, tmp_path, buckets)

    report = run_at(settings, 1)

    assert published(settings) == published(sampled)
    assert ids_in_order(settings) == ids_in_order(sampled)
    assert rows_by_step(report)[JOB] > 0
    assert list((tmp_path / "exchange").iterdir()) == []


def test_a_hot_customer_and_a_giant_component_change_nothing(spark, tmp_path):
    """A fifth of the events each; SPARK_EVENTS=1000000 for the long form."""
    (tmp_path / "shop").mkdir()
    events = int(os.environ.get("SPARK_EVENTS", "20000"))
    settings = write_skewed(tmp_path / "landing", shop(tmp_path / "shop"), events=events)
    start = datetime(2026, 7, 1)
    run(settings, started_at=start)
    on_spark_too = elsewhere(settings, tmp_path / "spark", 3)

    run(on_spark_too, started_at=start)

    assert published(on_spark_too) == published(settings)


def test_nights_are_carried_on_and_equal_one_delivery(spark, tmp_path):
    """The first night is a job; the later ones together one or none, by whom they touch."""
    sample = tmp_path / "few"
    write_sample(sample, seed=7, customers=60, first_day=date(2026, 2, 1))
    (tmp_path / "shop").mkdir()
    settings = elsewhere(shop(tmp_path / "shop"), tmp_path / "spark", 2)
    jobs = []
    names = sorted({path.name.split("-", 1)[1][:10] for path in sample.glob("landing/*/*")})

    for hour, nights in enumerate((names[:1], names[1:])):
        for night in nights:
            deliver(tmp_path / "shop", night, sample=sample)
        jobs.append(rows_by_step(run_at(settings, hour))[JOB])
    once = settings.on_engine("duckdb").model_copy(
        update={"paths": settings.paths.model_copy(update={"var": tmp_path / "once"})}
    )
    run_at(once, 1)

    assert jobs[0] > 0
    assert published(settings) == published(once)


def test_a_part_that_is_gone_fails_the_run_and_names_its_bucket(spark, sampled, tmp_path):
    """Taken away after the job was counted: nothing is published, and a second run mends it."""
    settings = elsewhere(sampled, tmp_path, 3)

    def lose(step):
        if step.name == JOB and step.seconds is not None:
            next((tmp_path / "exchange").glob("*/out/core.visits/000002.parquet")).unlink()

    with pytest.raises(ClusterFailed, match=r"bucket 2 of core\.visits is lost"):
        run(settings, started_at=datetime(2026, 6, 3, 1), as_of=AS_OF, on_step=lose)

    assert not settings.paths.published.exists()


def test_a_killed_task_is_tried_again(spark, tmp_path):
    """Its worker process dies without a word; the job ends as if nothing had been."""

    def dies_once(bucket: int) -> int:
        marker = tmp_path / f"tried-{bucket}"
        if bucket == 1 and not marker.exists():
            marker.touch()
            os._exit(9)  # as the kernel ends a process that takes too much memory
        return bucket * bucket

    assert on_spark(spark, dies_once, 3) == [0, 1, 4]
    assert (tmp_path / "tried-1").exists()


def test_a_task_that_fails_for_good_quotes_its_fault(spark):
    """The fault of the worker's own code, not Spark's hundred lines around it."""

    def always_fails(bucket: int) -> int:
        raise ClusterFailed(f"bucket {bucket} has 0 rows", "/exchange", "run again")

    with pytest.raises(ClusterFailed, match="bucket 0 has 0 rows"):
        on_spark(spark, always_fails, 1)


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
