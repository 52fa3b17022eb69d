"""Staging in tasks: delivered rows are read, dealt out by what they claim, and settled.

The first round reads slices of the raw tables through their formats and deals the staged rows out,
so that rows which settle each other come together. The second settles each bucket by the models of
``sql/staging``, and deals out what identity looks at.
"""

from collections.abc import Sequence
from typing import Final

from journeylab.cluster.claims import CLAIM, JOINED, joined_claims
from journeylab.cluster.exchange import bucket_name, buckets_name
from journeylab.cluster.job import Job
from journeylab.cluster.kernel import Deal, Input
from journeylab.cluster.lists import dealt_lists, read_lists
from journeylab.warehouse import Column, Model, quoted, read_models, write_part

#: Delivered rows of a bucket where nobody says how many buckets there are.
ROWS_PER_BUCKET: Final = 500_000

#: The tables that settle rows, in the order of a run.
SETTLED: Final = (
    "staging.rows",
    "staging.doubled_rows",
    "staging.merged_orders",
    "staging.event_keys",
    "staging.events",
    "staging.refused_rows",
)

#: Small tables that tell about deliveries and sources.
_SHARED: Final = ("config.sources", "ops.deliveries", "ops.freed_events")

_JOINED_COLUMNS: Final = (Column("claim", "ubigint", ""), Column("joined", "ubigint", ""))


def stage(job: Job, formats: Sequence[Model]) -> bool:
    """Build the tables of staging, and those of identity that tell of one list or one spelling.

    Args:
        job: the job; the parts of the tables lie in its exchange folder.
        formats: the staging models of the formats in use; they stand in the warehouse.

    Returns:
        Whether it was done: not where buckets of rows that settle each other cannot be told.
    """
    joined = joined_claims(job.warehouse, [model.name for model in formats])
    if joined is None:
        return False
    rows = sum(
        job.warehouse.scalar(f"select count(*) from {quoted(f'raw.{model.table}')}")
        for model in formats
    )
    buckets = job.buckets(rows, ROWS_PER_BUCKET)
    shared = [job.share(name) for name in _SHARED]
    raw = [_slices(job, f"raw.{model.table}", buckets) for model in formats]
    with job.warehouse.given("joined_claims", joined):
        of_claims = job.share(JOINED, _JOINED_COLUMNS, "joined_claims")
    staged = job.round(
        buckets,
        (*raw, *shared, of_claims),
        formats,
        passing=frozenset(model.name for model in formats),
        deals=[_dealt(model, buckets) for model in formats],
    )
    settled = [read_models("staging")[name] for name in SETTLED]
    lists = job.round(buckets, (*staged, *shared), settled, deals=[dealt_lists(buckets)])
    read_lists(job, lists, buckets)
    return True


def _slices(job: Job, name: str, slices: int) -> Input:
    """Write a raw table in slices of about equally many rows, in the order they were loaded."""
    columns = job.columns(name)
    stored = quoted(name)
    end = job.warehouse.scalar(f"select coalesce(max(rowid) + 1, 0) from {stored}")
    rows = {}
    folder = buckets_name(name)
    for number in range(slices):
        first, last = end * number // slices, end * (number + 1) // slices
        if first == last:
            continue
        with job.exchange.writing(f"{bucket_name(folder, number)}/rows", job.scratch) as path:
            some = f"(from {stored} where rowid >= {first} and rowid < {last})"
            rows[number] = write_part(job.warehouse, some, columns, path)
    return Input(name, columns, rows, folder)


def _dealt(model: Model, buckets: int) -> Deal:
    """Deal the rows of a format out by what they claim."""
    names = ", ".join(f"told.{quoted(column.name)}" for column in model.columns)
    query = (
        f"select {names}, (coalesce(also.joined, told.claim) % {buckets})::integer as bucket"
        f" from (select *, {CLAIM} as claim from {quoted(model.name)}) as told"
        f" left join {quoted(JOINED)} as also on told.claim = also.claim"
    )
    return Deal("settling", model.name, model.columns, (model.name, JOINED), query)
