"""DuckDB as one writes it, on the published rows as Parquet."""

from pathlib import Path
from typing import Any

import duckdb
from timing import COLUMNS, STEPS, TOP, WINDOW_US, by_step, contest, ranked


def funnel(folder: Path) -> list[int]:
    """Customers at each step: the newest start of a chain, handed on by windows."""
    steps = ", ".join(f"'{step}'" for step in STEPS)
    query = f"""
        with f1 as (
            select customer_id, event_number, epoch_us(occurred_at) as at_us, touchpoint,
                case when touchpoint = '{STEPS[0]}' then epoch_us(occurred_at) end as start_1
            from read_parquet('{folder}/published/events.parquet') where touchpoint in ({steps})
        )"""
    for k, step in enumerate(STEPS[1:], start=2):
        query += f""", f{k} as (
            select *, case when touchpoint = '{step}' and at_us - newest_{k} <= {WINDOW_US}
                then newest_{k} end as start_{k}
            from (select *, max(start_{k - 1}) over (
                partition by customer_id order by event_number rows unbounded preceding)
                as newest_{k} from f{k - 1})
        )"""
    reached = ", ".join(
        f"count(distinct customer_id) filter (start_{k} is not null)"
        for k in range(1, len(STEPS) + 1)
    )
    return list(duckdb.sql(f"{query} select {reached} from f{len(STEPS)}").fetchall()[0])


def variants(folder: Path) -> list[list[Any]]:
    """Paths of journeys."""
    return ranked(
        duckdb.sql(f"""
            select path, count(*) as n from (
                select string_agg(touchpoint, '>' order by step_number) as path
                from read_parquet('{folder}/published/steps.parquet') where part = 'before'
                group by journey_id
            ) group by path order by n desc, path limit {TOP}
        """).fetchall()
    )


def paths(folder: Path) -> list[list[Any]]:
    """What journeys did in their first steps."""
    return by_step(
        duckdb.sql(f"""
            select
                step_number,
                touchpoint,
                case when returns_next is not null and step_number = {COLUMNS} then '(continues)'
                    else next_touchpoint end as entered,
                step_number < {COLUMNS} and coalesce(returns_next, false) as is_return,
                count(*),
                count(*) filter (where is_settled and is_converted)
                    / nullif(count(*) filter (where is_settled), 0),
                quantile_cont(next_wait_seconds, 0.5),
                quantile_cont(next_wait_seconds, 0.9)
            from read_parquet('{folder}/published/flows.parquet')
            where step_number <= {COLUMNS}
            group by all
        """).fetchall()
    )


if __name__ == "__main__":
    contest({"funnel": funnel, "variants": variants, "paths": paths})
