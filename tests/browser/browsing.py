"""What browser tests share: the served dashboard, a visit to it, and how to point at a band."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = (1440, 960), (390, 844)

#: A point of the screen at which the band's own path is on top, and its key; null without one.
_POINT = """() => { const drawn = document.querySelector('.js-plotly-plot');
  drawn.scrollIntoView({block: 'center'});
  for (const band of document.querySelectorAll('.sankey-link')) {
    const box = band.getBoundingClientRect();
    if (box.width < 60 || box.height < 12) continue;
    for (let right = .15; right < .9; right += .08)
      for (let down = .05; down < .97; down += .06) {
        const x = box.x + box.width * right, y = box.y + box.height * down;
        if (x > 0 && y > 70 && x < innerWidth && y < innerHeight
            && document.elementFromPoint(x, y) === band) return [x, y];
      } } return null; }"""


@dataclass
class Served:
    """A dashboard at a free port of this machine, in a process of its own."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """End the server, as a crash would."""
        self.process.terminate()
        self.process.wait(10)


@dataclass
class Visit:
    """One page, and what went wrong on it."""

    page: Page
    allowed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, served: Served, query: str = "") -> None:
        """Go there and wait until the figures are drawn."""
        self.page.goto(served.url + query)
        self.wait()

    def wait(self) -> None:
        """Wait until no answer is on its way."""
        self.page.wait_for_selector("#body .jl-panel, #empty, #failed, #unpublished")
        self.page.wait_for_function("!document.getElementById('content').ariaBusy")

    def query(self) -> str:
        """The query of the URL as the address bar shows it."""
        return str(self.page.evaluate("window.location.search"))

    def point_at_a_band(self) -> tuple[float, float]:
        """A point on a band of the picture that nothing covers."""
        found = self.page.evaluate(_POINT)
        assert found is not None
        return found[0], found[1]

    def open_all_parts(self) -> None:
        """Open tables and definitions; a grid draws itself when it comes into sight."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        for grid in self.page.locator("#body .ag-root-wrapper").all():
            grid.scroll_into_view_if_needed()
            head = grid.locator(".ag-header-cell").first
            head.wait_for(state="visible")
