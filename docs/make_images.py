"""Make the pictures of the README from a published snapshot. Maintenance only, run by hand.

    make demo
    python docs/make_images.py              # reads var/published/current
    python docs/make_images.py some/place   # or another snapshot

Writes ``docs/images/<name>.png`` (1440 pixels wide) and, for looking at only,
``var/images/<name>.html`` and ``var/images/<name>_phone.png`` (390 pixels wide). The pictures
need Chromium; without it the pages are written and the command for it is printed.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import plotly.io

import journeylab as jl

IMAGES = Path(__file__).parent / "images"
PAGES = Path("var/images")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PIXELS_PER_STEP = 170

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>journeylab</title>
<style>
body {{ font: 15px/1.45 Inter, system-ui, "DejaVu Sans", sans-serif; color: #1d2733;
       background: #fff; margin: 20px 24px; }}
h1 {{ font-size: 20px; margin: 0 0 4px; }}
p {{ color: #5b6470; margin: 0 0 8px; }}
.legend {{ color: #1d2733; font-size: 13px; white-space: break-spaces; }}
.scroll {{ overflow-x: auto; }}
@media (max-width: 767px) {{ body {{ margin: 12px; }} }}
</style>
<h1>{heading}</h1>
<p>{reading}</p>
<p class="legend">{legend}</p>
<div class="scroll" tabindex="0"><div style="min-width: {width}px">{drawing}</div></div>
</html>
"""


def main(place: str) -> None:
    """Open a snapshot and make every picture of it."""
    with jl.open(place) as lab:
        make_images(lab)


def make_images(lab: jl.Lab) -> None:
    """Make every picture of one Lab."""
    table = lab.paths(steps=5, top=6)
    figure = jl.figures.paths(table, touchpoints=lab.touchpoints())
    picture("paths", figure, columns=int(table["step"].max()) + 1)


def picture(name: str, figure: dict[str, Any], *, columns: int) -> None:
    """Write one figure as a page, and the page as pictures."""
    PAGES.mkdir(parents=True, exist_ok=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    page = PAGES / f"{name}.html"
    page.write_text(as_page(figure, columns=columns), encoding="utf-8")
    height = figure["layout"]["height"]
    shoot(page, IMAGES / f"{name}.png", 1440, height + 50)
    shoot(page, PAGES / f"{name}_phone.png", 390, height + 190)


def as_page(figure: dict[str, Any], *, columns: int) -> str:
    """One figure on a page of its own, its words as text that wraps; nothing is fetched."""
    layout = {**figure["layout"]}
    title = layout.pop("title")
    notes = layout["annotations"]
    legend = next(note["text"] for note in notes if note.get("name") == "legend")
    layout["annotations"] = [note for note in notes if note.get("name") != "legend"]
    layout["margin"] = {**layout["margin"], "t": 28}
    layout["height"] -= 104
    drawing = plotly.io.to_html(
        {**figure, "layout": layout},
        include_plotlyjs=True,
        full_html=False,
        config={**jl.figures.CONFIG, "displayModeBar": False},
    )
    return PAGE.format(
        heading=title["text"],
        reading=title["subtitle"]["text"],
        legend=legend,
        width=columns * PIXELS_PER_STEP,
        drawing=drawing,
    )


def shoot(page: Path, target: Path, width: int, height: int) -> None:
    """Photograph a page with Chromium, in a profile of its own."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print(f"no Chromium, so no {target}; install it: apt-get install chromium")
        return
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                "--virtual-time-budget=5000",
                f"--screenshot={target.absolute()}",
                page.absolute().as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "var/published/current")
