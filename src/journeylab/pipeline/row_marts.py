"""Marts of single customers from night to night: changed in the file that publishing copies.

What tells how far each has been built is committed with its rows, in that file. So it may be lost,
or be of another warehouse: what it tells counts only where the warehouse knows the run that told.
"""

import shutil
from collections.abc import Sequence
from typing import Any

from journeylab.pipeline import changes
from journeylab.pipeline.steps import RunContext
from journeylab.settings import Settings
from journeylab.warehouse import (
    Base,
    CheckResult,
    Model,
    Sums,
    Warehouse,
    are_attached,
    attach_row_marts,
    compact,
    content_sums,
    detach_row_marts,
    is_row_mart,
    judge_rows,
    place_of,
    read_models,
    remove_row_marts,
    replace_differing,
    strip,
)
from journeylab.warehouse.row_marts import BUILT, CATALOG, spill_of


def open_row_marts(warehouse: Warehouse, settings: Settings, *, full: bool) -> None:
    """Attach the row marts of a run, and forget those that it cannot carry on.

    A file of another storage version is made anew. Tables that a killed run left half made are
    dropped. A file in which many rows were replaced is written without the gaps they left, because
    every snapshot would have them.

    Args:
        warehouse: open for writing, its tables of state standing.
        settings: the run's settings.
        full: leave nothing of what stands.
    """
    path, version = settings.paths.row_marts, settings.publish.storage_version
    if full and are_attached(warehouse):
        detach_row_marts(warehouse)
    if full and warehouse.name != ":memory:":
        remove_row_marts(path)
    if not are_attached(warehouse):
        _attach(warehouse, settings)
    is_other = warehouse.scalar(
        f"select count(*) > 0 from {BUILT} where storage_version is distinct from $version",
        {"version": version},
    )
    if is_other:
        open_row_marts(warehouse, settings, full=True)
        return
    strip(
        warehouse,
        CATALOG,
        [place.removeprefix(f"{CATALOG}.") for place in (BUILT, *places().values())],
    )
    warehouse.execute(
        f"delete from {BUILT} where run_id not in (select run_id from ops.runs)"
        f" or sequence > {changes.latest(warehouse)}"
    )
    if warehouse.name != ":memory:" and _has_gaps(warehouse, settings.publish.rewrite_share):
        detach_row_marts(warehouse)
        spill = spill_of(path)
        compact(path, spill=spill, memory_limit=settings.run.memory_limit, storage_version=version)
        shutil.rmtree(spill)
        _attach(warehouse, settings)
        warehouse.execute(f"update {BUILT} set replaced_rows = 0")


def _attach(warehouse: Warehouse, settings: Settings) -> None:
    attach_row_marts(
        warehouse,
        settings.paths.row_marts,
        read_models(CATALOG)[BUILT].columns,
        storage_version=settings.publish.storage_version,
    )


def _has_gaps(warehouse: Warehouse, most: float) -> bool:
    told: bool = warehouse.scalar(
        f"select count(*) > 0 from {BUILT} where replaced_rows > $most * content_rows",
        {"most": most},
    )
    return told


def note_whole(context: RunContext, model: Model, fingerprint: str, up_to: int) -> None:
    """Note that a row mart has been built for all customers, in the caller's transaction.

    Args:
        context: the run.
        model: the mart.
        fingerprint: what it is built by.
        up_to: number of the latest change it has followed.
    """
    sums = content_sums(context.warehouse, place_of(model))
    _note(context, model, fingerprint, up_to, sums, replaced=0)


def put_back(
    context: RunContext, model: Model, gone: Sequence[str], fingerprint: str, up_to: int, fresh: str
) -> list[CheckResult]:
    """Replace the rows of touched customers in a row mart, and note how far it is.

    Args:
        context: the run.
        model: the mart.
        gone: conditions of the stored rows that leave.
        fingerprint: what it is built by.
        up_to: number of the latest change it follows then.
        fresh: table with the rows that come.

    Returns:
        One result per row check, judged on the whole stored table.
    """
    warehouse, place = context.warehouse, place_of(model)
    with warehouse.transaction():
        rows, plain, salted, replaced = warehouse.rows(
            f"select content_rows, plain_sum, salted_sum, replaced_rows from {BUILT}"
            " where table_name = $table",
            {"table": model.name},
        )[0]
        told = replace_differing(warehouse, place, gone, fresh)
        sums = Sums(rows, plain, salted) - told.left + told.came
        _note(context, model, fingerprint, up_to, sums, replaced=replaced + told.left.rows)
        return judge_rows(warehouse, model, at=place)


def _note(
    context: RunContext, model: Model, fingerprint: str, up_to: int, sums: Sums, *, replaced: int
) -> None:
    values: dict[str, Any] = {
        "table": model.name,
        "fingerprint": fingerprint,
        "up_to": up_to,
        "as_of": context.as_of,
        "run_id": context.run_id,
        "version": context.settings.publish.storage_version,
        "rows": sums.rows,
        "plain": sums.plain,
        "salted": sums.salted,
        "replaced": replaced,
    }
    context.warehouse.execute(
        f"delete from {BUILT} where table_name = $table", {"table": model.name}
    )
    context.warehouse.execute(
        f"insert into {BUILT} values ($table, $fingerprint, $up_to, $as_of, $run_id, $version,"
        " $rows, $plain, $salted, $replaced)",
        values,
    )


def taken_over(context: RunContext) -> Base | None:
    """What the next snapshot begins as a copy of; None where every table is written.

    That is so in memory, and where events are not published: a copy would have their blocks.

    Args:
        context: the run, its marts built.
    """
    warehouse, settings = context.warehouse, context.settings
    if warehouse.name == ":memory:" or not settings.publish.events:
        return None
    warehouse.execute(f"checkpoint {CATALOG}")
    tables = {
        name.removeprefix("marts."): Sums(*sums)
        for name, *sums in warehouse.rows(
            f"select table_name, content_rows, plain_sum, salted_sum from {BUILT}"
        )
    }
    return Base(settings.paths.row_marts, tables)


def places() -> dict[str, str]:
    """Where the row marts stand: model -> table."""
    marts = read_models("marts").items()
    return {name: place_of(model) for name, model in marts if is_row_mart(model)}
