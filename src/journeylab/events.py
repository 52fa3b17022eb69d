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

#: What the staged columns mean; the header line ``columns: staged`` stands for them all.
STAGED_MEANINGS: Final[dict[str, str]] = {
    "delivery_key": "Delivery the row came in.",
    "row_number": "Line or record number in the file, counted from 1.",
    "source": "Source as named in the settings.",
    "event_id": "The source's own id of the event; null where it has none.",
    "occurred_at": "When it happened, UTC; null only in rejected rows.",
    "sent_at": "When the client sent it, UTC; null where not given.",
    "received_at": "When the source received or last changed it, UTC; null where not given.",
    "source_sequence": "The source's own counter, breaks ties in time; null where it has none.",
    "channel": "Channel: web, email, chat, purchase, or one the project adds.",
    "event_name": "What happened, in the source's word; null only in rejected rows.",
    "identifiers": "Identifiers the row carries for its customer; empty when none.",
    "order_id": "Order it belongs to; null where it belongs to none.",
    "value": "Amount in currency, tax and shipping left out where given apart; null when none.",
    "currency": "Currency of value, ISO 4217; null without a value or when not known.",
    "url": "Page, as the source gives it; null where there is none.",
    "referrer": "Page the visitor came from; null when not known.",
    "utm_source": "Campaign source; null when not given.",
    "utm_medium": "Campaign medium; null when not given.",
    "utm_campaign": "Campaign name; null when not given.",
    "device": "Kind of device; null when not known.",
    "country": "Country as the source names it; null when not known.",
    "conversation_id": "Conversation it belongs to; null where it belongs to none.",
    "actor": "Who did it: customer, agent or system; null when not known.",
    "score": "Score of a rating or survey reply; null for anything else.",
    "consent": "Consent as the source states it; null when not known.",
    "is_bot": "True where the row shows a program, not a person; null when not known.",
    "properties": "What else the row says, a JSON object; null when nothing.",
    "reject_code": "Why the row cannot become an event, as a stable word; null for good rows.",
    "reject_reason": "The same as a sentence that names the value; null for good rows.",
    "raw_text": "The raw row as JSON; null for good rows.",
}

#: Channels with a fixed rank in the total order; others follow by name.
CHANNEL_ORDER: Final[tuple[str, ...]] = ("web", "email", "chat", "purchase")
