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
    """Moves between the first steps of journeys."""
    found = rows(f"""
        select move.1, move.2.2, move.3.2, count() from (
            select arraySort(groupArray((step_number, assumeNotNull(touchpoint)))) as steps,
                arrayJoin(arrayZip(arrayEnumerate(arrayPopBack(steps)), arrayPopBack(steps),
                    arrayPopFront(steps))) as move
            from file('{folder}/published/steps.parquet', Parquet)
            where part = 'before' and step_number <= {COLUMNS} group by journey_id
        ) group by 1, 2, 3
    """)
    return by_step([(int(step), left, entered, int(n)) for step, left, entered, n in found])


if __name__ == "__main__":
    contest({"funnel": funnel, "variants": variants, "paths": paths})
