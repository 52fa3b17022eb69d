"""What every contestant of the core job shares: the question, and how its answer is told.

The job, on Parquet files of (customer, occurred_at, touchpoint) in the order of arrival:

a. sessions: a pause of more than 30 minutes parts them;
b. edges between consecutive events, once within sessions and once over all of a customer's
   events: transitions, distinct customers, exact median and 90th percentile of the time between;
c. how many customers reach each of five steps, in order, within 7 days of the first;
d. the 100 most frequent sequences of touchpoints of a session.

Runs in the peers' environments, so it imports nothing but the standard library.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

GAP_US = 1_800_000_000
WINDOW_US = 604_800_000_000
STEPS = ("web:/", "web:/product", "web:/cart", "web:/checkout", "purchase:completed")
TOP = 100


def answers(
    sessions: Iterable[Any],
    edges: Iterable[Iterable[Any]],
    funnel: Iterable[Any],
    variants: Iterable[Iterable[Any]],
) -> dict[str, Any]:
    """The four answers in one form, so that they can be compared between tools.

    Args:
        sessions: their number, Σ events², Σ microseconds from first to last event.
        edges: scope ('session' or 'customer'), from, to, transitions, customers, p50, p90
            in microseconds.
        funnel: customers who reached step 1, 2, ….
        variants: touchpoints joined by '>', sessions.
    """
    told = sorted([s, a, b, int(n), int(c), float(m), float(p)] for s, a, b, n, c, m, p in edges)
    counts = sorted(((str(path), int(n)) for path, n in variants), key=lambda v: (-v[1], v[0]))
    return {
        "sessions": [int(value) for value in sessions],
        "edges": told,
        "follows": [[a, b, n] for scope, a, b, n, *_ in told if scope == "customer"],
        "funnel": [int(value) for value in funnel],
        "variants": counts[:TOP],
    }


def contest(
    work: Callable[[str], dict[str, Any]], *, warm: Callable[[], object] | None = None
) -> None:
    """Run ``work`` on the folder named on the command line; write answers and time.

    Args:
        work: takes the glob of the files and returns the answers, or some of them.
        warm: compiles what is compiled once, outside the time.
    """
    folder, out = sys.argv[1:3]
    if warm is not None:
        warm()
    began, spent = time.perf_counter(), time.process_time()
    told = work(f"{folder}/*.parquet")
    took = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - spent}
    Path(out).write_text(json.dumps({**took, "answers": told}))
