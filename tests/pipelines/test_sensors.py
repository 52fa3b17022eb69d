"""Sensors: what starts a run, and what tells of a failed one."""

import email
import json
import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import pytest
from night import Night, Shop, nightly

from journeylab.errors import SettingsError
from journeylab.settings import Settings
from journeylab.warehouse import hold
from journeylab_pipelines.alerts import post
from journeylab_pipelines.assembly import assemble
from journeylab_pipelines.sensors import dead_records, failure_sensor
from servers import smtp_server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def landing(shop: Shop, tmp_path: Path) -> Settings:
    """Settings of one source with an empty landing folder."""
    (tmp_path / "web").mkdir()
    return shop(tmp_path, sources={"web": {"channel": "web", "format": "ga4", "path": "web"}})


def tick(settings: Settings, cursor: str | None) -> dg.SensorResult:
    """One look of the landing sensor."""
    made = next(s for s in assemble(settings).sensors or [] if s.name == "landing")
    with dg.DagsterInstance.ephemeral() as instance:
        result = made(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert isinstance(result, dg.SensorResult)
    return result


def test_an_empty_landing_folder_starts_nothing(landing):
    """The reason says what was looked at."""
    looked = tick(landing, None)

    assert looked.run_requests == []
    assert looked.skip_reason == dg.SkipReason(
        "no new or changed file: 0 known ones in the landing folders of 1 sources"
    )


def test_a_new_file_starts_one_run(landing):
    """The second look at the same file starts none; the cursor does not name the file."""
    (landing.sources["web"].path / "ana@mail.test.jsonl").write_text("{}\n")

    first = tick(landing, None)
    second = tick(landing, first.cursor)

    assert len(first.run_requests or []) == 1
    assert second.run_requests == []
    assert "mail.test" not in str(first.cursor)
    assert second.cursor == first.cursor


def test_a_changed_file_starts_another_run(landing):
    """Same name, other time of change: another run with another key."""
    file = landing.sources["web"].path / "night.jsonl"
    file.write_text("{}\n")
    first = tick(landing, None)
    os.utime(file, ns=(1, 1))

    second = tick(landing, first.cursor)

    keys = [request.run_key for look in (first, second) for request in look.run_requests or []]
    assert len(set(keys)) == 2


def test_a_removed_file_starts_nothing_and_is_forgotten(landing):
    """Whoever cleans the landing folder starts no run."""
    file = landing.sources["web"].path / "night.jsonl"
    file.write_text("{}\n")
    first = tick(landing, None)
    file.unlink()

    second = tick(landing, first.cursor)

    assert second.run_requests == []
    assert second.cursor == "[]"


def test_a_file_still_being_written_is_not_seen(landing):
    """Programs write under another name first."""
    (landing.sources["web"].path / "night.jsonl.part").write_text("{}\n")

    assert tick(landing, None).run_requests == []


class Listener(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    heard: list[tuple[str, dict[str, object]]]

    def do_POST(self) -> None:
        """Keep one message."""
        told = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.headers["Content-Type"], json.loads(told)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[tuple[str, dict[str, object]]]]]:
    """A web server on this machine: its address, and what it has heard."""
    Listener.heard = []
    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", Listener.heard
        server.shutdown()
        thread.join()


def tell(failed: Night) -> None:
    """Let the failure sensor look at a failed run."""
    sensor = next(s for s in assemble(failed.settings).sensors or [] if s.name == "tell_failure")
    event = next(e for e in failed.result.all_events if e.is_failure and not e.is_step_event)
    context = dg.build_run_status_sensor_context(
        "tell_failure", event, failed.instance, failed.result.dagster_run
    )
    sensor(context.for_run_failure())


def test_a_failed_run_is_told_to_the_webhook(landing, shop, tmp_path, webhook):
    """Job, run, failed steps and kinds of error; not the error's text, which may quote data."""
    url, heard = webhook
    sources = {"web": {"channel": "web", "format": "ga4", "path": "web", "delimiter": ";;"}}
    settings = shop(tmp_path, sources=sources, alerts={"webhook_url": url})

    with dg.DagsterInstance.ephemeral() as instance:
        keys = [dg.AssetKey(["intake", "web"])]
        failed = nightly(settings, instance, asset_selection=keys)
        tell(failed)

    kind, message = heard[0]
    assert len(heard) == 1
    assert kind == "application/json"
    assert message["run_id"] == failed.result.run_id
    assert message["job"] == "nightly"
    assert message["failed_steps"] == ["intake_web (SettingsError)"]
    assert message["text"] == (
        f"journeylab: run {failed.result.run_id} of nightly failed"
        " at intake_web (SettingsError). Dagster has the log."
    )


def test_a_failed_run_is_told_by_mail(landing, shop, tmp_path):
    """The same sentence, by the server of the report; both ways where both are set."""
    sources = {"web": {"channel": "web", "format": "ga4", "path": "web", "delimiter": ";;"}}
    with smtp_server() as server, dg.DagsterInstance.ephemeral() as instance:
        report = {
            "nightly": False,
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "starttls": False,
            "mail_from": "Journeys <journeys@shop.eu>",
            "mail_to": ["ana@shop.eu"],
        }
        alerts = {"mail_to": ["viv@shop.eu", "max@shop.eu"]}
        settings = shop(tmp_path, sources=sources, alerts=alerts, report=report)
        tell(nightly(settings, instance, asset_selection=[dg.AssetKey(["intake", "web"])]))

    assert server.recipients == ["viv@shop.eu", "max@shop.eu"]
    mail = email.message_from_bytes(server.mails[0], policy=policy.default)
    assert mail["Subject"] == "journeylab: nightly failed"
    assert "failed at intake_web (SettingsError)" in mail.get_content().replace("\n", " ")
    assert "The former snapshot stays" in mail.get_content()


def test_addresses_without_a_server_are_refused(landing, shop, tmp_path):
    """When Dagster loads, not in the night of the first fault."""
    settings = shop(tmp_path, sources={}, alerts={"mail_to": ["viv@shop.eu"]})

    with pytest.raises(SettingsError, match="no server takes the mail"):
        failure_sensor(settings)


def test_without_an_address_there_is_no_failure_sensor(landing):
    """Nothing is sent that nobody asked for."""
    names = [sensor.name for sensor in assemble(landing).sensors or []]
    assert names == ["landing", "dead_runs"]


def test_a_run_that_was_killed_with_dagster_makes_room(landing):
    """Dagster takes it for running; it is dead once it does not hold the lock."""
    job = assemble(landing).resolve_job_def("nightly")
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        now = datetime.now(UTC)
        later = now + timedelta(minutes=16)

        found = [record.dagster_run.run_id for record in dead_records(instance, landing, now=later)]
        early = dead_records(instance, landing, now=now)
        with hold(landing.paths.lock, started_at=now):
            at_work = dead_records(instance, landing, now=later)

    assert found == [run.run_id]
    assert (early, at_work) == ([], [])


def test_the_shipped_settings_let_a_second_run_wait(tmp_path):
    """One run at a time: the second stays in the queue until the first has ended."""
    shutil.copy(ROOT / "pipelines" / "dagster.yaml", tmp_path)

    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        assert queue.max_concurrent_runs == 1
        assert not instance.telemetry_enabled


def test_a_webhook_is_a_web_address():
    """A file is refused before anything is opened."""
    with pytest.raises(SettingsError, match="write https"):
        post("file:///etc/hostname", {"text": "x"})
