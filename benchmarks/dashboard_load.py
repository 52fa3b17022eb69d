"""Eight people at the dashboard: how long answers take, what they cost, whether memory stays flat.

    python benchmarks/dashboard_load.py var/published                # five minutes, eight people
    python benchmarks/dashboard_load.py var/published --seconds 60 --users 1
    python benchmarks/dashboard_load.py var/published --rest 300     # after five minutes of nobody

Serves a folder of snapshots as ``journeylab dashboard`` does and asks it as pages do: every
person draws one view after another with filters that differ each time, no pause between. They
come to a server just started, or to one that has had a rest, in which it gives answers in advance.
Prints a table by view, the errors, the CPU time of the server and its memory by the minute.
Asserts nothing. Times are taken where the answer arrives, on this machine.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from journeylab.dashboard.answers import Answers
from journeylab.views import VIEWS, Choices

TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Serve, load, tell."""
    told = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    told.add_argument("published", type=Path)
    told.add_argument("--users", type=int, default=8)
    told.add_argument("--seconds", type=float, default=300)
    told.add_argument("--rest", type=float, default=0, help="seconds before anybody comes")
    told.add_argument("--views", default=",".join(view.key for view in VIEWS))
    asked = told.parse_args()
    answers = Answers(asked.published)
    with answers.snapshot() as opened:
        choices = opened.choices
        events = opened.lab.sql("select sum(events) from data_health").item()
    answers.close()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "var").mkdir()
        (Path(folder) / "var" / "published").symlink_to(asked.published.resolve())
        load(
            Path(folder),
            choices,
            asked.views.split(","),
            asked.users,
            asked.seconds,
            events,
            rest=asked.rest,
        )


def load(
    folder: Path,
    choices: Choices,
    views: list[str],
    users: int,
    seconds: float,
    events: int,
    *,
    rest: float = 0,
) -> None:
    """Run the load and print what came of it."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "journeylab", "dashboard", "--port", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}/"
        wait(f"{address}healthz")
        time.sleep(rest)
        if rest:
            print(f"rested {rest:.0f} s, {cpu(server.pid):.0f} CPU s of the server in them\n")
        took: dict[str, list[float]] = defaultdict(list)
        first: dict[str, float] = {}
        errors: list[str] = []
        memory = [resident(server.pid)]
        before, end = cpu(server.pid), time.monotonic() + seconds
        threads = [
            threading.Thread(
                target=person, args=(address, number, choices, views, end, took, first, errors)
            )
            for number in range(users)
        ]
        for thread in threads:
            thread.start()
        while time.monotonic() < end:
            time.sleep(min(30, max(0.1, end - time.monotonic())))
            memory.append(resident(server.pid))
        for thread in threads:
            thread.join()
        spent = cpu(server.pid) - before
    finally:
        server.terminate()
        server.wait(30)
    tell(took, first, errors, memory, spent, users, seconds, events)


def person(
    address: str,
    number: int,
    choices: Choices,
    views: list[str],
    end: float,
    took: dict[str, list[float]],
    first: dict[str, float],
    errors: list[str],
) -> None:
    """Draw one view after another until the time is over.

    Args:
        address: of the server.
        number: of the person.
        choices: what filters may say.
        views: those drawn.
        end: when the time is over, by the monotonic clock.
        took: view -> seconds of each answer, added to.
        first: question -> seconds of the answer to whoever asked it first, added to.
        errors: what went wrong, added to.
    """
    turn = 0
    while time.monotonic() < end:
        query = question(number * 7919 + turn, choices, views)
        is_first = first.setdefault(urlencode(query), 0.0) == 0.0
        start = time.perf_counter()
        try:
            answer = draw(address, urlencode(query))
            if '"failed"' in answer:
                errors.append(f"{query}: the page says that it failed")
        except OSError as error:
            errors.append(f"{query}: {error}")
        seconds = time.perf_counter() - start
        took[query["view"]].append(seconds)
        if is_first:
            first[urlencode(query)] = seconds
        turn += 1


def question(number: int, choices: Choices, views: list[str]) -> dict[str, str]:
    """One of many queries, the same for the same number."""
    query = {"view": views[number % len(views)]}
    filters = (number // len(views)) % 4
    if filters == 1:
        query["ch"] = choices.channels[number % len(choices.channels)]
    elif filters == 2:
        name = sorted(choices.segments)[number % len(choices.segments)]
        query["seg"] = f"{name},{choices.segments[name][number % len(choices.segments[name])]}"
    elif filters == 3:
        query["steps"], query["top"] = str(2 + number % 7), str(3 + number % 10)
    return query


def page_request(query: str) -> dict[str, Any]:
    """What the page asks for when its address changes."""
    outputs = [
        ("told", "data"),
        ("run", "data"),
        ("facts", "children"),
        ("views", "children"),
        ("body", "children"),
        ("freshness", "children"),
        ("downloads", "children"),
        ("live", "children"),
    ]
    return {
        "output": ".." + "...".join(f"{name}.{place}" for name, place in outputs) + "..",
        "outputs": [{"id": name, "property": place} for name, place in outputs],
        "inputs": [
            {"id": "url", "property": "data", "value": f"?{query}"},
            {"id": "dark", "property": "data", "value": False},
            {"id": "again", "property": "data", "value": None},
        ],
        "changedPropIds": ["url.data"],
        "state": [{"id": "run", "property": "data", "value": None}],
    }


def draw(address: str, query: str) -> str:
    """The answer to a page whose address changes."""
    asked = urllib.request.Request(
        f"{address}_dash-update-component",
        data=json.dumps(page_request(query)).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=300) as answer:
        read: bytes = answer.read()
    return read.decode()


def tell(
    took: dict[str, list[float]],
    first: dict[str, float],
    errors: list[str],
    memory: list[float],
    spent: float,
    users: int,
    seconds: float,
    events: int,
) -> None:
    """Print the findings as Markdown."""
    every = [one for times in took.values() for one in times]
    load_now = os.getloadavg()
    print(f"{events:,} events, {users} users, {seconds:.0f} s; machine load {load_now}\n")
    print("| view | answers | p50 ms | p95 ms | slowest ms |\n|---|---:|---:|---:|---:|")
    asked_first = ("all, asked for the first time", [*first.values()])
    for view, times in [*sorted(took.items()), ("all", every), asked_first]:
        print(
            f"| {view} | {len(times)} | {at(times, 50):.0f} | {at(times, 95):.0f}"
            f" | {1000 * max(times):.0f} |"
        )
    print(f"\nerrors: {len(errors)} {errors[:3] or ''}")
    print(f"server CPU: {spent:.0f} s, {1000 * spent / max(1, len(every)):.0f} ms an answer")
    print("memory, GB: " + ", ".join(f"{one:.2f}" for one in memory))


def at(times: list[float], percent: int) -> float:
    """A percentile in milliseconds."""
    if len(times) < 2:
        return 1000 * times[0]
    return 1000 * statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait(address: str) -> None:
    """Wait until the server answers."""
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


def family(pid: int) -> list[int]:
    """A process and its workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def cpu(pid: int) -> float:
    """CPU seconds of a process and its workers so far."""
    ticks = 0
    for one in family(pid):
        fields: Any = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def resident(pid: int) -> float:
    """Memory of a process and its workers, GB."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e9


if __name__ == "__main__":
    main()
