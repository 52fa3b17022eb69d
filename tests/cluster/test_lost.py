"""What is killed or lost on the way: tried again, or an error that names the bucket."""

import contextlib
import itertools
import os
import signal
from datetime import datetime
from pathlib import Path

import pytest
from compared import CUSTOMERS, STAGING, elsewhere, published

from journeylab.cluster import Application, Exchange, on_spark
from journeylab.errors import ClusterFailed
from journeylab.pipeline import run
from sample import AS_OF, run_at

pytestmark = pytest.mark.spark

#: Four of staging, two of the tables of customers.
ROUNDS = 6
IS_CLUSTER = os.environ.get("SPARK_MASTER", "").startswith("local-cluster")


def dying(moment, folder):
    """What hands out work as ever, but in each round one task dies when it is first tried.

    All of it is one function, because workers know the functions of no test.
    """
    rounds = itertools.count(1)

    def hand_out(application, work, parts):
        marker = folder / f"round-{next(rounds)}"

        def dies_once(bucket):
            if bucket != 1 or marker.exists():
                return work(bucket)
            marker.touch()
            if moment == "midway":
                whole, files = Exchange.writing, itertools.count()

                @contextlib.contextmanager
                def writing(self, name, scratch):
                    with whole(self, name, scratch) as draft:
                        yield draft
                        if next(files):
                            os._exit(9)  # a file has its name, the next is a draft yet

                Exchange.writing = writing
            work(bucket)
            if moment == "machine":
                daemon = Path(f"/proc/{os.getppid()}/status").read_text()
                os.kill(int(daemon.partition("PPid:")[2].split()[0]), signal.SIGKILL)
            os._exit(9)  # nobody is told of the files

        return on_spark(application.session(), dies_once, parts)

    return hand_out


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("midway", id="between two files"),
        pytest.param("untold", id="when all files are written"),
        pytest.param(
            "machine",
            id="with its whole machine",
            marks=pytest.mark.skipif(not IS_CLUSTER, reason="the driver's own; local-cluster only"),
        ),
    ],
)
def test_tasks_that_die_in_each_round_change_nothing(spark, sampled, tmp_path, monkeypatch, moment):
    """One in every round of both jobs, as the kernel ends what takes too much memory."""
    settings = elsewhere(sampled, tmp_path, 3)
    monkeypatch.setattr(Application, "hand_out", dying(moment, tmp_path))

    run_at(settings, 1)

    assert len(list(tmp_path.glob("round-*"))) == ROUNDS
    assert published(settings) == published(sampled)
    assert list((tmp_path / "exchange").iterdir()) == []


@pytest.mark.parametrize(
    ("job", "table"),
    [(STAGING, "staging.events"), (STAGING, "identity.spellings"), (CUSTOMERS, "core.visits")],
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
    run_at(settings, 2)
    assert published(settings) == published(sampled)


def losing(folder, number, dealt):
    """What hands out work as ever, but before one round a file that was dealt out is gone."""
    rounds = itertools.count(1)

    def hand_out(application, work, parts):
        if next(rounds) == number:
            min((folder / "exchange").glob(f"*/dealt/{dealt}/*/*.parquet")).unlink()
        return on_spark(application.session(), work, parts)

    return hand_out


@pytest.mark.parametrize(
    ("number", "dealt"),
    [
        pytest.param(2, "settling/staging.web_ga4", id="while rows are staged"),
        pytest.param(6, "customers/staging.events", id="before customers are built"),
    ],
)
def test_a_file_that_is_lost_between_two_rounds_fails_the_run_and_names_its_bucket(
    spark, sampled, tmp_path, monkeypatch, number, dealt
):
    """The task that would have read it has fewer rows than were dealt out to it."""
    settings = elsewhere(sampled, tmp_path, 3)
    monkeypatch.setattr(Application, "hand_out", losing(tmp_path, number, dealt))
    table = dealt.partition("/")[2]

    with pytest.raises(ClusterFailed, match=rf"bucket 0 has \d+ rows of {table}, \d+ were written"):
        run_at(settings, 1)

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


def test_a_task_that_is_killed_each_time_ends_the_job(spark):
    """Spark gives up; what it says of the worker is quoted."""

    def always_dies(bucket: int) -> int:
        os._exit(9)

    with pytest.raises(ClusterFailed, match="Python worker exited unexpectedly"):
        on_spark(spark, always_dies, 1)


def test_a_task_that_fails_for_good_quotes_its_fault(spark):
    """The fault of the worker's own code, not Spark's hundred lines around it."""

    def always_fails(bucket: int) -> int:
        raise ClusterFailed(f"bucket {bucket} has 0 rows", "/exchange", "run again")

    with pytest.raises(ClusterFailed, match="bucket 0 has 0 rows"):
        on_spark(spark, always_fails, 1)
