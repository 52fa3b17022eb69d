"""What of the last snapshot the next one takes over: all but the rows of touched customers.

Only the snapshot that the last run published and remembered is a base, and only while it is
the current one, for tables that are still made as they were. Otherwise they are written whole.
"""

from journeylab.pipeline import changes
from journeylab.pipeline.customers import EVENTS, PUBLISHED_EVENTS
from journeylab.pipeline.passing import TIMELESS, touched_since
from journeylab.pipeline.steps import RunContext
from journeylab.warehouse import Base, Carried, Snapshot, Sums, list_snapshots, read_models


def taken_over(context: RunContext) -> Base | None:
    """The base of the next snapshot; None where every table is written whole.

    That is so too where more than ``publish.rewrite_share`` of a table's rows would be replaced.

    Args:
        context: the run, its marts built.
    """
    warehouse = context.warehouse
    told = warehouse.rows("select distinct run_id, sha256 from ops.published")
    current = [s for s in list_snapshots(context.settings.paths.published) if s.is_current]
    if not current or told != [(current[0].folder.name, current[0].sha256)]:
        return None
    tables: dict[str, Carried] = {}
    for name, made_by, since, replaced, *sums in warehouse.rows(
        "select table_name, made_by, sequence, replaced_rows,"
        " content_rows, plain_sum, salted_sum from ops.published order by table_name"
    ):
        if made_by != _made_by(context, name) or changes.all_changed(warehouse, "customer", since):
            continue
        gone, fresh = _changed_rows(context, name, since)
        laid = context.former.brought(name, since, changes.latest(warehouse))
        if laid is None:
            came = sum(_count(context, name, f"where {part}") for part in fresh)
        else:
            came = _count(context, laid)
        carried = Carried(Sums(*sums), gone, fresh, replaced + came, laid)
        if carried.replaced > context.settings.publish.rewrite_share * carried.sums.rows:
            return None  # they leave gaps where they were, and stand behind all others
        tables[name.removeprefix("marts.")] = carried
    return Base(current[0].database, current[0].sha256, tables) if tables else None


def remember(context: RunContext, snapshot: Snapshot, base: Base | None) -> None:
    """Note what was published of the tables of single customers, in the caller's transaction.

    Args:
        context: the run that published.
        snapshot: as ``publish`` returned it.
        base: what it was given.
    """
    warehouse = context.warehouse
    warehouse.execute("delete from ops.published")
    carried = base.tables if base is not None else {}
    for name, model in read_models("marts").items():
        if model.scope != "customer" or model.table not in snapshot.table_sums:
            continue
        sums = snapshot.table_sums[model.table]
        warehouse.execute(
            "insert into ops.published select table_name, $run_id, $sha256, $made_by, sequence,"
            " $rows, $plain, $salted, $replaced from ops.built where table_name = $name",
            {
                "name": name,
                "run_id": snapshot.folder.name,
                "sha256": snapshot.sha256,
                "made_by": _made_by(context, name),
                "rows": sums.rows,
                "plain": sums.plain,
                "salted": sums.salted,
                "replaced": carried[model.table].replaced if model.table in carried else 0,
            },
        )


def _made_by(context: RunContext, table: str) -> str:
    """What a mart was made by and is stored by; another one is no part of the next snapshot."""
    told = context.warehouse.rows(
        "select fingerprint from ops.built where table_name = $table", {"table": table}
    )
    return f"{told} {context.settings.publish.storage_version}"


def _changed_rows(
    context: RunContext, table: str, since: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Conditions of the rows that leave a published mart, and of those that come."""
    bench = context.bench
    touched = f"night.published_{since}_{table in TIMELESS}"
    if not bench.holds(touched):
        bench.table(
            touched,
            "select customer_id from ops.customer_keys"
            f" where customer_key in ({touched_since(table, since)})",
        )
    owned = f"customer_id in (from {bench.at(touched)})"
    if table != PUBLISHED_EVENTS:
        return (owned,), (owned,)
    bench.table(
        "night.unowned",
        f"select event_id, event_key in ({changes.changed('event', since)} union"
        f" {changes.changed('owner', since)}) as is_changed"
        f" from {bench.stored('core.unowned_events')} inner join {bench.stored(EVENTS)}"
        " using (event_key)",
    )
    ids = f"select event_id from {bench.at('night.unowned')} where"
    return (
        (owned, f"customer_id is null and event_id not in ({ids} not is_changed)"),
        (owned, f"customer_id is null and event_id in ({ids} is_changed)"),
    )


def _count(context: RunContext, table: str, some: str = "") -> int:
    counted: int = context.warehouse.scalar(f"select count(*) from {table} {some}")
    return counted
