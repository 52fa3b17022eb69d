"""Runs that stop, wait, try again or build a part, on the warehouse a nightly run left."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest
from night import NO_WAIT, Night, Shop, nightly

from journeylab.errors import SettingsError
from journeylab.pipeline import RunContext, Step, StepResult, open_run, take
from journeylab.settings import Settings
from journeylab.warehouse import CheckResult, hold, list_snapshots, open_read_only, show
from journeylab_pipelines.assembly import assemble
from journeylab_pipelines.assets import Facts, step_asset
from journeylab_pipelines.resources import RUN, run_resource


@pytest.fixture
def copy(night: Night, shop: Shop, tmp_path: Path) -> Settings:
    """Settings of a copy of what the nightly run left, for tests that change it."""
    shutil.copytree(night.settings.paths.var, tmp_path / "var", symlinks=True)
    return shop(tmp_path)


@pytest.fixture
def instance():
    """An instance of Dagster that forgets everything afterwards."""
    with dg.DagsterInstance.ephemeral() as empty:
        yield empty


def keys(*names: str) -> list[dg.AssetKey]:
    """Asset keys of tables."""
    return [dg.AssetKey(name.split(".")) for name in names]


def states(settings: Settings) -> list[str]:
    """How the runs of a warehouse ended, oldest first."""
    with open_read_only(settings.paths.warehouse) as warehouse:
        return [state for (state,) in warehouse.rows("select state from ops.runs order by run_id")]


def failures(night: Night) -> dict[str, str]:
    """Failed steps and the text of their innermost error."""
    found = {}
    for event in night.result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            found[str(event.step_key)] = error.message if error else ""
    return found


def test_a_part_is_built_and_published_again(copy, instance):
    """Two assets on the standing warehouse: nothing else runs, the content stays the same."""
    before = show(copy.paths.published)

    part = nightly(copy, instance, asset_selection=keys("graph.nodes", "publish.snapshot"))

    assert part.result.success
    assert len(list(part.result.get_asset_materialization_events())) == 2
    after = show(copy.paths.published)
    assert after.run_id > before.run_id
    assert after.content_hash == before.content_hash
    assert states(copy) == ["published", "published"]


def test_a_part_without_publishing_leaves_the_snapshot(copy, instance):
    """The run is kept as partial, and readers see what they saw."""
    part = nightly(copy, instance, asset_selection=keys("marts.sessions"))

    assert part.result.success
    assert states(copy) == ["published", "partial"]
    assert len(list_snapshots(copy.paths.published)) == 1


@pytest.mark.slow
def test_a_failed_check_blocks_publishing(copy, instance):
    """Rules that join and part the same two identifiers stop the run; the old snapshot stays."""
    before = show(copy.paths.published)
    with open_read_only(copy.paths.warehouse) as warehouse:
        rows = warehouse.rows(
            "select kind, value from identity.identifiers where kind = 'email' order by value"
        )
    pair = ",".join(f"{kind},{value}" for kind, value in rows[:2])
    rules = f"rule,kind_a,value_a,kind_b,value_b\nalways,{pair}\nnever,{pair}\n"
    copy.paths.identity_rules.write_text(rules)

    blocked = nightly(copy, instance)

    assert not blocked.result.success
    assert list(failures(blocked)) == ["identity_rule_pairs"]
    assert "rule_pairs_1" in failures(blocked)["identity_rule_pairs"]
    assert show(copy.paths.published).run_id == before.run_id
    assert states(copy) == ["published", "blocked"]

    alone = nightly(copy, instance, asset_selection=keys("publish.snapshot"))

    assert list(failures(alone)) == ["publish_snapshot"]
    assert "identity_rules.csv joins and parts" in failures(alone)["publish_snapshot"]
    assert show(copy.paths.published).run_id == before.run_id


def test_a_second_run_finds_the_lock_held(copy, instance):
    """It fails before its first step and says who holds the warehouse."""
    with hold(copy.paths.lock, started_at=datetime(2026, 6, 3, 2, 15)):
        second = nightly(copy, instance)

    told = "\n".join(entry.to_json() for entry in instance.all_logs(second.result.run_id))
    assert not second.result.success
    assert "LockHeld" in told
    assert "started 2026-06-03T02:15:00 UTC" in told
    assert [event for event in second.result.all_events if event.is_step_event] == []
    assert states(copy) == ["published"]


def test_a_full_run_drops_what_was_built(copy, instance):
    """The launchpad's `full: true` starts from the raw tables."""
    config = {"resources": {RUN: {"config": {"full": True}}}}

    nightly(copy, instance, asset_selection=keys("config.sources"), run_config=config)

    with open_read_only(copy.paths.warehouse) as warehouse:
        names = {name.split(".")[0] for name in warehouse.table_names()}
    assert names == {"config", "ops", "raw"}


def run_of(step: Callable[[RunContext], StepResult], settings: Settings) -> Night:
    """Run one step of a test as an asset, in a run of its own."""
    facts = Facts(settings, {}, NO_WAIT)
    asset = step_asset(Step("core.tried", "core", "A step of a test.", (), step), facts)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [asset],
            instance=instance,
            resources={RUN: run_resource(settings)},
            raise_on_error=False,
        )
    return Night(settings, instance, result)


