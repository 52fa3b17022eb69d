"""One job: the driver lays out what tasks read, Spark hands out buckets, the driver counts."""

from collections.abc import Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from typing import Any, Final

from journeylab.cluster.exchange import Exchange, buckets_name, shared_name
from journeylab.cluster.kernel import CustomerWork, Input, build_bucket
from journeylab.cluster.manifest import checked
from journeylab.cluster.spark import on_spark, parallelism, session, threads_of_a_task
from journeylab.settings import Spark
from journeylab.warehouse import Bench, Column, Model, Warehouse, write_buckets, write_part

#: Events of a bucket where nobody says how many buckets there are: half a gigabyte in DuckDB.
EVENTS_PER_BUCKET: Final = 500_000

OWNERS: Final = "identity.event_customers"


def build_customers(
    bench: Bench,
    warehouse: Warehouse,
    models: Sequence[Model],
    reads: Mapping[str, Sequence[Column]],
    params: Mapping[str, Any],
    *,
    exchange: Exchange,
    scratch: Path,
    told: Spark,
) -> dict[str, int]:
    """Build tables of single customers on Spark; their parts lie in the exchange folder.

    Args:
        bench: where the customers' buckets are laid.
        warehouse: holds what the models read.
        models: the tables to build, in the order of a run.
        reads: what they read that none of them makes, with its columns; it stands in the warehouse.
        params: values for at least the parameters of the models.
        exchange: folder of this run that every worker sees.
        scratch: folder of this machine for what is sent.
        told: where Spark runs, and how the work is cut. Without a number of buckets there is
            one for each EVENTS_PER_BUCKET, and at least one for each task that can run at once.

    Returns:
        Rows of each table.

    Raises:
        ClusterFailed: a task failed for good, or a bucket was lost.
        SettingsError: Spark cannot be started.
    """
    with session(told.master, told.conf) as spark:
        buckets = told.buckets
        if buckets is None:
            events = warehouse.scalar(f"select count(*) from {OWNERS}")
            buckets = max(parallelism(spark), -(-int(events) // EVENTS_PER_BUCKET))
        work = CustomerWork(
            exchange,
            lay_out(bench, warehouse, reads, exchange=exchange, scratch=scratch, buckets=buckets),
            tuple(models),
            {name: params[name] for model in models for name in model.params},
            threads_of_a_task(spark),
            told.memory_limit,
        )
        done = on_spark(spark, partial(build_bucket, work), buckets)
    return checked(
        work,
        done,
        buckets=buckets,
        duckdb_version=warehouse.scalar("select version()"),
        scratch=scratch,
    )


def lay_out(
    bench: Bench,
    warehouse: Warehouse,
    reads: Mapping[str, Sequence[Column]],
    *,
    exchange: Exchange,
    scratch: Path,
    buckets: int,
) -> tuple[Input, ...]:
    """Write what tasks read to a new exchange folder: customers and events by bucket, else whole.

    A customer is never split. The buckets are ranges of customers with about equally many events,
    so one with very many events fills a bucket alone, and buckets after it may be empty. Ranges,
    not hashes, so that the parts one after the other are sorted as a table built in one piece.
    Events without a customer go to the last bucket, since such a table has them last.

    Args:
        bench: where the customers' buckets are laid.
        warehouse: holds the tables.
        reads: the tables, with their columns.
        exchange: folder of the run; what lies there goes.
        scratch: folder of this machine for what is sent.
        buckets: how many.
    """
    exchange.begin()
    _lay_buckets(bench, buckets)
    inputs = []
    for name, columns in reads.items():
        query = _bucketed(bench, name, {column.name for column in columns}, last=buckets - 1)
        rows = None
        if query is None:
            with exchange.writing(shared_name(name), scratch) as path:
                write_part(warehouse, name, columns, path)
        else:
            with exchange.filling(buckets_name(name), scratch) as folder:
                rows = write_buckets(warehouse, query, columns, folder)
        inputs.append(Input(name, tuple(columns), rows))
    return tuple(inputs)


def _lay_buckets(bench: Bench, buckets: int) -> None:
    """Lay ``night.buckets``: the bucket of each customer."""
    bench.clear()
    bench.table(
        "night.buckets",
        "with weights as ("
        " select customers.customer_key, count(owners.event_key) + 1 as weight"
        f" from {bench.stored('identity.customers')} as customers"
        f" left join {bench.stored(OWNERS)} as owners using (customer_key)"
        " group by customers.customer_key"
        "), running as ("
        " select customer_key, weight, sum(weight) over (order by customer_key) as so_far,"
        " sum(weight) over () as whole from weights"
        ") select customer_key,"
        " ((so_far - weight) * $buckets // whole)::integer as bucket from running",
        {"buckets": buckets},
    )


def _bucketed(bench: Bench, name: str, columns: Set[str], *, last: int) -> str | None:
    """Query of a table's rows with their bucket; None where it tells of no customers or events."""
    stored, told = bench.stored(name), bench.at("night.buckets")
    if "customer_key" in columns:
        return (
            f"select of_customers.*, told.bucket from {stored} as of_customers"
            f" inner join {told} as told using (customer_key)"
        )
    if "event_key" in columns:
        return (
            f"select of_events.*, coalesce(told.bucket, {last}) as bucket"
            f" from {stored} as of_events"
            f" left join {bench.stored(OWNERS)} as owners using (event_key)"
            f" left join {told} as told using (customer_key)"
        )
    return None
