"""The drawings of a written report as PNG pictures, by a browser where there is one."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS: Final = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_WIDTH: Final = 1000
_TIMEOUT_MILLISECONDS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One drawing; ``png`` is the file, ``title`` its heading in the report."""

    title: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Pictures, and why there are none; '' where there are."""

    found: tuple[Picture, ...] = ()
    missing: str = ""


def pictures(report: Path, *, most: int) -> Pictures:
    """Draw a report in a browser without a window; take the first drawing of each view.

    Args:
        report: the written file; nothing else is opened.
        most: pictures wanted.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return Pictures(missing="no pictures: Playwright is not installed (pip install playwright)")
    browser_path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser_path is None:
        return Pictures(missing="no pictures: no Chromium (apt-get install chromium)")
    arguments = [*_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
            page = browser.new_page(
                viewport={"width": _WIDTH, "height": 900}, color_scheme="light", offline=True
            )
            page.goto(report.absolute().as_uri(), timeout=_TIMEOUT_MILLISECONDS)
            page.wait_for_selector("body[data-drawn]", timeout=_TIMEOUT_MILLISECONDS)
            chapters = page.locator(".chapter:has(.drawing)")
            found = tuple(
                Picture(
                    title=panel.locator("h3").inner_text(),
                    png=panel.locator(".drawing").screenshot(),
                )
                for panel in (
                    chapters.nth(place).locator(".panel:has(.drawing)").first
                    for place in range(min(most, chapters.count()))
                )
            )
            browser.close()
    except Error as error:
        return Pictures(missing=f"no pictures: {str(error).splitlines()[0]}")
    return Pictures(found=found)
