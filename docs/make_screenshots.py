"""Make the screenshots of the dashboard from the sample: ``make screenshots``. Maintenance only.

Runs the sample in a folder of its own, with the designed map that ``journeylab map`` proposes so
that every view has something to show, serves it, and photographs every view with Chromium into
``docs/images/views/<view>.png``. Nothing else is read or written. Pictures get a palette.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from journeylab.views import VIEWS

ROOT: Final = Path(__file__).resolve().parents[1]
IMAGES: Final = ROOT / "docs" / "images" / "views"
ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
WIDTH: Final = 1440
TALLEST: Final = 1500  # pixels of a page that are shown
COLOURS: Final = 255

#: Picture -> query, width in pixels and theme.
SHOTS: Final = {
    **{view.key: (f"?view={view.key}", WIDTH, "light") for view in VIEWS},
    "paths_dark": ("?view=paths", WIDTH, "dark"),
    "back_and_forth_phone": ("?view=back_and_forth", 390, "light"),
}


def main() -> None:
    """Run, serve, photograph."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        served(published(Path(folder))) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=list(ARGUMENTS),
        )
        for name, (query, width, theme) in SHOTS.items():
            scheme: Any = theme
            page = browser.new_page(
                viewport={"width": width, "height": 1000},
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            page.goto(address + query)
            target = IMAGES / f"{name}.png"
            shoot(page, target)
            page.close()
            print(target.relative_to(ROOT))
        browser.close()


def published(folder: Path) -> Path:
    """A folder with a published snapshot of the sample that has a designed map."""
    for name in ("journeylab.toml", "touchpoints.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "data").symlink_to(ROOT / "data")
    for told in (["run", "--quiet"], ["map", "--output", "designed_map.toml"], ["run", "--quiet"]):
        done = subprocess.run(
            [sys.executable, "-m", "journeylab", *told], cwd=folder, capture_output=True, text=True
        )
        if done.returncode not in (0, 3):  # 3: done, with files set aside or warnings
            raise SystemExit(f"journeylab {told[0]} failed:\n{done.stdout}{done.stderr}")
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The dashboard of a folder at a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "journeylab", "dashboard", "--port", str(port)], cwd=folder
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}healthz", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def shoot(page: Page, target: Path) -> None:
    """Wait for drawings and tables, and photograph the upper part of a page."""
    page.wait_for_selector("#body .jl-panel, #empty")
    page.wait_for_function("!document.getElementById('content').ariaBusy")
    page.wait_for_function("!document.querySelector('.jl-later-figure')")
    page.wait_for_function(
        "[...document.querySelectorAll('.js-plotly-plot')].every(d => d.querySelector('.main-svg'))"
    )
    for grid in page.locator("#body .jl-panel > div .ag-root-wrapper").all():
        grid.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(500)
    tall = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    width = page.viewport_size["width"] if page.viewport_size else WIDTH
    page.screenshot(
        path=target, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall}
    )
    with Image.open(target) as taken:
        small = taken.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    small.save(target, optimize=True)


if __name__ == "__main__":
    main()