def test_a_step_that_fails_once_is_tried_again(copy):
    """The second try finds the same open run."""
    tries: list[str] = []

    def step(context: RunContext) -> StepResult:
        tries.append(context.run_id)
        if len(tries) == 1:
            raise OSError("the file share is away")
        return StepResult(7)

    tried = run_of(step, copy)

    assert tried.result.success
    assert len(tries) == 2
    assert len(set(tries)) == 1
    assert states(copy) == ["published", "partial"]


def test_a_fault_somebody_has_to_mend_is_not_tried_again(copy):
    """A wrong setting stays wrong; the text says how to mend it and the run is kept as failed."""
    tries: list[str] = []

    def step(context: RunContext) -> StepResult:
        tries.append(context.run_id)
        raise SettingsError("no such zone", "sources.web.timezone", "write Europe/Berlin")

    tried = run_of(step, copy)

    assert not tried.result.success
    assert len(tries) == 1
    assert "write Europe/Berlin" in failures(tried)["core_tried"]
    assert states(copy) == ["published", "failed"]


def test_a_step_taken_twice_has_its_checks_once(copy):
    """A try that fails after its checks are recorded leaves no second row of them."""
    check = CheckResult("tried_1", "core.tried", "warn", "nothing is wrong", 0, "select 1")
    step = Step("core.tried", "core", "A step of a test.", (), lambda _: StepResult(1, (check,)))

    with open_run(copy, full=False, started_at=datetime(2026, 6, 4), as_of=None) as context:
        take(step, context)
        take(step, context)
        found = context.warehouse.rows(
            "select check_name, faulty_rows from ops.check_results where table_name = 'core.tried'"
        )

    assert found == [("tried_1", 0)]


def test_a_back_fill_takes_in_the_files_of_its_day(copy, instance, tmp_path):
    """A partition is a day of files, by the date in their name; the others stay where they are."""
    job = assemble(copy, retry=NO_WAIT).resolve_job_def("backfill")
    copy.paths.warehouse.unlink()
    (copy.paths.published / "current").unlink()

    for day in ("2026-06-02", "2026-06-01"):
        filled = job.execute_in_process(
            instance=instance, partition_key=day, asset_selection=keys("intake.web")
        )
        assert filled.success

    with open_read_only(copy.paths.warehouse) as warehouse:
        files = warehouse.rows("select file_name from ops.deliveries order by delivery_key")
    assert [name for (name,) in files] == ["web-2026-06-02.jsonl", "web-2026-06-01.jsonl.gz"]


def test_a_range_of_days_is_one_run_of_the_launchpad(copy, instance):
    """Its configuration names the first and the last day; a day that is none is told."""
    copy.paths.warehouse.unlink()
    (copy.paths.published / "current").unlink()
    days = {"first_day": "2026-06-02", "last_day": "2026-06-30"}

    config = {"resources": {RUN: {"config": days}}}
    nightly(copy, instance, asset_selection=keys("intake.web"), run_config=config)

    with open_read_only(copy.paths.warehouse) as warehouse:
        assert warehouse.scalar("select count(*) from ops.deliveries") == 2
    config = {"resources": {RUN: {"config": {"first_day": "June"}}}}
    wrong = nightly(copy, instance, asset_selection=keys("intake.web"), run_config=config)
    told = "\n".join(entry.to_json() for entry in instance.all_logs(wrong.result.run_id))
    assert "write it like 2026-05-01" in told


def test_a_re_executed_run_counts_events_up_to_the_same_instant(copy, tmp_path, monkeypatch):
    """It reuses tables of the first try, which must not be of two instants."""
    config = tmp_path / "journeylab.toml"
    web = copy.sources["web"].path
    config.write_text(f'[sources.web]\nchannel = "web"\nformat = "ga4"\npath = "{web}"\n')
    monkeypatch.setenv("JOURNEYLAB_CONFIG", str(config))
    job = dg.build_reconstructable_job("night", "job_of_settings_at_hand")

    with dg.instance_for_test() as lasting:
        first = dg.execute_job(job, lasting, asset_selection=keys("config.sources"))
        again = dg.ReexecutionOptions(parent_run_id=first.run_id)
        second = dg.execute_job(job, lasting, reexecution_options=again)
        assert second.success

    with open_read_only(copy.paths.warehouse) as warehouse:
        instants = warehouse.rows("select as_of_at, started_at from ops.runs order by run_id")
    (_, begun), (until, later) = instants[-2:]
    assert until == begun < later


def test_showing_a_finished_run_opens_no_second_one(copy, tmp_path, monkeypatch):
    """`dagster job execute` makes the resources again once the run has ended."""
    config = tmp_path / "journeylab.toml"
    web = copy.sources["web"].path
    config.write_text(
        f'[sources.web]\nchannel = "web"\nformat = "ga4"\npath = "{web}"\n'
        f'[paths]\ntouchpoints = "{copy.paths.touchpoints}"\n'
    )
    monkeypatch.setenv("JOURNEYLAB_CONFIG", str(config))
    job = dg.build_reconstructable_job("night", "job_of_settings_at_hand")

    with (
        dg.instance_for_test() as lasting,
        dg.execute_job(job, lasting, asset_selection=keys("config.sources")) as result,
    ):
        assert result.success

    assert states(copy) == ["published", "partial"]
