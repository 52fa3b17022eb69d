"""Which deliveries the raw tables hold, which are staged, and when all are staged anew."""

from collections.abc import Mapping, Sequence

from journeylab.pipeline import changes
from journeylab.pipeline.steps import RunContext
from journeylab.warehouse import Model, Warehouse

#: Rows of each delivery: (raw table, delivery_key) -> rows.
Rows = Mapping[tuple[str, int], int]


def loaded(warehouse: Warehouse, formats: Sequence[Model]) -> Rows:
    """Rows that each delivery has in the raw tables of the formats in use, sorted."""
    counted = " union all ".join(
        f"select '{model.table}' as table_name, delivery_key, count(*) as raw_rows"
        f" from raw.{model.table} group by delivery_key"
        for model in formats
    )
    found = warehouse.rows(f"select * from ({counted}) order by all")
    return {(table, key): rows for table, key, rows in found}


def staged(warehouse: Warehouse) -> Rows:
    """Rows that each delivery had when it was staged."""
    found = warehouse.rows("select table_name, delivery_key, raw_rows from ops.staged_deliveries")
    return {(table, key): rows for table, key, rows in found}


def note_staged(warehouse: Warehouse, rows: Rows) -> None:
    """Note what is staged now, in the caller's transaction."""
    warehouse.execute("delete from ops.staged_deliveries")
    for (table, key), count in rows.items():
        warehouse.execute(
            "insert into ops.staged_deliveries values ($table, $key, $rows)",
            {"table": table, "key": key, "rows": count},
        )


def why_staged_whole(context: RunContext, model: Model, now: Rows) -> str:
    """Why all delivered rows are staged anew; empty where ``staging.rows`` is carried on.

    Args:
        context: the run.
        model: ``staging.rows``.
        now: what the raw tables hold.
    """
    warehouse = context.warehouse
    fingerprint = changes.fingerprint(context, model)
    whole = changes.why_whole(warehouse, changes.built_up_to(warehouse, model.name, fingerprint))
    if any(now.get(told, 0) > rows for told, rows in staged(warehouse).items()):
        whole = whole or "a known delivery has more rows than before"
    went_back = warehouse.scalar(
        "select count(*) > 0 from ops.built where table_name = $table and as_of_at > $as_of",
        {"table": model.name, "as_of": context.as_of},
    )
    return whole or ("as-of went back" if went_back else "")
