"""A full run over a shop of hundreds of touchpoints: CPU and wall time of graph and analysis.

Run it with `.venv/bin/python benchmarks/many_touchpoints.py --events 1000000 --folder var/many`.
Every web page of the simulated shop becomes many numbered ones, some far commoner than others,
so that most pairs of touchpoints occur. It prints a Markdown table; it asserts nothing.
"""

import argparse
import json
import resource
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
from night_vs_full import CHANNELS, ROOT, SOURCE
from nightly import timed

from journeylab.settings import load_settings
from journeylab.simulate import write_events

#: Layers that the table tells of; the marts that are made of them are small.
LAYERS: Final = ("graph", "analysis")


def prepare(folder: Path, *, events: int, touchpoints: int) -> int:
    """Write the events with numbered pages, and the rules that tell them apart.

    Returns:
        How many touchpoints the rules name.
    """
    rules = tomllib.loads((ROOT / "touchpoints.toml").read_text())
    web = [rule for rule in rules["rules"] if rule["channel"] == "web"]
    others = len(rules["rules"]) - len(web)
    pages = max(1, round((touchpoints - others) / len(web)))
    if not (folder / "journeylab.toml").exists():
        write_events(folder / "landing", seed=1, events=events)
        for path in sorted((folder / "landing" / "web").glob("*.parquet")):
            numbered(pl.read_parquet(path), pages).write_parquet(path)
        (folder / "touchpoints.toml").write_text(split(rules, pages))
        told = "".join(SOURCE.format(name=name) for name in CHANNELS)
        (folder / "journeylab.toml").write_text(told)
    return others + pages * len(web)


def numbered(events: pl.DataFrame, pages: int) -> pl.DataFrame:
    """Web events whose path ends with the number of a page, a low one more often than a high."""
    share = (pl.col("event_id").hash(seed=1) // 2**11).cast(pl.Float64) / 2.0**53
    number = (share * share * pages).floor().cast(pl.Int64).cast(pl.String)
    path = pl.col("url").str.extract(r"^([^?]*)", 1).str.strip_chars_end("/")
    return events.with_columns(url=pl.format("{}/page-{}", path, number))


def split(rules: dict[str, Any], pages: int) -> str:
    """The rules as TOML, each web touchpoint as so many."""
    lines = [f"stages = {json.dumps(rules['stages'])}"]
    for rule in rules["rules"]:
        web = rule["channel"] == "web"
        for page in range(pages if web else 1):
            told = dict(rule)
            if web:
                told["touchpoint"] = f"{rule['touchpoint']}_{page}"
                told["path"] = f"{rule['path'].rstrip('/')}/page-{page}"
            lines += ["[[rules]]", *(f"{key} = {json.dumps(value)}" for key, value in told.items())]
    for name, touchpoint in rules["touchpoints"].items():
        for page in range(pages if name.startswith("web:") else 1):
            told = dict(touchpoint)
            own = name
            if name.startswith("web:"):
                own = f"{name}_{page}"
                told["label"] = f"{touchpoint['label']} {page}"
            lines.append(f"[touchpoints.{json.dumps(own)}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in told.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Prepare, run, and print what the layers took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--touchpoints", type=int, default=400)
    told = parser.parse_args()
    touchpoints = prepare(told.folder, events=told.events, touchpoints=told.touchpoints)
    settings = load_settings(told.folder / "journeylab.toml")
    _, steps = timed(settings, started_at=datetime.now(UTC))
    asked = [step for step in steps if step[0].split(".")[0] in LAYERS]
    wall, cpu = (sum(step[place] for step in asked) for place in (1, 2))
    share = cpu / sum(step[2] for step in steps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    print("| events | touchpoints | graph and analysis, CPU s | of the run | wall s | peak GB |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {told.events:,} | {touchpoints} | {cpu:.1f} | {share:.0%} | {wall:.1f} | {peak:.2f} |\n"
    )
    for name, seconds, spent in sorted(asked, key=lambda step: -step[2])[:12]:
        print(f"- `{name}` {spent:.1f} CPU s, {seconds:.1f} s")


if __name__ == "__main__":
    main()
