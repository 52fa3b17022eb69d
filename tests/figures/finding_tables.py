"""Small tables of what the analysis finds, a row a line, as ``small_tables`` has the rest."""

from datetime import date

import polars as pl
from small_tables import frame

CHANCES = {
    "node": pl.String,
    "label": pl.String,
    "channel": pl.String,
    "visits_settled": pl.Int64,
    "customers": pl.Int64,
    "p_convert": pl.Float64,
    "p_convert_low": pl.Float64,
    "p_convert_high": pl.Float64,
    "is_insufficient": pl.Boolean,
}
CAUSES = ("goal", "loss", "advance", "stay", "back", "lateral", "leave", "open")
STAYS = {
    "touchpoint": pl.String,
    "label": pl.String,
    "visits": pl.Int64,
    "customers": pl.Int64,
    **{f"{cause}_share": pl.Float64 for cause in CAUSES},
    "stay_p50_seconds": pl.Float64,
    "is_insufficient": pl.Boolean,
}
CURVES = {
    "touchpoint": pl.String,
    "cause": pl.String,
    "seconds": pl.Float64,
    "share": pl.Float64,
    "staying_share": pl.Float64,
    "at_risk": pl.Int64,
}
OPPORTUNITIES = {
    "rank": pl.Int64,
    "face": pl.String,
    "touchpoints": pl.List(pl.String),
    "label": pl.String,
    "sentence": pl.String,
    "effort": pl.String,
    "customers": pl.Int64,
    "unit": pl.String,
    "excess": pl.Float64,
    "excess_low": pl.Float64,
    "excess_high": pl.Float64,
    "conversions": pl.Float64,
    "value": pl.Float64,
    "currency": pl.String,
}
ARCHETYPES = {
    "archetype_number": pl.Int32,
    "label": pl.String,
    "medoid_journey_id": pl.String,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "journey_share": pl.Float64,
    "conversion_rate": pl.Float64,
    "conversion_rate_low": pl.Float64,
    "conversion_rate_high": pl.Float64,
    "steps_p50": pl.Float64,
    "is_insufficient": pl.Boolean,
}
ARCHETYPE_STEPS = {
    "archetype_number": pl.Int32,
    "from_node": pl.String,
    "to_node": pl.String,
    "transitions": pl.Int64,
    "share_out": pl.Float64,
}
CONFORMANCE = {"outcome": pl.String, "journeys": pl.Int64, "follows_map_share": pl.Float64}
WEEKS = {
    "week_date": pl.Date,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "follows_map_share": pl.Float64,
    "follows_map_low": pl.Float64,
    "follows_map_high": pl.Float64,
    "is_immature": pl.Boolean,
    "is_insufficient": pl.Boolean,
}
DEVIATIONS = {
    "kind": pl.String,
    "touchpoint": pl.String,
    "is_allowed": pl.Boolean,
    "occurrences": pl.Int64,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "journey_share": pl.Float64,
    "conversion_rate_with": pl.Float64,
    "conversion_rate_without": pl.Float64,
    "associated_difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "is_insufficient": pl.Boolean,
}
KPIS = {
    "week": pl.Date,
    "kpi": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "currency": pl.String,
    "n": pl.Int64,
    "customers": pl.Int64,
    "low": pl.Float64,
    "high": pl.Float64,
    "is_insufficient": pl.Boolean,
    "is_immature": pl.Boolean,
}
MONDAYS = [date(2026, 3, day) for day in (2, 9, 16)]


def chances(name: str = "Look") -> pl.DataFrame:
    """A quarter of 80 journeys convert; from the cart half, from the help of few 3 in 4."""
    return frame(
        CHANCES,
        ("(start)", "(start)", None, 80, 60, 0.25, 0.125, 0.375, False),
        ("web:look", name, "web", 100, 60, 0.25, 0.125, 0.375, False),
        ("web:cart", "Cart", "web", 40, 35, 0.5, None, None, False),
        ("web:help", "Help", "web", 9, 9, 0.75, 0.25, 1.0, True),
        ("shop:paid", "Paid", "purchase", 20, 20, 1.0, 1.0, 1.0, True),
    )


def stays(name: str = "Look") -> pl.DataFrame:
    """Half of the visits to the look go back; a quarter of those to the cart leave."""
    return frame(
        STAYS,
        ("web:look", name, 100, 60, 0.0, 0.0, 0.25, 0.125, 0.5, 0.0, 0.125, 0.0, 90.0, False),
        ("web:cart", "Cart", 40, 9, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25, 0.25, None, True),
    )


