"""The registry on the Spark engine: what is replaced, what is not, and what is missing is told."""

import sys

import pytest

from journeylab.cluster import LISTED, session
from journeylab.errors import SettingsError
from journeylab.pipeline import registry
from journeylab.settings import Settings, Source

SHOP = Settings(sources={"web": Source(channel="web", format="contract", path="landing")})
JOB = "cluster.customers"
STAGING = "cluster.staging"


def test_two_steps_more_and_none_less():
    """Both engines have the same tables, and so the same checks and the same Dagster assets."""
    plain = {step.name for step in registry(SHOP)}

    on_spark = {step.name for step in registry(SHOP.on_engine("spark"))}

    assert on_spark == plain | {JOB, STAGING}


def test_the_job_stands_after_all_it_reads_and_before_all_it_makes():
    """Small tables over all are built before it, and the tables of customers take what it made."""
    steps = registry(SHOP.on_engine("spark"))
    places = {step.name: place for place, step in enumerate(steps)}
    job = next(step for step in steps if step.name == JOB)
    made = [step for step in steps if JOB in step.reads]

    made_by_steps = [name for name in job.reads if not name.startswith("ops.")]
    assert all(places[name] < places[JOB] for name in made_by_steps)
    assert {step.layer for step in made} == {"core", "graph", "analysis", "marts"}
    others = {step.name for step in made if step.model.scope != "customer"}
    assert others == {"core.event_origins"}
    assert len(made) > 30
    outside = {name for step in made for name in step.model.reads} - {step.name for step in made}
    assert outside <= set(job.reads)


def test_staging_is_taken_from_a_job_that_stands_after_intake():
    """All of its tables but the two that count and join small ones, and the lists of identity."""
    steps = registry(SHOP.on_engine("spark"))
    places = {step.name: place for place, step in enumerate(steps)}
    job = next(step for step in steps if step.name == STAGING)
    taken = {step.name for step in steps if STAGING in step.reads}

    assert {"intake.web", "config.sources", "staging.any_contract"} <= set(job.reads)
    assert all(places[name] < places[STAGING] for name in job.reads)
    staged = {step.name for step in steps if step.layer == "staging"}
    assert staged - taken == {
        "staging.any_contract",
        "staging.rejected_events",
        "staging.row_counts",
    }
    assert {name for name in taken if name.startswith("identity.")} == set(LISTED)


def test_all_marts_of_single_customers_but_one_leave_the_driver():
    """``step_flows`` is sorted over all customers: its parts would have to be sorted again."""
    steps = registry(SHOP.on_engine("spark"))
    marts = [s for s in steps if s.layer == "marts" and s.model and s.model.scope == "customer"]

    assert [step.name for step in marts if JOB not in step.reads] == ["marts.step_flows"]
    assert len(marts) == 6


def test_the_engine_is_no_part_of_what_a_result_depends_on():
    """Another engine, master or number of buckets keeps the configuration's hash."""
    spark = SHOP.on_engine("spark", master="yarn", buckets=40)

    assert (spark.run.engine, spark.spark.master, spark.spark.buckets) == ("spark", "yarn", 40)
    assert spark.config_hash == SHOP.config_hash
    assert spark.on_engine(None) == spark


def test_a_missing_pyspark_says_what_to_install(monkeypatch):
    """It is an extra: no run but one on Spark needs it."""
    monkeypatch.setitem(sys.modules, "pyspark", None)

    with (
        pytest.raises(SettingsError, match="pip install 'journeylab\\[spark\\]'"),
        session(None, {}),
    ):
        pass
