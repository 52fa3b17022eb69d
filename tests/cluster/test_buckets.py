"""Buckets of whole customers without Spark: laid out, built one by one, counted, put together."""

from dataclasses import replace

import pytest

from journeylab.cluster import (
    BucketDone,
    Exchange,
    Work,
    bucket_name,
    build_bucket,
    checked,
    lay_out,
    part_name,
    parts,
)
from journeylab.errors import ClusterFailed, SettingsError
from journeylab.pipeline import LAYERS
from journeylab.warehouse import (
    content_hash,
    memory,
    read_models,
    read_part,
    read_parts,
)
from rounds import job_over

MODELS = ("core.events", "core.actions", "core.outcomes", "core.visits", "core.steps")
READS = (
    "staging.events",
    "identity.event_customers",
    "core.event_kinds",
    "core.touchpoints",
    "core.channels",
    "core.horizon",
)
KNOWN = {name: model for layer in LAYERS for name, model in read_models(layer).items()}

SHOPPERS = {
    "ana": [(0, "web:home"), (1, "web:product"), (2, "purchase:completed")],
    "ben": [(place, "web:product" if place % 2 else "web:home") for place in range(40)],
    "cleo": [(0, "web:home"), (60 * 24 * 40, "web:cart")],
    "dora": [(5, "email:delivered")],
}


class Shop:
    """The work of one job over a lake, done bucket by bucket in this process."""

    def __init__(self, lake, folder, buckets, *, place="{folder}/exchange"):
        self.warehouse, self.buckets, self.folder = lake.warehouse, buckets, folder
        columns = lake.warehouse.columns("identity.customers")
        if "component_key" not in columns:  # the lake knows no components
            lake.warehouse.execute("alter table identity.customers add component_key integer")
        lake.build(*MODELS)
        self.wanted = {name: content_hash(lake.warehouse, name) for name in MODELS}
        job = job_over(lake.warehouse, folder, buckets, lake.params, place=place)
        inputs = lay_out(job, {name: KNOWN[name].columns for name in READS}, buckets)
        job.bench.close()
        models = tuple(KNOWN[name] for name in MODELS)
        params = {name: lake.params[name] for model in models for name in model.params}
        self.work = Work(job.exchange, inputs, models, params, 1, "500MB")

    @property
    def exchange(self):
        """The folder that tasks read from and write to."""
        return self.work.exchange

    def done(self):
        """Every bucket built."""
        return [build_bucket(self.work, bucket) for bucket in range(self.buckets)]

    def checked(self, done):
        """The driver's count of what the tasks told: rows by table."""
        version = self.warehouse.scalar("select version()")
        made = checked(self.work, done, buckets=self.buckets, duckdb_version=version)
        assert {told.buckets for told in made.values()} == {self.buckets}
        return {name: told.rows for name, told in made.items()}

    def taken(self, name):
        """Content hash of a table put together from its parts."""
        with parts(self.exchange, name, self.buckets, self.folder) as paths:
            read_parts(self.warehouse, KNOWN[name], paths)
        return content_hash(self.warehouse, name)

    def file(self, name):
        """Where a file of the run lies."""
        return self.folder / "exchange" / "run" / name

    def owners(self):
        """Whose events each bucket holds."""
        told = KNOWN["identity.event_customers"]
        owners = []
        with memory(threads=1) as reader:
            for bucket in range(self.buckets):
                names = self.exchange.names(bucket_name(f"in/{told.name}", bucket))
                files = self.exchange.reading(names, self.folder)
                read_part(reader, "main.told", told.columns, files)
                owners.append(
                    [key for (key,) in reader.rows("select distinct customer_key from told")]
                )
        return owners


@pytest.mark.parametrize("buckets", [1, 3, 8])
def test_the_buckets_together_are_the_table_built_in_one_piece(lake, tmp_path, buckets):
    """Also where there are more buckets than customers: some hold nothing and stand there."""
    lake.given(**SHOPPERS)
    job = Shop(lake, tmp_path, buckets)

    rows = job.checked(job.done())

    assert {name: job.taken(name) for name in MODELS} == job.wanted
    assert rows["core.events"] == 46


def test_an_object_store_is_sent_to_and_fetched_from(lake, tmp_path):
    """An address goes through Arrow's file systems; nothing stays on this machine."""
    lake.given(**SHOPPERS)
    job = Shop(lake, tmp_path, 3, place="file://{folder}/exchange")

    rows = job.checked(job.done())

    assert {name: job.taken(name) for name in MODELS} == job.wanted
    assert rows["core.events"] == 46
    assert [path.name for path in tmp_path.iterdir()] == ["exchange"]
    job.exchange.clear()
    assert not list((tmp_path / "exchange").iterdir())


