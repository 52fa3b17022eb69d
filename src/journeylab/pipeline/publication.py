"""The last step of a run: block on failed checks, publish, remember what was published."""

import hashlib
from collections.abc import Collection

from journeylab.errors import ChecksFailed
from journeylab.pipeline import changes
from journeylab.pipeline.identity import remember_owners
from journeylab.pipeline.row_marts import places, taken_over
from journeylab.pipeline.steps import RunContext
from journeylab.privacy import thin_older
from journeylab.warehouse import Snapshot, publish, read_models


def publish_run(context: RunContext, tables: Collection[str]) -> Snapshot:
    """Publish the marts of a run as one snapshot.

    Args:
        context: the run; every mart is built and every check of it recorded.
        tables: the tables whose checks count; where the run did not build one of them, because
            Dagster was asked for a part, its checks of the last run that did.

    Raises:
        ChecksFailed: checks of severity error failed; the former snapshot stays current.
    """
    _refuse_failed_checks(context, tables)
    if context.dealt is not None:
        context.dealt.close()  # the snapshot needs the disk
    settings, warehouse = context.settings, context.warehouse
    marts = {
        name: model
        for name, model in read_models("marts").items()
        if settings.publish.events or name != "marts.events"
    }
    horizon = warehouse.rows("select horizon_at from core.horizon")
    snapshot = publish(
        warehouse,
        marts,
        published=settings.paths.published,
        run_id=context.run_id,
        info={
            "as_of_at": context.as_of,
            "horizon_at": horizon[0][0] if horizon else None,
            "config_hash": settings.config_hash,
            "input_fingerprint": input_fingerprint(context),
            "reporting_timezone": settings.run.reporting_timezone,
        },
        keep=settings.publish.keep,
        keep_month_ends=settings.publish.keep_month_ends,
        leave_free_bytes=settings.publish.leave_free_bytes,
        storage_version=settings.publish.storage_version,
        base=taken_over(context),
        places=places(),
    )
    with warehouse.transaction():
        remember_owners(context)
        warehouse.execute(
            "create or replace table ops.customer_aliases as from identity.customer_aliases"
        )
        changes.forget_followed(warehouse, list(tables))
    thin_older(
        settings.paths.published,
        keep_rows=settings.publish.keep_rows,
        k_floor=settings.privacy.k_floor,
        storage_version=settings.publish.storage_version,
    )
    return snapshot


def input_fingerprint(context: RunContext) -> str:
    """SHA-256 over the hashes of all loaded files of the configured sources, in a fixed order."""
    digest = hashlib.sha256()
    for source, sha256 in context.warehouse.rows(
        "select source, sha256 from ops.deliveries where state = 'loaded' order by source, sha256"
    ):
        if source in context.settings.sources:
            digest.update(f"{source} {sha256}\n".encode())
    return digest.hexdigest()


def _refuse_failed_checks(context: RunContext, tables: Collection[str]) -> None:
    failed = context.warehouse.rows(
        "select table_name, about, faulty_rows, query from ops.check_results"
        " where severity = 'error' and faulty_rows > 0 and list_contains($tables, table_name)"
        " and (table_name, run_id) in ("
        "     select (table_name, coalesce(max(run_id) filter (run_id = $run_id), max(run_id)))"
        "     from ops.check_results group by table_name"
        " ) order by table_name, check_name",
        {"run_id": context.run_id, "tables": list(tables)},
    )
    if not failed:
        return
    told = "; ".join(f"{table}: {about} ({rows} rows break it)" for table, about, rows, _ in failed)
    raise ChecksFailed(
        f"{len(failed)} checks failed: {told}",
        f"run {context.run_id}; the former snapshot stays",
        f"see the rows in the private warehouse: {failed[0][3]}",
    )
