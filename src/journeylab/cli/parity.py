"""``journeylab parity``: are the tables of both engines equal on a sample of customers?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from journeylab import pipeline
from journeylab.cli.tables import aligned
from journeylab.run_report import DONE
from journeylab.settings import load_settings

_DIFFERENT = 1


def parity(
    *,
    customers: Annotated[int, Parameter(validator=Number(gte=1))] = 1000,
    master: str | None = None,
    buckets: int | None = None,
    config: Path | None = None,
) -> int:
    """Publish a sample of customers by both engines, and compare every table.

    The sample is of whole customers, the same on every call. Both engines take in its events and
    publish them in folders that are removed afterwards; warehouse and snapshots stay as they are.
    Exits 0 when every table is equal, 1 when one differs.

    Args:
        customers: How many customers at most.
        master: Where Spark runs, for example local[2] or yarn; spark.master when not given.
        buckets: How many buckets of whole customers Spark's tasks share; spark.buckets when not
            given.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    settings = load_settings(config).on_engine(None, master=master, buckets=buckets)
    started_at = datetime.now(UTC).replace(tzinfo=None)
    told = pipeline.parity(settings, customers=customers, started_at=started_at)
    different = [table for table in told.tables if not table.is_equal]
    print(
        f"{len(told.tables) - len(different)} of {len(told.tables)} published tables are equal on"
        f" both engines ({told.customers:,} customers, {told.events:,} events)"
    )
    if not different:
        return DONE
    cells = [
        [one.table, *(f"{one.rows[e]:,}" for e in pipeline.ENGINES), *one.hashes.values()]
        for one in different
    ]
    heads = ["table", *(f"{e} rows" for e in pipeline.ENGINES)]
    heads += [f"{e} hash" for e in pipeline.ENGINES]
    print("\n".join(aligned(heads, cells, [False, True, True, False, False])))
    return _DIFFERENT
