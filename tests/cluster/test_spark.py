"""The Spark engine end to end: what it publishes is what DuckDB alone publishes."""

import os
from datetime import date, datetime
from pathlib import Path

import pytest
from skewed import write_skewed

from journeylab.cluster import LISTED, SETTLED, on_spark, session, stage
from journeylab.errors import ClusterFailed
from journeylab.identity import hash_pads
from journeylab.parameters import parameters
from journeylab.pipeline import formats_in_use, parity, run
from journeylab.privacy import hash_key
from journeylab.rules import load_rules
from journeylab.simulate import write_sample
from journeylab.warehouse import RUN_TABLES, content_hash, open_current, open_warehouse
from rounds import InThisProcess, job_over
from sample import AS_OF, deliver, run_at, shop

pytestmark = pytest.mark.spark

JOB = "cluster.customers"
STAGING = "cluster.staging"
EVENTS = int(os.environ.get("SPARK_EVENTS", "20000"))


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


def elsewhere(settings, folder: Path, buckets: int, **told):
    """The same shop on Spark with a warehouse of its own, and the same hash key."""
    paths = settings.paths.model_copy(update={"var": folder})
    spark = settings.spark.model_copy(update={"exchange": str(folder / "exchange"), **told})
    apart = settings.model_copy(update={"paths": paths, "spark": spark})
    return apart.on_engine("spark", buckets=buckets)


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
    assert min(rows_by_step(report)[job] for job in (STAGING, JOB)) > 0
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
    """A fifth of the events each; SPARK_EVENTS=1000000 for the long form, with 1, 3 and 8.

    All events in one bucket are twice what a task's memory is reckoned for: it gets more.
    """
    on_spark_too = elsewhere(skewed, tmp_path, buckets, memory_limit="4GB")

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
        jobs.append((rows[STAGING] > 0, rows[JOB] > 0))
    once = settings.on_engine("duckdb").model_copy(
        update={"paths": settings.paths.model_copy(update={"var": tmp_path / "once"})}
    )
    run_at(once, 1)

    assert jobs == [(True, True), (False, True)]
    assert published(settings) == published(once)


@pytest.mark.parametrize(
    ("job", "table"),
    [(STAGING, "staging.events"), (STAGING, "identity.spellings"), (JOB, "core.visits")],
)
def test_a_part_that_is_gone_fails_the_run_and_names_its_bucket(
    spark, sampled, tmp_path, job, table
):
    """Taken away after the job was counted: nothing is published, and a second run mends it."""
    settings = elsewhere(sampled, tmp_path, 3)

    def lose(step):
        if step.name == job and step.seconds is not None:
            next((tmp_path / "exchange").glob(f"*/out/{table}/000002.parquet")).unlink()

    with pytest.raises(ClusterFailed, match=rf"bucket 2 of {table} is lost"):
        run(settings, started_at=datetime(2026, 6, 3, 1), as_of=AS_OF, on_step=lose)

    assert not settings.paths.published.exists()


class OneDiesInEachRound(InThisProcess):
    """Spark, where in each round the worker of one task dies when it is first tried."""

    def __init__(self, spark, folder):
        self.spark, self.folder, self.rounds = spark, folder, 0

    def hand_out(self, work, parts):
        """Hand out the work as ever, by a function that kills its process once a round."""
        self.rounds += 1
        marker = self.folder / f"round-{self.rounds}"

        def dies_once(bucket):
            done = work(bucket)
            if bucket == 1 and not marker.exists():
                marker.touch()
                os._exit(9)  # its files are there, and nobody was told of them
            return done

        return on_spark(self.spark, dies_once, parts)


def test_workers_that_die_while_rows_are_staged_change_nothing(spark, sampled, tmp_path):
    """One in each of the four rounds, when its files are written; all are tried again."""
    formats = [*formats_in_use(sampled).values()]
    cluster = OneDiesInEachRound(spark, tmp_path)
    key = hash_key(sampled.paths.var / "hash.key")
    params = {
        **parameters(
            sampled,
            load_rules(sampled.paths.touchpoints),
            run_id="x",
            started_at=AS_OF,
            as_of=AS_OF,
        ),
        **hash_pads(key),
        "staging_tables": [model.name for model in formats],
    }
    with open_warehouse(sampled.paths.warehouse, spill=tmp_path) as warehouse:
        job = job_over(warehouse, tmp_path, 3, params, cluster=cluster)

        assert stage(job, formats)

        job.bench.close()
        wanted = {name: warehouse.scalar(f"select count(*) from {name}") for name in job.made}
    assert len(list(tmp_path.glob("round-*"))) == cluster.rounds == 4
    assert set(job.made) == {*SETTLED, *LISTED}
    assert {name: made.rows for name, made in job.made.items()} == wanted


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
