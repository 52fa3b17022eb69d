"""A frame of events -> a Lab, by the same SQL models as the nightly run. Writes no file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import polars as pl

from journeylab.errors import InputRefused, nearest
from journeylab.lab.building import build_marts
from journeylab.lab.contract import Roles, event_rows
from journeylab.lab.frames import as_polars
from journeylab.lab.kinds import naming_other_kinds
from journeylab.lab.opening import Lab
from journeylab.lab.settings import frame_settings
from journeylab.lab.stages import Stages, names, stage_rules
from journeylab.lab.values import FRAME
from journeylab.parameters import naive_utc
from journeylab.settings import Settings
from journeylab.warehouse import Warehouse, memory, read_models, write

#: Kind of the one identifier when the caller says who the customer is.
GIVEN_KIND: Final = "customer_id"

_TIMED: Final = r"\d:\d{2}"
_ZONED: Final = r"\d:\d{2}.*(?:[zZ]|[+-]\d{2}(?::?\d{2})?|\bUTC)$"


@naming_other_kinds
def from_events(
    frame: Any,  # noqa: ANN401 - any library's frame
    *,
    occurred_at: str,
    touchpoint: str,
    customer_id: str | None = None,
    identifiers: Mapping[str, str] | None = None,
    channel: str | None = None,
    event_id: str | None = None,
    source_sequence: str | None = None,
    session_id: str | None = None,
    journey_id: str | None = None,
    value: str | None = None,
    currency: str | None = None,
    properties: str | Sequence[str] = (),
    goals: str | Sequence[str] = ("purchase:completed",),
    stages: Stages | None = None,
    waits_for_us: str | Sequence[str] = (),
    collapse_repeats: bool = True,
    assume_complete: bool | None = None,
    as_of: datetime | str | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
) -> Lab:
    """Open a frame of events for questions, one event a row.

    Args:
        frame: a Polars or pandas frame, an Arrow table, a DuckDB relation, or the path of a
            Parquet file. All other arguments up to ``properties`` name columns of it.
        occurred_at: timestamps (without a zone they are UTC), dates or ISO 8601 text.
        touchpoint: what happened; the name is kept as it is. Without ``:`` it belongs to the
            channel ``events``, else to the channel before the ``:``.
        customer_id: who did it, taken as given; an event without one belongs to nobody.
        identifiers: instead of ``customer_id``: kind (``user_id``, ``email``, ``phone``,
            ``anonymous_id``, or what ``settings`` adds) -> column. Who is who is then found
            as in a nightly run, and customers get ids of their own.
        channel: channel of the event; null takes the touchpoint's.
        event_id: unique name of the event. Without one, rows are ``row-000000001``, … and
            rows of one instant keep their order.
        source_sequence: whole numbers that order events of one instant.
        session_id: kept as the session instead of cutting sessions; no null.
        journey_id: kept as the journey instead of cutting journeys; no null.
        value: amount of a goal.
        currency: its currency.
        properties: further columns to keep with each event.
        goals: touchpoints that end a journey as converted.
        stages: stages in rank order, each with its touchpoints, for example
            ``{"reach": ["web:home"], "convert": ["web:cart", "purchase:completed"]}``. A
            touchpoint in two stages has the first up to the goal, the second after it.
        waits_for_us: touchpoints after which an answer from us is due, as a question asked in
            a chat: waits there are told apart, and who asks again is ``Lab.rework``.
        collapse_repeats: False counts each event as a step, as process-mining tools do.
        assume_complete: True counts every journey as settled: the log is finished. None
            means True where ``journey_id`` is given, else what ``settings`` say.
        as_of: later events are left out; None keeps all.
        settings: ``journeylab.load_settings``' result, or its sections as a dict, for example
            ``{"sessions": {"session_gap_minutes": 60}}``; None takes the defaults.

    Returns:
        A Lab over tables in memory. Tables about files and runs are not among them.

    Raises:
        InputRefused: see the message; no row is ever dropped in silence.
        UnknownName: the frame lacks a column, or no event is of a touchpoint in waits_for_us.
        SettingsError: a setting is unknown or out of range.
    """
    owners = _owners(customer_id, identifiers)
    kept = names(properties)
    told = frame_settings(settings)
    if identifiers:
        _refuse_unknown_kinds(identifiers, told)
    roles = Roles(
        occurred_at=occurred_at,
        touchpoint=touchpoint,
        identifiers=owners,
        channel=channel,
        event_id=event_id,
        source_sequence=source_sequence,
        session_id=session_id,
        journey_id=journey_id,
        value=value,
        currency=currency,
        properties=kept,
    )
    given = as_polars(frame, roles.columns)
    warehouse = memory(threads=told.run.threads)
    try:
        instants = _instants(warehouse, given, occurred_at)
        rows = event_rows(given, roles, instants, as_of=_instant(as_of))
        write(warehouse, read_models("staging")["staging.events"], rows.drop("customer"))
        if customer_id is not None:
            _write_customers(warehouse, rows)
        reading = build_marts(
            warehouse,
            told,
            stage_rules(
                stages,
                goals=names(goals),
                waits_for_us=names(waits_for_us),
                occurring=rows["event_name"].unique(),
            ),
            finds_customers=customer_id is None,
            collapse_repeats=collapse_repeats and told.journeys.collapse_repeats,
            assume_complete=_complete(assume_complete, journey_id, told),
            newest=_newest(rows),
            allowed_properties=list(kept),
        )
    except BaseException:
        warehouse.close()
        raise
    return Lab(reading, f"a frame of {rows.height} events")


def _owners(customer_id: str | None, identifiers: Mapping[str, str] | None) -> dict[str, str]:
    if (customer_id is None) == (not identifiers):
        raise InputRefused(
            "one of customer_id and identifiers is wanted",
            "from_events",
            'customer_id="column" if the customer is known, identifiers={"email": "column"} if'
            " it is to be found; for a log of cases name the case column in both customer_id"
            " and journey_id",
        )
    return {GIVEN_KIND: customer_id} if customer_id is not None else dict(identifiers or {})


def _refuse_unknown_kinds(identifiers: Mapping[str, str], settings: Settings) -> None:
    for kind in identifiers:
        if kind not in settings.identity.kinds:
            raise InputRefused(
                f"unknown kind of identifier {kind!r}",
                "from_events(identifiers=…)",
                nearest(kind, settings.identity.kinds)
                + '; settings={"identity": {"kinds": […]}} adds one',
            )


def _complete(told: bool | None, journey_id: str | None, settings: Settings) -> bool:
    return settings.run.assume_complete or journey_id is not None if told is None else told


def _instant(told: datetime | str | None) -> datetime | None:
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told)
        except ValueError as error:
            raise InputRefused(
                f"as_of is {told!r}, no time", "from_events", 'write "2026-03-31T23:59:59"'
            ) from error
    return None if told is None else naive_utc(told)


def _newest(rows: pl.DataFrame) -> datetime | None:
    newest = rows["occurred_at"].max()
    return newest if isinstance(newest, datetime) else None


def _instants(warehouse: Warehouse, frame: pl.DataFrame, column: str) -> pl.Series:
    values = frame[column]
    kind = values.dtype
    if isinstance(kind, pl.Datetime):
        moments = values if kind.time_zone is None else values.dt.convert_time_zone("UTC")
        read = moments.dt.replace_time_zone(None).cast(pl.Datetime("us"))
    elif kind == pl.Date:
        read = values.cast(pl.Datetime("us"))
    elif kind in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        _refuse_mixed_zones(values.cast(pl.String), column)
        told = pl.DataFrame({"told": values.cast(pl.String)}).with_row_index("row_number", 1)
        with warehouse.given("told_instants", told):
            read = warehouse.frame(read_models("lab")["lab.instants"].query)["occurred_at"]
    else:
        raise InputRefused(
            f"occurred_at holds {kind}, wanted timestamps, dates or ISO 8601 text",
            f"{FRAME}, column {column!r}",
            f'for seconds since 1970: pl.from_epoch({column!r}, time_unit="s"),'
            ' in pandas: pd.to_datetime(…, unit="s")',
        )
    if read.null_count():
        row = read.is_null().arg_true()[0]
        raise InputRefused(
            f"occurred_at: {read.null_count()} of {len(read)} rows are no time,"
            f" the first is row {row + 1} with {values[row]!r}",
            f"{FRAME}, column {column!r}",
            'write times as "2026-03-31T23:59:59+02:00", or filter those rows out',
        )
    return read


def _refuse_mixed_zones(told: pl.Series, column: str) -> None:
    """Refuse texts some of which have a zone: in which the others are meant cannot be known."""
    is_zoned = told.str.strip_chars().str.contains(_ZONED)
    has_time = told.str.contains(_TIMED)
    if is_zoned.any() and (has_time & ~is_zoned).any():
        first = told.filter(is_zoned.fill_null(value=False))[0]
        other = told.filter((has_time & ~is_zoned).fill_null(value=False))[0]
        raise InputRefused(
            f"occurred_at holds times with a zone, as {first!r}, and without one, as {other!r}",
            f"{FRAME}, column {column!r}",
            "give all of them a zone, or none, which means UTC",
        )


def _write_customers(warehouse: Warehouse, rows: pl.DataFrame) -> None:
    models = read_models("identity")
    owned = rows.filter(pl.col("customer").is_not_null())
    customers = (
        owned.group_by("customer")
        .agg(pl.col("occurred_at").min().alias("first_seen_at"))
        .sort("customer")
        .with_row_index("customer_key")
        .with_columns(pl.lit(1).alias("identifiers"), pl.col("customer_key").alias("component_key"))
    )
    write(warehouse, models["identity.customers"], customers.rename({"customer": "customer_id"}))
    owners = owned.select("event_key", "customer").join(customers, on="customer", how="left")
    write(warehouse, models["identity.event_customers"], owners.sort("event_key"))
