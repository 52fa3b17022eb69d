"""A small published shelf for tests: two marts, ``journeys`` and ``kpis``, and their snapshots."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from journeylab.warehouse import (
    Base,
    Model,
    Snapshot,
    Warehouse,
    ensure,
    memory,
    publish,
    read_model,
    read_models,
)

JOURNEYS = """\
-- model:  marts.journeys
-- about:  Journeys of a tiny shop, for a customer's sake.
-- scope:  global
-- grain:  one row per journey
-- key:    journey_id
-- reads:
-- column: journey_id  | varchar       | Event that began it.
-- column: outcome     | varchar       | 'converted', 'lapsed' or null while open.
-- column: value       | decimal(18,4) | Value of the order; null without one.
-- column: linearity   | double        | Share of steps that lead on.

select null
"""
KPIS = """\
-- model:  marts.kpis
-- about:  Figures of the tiny shop.
-- scope:  global
-- grain:  one row per KPI
-- key:    kpi
-- reads:
-- column: kpi   | varchar | Name.
-- column: value | double  | Value; null when not known.

select null
"""

INFO = {
    "as_of_at": datetime(2026, 3, 1, 2, 15),
    "horizon_at": datetime(2026, 2, 28, 23, 59),
    "config_hash": "c0ffee",
    "input_fingerprint": "f00d",
    "reporting_timezone": "Europe/Berlin",
}

Journey = tuple[str, str | None, float | None, float]

ANA: Journey = ("ana-0", "converted", 12.5, 0.5)
BEN: Journey = ("ben-0", None, None, 1.0)


JOURNEYS_DDL = "(journey_id varchar, outcome varchar, value decimal(18, 4), linearity double)"


def shelf_models(folder: Path) -> dict[str, Model]:
    """Models of the two marts, read from files in the folder."""
    models = {}
    for name, text in (("journeys", JOURNEYS), ("kpis", KPIS)):
        path = folder / f"{name}.sql"
        path.write_text(text)
        models[f"marts.{name}"] = read_model(path)
    return models


def shelf_warehouse(journeys: Iterable[Journey], kpis: Mapping[str, float | None]) -> Warehouse:
    """A warehouse in memory with the two marts, rows in the given order."""
    warehouse = memory(threads=1)
    warehouse.execute("create schema marts")
    warehouse.execute(f"create table marts.journeys {JOURNEYS_DDL}")
    warehouse.execute("create table marts.kpis (kpi varchar, value double)")
    for journey_id, outcome, value, linearity in journeys:
        warehouse.execute(
            "insert into marts.journeys values ($a, $b, $c, $d)",
            {"a": journey_id, "b": outcome, "c": value, "d": linearity},
        )
    for kpi, figure in kpis.items():
        warehouse.execute("insert into marts.kpis values ($a, $b)", {"a": kpi, "b": figure})
    return warehouse


def publish_shelf(
    var: Path,
    run_id: str,
    *,
    journeys: Iterable[Journey] = (ANA, BEN),
    kpis: Mapping[str, float | None] | None = None,
    keep: int = 7,
    keep_month_ends: int = 0,
    as_of: datetime | None = None,
    base: Base | None = None,
) -> Snapshot:
    """Publish the two marts into ``var/published``."""
    var.mkdir(parents=True, exist_ok=True)
    with shelf_warehouse(journeys, kpis or {"revenue": 12.5}) as warehouse:
        return publish(
            warehouse,
            shelf_models(var),
            published=var / "published",
            run_id=run_id,
            info={**INFO, "as_of_at": as_of} if as_of else INFO,
            keep=keep,
            keep_month_ends=keep_month_ends,
            base=base,
        )


def publish_marts(var: Path, run_id: str, **tables: Iterable[Mapping[str, object]]) -> Snapshot:
    """Publish real marts with given rows: table -> rows as column -> value, others null."""
    models = {f"marts.{table}": read_models("marts")[f"marts.{table}"] for table in tables}
    var.mkdir(parents=True, exist_ok=True)
    with memory(threads=1) as warehouse:
        for table, rows in tables.items():
            ensure(warehouse, f"marts.{table}", models[f"marts.{table}"].columns)
            for row in rows:
                names = ", ".join(row)
                places = ", ".join(f"${name}" for name in row)
                warehouse.execute(f"insert into marts.{table} ({names}) values ({places})", row)
        return publish(
            warehouse, models, published=var / "published", run_id=run_id, info=INFO, keep=7
        )
