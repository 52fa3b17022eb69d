"""Make the pictures of the documentation from a published snapshot. Maintenance only, by hand.

    make demo
    python docs/make_images.py              # reads var/published/current
    python docs/make_images.py some/place   # or another snapshot
    python docs/make_images.py some/place loops journey     # these pictures only

The pictures of a designed map, conformance and deviations, need a snapshot of a run that had one:
the sample's has none, so they are left as they are. They were made of the sample with the map that
``Lab.starter_map`` proposes.

Writes ``docs/images/<name>.png`` (1200 pixels wide) and, for looking at only,
``var/images/<name>.html``, ``var/images/<name>_phone.png`` (390 pixels wide) and
``var/images/<name>_dark.png``. The pictures need Chromium; without it the pages are written and
the command for it is printed. Pictures get a palette, so that they stay small.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import plotly.offline
import polars as pl
from PIL import Image, ImageChops

import journeylab as jl

IMAGES: Final = Path(__file__).parent / "images"
PAGES: Final = Path("var/images")
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
WIDTH: Final = 1200
PHONE: Final = 390
NARROWEST: Final = 500  # Chromium's windows
COLOURS: Final = 255

#: A journey worth looking at: it turned back, waited, and reached the goal in every channel.
JOURNEY: Final = """
    select journey_id
    from steps
    where part = 'before'
    group by journey_id
    having count(*) between 10 and 16 and count(distinct channel) >= 3
        and bool_or(touchpoint = 'purchase:completed')
        and count(*) filter (where is_return) between 3 and 6
    order by count(distinct channel) desc, count(*), journey_id
    limit 1
"""

#: A funnel whose steps most buyers take.
FUNNEL: Final = ["web:product", "web:cart", "web:payment", "purchase:completed"]

PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>journeylab</title>
<style>
body {{ font: 15px/1.45 Inter, system-ui, "DejaVu Sans", sans-serif; color: {ink};
       background: {paper}; margin: 20px 24px 0; width: {width}px; }}
{css}
.jl-figure p {{ color: {muted}; }}
</style>
<script>{plotly}</script>
{section}
</html>
"""


def main(place: str, names: list[str]) -> None:
    """Open a snapshot and make pictures of it: those of the given names, or all."""
    with jl.open(place) as lab:
        for name, draw in drawings(lab).items():
            if (not names or name in names) and draw(False)["data"]:
                picture(name, draw)


