"""The core job in DuckDB over one sorted layout, in ranges of customers, two of them at a time.

Streaming windows (``over ()``) take rows as they come, so nothing but a filter on the range of
customers may stand between the sorted table and the window; every range asserts the order.
Counts of customers and histograms of times add up over ranges, hence memory stays bounded.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
from timing import GAP_US, STEPS, TOP, WINDOW_US, answers, contest

RANGE = 100_000
WORKERS = 2
BASE_US = 1 << 45  # parts customers on one axis of time; more than a year in microseconds

LINED = """(
    select c, lag(c) over () as pc, tp as b, lag(tp) over () as a,
        at_us, at_us - lag(at_us) over () as pause
    from layout where c >= {lo} and c < {hi}
)"""
EDGES = f"""
    insert into edge_parts
    select a, b, count(*), count(*) filter (s > 0), sum(n), sum(s)
    from (
        select a, b, c, count(*) as n, count(*) filter (pause <= {GAP_US}) as s
        from {{lined}} where pc = c group by a, b, c
    ) group by a, b
"""
BIN = "(ln(pause::float + 1) * 23)::smallint"
WAITS = f"""
    insert into wait_parts
    select a, b, pause <= {GAP_US} as s, {BIN} as bin, count(*)
    from {{lined}} where pc = c group by all
"""
SESSIONS = f"""
    insert into session_parts
    select path, count(*), sum(n * n), sum(lasted)
    from (
        select string_agg(chr(48 + b), '') as path, count(*) as n, max(at_us) - min(at_us) as lasted
        from (
            select b, at_us, sum((pc is distinct from c or pause > {GAP_US})::integer) over (
                rows unbounded preceding) as session
            from {{lined}}
        ) group by session
    ) group by path
"""
# Which bins hold the wanted ranks, and the values in them: the second and last pass.
RANKS = """
    create table bins as
    select *, sum(n) over (partition by scope, a, b order by bin) as upto,
        sum(n) over (partition by scope, a, b) as total
    from (
        select 'customer' as scope, a, b, bin, sum(n) as n from wait_parts group by all
        union all
        select 'session', a, b, bin, sum(n) from wait_parts where s group by all
    );
    create table ranks as
    select distinct scope, a, b, q, (total - 1) * q as place, floor((total - 1) * q)::bigint as rank
    from bins, (select unnest([0.5, 0.9]) as q);
    create table wanted as
    select distinct bins.scope, bins.a, bins.b, bins.bin, upto - n as before
    from bins inner join ranks using (scope, a, b)
    where upto - n <= rank + 1 and upto > rank;
    create table wanted_bins as select distinct a, b, bin from wanted;
    create table found (a utinyint, b utinyint, bin smallint, pause bigint);
"""
REFINE = f"""
    insert into found
    select waits.a, waits.b, waits.bin, waits.pause
    from (select a, b, {BIN} as bin, pause from {{lined}} where pc = c) as waits
    inner join wanted_bins using (a, b, bin)
"""
QUANTILES = f"""
    with placed as (
        select wanted.scope, wanted.a, wanted.b, found.pause,
            wanted.before - 1 + row_number() over (
                partition by wanted.scope, wanted.a, wanted.b, wanted.bin order by found.pause
            ) as rank
        from wanted inner join found using (a, b, bin)
        where wanted.scope = 'customer' or found.pause <= {GAP_US}
    )
    select scope, a, b,
        max(value) filter (q = 0.5) as p50, max(value) filter (q = 0.9) as p90
    from (
        select ranks.scope, ranks.a, ranks.b, q,
            lower.pause + (coalesce(upper.pause, lower.pause) - lower.pause) * (place - ranks.rank)
                as value
        from ranks
        inner join placed as lower using (scope, a, b, rank)
        left join placed as upper on ranks.scope = upper.scope and ranks.a = upper.a
            and ranks.b = upper.b and ranks.rank + 1 = upper.rank
    ) group by scope, a, b
