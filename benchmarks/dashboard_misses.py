"""One person at the dashboard: what each view costs the server for filters nobody asked before.

    python benchmarks/dashboard_misses.py var/published
    python benchmarks/dashboard_misses.py var/published --views paths,compare --each 8
    python benchmarks/dashboard_misses.py var/published --views drop_offs --profile
    python benchmarks/dashboard_misses.py var/published --plain

Makes the page as ``journeylab dashboard`` does, in this process, without a network and without
answers in advance. Asks every view without filters, as the server does of itself after a start;
each with a first filter, for which cells of single journeys are made; then each view with filters
of several kinds, every question twice: the first is a miss for which nothing of its journeys is
known from another view, the second a hit. Prints milliseconds of wall and CPU until the text of
the answer is there, the questions that took longest, and memory. Asserts nothing; ask on a quiet
machine.
"""

import argparse
import cProfile
import os
import pstats
import time
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

from dashboard_load import at, page_request, resident
from flask.testing import FlaskClient

from journeylab.dashboard.answers import Answers
from journeylab.dashboard.app import create_app
from journeylab.views import VIEWS, Choices

SLOWEST = 12


def main() -> None:
    """Open, ask, tell."""
    told = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    told.add_argument("published", type=Path)
    told.add_argument("--views", default=",".join(view.key for view in VIEWS))
    told.add_argument("--each", type=int, default=4, help="questions of each kind and view")
    told.add_argument("--profile", action="store_true", help="where the misses spend their time")
    told.add_argument("--plain", action="store_true", help="no filters, hence no cells")
    asked = told.parse_args()
    views = asked.views.split(",")
    began, spent = time.perf_counter(), time.process_time()
    app = create_app(asked.published)
    opened = time.perf_counter() - began, time.process_time() - spent
    answers: Answers = app.server.extensions["journeylab"]
    page = app.server.test_client()
    with answers.snapshot() as held:
        choices = held.choices
        events = held.lab.sql("select sum(events) from data_health").item()
    print(f"{events:,} events; machine load {os.getloadavg()}")
    print(f"opened, landing page: {opened[0]:.2f} s, {opened[1]:.2f} CPU s; {memory()}\n")
    plain = {view: cost(page, {"view": view}) for view in views}
    if asked.plain:
        tell(plain)
        print(f"\nmemory: {memory()}")
        answers.close()
        return
    first = {view: cost(page, {"view": view, "to": before_last(choices)}) for view in views}
    laid = memory()
    misses: dict[tuple[str, str], list[tuple[float, float]]] = {}
    hits: list[float] = []
    slowest: list[tuple[float, float, str]] = []
    watch = cProfile.Profile()
    for view in views:
        for kind, queries in questions(choices, asked.each).items():
            for query in queries:
                forget(answers)
                if asked.profile:
                    watch.enable()
                miss = cost(page, {"view": view, **query})
                watch.disable()
                hits.append(cost(page, {"view": view, **query})[0])
                misses.setdefault((view, kind), []).append(miss)
                slowest.append((*miss, urlencode({"view": view, **query})))
    tell(plain)
    tell_filtered(first, misses, hits, slowest)
    print(f"\nmemory: {laid} after each view with and without a filter, {memory()} at the end")
    if asked.profile:
        pstats.Stats(watch).sort_stats("cumulative").print_stats(70)
    answers.close()


def questions(choices: Choices, each: int) -> dict[str, list[dict[str, str]]]:
    """Queries by kind, at most ``each`` of a kind, spread over what there is to choose."""
    channels = [{"ch": name} for name in choices.channels]
    outcomes = [{"conv": name} for name in ("converted", "dropped", "open")]
    segments = [
        {"seg": f"{name},{level}"} for name, levels in choices.segments.items() for level in levels
    ]
    periods = _periods(choices)
    pairs = [
        {**one, **other}
        for one, other in zip(spread(channels, each), spread(segments, each), strict=False)
    ]
    dated = [
        {**one, **other} for one, other in zip(spread(channels, each), periods[1:], strict=False)
    ]
    kinds = {
        "channel": channels,
        "outcome": outcomes,
        "segment": segments,
        "period": periods,
        "two filters": [*pairs, *dated],
    }
    return {kind: spread(queries, each) for kind, queries in kinds.items()}


