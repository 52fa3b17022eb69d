"""Some raw rows, laid on the bench with the formats over them, to be staged there again."""

from journeylab.pipeline.steps import RunContext
from journeylab.warehouse import Model


def told_by(rows: str) -> str:
    """Condition on the raw rows that some rows were staged from.

    Both keys are compared as columns, not as one value, so that a scan skips what cannot match.

    Args:
        rows: a table with ``delivery_key`` and ``row_number``, and what follows it in a query.
    """
    return f"(delivery_key, row_number) in (select delivery_key, row_number from {rows})"


def lay_raw(context: RunContext, formats: list[Model], *rows: str) -> None:
    """Lay some raw rows on the bench, and the formats over them.

    The rows are sought by the columns of the conditions alone; only those found are read whole.

    Args:
        context: the run.
        formats: the staging models of the formats in use.
        rows: conditions on the rows of each raw table; a row that meets one is laid.
    """
    bench = context.bench
    for model in formats:
        raw = f"raw.{model.table}"
        stored = bench.stored(raw)
        bench.remove(model.name)
        found = " union ".join(f"select rowid from {stored} where {some}" for some in rows)
        bench.table(raw, f"from {stored} where rowid in ({found})")
        bench.build(model, context.params)
