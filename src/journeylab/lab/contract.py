"""Columns of somebody's frame -> rows of ``staging.events``. Refuses, never drops or guesses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from journeylab.lab import values
from journeylab.warehouse import read_models


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column of a frame plays which part; None where none does."""

    occurred_at: str
    touchpoint: str
    identifiers: Mapping[str, str]
    channel: str | None = None
    event_id: str | None = None
    source_sequence: str | None = None
    session_id: str | None = None
    journey_id: str | None = None
    value: str | None = None
    currency: str | None = None
    properties: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Every column that plays a part, each once."""
        single = (
            self.occurred_at,
            self.touchpoint,
            *self.identifiers.values(),
            self.channel,
            self.event_id,
            self.source_sequence,
            self.session_id,
            self.journey_id,
            self.value,
            self.currency,
            *self.properties,
        )
        return list(dict.fromkeys(name for name in single if name is not None))


def event_rows(
    frame: pl.DataFrame, roles: Roles, instants: pl.Series, *, as_of: datetime | None
) -> pl.DataFrame:
    """Turn each row into one event.

    Args:
        frame: the columns of ``roles``.
        roles: which column plays which part.
        instants: instant of each row, UTC without a zone.
        as_of: later events are left out; None keeps all.

    Returns:
        The columns of ``staging.events`` and ``customer``, the value of the one identifier or
        null, by ``event_key``. A row without an id of its own gets ``row-<row number>``.

    Raises:
        InputRefused: a null or a blank text where one event needs a value, a repeated
            event id, a reserved touchpoint, or a type that does not fit its part.
    """
    touchpoints = values.needed(frame, roles.touchpoint, "touchpoint")
    values.refuse_reserved(touchpoints, roles.touchpoint)
    owners = {kind: values.owner(frame, column) for kind, column in roles.identifiers.items()}
    values.refuse_nobody(owners)
    rows = pl.DataFrame(
        {
            "event_id": values.event_ids(frame, roles.event_id),
            "occurred_at": values.checked_instants(instants, roles.occurred_at),
            "source_sequence": values.sequence(frame, roles.source_sequence),
            "channel": values.channels(frame, roles.channel, touchpoints),
            "event_name": touchpoints,
            "value": values.amount(frame, roles.value),
            "currency": values.optional(frame, roles.currency),
            "properties": values.packed_properties(frame, roles.properties),
            "given_session_id": values.given(frame, roles.session_id, "session_id"),
            "given_journey_id": values.given(frame, roles.journey_id, "journey_id"),
            "customer": next(iter(owners.values())),
            "identifiers": _identifiers(owners),
        }
    )
    if as_of is not None:
        rows = rows.filter(pl.col("occurred_at") <= as_of)
    rows = rows.sort("occurred_at", "event_id").with_row_index("event_key", offset=1)
    constants = [
        pl.lit("frame").alias("source"),
        pl.lit(1).alias("delivery_key"),
        pl.lit(value=False).alias("is_bot"),
    ]
    absent = [
        pl.lit(None, dtype=pl.Float64 if kind == "double" else pl.String).alias(name)
        for name, kind in _types().items()
        if name not in (*rows.columns, "source", "delivery_key", "is_bot")
    ]
    return rows.with_columns(*constants, *absent)


def _identifiers(owners: Mapping[str, pl.Series]) -> pl.Series:
    told = pl.DataFrame(dict(owners))
    pairs = [
        pl.struct(pl.lit(kind).alias("kind"), pl.col(kind).alias("value")) for kind in told.columns
    ]
    known = pl.element().struct.field("value").is_not_null()
    listed = told.select(pl.concat_list(pairs).list.eval(pl.element().filter(known)))
    return listed.to_series()


def _types() -> dict[str, str]:
    """Columns of ``staging.events`` with their types, as its header declares them."""
    return {column.name: column.type for column in read_models("staging")["staging.events"].columns}
