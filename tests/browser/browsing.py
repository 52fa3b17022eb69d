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

#: A figure of the view that is not drawn yet.
UNDRAWN = "#body .jl-scroll[role=group]:not(:has(.main-svg))"

#: A table that no closed part hides and whose rows are not there yet.
UNMADE = (
    "#body .jl-later-table:not(details:not([open]) .jl-later-table)"
    ":not(:has(.ag-row, .ag-overlay-wrapper, .jl-none, .jl-code))"
)

#: Where on the screen the mark of a drawing stands that tells a key; null without one.
_MARK = """([panel, key]) => {
  const box = document.getElementById(JSON.stringify({panel: panel, type: 'figure'}));
  const drawn = box.querySelector('.js-plotly-plot');
  box.scrollIntoView({block: 'center'});
  const layout = drawn._fullLayout, from = drawn.getBoundingClientRect();
  const axis = (name) => layout[name[0] + 'axis' + name.slice(1)];
  for (const trace of drawn._fullData) {
    if (!trace.customdata) continue;
    const x = axis(trace.xaxis), y = axis(trace.yaxis);
    const at = (right, down) =>
      [from.x + x._offset + x.d2p(right), from.y + y._offset + y.d2p(down)];
    if (trace.type === 'heatmap') {
      for (const [down, cells] of trace.customdata.entries())
        for (const [right, told] of cells.entries())
          if (told === key) return at(trace.x[right], trace.y[down]);
    } else {
      const place = trace.customdata.indexOf(key);
      if (place >= 0)
        return at(
          trace.type === 'bar' && trace.orientation === 'h' ? trace.x[place] / 2 : trace.x[place],
          trace.type === 'bar' && trace.orientation !== 'h' ? trace.y[place] / 2 : trace.y[place]);
    }
  } return null; }"""


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
        self.page.wait_for_selector("#content:not([aria-busy])")
        self.page.wait_for_selector(UNDRAWN, state="detached")

    def query(self) -> str:
        """The query of the URL as the address bar shows it."""
        return str(self.page.evaluate("window.location.search"))

    def point_at_a_band(self) -> tuple[float, float]:
        """A point on a band of the picture that nothing covers."""
        found = self.page.evaluate(_POINT)
        assert found is not None
        return found[0], found[1]

    def click_mark(self, panel: str, key: str) -> None:
        """Click the mark of a panel's drawing that tells a key, where it stands."""
        self.page.wait_for_selector(f"[id*='\"{panel}\"'] .js-plotly-plot .main-svg")
        found = self.page.evaluate(_MARK, [panel, key])
        assert found is not None
        self.page.mouse.move(found[0] - 2, found[1])
        self.page.mouse.move(found[0], found[1])
        self.page.wait_for_selector(".hoverlayer .hovertext")
        self.page.mouse.click(found[0], found[1])

    def open_all_parts(self) -> None:
        """Open tables and definitions, whose grids are then made; each draws itself in sight."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        self.page.wait_for_selector(UNMADE, state="detached")
        for grid in self.page.locator("#body .ag-root-wrapper").all():
            grid.scroll_into_view_if_needed()
            head = grid.locator(".ag-header-cell").first
            head.wait_for(state="visible")
