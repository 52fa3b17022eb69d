"""The core job in DuckDB, as one writes it: windows by customer, count(distinct), quantiles."""

import os
from typing import Any

import duckdb
from timing import GAP_US, STEPS, TOP, WINDOW_US, answers, contest

EDGES = """
    select '{scope}', before, touchpoint, count(*), count(distinct customer),
        quantile_cont(pause, 0.5), quantile_cont(pause, 0.9)
    from timed where before is not null and {held} group by before, touchpoint
"""


def funnel_query(source: str) -> str:
    """Customers by the furthest step: the newest start of a chain, handed on step by step."""
    steps = ", ".join(f"'{step}'" for step in STEPS)
    query = f"""
        with f1 as (
            select customer, at_us, list_position([{steps}], touchpoint) as step,
                case when touchpoint = '{STEPS[0]}' then at_us end as start_1
            from {source} where touchpoint in ({steps})
        )"""
    for k in range(2, len(STEPS) + 1):
        query += f""", g{k} as (
            select *, max(start_{k - 1}) over (
                partition by customer order by at_us rows unbounded preceding) as newest_{k}
            from f{k - 1}
        ), f{k} as (
            select *, case when step = {k} and at_us - newest_{k} <= {WINDOW_US}
                then newest_{k} end as start_{k} from g{k}
        )"""
    reached = ", ".join(
        f"count(distinct customer) filter (start_{k} is not null)" for k in range(1, len(STEPS) + 1)
    )
    return f"{query} select {reached} from f{len(STEPS)}"


def work(files: str) -> dict[str, Any]:
    """Answer the four questions."""
    db = duckdb.connect(
        config={"temp_directory": os.environ.get("SPILL", ".spill"), "memory_limit": "8GB"}
    )
    db.execute(f"""
        create table timed as
        with lined as (
            select customer, touchpoint, epoch_us(occurred_at) as at_us,
                lag(touchpoint) over w as before,
                epoch_us(occurred_at) - lag(epoch_us(occurred_at)) over w as pause
            from read_parquet('{files}')
            window w as (partition by customer order by occurred_at)
        )
        select *, sum(case when pause <= {GAP_US} then 0 else 1 end) over (
            partition by customer order by at_us rows unbounded preceding) as session
        from lined
    """)
    db.execute("""
        create table sessions as
        select customer, session, count(*) as events, max(at_us) - min(at_us) as lasted,
            string_agg(touchpoint, '>' order by at_us) as path
        from timed group by customer, session
    """)
    sessions = db.sql(
        "select count(*), sum(events * events), sum(lasted) from sessions"
    ).fetchall()[0]
    edges = [
        row
        for scope, held in (("session", f"pause <= {GAP_US}"), ("customer", "true"))
        for row in db.sql(EDGES.format(scope=scope, held=held)).fetchall()
    ]
    funnel = db.sql(funnel_query("timed")).fetchall()[0]
    variants = db.sql(
        "select path, count(*) from sessions group by path"
        f" order by count(*) desc, path limit {TOP}"
    ).fetchall()
    return answers(sessions, edges, funnel, variants)


if __name__ == "__main__":
    contest(work)
