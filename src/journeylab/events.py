"""The event contract: the columns every staging model delivers, one row per delivered row.

Nothing here reads or writes; the SQL models under ``sql/staging`` and
``warehouse.building`` hold staged tables to these names, types and order.
"""

from typing import Final

IDENTIFIERS_TYPE: Final = "STRUCT(kind VARCHAR, value VARCHAR)[]"

#: Columns of the event contract in order: name -> DuckDB type.
EVENT_COLUMNS: Final[dict[str, str]] = {
    "source": "VARCHAR",
    "event_id": "VARCHAR",
    "occurred_at": "TIMESTAMP",
    "sent_at": "TIMESTAMP",
    "received_at": "TIMESTAMP",
    "source_sequence": "BIGINT",
    "channel": "VARCHAR",
    "event_name": "VARCHAR",
    "identifiers": IDENTIFIERS_TYPE,
    "order_id": "VARCHAR",
    "value": "DECIMAL(18,4)",
    "currency": "VARCHAR",
    "url": "VARCHAR",
    "referrer": "VARCHAR",
    "utm_source": "VARCHAR",
    "utm_medium": "VARCHAR",
    "utm_campaign": "VARCHAR",
    "device": "VARCHAR",
    "country": "VARCHAR",
    "conversation_id": "VARCHAR",
    "actor": "VARCHAR",
    "score": "DOUBLE",
    "consent": "VARCHAR",
    "is_bot": "BOOLEAN",
    "properties": "JSON",
}

#: What a staging model adds to the contract: where the row came from, and why it was rejected.
STAGED_COLUMNS: Final[dict[str, str]] = {
    "delivery_key": "INTEGER",
    "row_number": "BIGINT",
    **EVENT_COLUMNS,
    "reject_code": "VARCHAR",
    "reject_reason": "VARCHAR",
    "raw_text": "VARCHAR",
}

#: Channels with a fixed rank in the total order; others follow by name.
CHANNEL_ORDER: Final[tuple[str, ...]] = ("web", "email", "chat", "purchase")
