"""A served dashboard on the sample, one Chromium for all tests, one fresh profile for each."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import ARGS, CHROMIUM, WIDE, Served, Visit
from playwright.sync_api import Browser, sync_playwright

from journeylab.run_report import RunReport

_SERVED = """
import sys
from pathlib import Path
from journeylab.dashboard.app import create_app
server = create_app(Path({published!r}), poll_seconds={poll}).server
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test, and skipped where there is no browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}"))


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Served]]:
    """Start a dashboard over a folder of snapshots."""
    started: list[Served] = []

    def start(published: Path, poll: float = 600) -> Served:
        folder = tmp_path_factory.mktemp("served")
        (folder / "served.py").write_text(_SERVED.format(published=str(published), poll=poll))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        url = f"http://127.0.0.1:{port}/"
        log = folder / "log.txt"
        told = ["--no-control-socket", "-w", "1", "--threads", "4", "--graceful-timeout", "1"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    *told,
                    "-b",
                    f"127.0.0.1:{port}",
                    "served:server",
                ],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])},
                stdout=out,
                stderr=out,
            )
        served = Served(url, process, log)
        started.append(served)
        _wait_for(served)
        return served

    yield start
    for served in started:
        if served.process.poll() is None:
            served.stop()


def _wait_for(served: Served) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(served.url, timeout=2).close()
        except (urllib.error.URLError, OSError):
            if served.process.poll() is not None:
                break
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the server did not come up:\n{served.log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def published(sample_run: RunReport) -> Path:
    """The folder with the sample's snapshot."""
    assert sample_run.snapshot is not None
    return sample_run.snapshot.parents[1]


@pytest.fixture(scope="session")
def dashboard(serve: Callable[[Path], Served], published: Path) -> Served:
    """The dashboard most tests look at."""
    return serve(published)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser; every test gets a fresh profile in it."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open fresh pages; a fault on any of them, or a request to elsewhere, fails the test."""
    made: list[Visit] = []

    def start(size: tuple[int, int] = WIDE, theme: str = "light") -> Visit:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            color_scheme="dark" if theme == "dark" else "light",
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        found = Visit(page)
        page.on("pageerror", lambda error: found.faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda told: found.faults.append(told.text) if told.type == "error" else None,
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith(("http://127.0.0.1:", "data:", "blob:"))
                else found.faults.append(f"left the machine: {asked.url}")
            ),
        )
        made.append(found)
        return found

    yield start
    for found in made:
        found.page.context.close()
    faults = [
        fault
        for found in made
        for fault in found.faults
        if not any(word in fault for word in found.allowed)
    ]
    assert faults == []