def before_last(choices: Choices) -> str:
    """A day that leaves nearly all journeys: what the first filter of all makes is made for all."""
    assert choices.last_day is not None
    return (choices.last_day - timedelta(days=1)).isoformat()


def _periods(choices: Choices) -> list[dict[str, str]]:
    first, last = choices.first_day, choices.last_day
    if first is None or last is None:
        return []
    whole = (last - first).days
    starts: list[date] = [last - timedelta(days=whole * share // 12) for share in (1, 3, 6, 11)]
    return [{"from": start.isoformat()} for start in starts]


def spread(queries: list[dict[str, str]], most: int) -> list[dict[str, str]]:
    """At most so many of the queries, evenly spread over all."""
    if len(queries) <= most:
        return queries
    return [queries[place * len(queries) // most] for place in range(most)]


def forget(answers: Answers) -> None:
    """Let the next question find nothing that another told of the same journeys."""
    with answers.snapshot() as opened:
        kept = opened.lab._kept
        assert kept is not None
        kept.forget()


def cost(page: FlaskClient, query: dict[str, str]) -> tuple[float, float]:
    """Seconds of wall and CPU until the text of an answer is there."""
    began, spent = time.perf_counter(), time.process_time()
    answer = page.post("/_dash-update-component", json=page_request(urlencode(query)))
    text = answer.get_data(as_text=True)
    took = time.perf_counter() - began, time.process_time() - spent
    if answer.status_code != 200 or '"failed"' in text:
        raise RuntimeError(f"{query}: {answer.status_code}")
    return took


def tell(plain: dict[str, tuple[float, float]]) -> None:
    """Print what views without filters took, as the head of a Markdown table."""
    print("| view | filters | questions | p50 ms | p95 ms | slowest ms | CPU p50 ms | CPU p95 ms |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for view, none in plain.items():
        print(_row(view, "none", [none]))
    print(_row("all", "none", list(plain.values())))


def tell_filtered(
    first: dict[str, tuple[float, float]],
    misses: dict[tuple[str, str], list[tuple[float, float]]],
    hits: list[float],
    slowest: list[tuple[float, float, str]],
) -> None:
    """Print the rest of the table, and which questions took longest."""
    for view, one in first.items():
        print(_row(view, "first of all", [one]))
        of_view = {kind: took for (of, kind), took in misses.items() if of == view}
        for kind, took in of_view.items():
            print(_row(view, kind, took))
        print(_row(view, "any", [one for took in of_view.values() for one in took]))
    print(_row("all", "any", [one for took in misses.values() for one in took]))
    print(
        f"\nhits: p50 {at(hits, 50):.1f} ms, p95 {at(hits, 95):.1f}, slowest {1000 * max(hits):.1f}"
    )
    print("\nslowest, wall and CPU ms:")
    for wall, cpu, query in sorted(slowest, reverse=True)[:SLOWEST]:
        print(f"  {1000 * wall:6.0f} {1000 * cpu:6.0f}  {query}")


def _row(view: str, filters: str, took: list[tuple[float, float]]) -> str:
    wall, cpu = [one for one, _ in took], [one for _, one in took]
    return (
        f"| {view} | {filters} | {len(took)} | {at(wall, 50):.0f} | {at(wall, 95):.0f}"
        f" | {1000 * max(wall):.0f} | {at(cpu, 50):.0f} | {at(cpu, 95):.0f} |"
    )


def memory() -> str:
    """Of this process, now."""
    return f"{resident(os.getpid()):.2f} GB"


if __name__ == "__main__":
    main()
