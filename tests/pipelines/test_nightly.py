"""The job ``nightly``, run for real in this process."""

from datetime import UTC, datetime

import dagster as dg
import pytest
from night import Night, Shop

from journeylab.pipeline import registry, run
from journeylab.warehouse import open_current, open_read_only, open_warehouse, show

#: Long enough that a value is not found in a word by chance.
LEAST_CHARACTERS = 6


@pytest.fixture
def logged(night: Night) -> str:
    """All that Dagster wrote down of the run."""
    return "\n".join(entry.to_json() for entry in night.instance.all_logs(night.result.run_id))


def metadata(night: Night, name: str) -> dict[str, dg.MetadataValue]:
    """What the run told of one asset."""
    key = dg.AssetKey(name.split("."))
    told = [e for e in night.result.get_asset_materialization_events() if e.asset_key == key]
    return dict(told[0].materialization.metadata)


def test_the_job_runs_every_step(night):
    """Each step of the registry is materialised once."""
    made = [
        ".".join(event.asset_key.path)
        for event in night.result.get_asset_materialization_events()
        if event.asset_key
    ]
    assert night.result.success
    assert sorted(made) == sorted(step.name for step in registry(night.settings))


@pytest.mark.slow
def test_the_job_publishes_what_the_command_line_publishes(night, shop: Shop, tmp_path):
    """Same input, same start, another folder: the snapshots have the same content."""
    settings = shop(tmp_path)
    published = show(night.settings.paths.published)

    report = run(settings, started_at=datetime.strptime(published.run_id, "%Y%m%dT%H%M%S.%f"))

    assert report.snapshot is not None
    told = show(settings.paths.published)
    assert told.table_hashes.keys() == published.table_hashes.keys()
    assert told.content_hash == published.content_hash
    assert told.rows == published.rows
    assert published.rows["journeys"] > 50


def test_the_job_opens_one_run(night):
    """The lock and the warehouse are one resource, made once; its run starts with Dagster's."""
    kinds = [entry.dagster_event_type for entry in night.instance.all_logs(night.result.run_id)]
    record = night.instance.get_run_record_by_id(night.result.run_id)
    paths = night.settings.paths

    with open_warehouse(paths.warehouse, spill=paths.var / "spill") as warehouse:
        runs = warehouse.rows("select run_id, state, started_at from ops.runs")

    assert kinds.count(dg.DagsterEventType.RESOURCE_INIT_SUCCESS) == 1
    assert [(run_id, state) for run_id, state, _ in runs] == [
        (show(paths.published).run_id, "published")
    ]
    assert record is not None
    assert record.start_time is not None
    assert runs[0][2] == datetime.fromtimestamp(record.start_time, UTC).replace(tzinfo=None)


def test_a_mart_shows_rows_columns_origins_and_a_preview(night):
    """The row count is the table's, comments come from the header, lineage leads upstream."""
    told = metadata(night, "marts.sessions")

    with open_current(night.settings.paths.published) as snapshot:
        sessions = snapshot.scalar("select count(*) from sessions")
    assert told["dagster/row_count"].value == sessions
    columns = told["dagster/column_schema"].value.columns
    assert columns[0].name == "session_id"
    assert columns[0].description.startswith("event_id of its first action")
    origins = told["dagster/column_lineage"].value.deps_by_column["actions"]
    assert [(dep.asset_key.to_user_string(), dep.column_name) for dep in origins] == [
        ("core/sessions", "actions")
    ]
    lines = str(told["preview"].value).splitlines()
    assert lines[0].startswith("| customer_id | session_number | entry_touchpoint |")
    assert len(lines) == 7


def test_intake_tells_its_files_and_publishing_its_snapshot(night):
    """Files and rows that came in, and the hash of what was published."""
    intake = metadata(night, "intake.purchase")
    published = metadata(night, "publish.snapshot")

    assert intake["files_seen"].value == 3
    assert intake["files_loaded"].value == 3
    assert intake["rows_rejected"].value == 2
    assert published["content_hash"].value == show(night.settings.paths.published).content_hash


def test_a_warning_does_not_block(night):
    """One e-mail file of the sample is cut in half: its check warns, the snapshot is published."""
    found = {
        (event.asset_key.path[-1], event.check_name): (event.passed, event.severity.value)
        for event in night.result.get_asset_check_evaluations()
    }
    assert found["email", "no_file_set_aside"] == (False, "WARN")
    assert found["web", "no_file_set_aside"] == (True, "WARN")
    assert found["row_counts", "row_counts_1"] == (True, "ERROR")


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("select distinct value from identity.identifiers", id="identifiers"),
        pytest.param("select distinct spelling from identity.spellings", id="as delivered"),
        pytest.param("select distinct event_id from staging.events", id="event ids"),
        pytest.param("select distinct url from staging.events where url like '%?%'", id="urls"),
        pytest.param("select distinct order_id from staging.events", id="order ids"),
        pytest.param("select distinct raw_text from ops.rejected_rows", id="rejected rows"),
    ],
)
def test_nothing_raw_is_written_to_the_event_log(night, logged, query):
    """Dagster keeps its log for months and shows it to all: no identifier stands in it."""
    with open_read_only(night.settings.paths.warehouse) as warehouse:
        values = [str(value) for (value,) in warehouse.rows(query) if value is not None]

    long = [value for value in values if len(value) >= LEAST_CHARACTERS]
    assert len(long) >= 2
    assert [value for value in long if value in logged] == []
