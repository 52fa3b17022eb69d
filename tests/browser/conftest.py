"""A browser for all tests, and the dashboard of the sample as gunicorn serves it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from journeylab.dashboard.users import add_user

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "correct horse battery"


@dataclass
class Faults:
    """What a page did that it should not: console errors, page errors, requests elsewhere."""

    told: list[str] = field(default_factory=list)

    def watch(self, page: Page, home: str) -> None:
        """Listen to a page from before its first request."""
        page.on("pageerror", lambda error: self.told.append(f"page error: {error}"))
        page.on(
            "console",
            lambda line: self.told.append(line.text) if line.type in ("error", "warning") else None,
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((home, "data:", "blob:"))
                else self.told.append(f"asked for {asked.url}")
            ),
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window, once for all tests; each opens a context of its own."""
    if CHROMIUM is None:
        pytest.skip("no chromium; apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def address(sample_run, tmp_path_factory) -> Iterator[str]:
    """The sample's dashboard behind its own login, under /journeys/, with ana and viv."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "var").mkdir()
    (folder / "var" / "published").symlink_to(sample_run.snapshot.parents[1])
    users = folder / "var" / "dashboard_users.json"
    add_user(users, "ana", PASSWORD, "analyst")
    add_user(users, "viv", PASSWORD, "viewer")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "journeylab.toml").write_text(
        f"[dashboard]\nport = {port}\nbase_path = '/journeys/'\nlogin = 'password'\n"
    )
    serving = subprocess.Popen(
        [sys.executable, "-m", "journeylab", "dashboard"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    home = f"http://127.0.0.1:{port}/journeys/"
    _wait(f"{home}healthz", serving)
    yield home
    serving.terminate()
    assert serving.wait(timeout=20) == 0


def _wait(address: str, serving: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert serving.poll() is None
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)
