"""The dashboard as it is served: login, policy and headers in a real browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from journeylab.dashboard.users import add_user
from journeylab.report import write_report
from journeylab.report.pictures import pictures

pytestmark = pytest.mark.browser


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


def signed_in(browser, address, name, **context):
    """A page after signing in as a person does, with its faults."""
    page = browser.new_context(**context).new_page()
    faults = Faults()
    faults.watch(page, address.partition("journeys/")[0])
    page.goto(f"{address}?view=paths")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}?view=paths")
    return page, faults


def test_figures_and_tables_draw_under_the_policy(browser, address):
    """Plotly, Mantine and the grid; nothing refused, no error told, no other host asked."""
    page, faults = signed_in(browser, address, "ana")

    page.wait_for_selector(".sankey-link", state="attached")
    page.locator(".jl-table summary").first.click()
    page.wait_for_selector(".ag-row", state="attached")

    assert faults.told == []
    assert page.evaluate("document.cookie") == ""


def test_foreign_scripts_are_refused(browser, address):
    """The policy is in force, not only sent: neither text becomes a script, nor another host."""
    page, _ = signed_in(browser, address, "viv")

    ran = page.evaluate(
        "() => { const part = document.createElement('script'); part.textContent = 'ran = 1';"
        " document.head.append(part); return typeof ran }"
    )
    sent = page.evaluate("() => fetch('http://127.0.0.1:1/').then(() => 'yes', () => 'no')")

    assert (ran, sent) == ("undefined", "no")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_is_usable_without_a_script(browser, address, scheme):
    """On a phone, with a keyboard; a wrong password is told to a screen reader."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 800}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(f"{address}login")

    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").press("Enter")

    assert page.get_by_role("alert").inner_text() == "Name or password is wrong."
    assert page.get_by_label("Name").input_value() == "ana"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_draws_without_asking_anybody(browser, sample_run, tmp_path, scheme):
    """Every drawing is there, in the colours of the page, and narrow pages do not scroll."""
    found = write_report(
        sample_run.snapshot.parents[1], folder=tmp_path, keep=1, title="journeylab"
    )
    page = browser.new_context(
        offline=True, color_scheme=scheme, viewport={"width": 390, "height": 800}
    ).new_page()
    faults = Faults()
    faults.watch(page, "file://")

    page.goto(found.path.as_uri())
    page.wait_for_selector(f"body[data-drawn={scheme}]", timeout=60_000)

    drawings = page.locator(".drawing")
    assert drawings.count() >= 1
    assert page.locator(".drawing .main-svg").count() >= drawings.count()
    inks = page.locator(".drawing text").evaluate_all(
        "all => all.map(e => getComputedStyle(e).fill)"
    )
    assert {"light": "rgb(29, 39, 51)", "dark": "rgb(230, 233, 238)"}[scheme] in inks
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults.told == []


def test_the_mails_pictures_are_drawn(sample_run, tmp_path):
    """The first of each view, PNG, with the headings of the report; needs its own thread."""
    found = write_report(
        sample_run.snapshot.parents[1], folder=tmp_path, keep=1, title="journeylab"
    )
    with ThreadPoolExecutor(1) as thread:
        drawn = thread.submit(pictures, found.path, most=2).result()

    assert drawn.missing == ""
    assert [picture.title for picture in drawn.found] == [
        "Conversion by week",
        "What people did, step by step",
    ]
    assert drawn.found[0].png.startswith(b"\x89PNG")
    assert len(drawn.found[0].png) > 10_000
