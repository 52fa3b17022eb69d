"""The core job in Spark SQL on one machine, as plainly as in DuckDB. Needs a Java runtime."""

import json
import os
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession
from timing import GAP_US, STEPS, TOP, WINDOW_US, answers

EDGES = """
    select '{scope}', before, touchpoint, count(*), count(distinct customer),
        percentile(pause, 0.5), percentile(pause, 0.9)
    from timed where before is not null and {held} group by before, touchpoint
"""


def main() -> None:
    """Start Spark, then answer the four questions and tell the time without the start.

    CPU time is that of the whole process tree, because the work happens in the Java process.
    """
    folder, out = sys.argv[1:3]
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.local.dir", os.environ.get("SPILL", "."))
        .getOrCreate()
    )
    began = time.perf_counter()
    spark.read.parquet(folder).createOrReplaceTempView("raw")
    spark.sql(f"""
        select *, sum(case when pause <= {GAP_US} then 0 else 1 end) over (
            partition by customer order by at_us rows unbounded preceding) as session
        from (
            select customer, touchpoint, unix_micros(occurred_at::timestamp) as at_us,
                lag(touchpoint) over (partition by customer order by occurred_at) as before,
                unix_micros(occurred_at::timestamp) - lag(unix_micros(occurred_at::timestamp))
                    over (partition by customer order by occurred_at) as pause
            from raw
        )
    """).cache().createOrReplaceTempView("timed")
    spark.sql("""
        select count(*) as events, max(at_us) - min(at_us) as lasted,
            array_join(transform(array_sort(collect_list(struct(at_us, touchpoint))),
                x -> x.touchpoint), '>') as path
        from timed group by customer, session
    """).cache().createOrReplaceTempView("sessions")

    def rows(query: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in spark.sql(query).collect()]

    told = answers(
        rows("select count(*), sum(events * events), sum(lasted) from sessions")[0],
        [
            row
            for scope, held in (("session", f"pause <= {GAP_US}"), ("customer", "true"))
            for row in rows(EDGES.format(scope=scope, held=held))
        ],
        rows(_funnel())[0],
        rows(
            "select path, count(*) as n from sessions group by path"
            f" order by n desc, path limit {TOP}"
        ),
    )
    seconds = time.perf_counter() - began
    Path(out).write_text(json.dumps({"seconds": seconds, "answers": told}))
    spark.stop()


def _funnel() -> str:
    steps = ", ".join(f"'{step}'" for step in STEPS)
    query = f"""
        with f1 as (
            select customer, at_us, touchpoint,
                case when touchpoint = '{STEPS[0]}' then at_us end as start_1
            from timed where touchpoint in ({steps})
        )"""
    for k, step in enumerate(STEPS[1:], start=2):
        query += f""", f{k} as (
            select *, case when touchpoint = '{step}' and at_us - newest_{k} <= {WINDOW_US}
                then newest_{k} end as start_{k}
            from (select *, max(start_{k - 1}) over (
                partition by customer order by at_us rows unbounded preceding) as newest_{k}
                from f{k - 1})
        )"""
    reached = ", ".join(
        f"count(distinct case when start_{k} is not null then customer end)"
        for k in range(1, len(STEPS) + 1)
    )
    return f"{query} select {reached} from f{len(STEPS)}"


if __name__ == "__main__":
    main()
