"""Tables of ``docs/performance.md``: journeylab beside its peers. Asserts no time.

    python benchmarks core --events 1000000      the core job beside pandas, Polars, chdb, …
    python benchmarks lab --events 1000000       questions to the Lab beside its peers
    python benchmarks nightly --events 1000000   a full run, its slowest steps and its layers
    python benchmarks stitching --events 1000000 identity: chains, a giant component, hot keys

Each simulates its files once (``var/bench``), makes the peers' environments on first use, runs
the contestants in turns, refuses to print when two answers differ, and writes its table into
``docs/performance.md``.
"""

import argparse
import os
import platform
import re
import statistics
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import beside
import duckdb
import inputs
from beside import CACHE, Contestant

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"

DUCKDB = f"duckdb=={duckdb.__version__}"
PLAIN = Contestant("DuckDB, plain SQL", "core/plain_duckdb.py", (DUCKDB,))
CORE = (
    PLAIN,
    Contestant("DuckDB, sorted layout in ranges", "core/in_ranges.py", (DUCKDB,)),
    Contestant("Polars, streaming", "core/with_polars.py", ("polars",)),
    Contestant("chdb (ClickHouse)", "core/with_chdb.py", ("chdb",)),
    Contestant("compiled pass (Numba)", "core/compiled.py", ("numba", "pyarrow")),
    Contestant("pandas", "core/with_pandas.py", ("pandas", "pyarrow"), runs=1),
)
#: These do a part of the job, or take minutes; at 1 M events and below only.
SLOW = (
    Contestant("pm4py (a part of it)", "core/with_pm4py.py", ("pm4py", "pyarrow"), runs=1),
    Contestant(
        "retentioneering (a part of it)",
        "core/with_retentioneering.py",
        ("retentioneering", "pyarrow"),
        runs=1,
    ),
    Contestant("PySpark, local[2]", "core/with_spark.py", ("pyspark",), runs=1),
)
SLOW_EVENTS = 1_000_000
LEFT_OUT: set[str] = set()
LAB = (
    ("journeylab, Lab", "with_lab.py", ()),
    ("DuckDB, plain SQL", "with_duckdb.py", (DUCKDB,)),
    ("Polars, streaming", "with_polars.py", ("polars",)),
    ("chdb (ClickHouse)", "with_chdb.py", ("chdb",)),
)
PUBLISHED = """
    copy (
        select customer_id, event_number, occurred_at, touchpoint from events
        where customer_id is not null and not is_bot
    ) to '{folder}/events.parquet' (format parquet);
    copy (select journey_id, step_number, part, touchpoint from steps)
        to '{folder}/steps.parquet' (format parquet);
    copy (
        select step_number, touchpoint, next_touchpoint, returns_next, next_wait_seconds,
            is_settled, outcome = 'converted' as is_converted
        from step_flows where part = 'before'
    ) to '{folder}/flows.parquet' (format parquet)
"""


