"""Make the screenshots of the dashboard from the sample: ``make screenshots``. Maintenance only.

Runs the sample in a folder of its own, serves it, and photographs every view with Chromium into
``docs/images/views/<view>.png``, and the upper parts of two of them, made smaller for the
README, into ``docs/images/views/<view>_small.png``. Nothing else is read or written. Pictures
get a palette.
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
#: A figure or table in sight that is not there yet.
UNDRAWN: Final = (
    "#body .jl-scroll[role=group]:not(:has(.main-svg)),"
    " #body .jl-panel > div .jl-later-table:not(:has(.ag-row))"
)

#: Picture -> query, width in pixels and theme.
SHOTS: Final = {
    **{view.key: (f"?view={view.key}", WIDTH, "light") for view in VIEWS},
    "paths_dark": ("?view=paths", WIDTH, "dark"),
    "back_and_forth_phone": ("?view=back_and_forth", 390, "light"),
}

#: Pictures of which the README shows the upper part: its height in pixels of the whole picture.
SMALL: Final = {"overview": 900, "back_and_forth": 900}
SMALL_WIDTH: Final = 720


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
    """A folder with a published snapshot of the sample."""
    for name in ("journeylab.toml", "touchpoints.toml", "designed_map.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "data").symlink_to(ROOT / "data")
    command = [sys.executable, "-m", "journeylab", "run", "--quiet"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 3):  # 3: done, with files set aside or warnings
        raise SystemExit(f"journeylab run failed:\n{done.stdout}{done.stderr}")
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
    page.wait_for_selector("#content:not([aria-busy])")
    page.wait_for_selector(UNDRAWN, state="detached")
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
        whole = taken.convert("RGB")
    save(whole, target)
    if target.stem in SMALL:
        part = whole.crop((0, 0, whole.width, SMALL[target.stem]))
        size = (SMALL_WIDTH, part.height * SMALL_WIDTH // part.width)
        small = part.resize(size, Image.Resampling.LANCZOS)
        save(small, target.with_stem(f"{target.stem}_small"))


def save(picture: Image.Image, target: Path) -> None:
    """Write a picture with a palette, which makes it a third as large."""
    few = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(target, optimize=True)


if __name__ == "__main__":
    main()
