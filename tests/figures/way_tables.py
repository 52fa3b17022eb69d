"""Small tables of ways taken and left, as the figures of drop-offs and variants read them."""

from typing import Any

import polars as pl
from small_tables import frame

PAIRS: dict[str, Any] = {
    "touchpoint": pl.String,
    "other_touchpoint": pl.String,
    "entered_touchpoint": pl.String,
    "bounces": pl.Int64,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "rounds_p50": pl.Float64,
    "conversion_rate_with": pl.Float64,
    "conversion_rate_without": pl.Float64,
    "associated_difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "is_insufficient": pl.Boolean,
}
MOVES: dict[str, Any] = {
    "touchpoint": pl.String,
    "move": pl.String,
    "visits": pl.Int64,
    "visits_settled": pl.Int64,
    "customers": pl.Int64,
    "share": pl.Float64,
    "share_low": pl.Float64,
    "share_high": pl.Float64,
    "next_touchpoint": pl.String,
    "next_touchpoint_visits": pl.Int64,
    "is_insufficient": pl.Boolean,
}
BEEN: dict[str, Any] = {
    "touchpoint": pl.String,
    "label": pl.String,
    "dropped_visitors": pl.Int64,
    "dropped_journeys": pl.Int64,
    "dropped_share": pl.Float64,
    "dropped_low": pl.Float64,
    "dropped_high": pl.Float64,
    "converted_visitors": pl.Int64,
    "converted_journeys": pl.Int64,
    "converted_share": pl.Float64,
    "converted_low": pl.Float64,
    "converted_high": pl.Float64,
    "associated_difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "is_insufficient": pl.Boolean,
}
VARIANTS: dict[str, Any] = {
    "variant_number": pl.Int64,
    "touchpoints": pl.List(pl.String),
    "steps": pl.Int64,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "journey_share": pl.Float64,
    "journeys_settled": pl.Int64,
    "conversion_rate": pl.Float64,
    "duration_p50_seconds": pl.Float64,
}
QUEUE: dict[str, Any] = {
    "touchpoint": pl.String,
    "label": pl.String,
    "outcome": pl.String,
    "waited_seconds": pl.Float64,
    "value_at_stake": pl.Float64,
    "value_currency": pl.String,
}


def ping_pong(name: str = "web:look") -> pl.DataFrame:
    """A rare pair of unknown difference, and one that began at its second touchpoint."""
    return frame(
        PAIRS,
        ("a", "b", "a", 10, 9, 9, 1.0, None, 0.5, None, None, None, True),
        ("mail:click", name, name, 30, 20, 60, 1.5, 0.25, 0.5, -0.25, -0.5, 0.0, False),
    )


def next_moves(name: str = "web:look") -> pl.DataFrame:
    """A quarter of the looks end, half go on; of few mails none ends."""
    return frame(
        MOVES,
        ("mail:click", "advance", 8, 8, 8, 1.0, 0.75, 1.0, name, 8, True),
        (name, "goal", 50, 200, 75, 0.25, 0.125, 0.375, "shop:paid", 50, False),
        (name, "back", 100, 200, 75, 0.5, 0.375, 0.625, "mail:click", 90, False),
        (name, "dropped", 50, 200, 75, 0.25, 0.125, 0.375, None, None, False),
    )


def visits_by_outcome(name: str = "Look") -> pl.DataFrame:
    """The dropped had been at the help more, the converted at the look; nobody compares terms."""
    return frame(
        BEEN,
        ("l", name, 20, 40, 0.5, 0.25, 0.75, 40, 40, 1.0, 0.75, 1.0, -0.5, -0.75, -0.25, False),
        ("h", "Help", 10, 40, 0.25, 0.125, 0.5, 0, 40, 0.0, 0.0, 0.125, 0.25, 0.0, 0.5, True),
        ("t", "Terms", 1, 40, 0.025, 0.0, 0.125, 0, 0, None, None, None, None, None, None, True),
    )


def variants(name: str = "web:look") -> pl.DataFrame:
    """12 journeys look, mail, look; 4 are longer than the picture and not settled."""
    longest = [f"web:{number}" for number in range(18)]
    return frame(
        VARIANTS,
        (2, longest, 18, 4, 4, 0.25, 0, None, 60.0),
        (1, [name, "email:click", name], 3, 12, 11, 0.75, 8, 0.5, 3600.0),
    )


def waiting_now(name: str = "Chat") -> pl.DataFrame:
    """Two wait after the chat, one of them for a day and with value, one after a mail."""
    return frame(
        QUEUE,
        ("chat:started", name, "open", 86400.0, 64.0, "EUR"),
        ("email:reply", "Reply", "service", 600.0, None, None),
        ("chat:started", name, "converted", 60.0, None, None),
    )
