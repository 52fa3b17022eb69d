"""The questions to the Lab and to its peers, on the published events of one snapshot.

A 5-step funnel of customers within 7 days of the first step; the 100 most frequent paths of
journeys up to the goal; and what they did in their first five steps: where they went from where,
ends among them, whether they had been there, how many did, the conversion rate of the settled ones,
median and 90th percentile of the wait. Runs in the peers' environments: standard library only.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

WINDOW_US = 604_800_000_000
STEPS = ("web:home", "web:product", "web:cart", "web:checkout", "purchase:completed")
TOP = 100
COLUMNS = 5


def cpu_seconds() -> float:
    """CPU seconds of this process so far, in all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def contest(questions: dict[str, Callable[[Path], Any]]) -> None:
    """Ask the question that the command line names three times; tell the median and the answer."""
    folder, out, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    took = []
    for _ in range(3):
        began, spent = time.perf_counter(), cpu_seconds()
        answer = questions[name](folder)
        took.append((cpu_seconds() - spent, time.perf_counter() - began))
    cpu, seconds = sorted(took)[1]
    told = {"seconds": seconds, "cpu_seconds": cpu, "answers": {name: answer}}
    Path(out).write_text(json.dumps(told))


def ranked(rows: list[tuple[str, int]]) -> list[list[Any]]:
    """Paths with their journeys, most first, ties by path."""
    return [[path, int(n)] for path, n in sorted(rows, key=lambda row: (-row[1], row[0]))[:TOP]]


def by_step(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Moves in order: step, where from and where to, whether it is a return, then figures."""
    return sorted((list(row) for row in rows), key=lambda row: row[:4])