"""


def work(files: str) -> dict[str, Any]:
    """Answer the four questions."""
    db = duckdb.connect(
        config={"temp_directory": os.environ.get("SPILL", ".spill"), "memory_limit": "3GB"}
    )
    db.execute(f"""
        create table touchpoints as
        select (row_number() over (order by touchpoint) - 1)::utinyint as tp, touchpoint
        from (select distinct touchpoint from read_parquet('{files}'));
        create table layout as
        select customer::integer as c, epoch_us(occurred_at) as at_us, tp
        from read_parquet('{files}') inner join touchpoints using (touchpoint) order by c, at_us;
        create table edge_parts (
            a utinyint, b utinyint, c_all bigint, c_in bigint, n_all bigint, n_in bigint);
        create table wait_parts (a utinyint, b utinyint, s boolean, bin smallint, n bigint);
        create table session_parts (path varchar, sessions bigint, squares bigint, lasted bigint);
        create table funnel_parts (level tinyint, customers bigint);
    """)
    codes = dict(db.sql("select touchpoint, tp from touchpoints").fetchall())
    origin, last = db.sql("select min(at_us), max(c) from layout").fetchall()[0]
    lows = range(0, last + 1, RANGE)

    def each(*statements: str) -> None:
        def one(lo: int) -> None:
            cursor = db.cursor()
            bounds = {"lo": lo, "hi": lo + RANGE}
            lined = LINED.format(**bounds)
            broken = cursor.execute(
                f"select count(*) from {lined} where c < pc or c = pc and pause < 0"
            ).fetchall()[0][0]
            if broken:
                raise RuntimeError(f"{broken} rows out of order from customer {lo} on")
            for statement in statements:
                cursor.execute(statement.format(lined=lined, **bounds))

        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(one, lows))

    each(EDGES, WAITS, SESSIONS, _funnel([codes[step] for step in STEPS], origin))
    db.execute(RANKS)
    each(REFINE)
    db.execute(f"create table quantiles as {QUANTILES}")
    edges = db.sql("""
        with edges as (
            select a, b, sum(c_all) as c_all, sum(c_in) as c_in, sum(n_all) as n_all,
                sum(n_in) as n_in
            from edge_parts group by a, b
        ), scoped as (
            select 'customer' as scope, a, b, n_all as n, c_all as c from edges
            union all
            select 'session', a, b, n_in, c_in from edges where n_in > 0
        )
        select scope, one.touchpoint, other.touchpoint, n, c, p50, p90
        from scoped inner join quantiles using (scope, a, b)
        inner join touchpoints as one on a = one.tp inner join touchpoints as other on b = other.tp
    """).fetchall()
    sessions = db.sql(
        "select sum(sessions), sum(squares), sum(lasted) from session_parts"
    ).fetchall()[0]
    levels = db.sql("select level, sum(customers) from funnel_parts group by level").fetchall()
    names = {code: name for name, code in codes.items()}
    # Ties at the end of the list go by the names, which the codes are in the order of.
    top = db.sql(
        "select path, sum(sessions) as n from session_parts group by path"
        f" order by n desc limit {TOP * 20}"
    ).fetchall()
    variants = [(">".join(names[ord(code) - 48] for code in path), n) for path, n in top]
    reached = [sum(n for level, n in levels if level >= k) for k in range(1, len(STEPS) + 1)]
    return answers(sessions, edges, reached, variants)


def _funnel(codes: list[int], origin: int) -> str:
    """Each event takes the newest start of a chain that is one step shorter, by a running max."""
    mask = sum(1 << code for code in codes)
    query = f"""
        insert into funnel_parts
        with f1 as (
            select c, (c - {{lo}})::bigint * {BASE_US} as base, at_us - {origin} as at_us,
                list_position({codes}::utinyint[], tp)::tinyint as step,
                case when tp = {codes[0]}
                    then (c - {{lo}})::bigint * {BASE_US} + at_us - {origin} end as start,
                (tp = {codes[0]})::tinyint as level
            from layout where c >= {{lo}} and c < {{hi}} and ({mask}::ubigint >> tp) & 1 = 1
        )"""
    for k in range(2, len(codes) + 1):
        fits = f"step = {k} and newest >= base and base + at_us - newest <= {WINDOW_US}"
        query += f""", f{k} as (
            select c, base, at_us, step, case when {fits} then newest end as start,
                case when {fits} then {k} else level end::tinyint as level
            from (select *, max(start) over (rows unbounded preceding) as newest from f{k - 1})
        )"""
    return f"""{query}
        select level, count(*) from (select c, max(level) as level from f{len(codes)} group by c)
        group by level"""


if __name__ == "__main__":
    contest(work)
