"""Small tables of comparisons, what-if and deliveries, a row a line, as ``small_tables`` has."""

from datetime import date, datetime

import polars as pl
from small_tables import frame

SIZES = ("group_journeys_a", "group_customers_a", "group_journeys_b", "group_customers_b")
COMPARED = {
    "from_node": pl.String,
    "to_node": pl.String,
    "value_a": pl.Float64,
    "value_b": pl.Float64,
    "difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "is_significant": pl.Boolean,
    "is_insufficient": pl.Boolean,
    "n_a": pl.Int64,
    "n_b": pl.Int64,
    **dict.fromkeys(SIZES, pl.Int64),
}
DRIFT = {
    "week_start_date": pl.Date,
    "journeys": pl.Int64,
    "journeys_open": pl.Int64,
    "customers": pl.Int64,
    "transitions": pl.Int64,
    "transitions_before": pl.Int64,
    "distance": pl.Float64,
    "is_immature": pl.Boolean,
    "is_insufficient": pl.Boolean,
}
WHAT_IF = {
    "touchpoint": pl.String,
    "measure": pl.String,
    "present": pl.Float64,
    "changed_to": pl.Float64,
    "conversions_per_1000_present": pl.Float64,
    "conversions_per_1000": pl.Float64,
    "extra_conversions": pl.Float64,
    "extra_conversions_low": pl.Float64,
    "extra_conversions_high": pl.Float64,
    "extra_value": pl.Float64,
    "currency": pl.String,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "is_insufficient": pl.Boolean,
}
HEALTH = {
    "source": pl.String,
    "channel": pl.String,
    "is_required": pl.Boolean,
    "events": pl.Int64,
    "first_event_at": pl.Datetime("us"),
    "last_event_at": pl.Datetime("us"),
}
REJECTED = {
    "source": pl.String,
    "reason_code": pl.String,
    "rejected_rows": pl.Int64,
    "files": pl.Int64,
    "example_file": pl.String,
    "example_row_number": pl.Int64,
}
STEPS = {
    "step": pl.Int64,
    "from_touchpoint": pl.String,
    "to_touchpoint": pl.String,
    "is_return": pl.Boolean,
    "journeys": pl.Int64,
}
AS_OF = datetime(2026, 6, 3)


def differences(name: str = "web:look") -> pl.DataFrame:
    """A sure difference, one that may be chance, and one too small to be drawn."""
    sizes = (100, 80, 60, 50)
    return frame(
        COMPARED,
        (name, "mail:click", 0.5, 0.25, 0.25, 0.125, 0.375, True, False, 200, 160, *sizes),
        ("(start)", name, 0.5, 0.75, -0.25, -0.5, 0.0, False, True, 100, 60, *sizes),
        (name, "(dropped)", 0.25, 0.2451, 0.0049, -0.1, 0.1, False, False, 200, 160, *sizes),
    )


def steps_of_few(name: str = "web:look") -> pl.DataFrame:
    """Three of four look and come back to it after the mail; one drops at once."""
    return pl.DataFrame(
        [
            (1, name, "mail:click", False, 3),
            (1, "mail:click", "(dropped)", False, 1),
            (2, "mail:click", name, True, 3),
            (2, "(dropped)", "(dropped)", False, 1),
        ],
        schema=STEPS,
        orient="row",
    )


def steps_of_many(name: str = "web:look") -> pl.DataFrame:
    """One of ten does so; the others read something seldom read, and buy."""
    return pl.DataFrame(
        [
            (1, name, "mail:click", False, 1),
            (1, name, "web:blog", False, 9),
            (2, "mail:click", name, True, 1),
            (2, "web:blog", "(converted)", False, 9),
        ],
        schema=STEPS,
        orient="row",
    )


def drift(_: str = "") -> pl.DataFrame:
    """The second week has more moves than came before it; the last may still change."""
    days = [date(2026, 3, day) for day in (2, 9, 16, 23)]
    return frame(
        DRIFT,
        (days[0], 8, 0, 8, 40, 0, None, False, True),
        (days[1], 40, 0, 35, 400, 40, 0.5, False, False),
        (days[2], 40, 1, 35, 400, 440, 0.125, False, False),
        (days[3], 20, 9, 20, 200, 840, 0.25, True, True),
    )


def what_if(name: str = "Look") -> pl.DataFrame:
    """Fewer exits, fewer ways back at a place of few, and both at once."""
    told = (100, 80, False)
    return frame(
        WHAT_IF,
        (name, "exit_rate", 0.5, 0.25, 250, 375, 12.5, 5, 20, 1250, "EUR", *told),
        ("Help", "return_rate", 0.5, 0.0, 250, 250, 0.0, -0.25, 0.25, None, None, 100, 9, True),
        (None, "joint", None, None, 250, 375, 12.5, 4, 21, None, None, *told),
    )


def health(name: str = "web") -> pl.DataFrame:
    """The web an hour old, the mails six, the chat silent."""
    first = datetime(2026, 3, 1)
    return frame(
        HEALTH,
        (name, "web", True, 900, first, datetime(2026, 6, 2, 23)),
        ("mails", "email", False, 100, first, datetime(2026, 6, 2, 18)),
        ("chats", "chat", False, 0, None, None),
    )


def rejected(name: str = "web") -> pl.DataFrame:
    """Most rows of one source cannot be read."""
    return frame(
        REJECTED,
        ("mails", "bad_time", 2, 1, "mails.csv", 7),
        (name, "not_json", 5, 2, "web.jsonl", 3),
    )
