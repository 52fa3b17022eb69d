"""The tables of single customers: buckets of whole customers, by the driver's cut.

Where tasks staged the events in the same run, tasks deal them out too; else the driver writes them.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Final

from journeylab.cluster.job import Job
from journeylab.cluster.kernel import NUMBERS_OF_A_BUCKET, Deal, Input
from journeylab.warehouse import Bench, Column, Model

#: Events of a bucket where nobody says how many buckets there are: half a gigabyte in DuckDB.
EVENTS_PER_BUCKET: Final = 500_000

EVENTS: Final = "staging.events"
OWNERS: Final = "identity.event_customers"

#: To which bucket each event goes.
_PLACES: Final = "cluster.event_places"
_PLACE_COLUMNS: Final = (Column("event_key", "bigint", ""), Column("place", "integer", ""))


def build_customers(
    job: Job, models: Sequence[Model], reads: Mapping[str, Sequence[Column]]
) -> None:
    """Build tables of single customers; their parts lie in the exchange folder.

    Args:
        job: the job.
        models: the tables to build, in the order of a run.
        reads: what they read that none of them makes, with its columns; it stands in the warehouse.

    Raises:
        ClusterFailed: a task failed for good, or a bucket was lost.
        SettingsError: Spark cannot be started.
    """
    events = job.warehouse.scalar(f"select count(*) from {OWNERS}")
    buckets = job.buckets(events, EVENTS_PER_BUCKET)
    job.round(buckets, lay_out(job, reads, buckets), models)


def lay_out(job: Job, reads: Mapping[str, Sequence[Column]], buckets: int) -> tuple[Input, ...]:
    """Have what tasks read in the exchange folder: customers and events by bucket, else whole.

    A customer is never split. The buckets are ranges of customers with about equally many events,
    so one with very many events fills a bucket alone, and buckets after it may be empty. Ranges,
    not hashes, so that the parts one after the other are sorted as a table built in one piece.
    Events without a customer go to the last bucket, since such a table has them last.

    Args:
        job: the job.
        reads: the tables, with their columns.
        buckets: how many.
    """
    _lay_buckets(job.bench, buckets)
    inputs: list[Input] = []
    for name, columns in reads.items():
        query = _bucketed(job.bench, name, {column.name for column in columns}, last=buckets - 1)
        if query is None:
            inputs.append(job.share(name, columns))
        elif name == EVENTS and name in job.made:
            inputs += _dealt_events(job, columns, last=buckets - 1)
        else:
            inputs.append(job.lay(name, columns, query))
    return tuple(inputs)


def _dealt_events(job: Job, columns: Sequence[Column], *, last: int) -> tuple[Input, ...]:
    """Have the tasks' own events dealt out again, by customers; the driver says where to."""
    places = job.lay(
        _PLACES,
        _PLACE_COLUMNS,
        "select owners.event_key, told.bucket as place,"
        f" (owners.event_key // {NUMBERS_OF_A_BUCKET})::integer as bucket"
        f" from {job.bench.stored(OWNERS)} as owners"
        f" inner join {job.bench.at('night.buckets')} as told using (customer_key)",
    )
    query = (
        f"select events.*, coalesce(places.place, {last}) as bucket from {EVENTS} as events"
        f" left join {_PLACES} as places using (event_key)"
    )
    return job.round(
        job.made[EVENTS].buckets,
        (job.parts_of(EVENTS, columns), places),
        (),
        deals=[Deal("customers", EVENTS, tuple(columns), (EVENTS, _PLACES), query)],
    )


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
