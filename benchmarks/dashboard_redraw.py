"""The dashboard in a browser: the first view of a cold server, and from a click to the new picture.

    python benchmarks/dashboard_redraw.py var/published --clicks 100

Serves a folder of snapshots as ``journeylab dashboard`` does. Cold: a server just started and a
browser with nothing in its cache, from the call of the address until every figure stands; the
median of five. Warm: the filters of a view are clicked one after the other, each as soon as the
picture before it stands, and two times are taken in the page: from the click until every figure
that a screen of 1440 by 960 shows stands, and until every figure of the answer does. Tables are
not waited for: those out of sight are made when a reader comes near, or later. First nobody asked
for that choice before (a miss), then again (a hit of the cache). Prints a Markdown table and
asserts nothing. Needs Chromium (``CHROMIUM``, or on the path).
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dashboard_load import at, cpu, free_port, wait
from playwright.sync_api import Browser, Page, sync_playwright

from journeylab.dashboard.answers import Answers

COLD_STARTS: Final = 5
#: Views with pictures that heed the filters of journeys.
VIEWS: Final = ("paths", "bottlenecks", "journeys", "back_and_forth", "drop_offs", "compare")
#: Longest wait for one answer, seconds: the server gives up no question of its own accord.
PATIENCE_SECONDS: Final = 120
#: Nothing is asked, and no figure waits to be drawn; filters that nothing fits draw a sentence.
DRAWN: Final = """() => !document.querySelector('#content[aria-busy]')
  && document.querySelector('#body .jl-panel, #body .jl-state')
  && !document.querySelector('#body .jl-scroll[role=group]:not(:has(.main-svg))')"""
#: The same of the figures that can be seen.
SEEN: Final = """() => !document.querySelector('#content[aria-busy]')
  && document.querySelector('#body .jl-panel, #body .jl-state')
  && ![...document.querySelectorAll('#body .jl-scroll[role=group]:not(:has(.main-svg))')]
    .some((box) => box.getBoundingClientRect().top < innerHeight)"""
#: Clicks a box of channels and tells the milliseconds until what is seen, and all, is drawn.
CLICK: Final = (
    """([value, patience]) => new Promise((done, failed) => {
  const isDrawn = """
    + DRAWN
    + """;
  const isSeen = """
    + SEEN
    + """;
  let seen = null;
  const before = document.querySelector('#body').firstElementChild;
  const box = document.querySelector(`#filters input[value="${value}"]`);
  const from = performance.now();
  box.click();
  const look = () => {
    const fresh = document.querySelector('#body').firstElementChild !== before;
    const took = performance.now() - from;
    const state = document.querySelector('#failed, #unpublished');
    if (fresh && state) return failed(new Error(`${value}: ${state.innerText}`));
    if (fresh && seen === null && isSeen()) seen = took;
    if (fresh && isDrawn()) requestAnimationFrame(() => done([seen, performance.now() - from]));
    else if (took > 1000 * patience)
      failed(new Error(`${value} in ${location.search}: not drawn after ${patience} s`));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""
)


def main() -> None:
    """Serve, look, tell."""
    told = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    told.add_argument("published", type=Path)
    told.add_argument("--clicks", type=int, default=40, help="clicks a view")
    told.add_argument("--views", default=",".join(VIEWS))
    asked = told.parse_args()
    answers = Answers(asked.published)
    with answers.snapshot() as opened:
        channels = opened.choices.channels
        events = opened.lab.sql("select sum(events) from data_health").item()
    answers.close()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        cold = [first_view(browser, asked.published) for _ in range(COLD_STARTS)]
        print(f"{events:,} events; machine load {os.getloadavg()}\n")
        print(
            f"first view, server and browser cold: median {statistics.median(cold):.0f} ms"
            f" ({min(cold):.0f} – {max(cold):.0f}, n = {len(cold)})\n"
        )
        print(
            "| view | choice | clicks | seen: p50 ms | p95 ms | all: p50 ms | p95 ms | slowest ms |"
        )
        print("|---|---|---:|---:|---:|---:|---:|---:|")
        for view in asked.views.split(","):
            for choice, both in redraws(browser, asked.published, view, channels, asked.clicks):
                seen, times = ([pair[place] for pair in both] for place in (0, 1))
                print(
                    f"| {view} | {choice} | {len(times)} | {at(seen, 50):.0f}"
                    f" | {at(seen, 95):.0f} | {at(times, 50):.0f} | {at(times, 95):.0f}"
                    f" | {1000 * max(times):.0f} |",
                    flush=True,
                )
        browser.close()


@contextmanager
def served(published: Path, *, at_rest: bool = False) -> Iterator[str]:
    """A dashboard of its own over the snapshots, and its address; if asked, done with warming."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "var").mkdir()
        (Path(folder) / "var" / "published").symlink_to(published.resolve())
        process = subprocess.Popen(
            [sys.executable, "-m", "journeylab", "dashboard", "--port", str(port)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}/"
            wait(f"{address}healthz")
            while at_rest and works(process.pid):
                pass
            yield address
        finally:
            process.terminate()
            process.wait(30)


def works(pid: int) -> bool:
    """Whether a process takes a tenth of a processor or more over three seconds."""
    before = cpu(pid)
    time.sleep(3)
    return cpu(pid) - before > 0.3


def first_view(browser: Browser, published: Path) -> float:
    """Milliseconds from the call of the address until the landing page is drawn."""
    with served(published) as address:
        page = browser.new_context(viewport={"width": 1440, "height": 960}).new_page()
        began = time.perf_counter()
        page.goto(address)
        page.wait_for_function(DRAWN)
        took = 1000 * (time.perf_counter() - began)
        page.context.close()
    return took


def redraws(
    browser: Browser, published: Path, view: str, channels: tuple[str, ...], clicks: int
) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Seconds from a click to its picture, of choices asked for first and of the same again.

    Each is a pair: until what is seen stands, and until all does.
    """
    with served(published, at_rest=True) as address:
        page = browser.new_context(viewport={"width": 1440, "height": 960}).new_page()
        page.goto(f"{address}?view={view}")
        page.wait_for_function(DRAWN)
        page.wait_for_selector(f"#filters input[value='{channels[0]}']")
        click(page, channels[0])  # the browser has drawn once before time is taken
        click(page, channels[0])
        fresh = walk(channels)
        first = [click(page, channel) for channel in fresh]
        backwards = [*reversed(fresh), *fresh]
        again = [click(page, backwards[number % len(backwards)]) for number in range(clicks)]
        page.context.close()
    yield "asked for the first time", first
    yield "asked before", again


def walk(channels: tuple[str, ...]) -> list[str]:
    """The boxes to click, none ticked at first, so that each click asks for a set not asked yet.

    All boxes ticked are no filter, and the first alone has been asked for.
    """
    longest: list[str] = []

    def further(ticked: frozenset[str], seen: frozenset[frozenset[str]], clicks: list[str]) -> None:
        nonlocal longest
        longest = max(longest, clicks, key=len)
        for channel in channels:
            then = ticked ^ {channel}
            if then not in seen and len(longest) < max(1, 2 ** len(channels) - 4):
                further(then, seen | {then}, [*clicks, channel])

    known = (frozenset[str](), frozenset(channels[:1]), frozenset(channels))
    further(frozenset(), frozenset(known), [])
    return longest


def click(page: Page, channel: str) -> tuple[float, float]:
    """Click the box of a channel; seconds until the answer is drawn, an error where it is not."""
    seen, drawn = page.evaluate(CLICK, [channel, PATIENCE_SECONDS])
    return seen / 1000, drawn / 1000


if __name__ == "__main__":
    main()
