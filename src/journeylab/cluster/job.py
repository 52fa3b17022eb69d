"""A job is a few rounds: Spark hands out buckets, and the driver counts what every task did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from journeylab.cluster.counting import Made, checked, dealt
from journeylab.cluster.exchange import Exchange, buckets_name, shared_name
from journeylab.cluster.kernel import BucketDone, Deal, Input, Work, build_bucket
from journeylab.settings import Spark
from journeylab.warehouse import Bench, Column, Model, Warehouse, quoted, write_buckets, write_part

Result = TypeVar("Result")


class Cluster(Protocol):
    """What hands tasks out: an application of Spark, or anything that calls a function."""

    def parallelism(self) -> int:
        """Tasks that can run at once."""

    def threads_of_a_task(self) -> int:
        """Threads that each of them has."""

    def hand_out(self, work: Callable[[int], Result], parts: int) -> list[Result]:
        """What the function returns for 0, 1, … parts - 1, in this order."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the rounds of one job share, and the tables that they have made so far.

    Attributes:
        cluster: runs the tasks.
        told: where Spark runs, and how the work is cut.
        exchange: folder of this run that every worker sees.
        warehouse: holds what tasks read.
        bench: where the driver lays what it cuts.
        params: values for at least the parameters of all models.
        scratch: folder of this machine for what is sent.
    """

    cluster: Cluster
    told: Spark
    exchange: Exchange
    warehouse: Warehouse
    bench: Bench
    params: Mapping[str, Any]
    scratch: Path
    made: dict[str, Made] = field(default_factory=dict)

    def buckets(self, rows: int, size: int) -> int:
        """How many buckets: as told, else one for each so many rows, and one a core at least."""
        if self.told.buckets is not None:
            return self.told.buckets
        return max(self.cluster.parallelism(), -(-rows // size))

    def columns(self, name: str) -> tuple[Column, ...]:
        """Columns of a stored table, as they stand."""
        found = self.warehouse.columns(name)
        return tuple(Column(column, kind.lower(), "") for column, kind in found.items())

    def share(self, name: str, columns: Sequence[Column] | None = None, stored: str = "") -> Input:
        """Write a table for every task to read whole.

        Args:
            name: the table, as tasks know it.
            columns: its columns; None takes them as they stand.
            stored: what it is in the warehouse, where it has another name there.
        """
        kept = tuple(columns if columns is not None else self.columns(name))
        with self.exchange.writing(shared_name(name), self.scratch) as path:
            write_part(self.warehouse, stored or quoted(name), kept, path)
        return Input(name, kept)

    def lay(self, name: str, columns: Sequence[Column], query: str) -> Input:
        """Write rows by bucket.

        Args:
            name: the table, as tasks know it.
            columns: its columns.
            query: gives the columns, and ``bucket``.
        """
        folder = buckets_name(name)
        with self.exchange.filling(folder, self.scratch) as path:
            rows = write_buckets(self.warehouse, query, columns, path)
        return Input(name, tuple(columns), rows, folder)

    def parts_of(self, name: str, columns: Sequence[Column]) -> Input:
        """A table that a former round handed in, to be read part by part."""
        return Input(name, tuple(columns), dict(enumerate(self.made[name].by_bucket)))

    def round(
        self,
        buckets: int,
        inputs: Sequence[Input],
        models: Sequence[Model],
        *,
        passing: frozenset[str] = frozenset(),
        deals: Sequence[Deal] = (),
    ) -> tuple[Input, ...]:
        """Run one task a bucket, and count what they did.

        Args:
            buckets: how many.
            inputs: what the models read that none of them makes.
            models: the tables to build, each after those it reads.
            passing: those that are not handed in.
            deals: what each task deals out.

        Returns:
            What was dealt out, for the next round to read.

        Raises:
            ClusterFailed: a task failed for good, or a bucket was lost.
            SettingsError: Spark cannot be started.
        """
        work = Work(
            self.exchange,
            tuple(inputs),
            tuple(models),
            {name: self.params[name] for model in models for name in model.params},
            self.cluster.threads_of_a_task(),
            self.told.memory_limit,
            passing,
            tuple(deals),
        )
        done: list[BucketDone] = self.cluster.hand_out(partial(build_bucket, work), buckets)
        version = self.warehouse.scalar("select version()")
        self.made.update(checked(work, done, buckets=buckets, duckdb_version=version))
        return dealt(work, done)
