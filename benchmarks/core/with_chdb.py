"""The core job in ClickHouse, embedded (chdb): windows in frames, windowFunnel."""

import json
from typing import Any

from chdb.session import Session
from timing import GAP_US, STEPS, TOP, WINDOW_US, answers, contest


def work(files: str) -> dict[str, Any]:
    """Answer the four questions."""
    db = Session()

    def rows(query: str) -> list[list[Any]]:
        text = str(db.query(query, "JSONCompactEachRow"))
        return [json.loads(line) for line in text.splitlines() if line]

    db.query("create database if not exists bench")
    db.query(f"""
        create table bench.timed engine = Memory as
        select customer, touchpoint, at_us, before, pause,
            sum(if(before != '' and pause <= {GAP_US}, 0, 1)) over (
                partition by customer order by at_us rows unbounded preceding) as session
        from (
            select customer, touchpoint, at_us,
                lagInFrame(touchpoint) over w as before, at_us - lagInFrame(at_us) over w as pause
            from (
                select customer::UInt32 as customer,
                    toLowCardinality(assumeNotNull(touchpoint)) as touchpoint,
                    toUnixTimestamp64Micro(assumeNotNull(occurred_at)) as at_us
                from file('{files}', Parquet)
            )
            window w as (partition by customer order by at_us
                rows between unbounded preceding and current row)
        )
    """)
    db.query("""
        create table bench.sessions engine = Memory as
        select count() as events, max(at_us) - min(at_us) as lasted,
            arrayStringConcat(
                arrayMap(x -> x.2, arraySort(groupArray((at_us, touchpoint)))), '>') as path
        from bench.timed group by customer, session
    """)
    sessions = rows("select count(), sum(events * events), sum(lasted) from bench.sessions")[0]
    edges = [
        row
        for scope, held in (("session", f"pause <= {GAP_US}"), ("customer", "1"))
        for row in rows(f"""
            select '{scope}', before, touchpoint, count(), uniqExact(customer),
                quantileExactInclusive(0.5)(pause), quantileExactInclusive(0.9)(pause)
            from bench.timed where before != '' and {held} group by before, touchpoint
        """)
    ]
    conditions = ", ".join(f"touchpoint = '{step}'" for step in STEPS)
    levels = rows(f"""
        select level, count() from (
            select customer, windowFunnel({WINDOW_US})(at_us::UInt64, {conditions}) as level
            from bench.timed group by customer
        ) group by level
    """)
    funnel = [
        sum(int(n) for level, n in levels if int(level) >= k) for k in range(1, len(STEPS) + 1)
    ]
    variants = rows(
        "select path, count() as n from bench.sessions group by path"
        f" order by n desc, path limit {TOP}"
    )
    return answers(sessions, edges, funnel, variants)


if __name__ == "__main__":
    contest(work)