def main() -> None:
    """Make one table."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("table", choices=("core", "lab", "nightly", "stitching"))
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit-seconds", type=float, default=1_200)
    parser.add_argument("--without", nargs="*", default=[], help="contestants to leave out")
    asked = parser.parse_args()
    LEFT_OUT.update(asked.without)
    CACHE.mkdir(parents=True, exist_ok=True)
    make = {"core": core, "lab": lab, "nightly": nightly, "stitching": stitching}[asked.table]
    text = make(asked.events, asked.rounds, asked.limit_seconds)
    text += f"\n\n{_machine()}"
    print(text)
    _write(f"{asked.table} {asked.events}", text)


def core(events: int, rounds: int, limit_seconds: float) -> str:
    """Sessions, edges, funnel and variants beside the peers."""
    given = inputs.bare_events(CACHE, events)
    all_of_them = (*CORE, *SLOW) if events <= SLOW_EVENTS else CORE
    contestants = [one for one in all_of_them if one.name not in LEFT_OUT]
    told = beside.contest(contestants, given, rounds=rounds, limit_seconds=limit_seconds)
    return beside.table(told, events=inputs.rows(given), first=contestants[0].name)


def lab(events: int, rounds: int, limit_seconds: float) -> str:
    """The same questions to the Lab and its peers, on the snapshot of the nightly table."""
    folder = inputs.deliveries(CACHE, events)
    if not (folder / "nightly").exists():
        nightly(events, 1, limit_seconds)
    published = folder / "published"
    published.mkdir(exist_ok=True)
    database = folder / "nightly" / "var" / "published" / "current" / "journeylab.duckdb"
    with duckdb.connect(str(database), read_only=True) as db:
        db.execute(PUBLISHED.format(folder=published))
    parts = []
    for question in ("funnel", "variants", "paths"):
        told = beside.contest(
            [Contestant(name, f"lab/{file}", needs, (question,)) for name, file, needs in LAB],
            folder,
            rounds=rounds,
            limit_seconds=limit_seconds,
        )
        table = beside.table(told, events=events, first="chdb (ClickHouse)")
        parts.append(f"**{question.capitalize()}**\n\n{table}")
    return "\n\n".join(parts)


def nightly(events: int, rounds: int, limit_seconds: float) -> str:
    """A full run: total, layers, slowest steps."""
    folder = inputs.deliveries(CACHE, events)
    whole = Contestant("journeylab run --full", "nightly.py")
    told = beside.contest([whole], folder, rounds=rounds, limit_seconds=limit_seconds)
    runs = told[whole.name]
    if runs.failed is not None:
        return f"The run failed: {runs.failed}"
    answers, total = runs.answers, statistics.median(runs.cpu_seconds)
    layers = ", ".join(
        f"{layer} {spent / sum(answers['layers'].values()):.0%}"
        for layer, spent in answers["layers"].items()
    )
    slowest = "\n".join(
        f"| `{name}` | {seconds:.1f} | {cpu:.1f} | {cpu / total:.0%} |"
        for name, seconds, cpu in answers["slowest"]
    )
    return (
        f"{beside.table(told, events=events, first=whole.name)}\n\n"
        f"CPU by layer: {layers}. On disk: {answers['disk_bytes'] / 1e9:.2f} GB.\n\n"
        f"| slowest steps of the last run | wall s | CPU s | of all |\n|---|---|---|---|\n{slowest}"
    )


def stitching(events: int, rounds: int, limit_seconds: float) -> str:
    """Identity over made-up identifiers."""
    given = Contestant("journeylab, identity", "stitching.py", arguments=(str(events),))
    told = beside.contest([given], CACHE, rounds=rounds, limit_seconds=limit_seconds)
    answers = told[given.name].answers
    if answers is None:
        return f"The run failed: {told[given.name].failed}"
    counts = ", ".join(
        f"{name.replace('_', ' ')} {answers[name]:,}"
        for name in ("identifiers", "edges", "refused", "customers", "largest")
    )
    slowest = ", ".join(f"`{name}` {cpu:.1f} s" for name, cpu in answers["slowest"])
    return (
        f"{beside.table(told, events=events, first=given.name)}\n\n{counts};"
        f" {answers['differing_from_union_find']} differ from union-find. Peak memory includes"
        f" that union-find. Slowest by CPU: {slowest}."
    )


def _machine() -> str:
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    used = {
        path.name.split("-")[0]: path.name.split("-")[1].removesuffix(".dist")
        for path in CACHE.glob("environments/*/lib/*/site-packages/*.dist-info")
    }
    peers = ("chdb", "numba", "pandas", "pm4py", "polars", "pyspark", "retentioneering")
    versions = ", ".join(f"{name} {used[name]}" for name in peers if name in used)
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} x"
        f" {processor[1] if processor else platform.machine()}, {memory:.0f} GiB, load"
        f" {os.getloadavg()[1]:.1f} over the last five minutes; Python"
        f" {platform.python_version()}, DuckDB {duckdb.__version__}, journeylab"
        f" {version('journeylab')}{'; ' + versions if versions else ''}."
    )


def _write(name: str, text: str) -> None:
    """Put a table between its marks in the page, or at its end."""
    begin, end = f"<!-- table: {name} -->", "<!-- end of table -->"
    page = PAGE.read_text() if PAGE.exists() else ""
    block = f"{begin}\n{text}\n{end}"
    if begin in page:
        before, rest = page.split(begin, 1)
        page = before + block + rest.split(end, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n## {name}\n\n{block}\n"
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