def test_a_customer_is_never_split_and_a_hot_one_fills_a_bucket(lake, tmp_path):
    """Ben has 40 of 46 events: the customers before and after him go to other buckets."""
    lake.given(**SHOPPERS)

    job = Shop(lake, tmp_path, 3)

    assert job.owners() == [[0, 1], [], [2, 3]]


def test_nobody_at_all_makes_empty_tables(lake, tmp_path):
    """A shop without events has its tables, with their columns."""
    job = Shop(lake, tmp_path, 2)

    rows = job.checked(job.done())

    assert set(rows.values()) == {0}
    assert job.taken("core.steps") == job.wanted["core.steps"]


def test_a_bucket_that_is_built_twice_leaves_the_same_files(lake, tmp_path):
    """As a task does that is tried again, or twice at once: no draft stays, nothing doubles."""
    lake.given(**SHOPPERS)
    job = Shop(lake, tmp_path, 2)
    first = job.done()

    again = job.done()

    assert again == first
    assert job.checked(again)["core.events"] == 46
    assert list(tmp_path.rglob(".*")) == []


def _lose_a_file(job: Shop, done: list[BucketDone]) -> list[BucketDone]:
    job.file(part_name("core.visits", 1)).unlink()
    return done


def _swap_a_file(job: Shop, done: list[BucketDone]) -> list[BucketDone]:
    job.file(part_name("core.steps", 0)).replace(job.file(part_name("core.steps", 1)))
    build_bucket(job.work, 0)
    return done


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        pytest.param(lambda job, done: done[:1], "bucket 1 of 2 is told 0 times", id="lost task"),
        pytest.param(
            lambda job, done: [*done, done[0]], "bucket 0 of 2 is told 2 times", id="told twice"
        ),
        pytest.param(_lose_a_file, "bucket 1 of core.visits is lost", id="lost file"),
        pytest.param(_swap_a_file, "bucket 1 of core.steps holds", id="another file"),
        pytest.param(
            lambda job, done: [done[0], replace(done[1], releases="journeylab 0.0.1")],
            "bucket 1 was built by journeylab 0.0.1",
            id="another release",
        ),
    ],
)
def test_a_lost_bucket_is_told_by_its_number(lake, tmp_path, fault, told):
    """By the driver's count, before any table is taken."""
    lake.given(**SHOPPERS)
    job = Shop(lake, tmp_path, 2)
    done = fault(job, job.done())

    with pytest.raises(ClusterFailed, match=told):
        job.checked(done)


def test_a_task_that_does_not_see_its_rows_refuses(lake, tmp_path):
    """A folder that is not the driver's would make empty tables without a sign."""
    lake.given(**SHOPPERS)
    job = Shop(lake, tmp_path, 2)
    for name in job.exchange.names(bucket_name("in/identity.event_customers", 0)):
        job.file(name).unlink()

    with pytest.raises(ClusterFailed, match="bucket 0 has 0 rows of identity"):
        build_bucket(job.work, 0)


def test_a_killed_run_leaves_no_rows_of_people_behind(tmp_path):
    """The next job takes its folder away, and leaves what is no exchange folder."""
    Exchange(str(tmp_path), "killed").begin()
    (tmp_path / "own").mkdir()

    Exchange(str(tmp_path), "next").begin()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["next", "own"]


def test_a_file_half_written_is_not_there(tmp_path):
    """What a killed task was writing has no name that anybody reads."""
    exchange = Exchange(str(tmp_path), "run")
    exchange.begin()

    with exchange.writing("dealt/a/1.parquet", tmp_path) as draft:
        draft.write_text("half")
        written_so_far = exchange.names("dealt/a")
        (draft.parent / ".2.parquet.draft").touch()

    assert written_so_far == []
    assert exchange.names("dealt/a") == ["dealt/a/1.parquet"]


@pytest.mark.parametrize("place", ["{folder}/file/exchange", "s4://bucket/exchange"])
def test_a_place_that_cannot_be_written_is_told(tmp_path, place):
    """A file in the way, and a kind of store nobody knows."""
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="no exchange folder"):
        Exchange(place.format(folder=tmp_path), "run").begin()
