"""Simulated deliveries, once for each size, and what the peers read: bare events of customers."""

import shutil
from pathlib import Path

import duckdb

from journeylab.simulate import write_events

SEED = 7

#: The simulator numbers an event ``customer * 8192 + …``, so its id names the true customer.
#: Of several events of a customer at one instant the first stays, so that time alone orders.
BARE = """
    copy (
        select customer, occurred_at, touchpoint
        from (
            select
                (event_id::bigint // 8192)::uinteger as customer,
                event_id::bigint as id,
                occurred_at,
                channel || ':' || case
                    when url is null then event_name
                    else '/' || regexp_extract(url, '^https://[^/]*/?((?:[a-z_]|/[a-z])*)', 1)
                end as touchpoint
            from read_parquet('{landing}/*/*.parquet')
        )
        qualify row_number() over (partition by customer, occurred_at order by id) = 1
        order by occurred_at, customer
    ) to '{bare}' (format parquet, compression zstd, row_group_size 122880)
"""


def deliveries(cache: Path, events: int) -> Path:
    """A folder with ``landing/<channel>/*.parquet``, made when it is not there."""
    folder = cache / f"events-{events}"
    if not folder.exists():
        making = cache / f".events-{events}"
        shutil.rmtree(making, ignore_errors=True)
        write_events(
            making / "landing", seed=SEED, events=events, rows_per_file=max(100_000, events // 100)
        )
        making.rename(folder)
    return folder


def bare_events(cache: Path, events: int) -> Path:
    """A folder with Parquet of (customer, occurred_at, touchpoint) in the order of arrival."""
    folder = deliveries(cache, events)
    bare = folder / "bare"
    if not bare.exists():
        making = folder / ".bare"
        making.mkdir(exist_ok=True)
        with duckdb.connect(
            config={"temp_directory": str(cache / "spill"), "memory_limit": "8GB"}
        ) as db:
            db.execute(BARE.format(landing=folder / "landing", bare=making / "events.parquet"))
        making.rename(bare)
    return bare


def rows(folder: Path) -> int:
    """Rows of the Parquet files in a folder."""
    found = duckdb.sql(f"select count(*) from read_parquet('{folder}/*.parquet')").fetchall()
    return int(found[0][0])
