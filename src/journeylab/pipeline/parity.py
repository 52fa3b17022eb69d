"""Both engines on the same customers, each in a folder of its own: are their tables equal?

The customers are a sample of whole ones by the hash of their id, so that it is the same ones on
every call. Their events leave the warehouse in the event contract, and both engines take them in,
find out who is who, and publish; nothing of the warehouse or its snapshots is touched.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from journeylab.errors import ChecksFailed, NoWarehouse
from journeylab.events import EVENT_COLUMNS
from journeylab.pipeline.runs import private_files, run
from journeylab.settings import Settings, Source
from journeylab.warehouse import (
    RUN_TABLES,
    Bench,
    Column,
    Warehouse,
    content_hash,
    hold,
    open_current,
    open_warehouse,
    quoted,
    write_part,
)

Engine = Literal["duckdb", "spark"]
ENGINES: Final[tuple[Engine, Engine]] = ("duckdb", "spark")


@dataclass(frozen=True, slots=True)
class TableParity:
    """One published table: its rows and content hash by engine."""

    table: str
    rows: dict[Engine, int]
    hashes: dict[Engine, str]

    @property
    def is_equal(self) -> bool:
        """Whether both engines published the same rows."""
        return len(set(self.hashes.values())) == 1


@dataclass(frozen=True, slots=True)
class Parity:
    """What was compared: how many customers and events, and every published table."""

    customers: int
    events: int
    tables: tuple[TableParity, ...]


def parity(settings: Settings, *, customers: int, started_at: datetime) -> Parity:
    """Publish a sample of customers by both engines, and compare every table.

    Args:
        settings: the shop; a run has built its warehouse.
        customers: how many at most.
        started_at: start of both runs, UTC.

    Returns:
        Tables in the order of their names; those that tell of the run itself are left out.

    Raises:
        LockHeld: a run holds the warehouse.
        NoWarehouse: there is no warehouse.
        JourneyLabError: a run of one engine failed.
    """
    if not settings.paths.warehouse.is_file():
        place = str(settings.paths.warehouse)
        raise NoWarehouse("there is no warehouse to sample", place, "first: journeylab run")
    told: dict[Engine, dict[str, tuple[int, str]]] = {}
    with (
        private_files(),
        hold(settings.paths.lock, started_at=started_at),
        tempfile.TemporaryDirectory(prefix="parity-", dir=settings.paths.var) as name,
    ):
        folder = Path(name)
        sample = _sampled(settings, folder / "landing", customers)
        for engine in ENGINES:
            of_engine = _settings(settings, folder / engine, sample).on_engine(engine)
            report = run(of_engine, started_at=started_at, as_of=sample.as_of)
            if report.snapshot is None:
                failed = [c.about for c in report.checks if not c.passed and c.severity == "error"]
                raise ChecksFailed(
                    f"the {engine} engine published nothing: {'; '.join(failed)}",
                    f"a sample of {sample.customers} customers",
                    "ask for more customers, or mend what the check tells",
                )
            told[engine] = _published(of_engine)
    names = sorted({name for tables in told.values() for name in tables})
    tables = tuple(
        TableParity(
            name,
            {engine: told[engine].get(name, (0, ""))[0] for engine in ENGINES},
            {engine: told[engine].get(name, (0, ""))[1] for engine in ENGINES},
        )
        for name in names
    )
    return Parity(sample.customers, sample.events, tables)


@dataclass(frozen=True, slots=True)
class _Sample:
    customers: int
    events: int
    as_of: datetime
    sources: dict[str, Source]


def _sampled(settings: Settings, landing: Path, customers: int) -> _Sample:
    """Write the events of some customers, one file a source and channel, in the event contract."""
    run_settings = settings.run
    with open_warehouse(
        settings.paths.warehouse,
        spill=settings.paths.var / "spill",
        memory_limit=run_settings.memory_limit,
        spill_limit=run_settings.spill_limit,
        threads=run_settings.threads,
    ) as warehouse:
        bench = Bench(warehouse, "sample")
        bench.table(
            "night.sample",
            "select customer_key from identity.customers"
            " order by md5_number_lower(customer_id), customer_id limit $customers",
            {"customers": customers},
        )
        sources, events = _written(warehouse, bench, landing, settings)
        return _Sample(
            bench.rows("night.sample"),
            events,
            warehouse.scalar("select max_by(as_of_at, started_at) from ops.runs"),
            sources,
        )


def _written(
    warehouse: Warehouse, bench: Bench, landing: Path, settings: Settings
) -> tuple[dict[str, Source], int]:
    kept = ", ".join(f"events.{quoted(name)}" for name in EVENT_COLUMNS)
    bench.table(
        "night.events",
        f"select {kept} from staging.events as events"
        " inner join identity.event_customers as owners using (event_key)"
        f" where owners.customer_key in (from {bench.at('night.sample')})",
    )
    columns = [Column(name, kind.lower(), "") for name, kind in EVENT_COLUMNS.items()]
    sources, events = {}, 0
    for source, told in settings.sources.items():
        bench.table("night.told", f"from {bench.at('night.events')} where source = '{source}'")
        folder = landing / source
        folder.mkdir(parents=True)
        events += write_part(warehouse, "sample.night.told", columns, folder / "sample.parquet")
        sources[source] = Source(
            channel=told.channel, format="contract", path=folder, identical_rows="events"
        )
    return sources, events


def _settings(settings: Settings, folder: Path, sample: _Sample) -> Settings:
    """The shop's settings over the sample, in a folder of its own; the exchange is the shop's."""
    return settings.model_copy(
        update={
            "paths": settings.paths.model_copy(update={"var": folder}),
            "sources": sample.sources,
        }
    )


def _published(settings: Settings) -> dict[str, tuple[int, str]]:
    with open_current(settings.paths.published) as snapshot:
        return {
            name.split(".")[1]: (
                snapshot.scalar(f"select count(*) from {quoted(name)}"),
                content_hash(snapshot, name),
            )
            for name in snapshot.table_names()
            if name.split(".")[1] not in RUN_TABLES
        }
