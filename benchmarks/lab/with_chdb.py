"""ClickHouse, embedded (chdb), on the published rows as Parquet."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from chdb.session import Session
from timing import COLUMNS, STEPS, TOP, WINDOW_US, by_step, contest, ranked


@cache
def session() -> Session:
    """One session for all rounds."""
    return Session()


def rows(query: str) -> list[list[Any]]:
    """The rows of a query."""
    text = str(session().query(query, "JSONCompactEachRow"))
    return [json.loads(line) for line in text.splitlines() if line]


def funnel(folder: Path) -> list[int]:
    """Customers at each step, by windowFunnel."""
    conditions = ", ".join(f"touchpoint = '{step}'" for step in STEPS)
    levels = rows(f"""
        select level, count() from (
            select customer_id, windowFunnel({WINDOW_US})(
                toUnixTimestamp64Micro(assumeNotNull(occurred_at))::UInt64, {conditions}) as level
            from file('{folder}/published/events.parquet', Parquet) group by customer_id
        ) group by level
    """)
    return [sum(int(n) for level, n in levels if int(level) >= k) for k in range(1, len(STEPS) + 1)]


def variants(folder: Path) -> list[list[Any]]:
    """Paths of journeys."""
    found = rows(f"""
        select path, count() as n from (
            select arrayStringConcat(arrayMap(x -> x.2, arraySort(
                groupArray((step_number, assumeNotNull(touchpoint))))), '>') as path
            from file('{folder}/published/steps.parquet', Parquet) where part = 'before'
            group by journey_id
        ) group by path order by n desc, path limit {TOP}
    """)
    return ranked([(path, int(n)) for path, n in found])


def paths(folder: Path) -> list[list[Any]]:
    """What journeys did in their first steps."""
    found = rows(f"""
        select
            step_number,
            touchpoint,
            if(returns_next is not null and step_number = {COLUMNS}, '(continues)',
                next_touchpoint) as entered,
            step_number < {COLUMNS} and ifNull(returns_next, false) as is_return,
            count(),
            if(countIf(is_settled) = 0, null,
                countIf(is_settled and is_converted) / countIf(is_settled)),
            quantileExactInclusiveOrNull(0.5)(next_wait_seconds),
            quantileExactInclusiveOrNull(0.9)(next_wait_seconds)
        from file('{folder}/published/flows.parquet', Parquet)
        where step_number <= {COLUMNS}
        group by step_number, touchpoint, entered, is_return
    """)
    return by_step(
        (int(step), left, entered, bool(is_return), int(n), *figures)
        for step, left, entered, is_return, n, *figures in found
    )


if __name__ == "__main__":
    contest({"funnel": funnel, "variants": variants, "paths": paths})
