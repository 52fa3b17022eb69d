"""Frames of events as a notebook has them: customer -> (minute, touchpoint) in, rows out."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl

import journeylab as jl

START = datetime(2026, 1, 1, 12, 0)
DAY = 24 * 60

STAGES = {
    "reach": ["web:home"],
    "nurture": ["web:product", "web:reviews", "email:click", "chat:started"],
    "convert": ["web:cart", "purchase:completed"],
    "support": ["web:order_status", "chat:started"],
}


def frame(**customers: list[tuple[float, str]]) -> pl.DataFrame:
    """One row per event: who, when, what, in the order they are written."""
    rows = [
        {"who": who, "when": START + timedelta(minutes=minute), "what": what}
        for who, events in customers.items()
        for minute, what in events
    ]
    return pl.DataFrame(rows, schema={"who": pl.String, "when": pl.Datetime("us"), "what": str})


def opened(events: Any, **told: Any) -> jl.Lab:
    """A Lab of such a frame, the log taken as finished unless told otherwise."""
    columns = {"occurred_at": "when", "touchpoint": "what", "customer_id": "who"}
    settings = {"run": {"threads": 1}}
    return jl.from_events(
        events, **{**columns, "assume_complete": True, "settings": settings, **told}
    )


def sold(
    people: dict[str, list[tuple[float, str]]], prices: dict[str, str], currencies: dict[str, str]
) -> pl.DataFrame:
    """A frame in which each goal has the price of its customer."""
    price = pl.col("who").replace_strict(prices, default=None, return_dtype=pl.String)
    told = frame(**people).with_columns(
        pl.when(pl.col("what") == "paid").then(price).cast(pl.Decimal(18, 4)).alias("price")
    )
    kind = pl.col("who").replace_strict(currencies, default="EUR", return_dtype=pl.String)
    return told.with_columns(pl.when(pl.col("price").is_not_null()).then(kind).alias("money"))