def drawings(lab: jl.Lab) -> dict[str, Callable[[bool], dict[str, Any]]]:
    """Each figure by its name, to be drawn light or dark."""
    draw = jl.figures
    edges, nodes = lab.table("graph_edges"), lab.table("graph_nodes")
    names = lab.touchpoints()
    chosen = lab.sql(JOURNEY)["journey_id"].to_list()
    steps = lab.table("steps").filter(pl.col("journey_id").is_in(chosen))
    return {
        "paths": lambda dark: draw.paths(lab.paths(steps=5, top=6), touchpoints=names, dark=dark),
        "back_and_forth": lambda dark: draw.back_and_forth(edges, nodes, dark=dark),
        "matrix": lambda dark: draw.matrix(edges, nodes, dark=dark),
        "bottlenecks": lambda dark: draw.bottlenecks(lab.bottlenecks(), nodes, dark=dark),
        "drop_offs": lambda dark: draw.drop_offs(lab.drop_offs(), dark=dark),
        "stage_funnel": lambda dark: draw.stage_funnel(lab.table("stage_kpis"), dark=dark),
        "funnel": lambda dark: draw.funnel(lab.funnel(FUNNEL), dark=dark),
        "journey": lambda dark: draw.journey(steps, touchpoints=names, dark=dark),
        "kpi_trend": lambda dark: draw.kpi_trend(lab.table("kpis_weekly"), dark=dark),
        "chances": lambda dark: draw.chances(lab.table("chances"), dark=dark),
        "stays": lambda dark: draw.stays(lab.table("stays"), dark=dark),
        "stay_curves": lambda dark: draw.stay_curves(
            lab.table("stay_curves"), "chat:started", touchpoints=names, dark=dark
        ),
        "archetypes": lambda dark: draw.archetypes(
            lab.table("archetypes"), lab.table("archetype_steps"), nodes, dark=dark
        ),
        "conformance": lambda dark: draw.conformance(
            lab.table("conformance"), lab.table("conformance_weekly"), dark=dark
        ),
        "deviations": lambda dark: draw.deviations(
            lab.table("deviations"), touchpoints=names, dark=dark
        ),
        "opportunities": lambda dark: draw.opportunities(lab.table("opportunities"), dark=dark),
        "what_if": lambda dark: draw.what_if(
            lab.what_if({"web:payment": {"exit_rate": 0.2}}), touchpoints=names, dark=dark
        ),
        "differences": lambda dark: draw.differences(
            lab.compare(lab.segment("device", "mobile")),
            nodes,
            name_a="mobile",
            name_b="all others",
            dark=dark,
        ),
        "path_differences": lambda dark: draw.path_differences(
            lab.paths(segment=lab.segment("device", "mobile"), top=50),
            lab.paths(segment=lab.segment("device", "desktop"), top=50),
            touchpoints=names,
            name_a="mobile",
            name_b="desktop",
            dark=dark,
        ),
        "drift": lambda dark: draw.drift(lab.drift(), dark=dark),
        "freshness": lambda dark: draw.freshness(
            lab.table("data_health"),
            lab.sql("select as_of_at from snapshot_info").item(),
            dark=dark,
        ),
        "rejected": lambda dark: draw.rejected(lab.table("rejected_summary"), dark=dark),
        "attribution": lambda dark: draw.attribution(lab.attribution(by="source_group"), dark=dark),
        "retention": lambda dark: draw.retention(lab.retention(), dark=dark),
        "lifecycle": lambda dark: draw.lifecycle(lab.lifecycle(), dark=dark),
        "time_to_convert": lambda dark: draw.time_to_convert(
            lab.conversion_curves("device"), lab.time_to_convert("device"), dark=dark
        ),
        "follows": lambda dark: draw.follows(lab.directly_follows(), touchpoints=names, dark=dark),
        "step_matrix": lambda dark: draw.step_matrix(
            lab.step_matrix(steps=8), touchpoints=names, dark=dark
        ),
        "touchpoint_shares": lambda dark: draw.touchpoint_shares(
            lab.start_touchpoints(), touchpoints=names, title="Where journeys begin", dark=dark
        ),
        "arrivals": lambda dark: draw.arrivals(lab.arrivals(period="week"), dark=dark),
        "sessions_compared": lambda dark: draw.sessions_compared(
            lab.compare_sessions(None, {"gap": "2h"}), dark=dark
        ),
        "funnel_trend": lambda dark: draw.funnel_trend(
            lab.funnel_trend(FUNNEL[:2], window="7d"), dark=dark
        ),
        "funnel_instead": lambda dark: draw.funnel_instead(
            lab.funnel_instead(FUNNEL[:2]), touchpoints=names, dark=dark
        ),
        "spans": lambda dark: draw.spans(
            lab.time_between_spans("web:product", "web:cart"), dark=dark
        ),
        "rates": lambda dark: draw.rates(lab.segments(), dark=dark),
        "loops": lambda dark: draw.loops(lab.loops(), touchpoints=names, dark=dark),
        "ping_pong": lambda dark: draw.ping_pong(lab.ping_pong(), touchpoints=names, dark=dark),
        "variants": lambda dark: draw.variants(lab.variants(), touchpoints=names, dark=dark),
        "next_moves": lambda dark: draw.next_moves(lab.next_moves(), touchpoints=names, dark=dark),
        "visits_by_outcome": lambda dark: draw.visits_by_outcome(
            lab.visits_by_outcome(), dark=dark
        ),
        "waiting_now": lambda dark: draw.waiting_now(lab.waiting_now(), dark=dark),
    }


def picture(name: str, draw: Callable[[bool], dict[str, Any]]) -> None:
    """Write one figure as a page, and the page as pictures."""
    PAGES.mkdir(parents=True, exist_ok=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for end, dark, width in (("", False, WIDTH), ("_phone", False, PHONE), ("_dark", True, WIDTH)):
        page = PAGES / f"{name}{end}.html"
        figure = draw(dark)
        page.write_text(as_page(name, figure, dark=dark, width=width), encoding="utf-8")
        target = PAGES / f"{name}{end}.png" if end else IMAGES / f"{name}.png"
        shoot(page, target, width, figure["layout"]["height"] + (300 if width == PHONE else 80))


def as_page(name: str, figure: dict[str, Any], *, dark: bool, width: int) -> str:
    """One figure on a page of its own, of a given width; nothing is fetched."""
    style = jl.figures.style
    return PAGE.format(
        width=width - 48,
        ink=style.ink(dark),
        paper=style.paper(dark),
        muted=style.muted(dark),
        css=jl.figures.CSS,
        plotly=plotly.offline.get_plotlyjs(),
        section=jl.figures.html(figure, name=name),
    )


def shoot(page: Path, target: Path, width: int, height: int) -> None:
    """Photograph a page with Chromium, in a profile of its own; cut off what is blank below."""
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
                f"--window-size={max(width, NARROWEST)},{height}",
                "--virtual-time-budget=5000",
                f"--screenshot={target.absolute()}",
                page.absolute().as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    shrink(target, width)


def shrink(target: Path, width: int) -> None:
    """Cut off what is blank, and give a picture a palette."""
    with Image.open(target) as taken:
        whole = taken.convert("RGB").crop((0, 0, width, taken.height))
    blank = Image.new("RGB", whole.size, whole.getpixel((0, 0)))
    drawn = ImageChops.difference(whole, blank).getbbox()
    bottom = whole.height if drawn is None else min(whole.height, drawn[3] + 16)
    small = whole.crop((0, 0, width, bottom)).quantize(
        COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    small.save(target, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:2] or ["var/published/current"], sys.argv[2:])