def stay_curves(name: str = "web:look") -> pl.DataFrame:
    """Of 40 visits a quarter go back within a minute, half leave within a day."""
    return frame(
        CURVES,
        (name, "leave", 86400.0, 0.5, 0.25, 10),
        (name, "back", 60.0, 0.25, 0.75, 40),
        (name, "back", 86400.0, 0.25, 0.25, 10),
        ("web:other", "goal", 60.0, 1.0, 0.0, 5),
    )


def opportunities(name: str = "Payment") -> pl.DataFrame:
    """A leak with a value, and a slow place whose conversions nobody knows."""
    unknown, worth = (None, None, None), (20.0, 10.0, 30.0, 8.0, 1000.0, "EUR")
    return frame(
        OPPORTUNITIES,
        (2, "slow", ["a"], "Chat", "Wait.", "high", 40, "delay hours", 90.0, 60.0, 120.0, *unknown),
        (1, "leaky", ["b"], name, f"{name} leaks.", "low", 80, "dropped journeys", *worth),
    )


def archetypes(name: str = "Look, Cart") -> pl.DataFrame:
    """Two kinds of journeys, the second of few customers."""
    return frame(
        ARCHETYPES,
        (1, name, "ana-0", 75, 60, 0.75, 0.5, 0.375, 0.625, 4.0, False),
        (2, "Help", "bea-0", 25, 20, 0.25, 0.0, 0.0, 0.125, 2.0, True),
    )


def archetype_steps(name: str = "web:look") -> pl.DataFrame:
    """The first goes to and fro between mail and look, the second straight out."""
    return frame(
        ARCHETYPE_STEPS,
        (1, "(start)", "mail:click", 75, 1.0),
        (1, "mail:click", name, 64, 1.0),
        (1, name, "mail:click", 32, 0.5),
        (1, name, "(converted)", 4, 0.5),
        (2, "(start)", "mail:click", 25, 1.0),
        (2, "mail:click", "(dropped)", 25, 1.0),
    )


def conformance(_: str = "") -> pl.DataFrame:
    """A quarter of 100 journeys follow the map."""
    return frame(CONFORMANCE, ("all", 100, 0.25), ("converted", 40, 0.5), ("dropped", 60, 0.0625))


def conformance_weekly(_: str = "") -> pl.DataFrame:
    """The second week may still change, in the third nobody came."""
    return frame(
        WEEKS,
        (MONDAYS[1], 40, 35, 0.5, 0.25, 0.75, True, False),
        (MONDAYS[0], 60, 50, 0.125, 0.0625, 0.25, False, False),
        (MONDAYS[2], 0, 0, None, None, None, True, True),
    )


def deviations(name: str = "web:look") -> pl.DataFrame:
    """Going back is commonest; a repeat is allowed and not shown."""
    return frame(
        DEVIATIONS,
        ("skipped", "web:cart", False, 10, 10, 9, 0.1, 0.5, 0.25, 0.25, 0.0, 0.5, True),
        ("back", name, False, 70, 50, 40, 0.5, 0.25, 0.5, -0.25, -0.5, 0.0, False),
        ("repeat", name, True, 90, 80, 70, 0.8, 0.25, 0.5, -0.25, -0.5, 0.0, False),
    )


def kpis_weekly(_: str = "") -> pl.DataFrame:
    """Three weeks of a rate, the last immature and of few; two of revenue in two currencies."""
    return frame(
        KPIS,
        (MONDAYS[1], "conversion_rate", 0.5, "share", None, 40, 40, 0.25, 0.75, False, False),
        (MONDAYS[0], "conversion_rate", 0.25, "share", None, 60, 50, 0.125, 0.375, False, False),
        (MONDAYS[2], "conversion_rate", 0.125, "share", None, 8, 8, 0.0, 0.875, True, True),
        (MONDAYS[0], "revenue", 900.0, "money", "USD", 9, 9, None, None, True, False),
        (MONDAYS[0], "revenue", 1200.0, "money", "EUR", 12, 12, None, None, True, False),
        (MONDAYS[1], "revenue", 1500.0, "money", "EUR", 15, 15, None, None, True, True),
    )
