"""Walks -> Arrow tables in the event contract, one for each channel."""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from journeylab.events import EVENT_COLUMNS
from journeylab.simulate.chance import Hashes, Integers, hashes, shares
from journeylab.simulate.model import CODES, CONTEXT, STATES, TOUCHPOINTS
from journeylab.simulate.people import (
    FAMILY_EVERY,
    FAMILY_FIRST,
    REGISTERED_SHARE,
    REMEMBERED_SHARE,
)
from journeylab.simulate.walks import Walks
from journeylab.simulate.worlds import WORLDS, World

CHANNELS: Final = ("web", "email", "chat", "purchase")
SHOP: Final = "https://shop.test"
PRODUCTS: Final = 60

_TYPES: Final[dict[str, pa.DataType]] = {
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "JSON": pa.string(),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
    "STRUCT(kind VARCHAR, value VARCHAR)[]": pa.list_(
        pa.struct([("kind", pa.string()), ("value", pa.string())])
    ),
}
_CODED: Final = pa.dictionary(pa.int32(), pa.string())
#: Columns of few values, kept as codes until they are written (a file holds plain text).
FEW_VALUES: Final = ("channel", "event_name", "url", "country", "actor", "device", "currency")
#: Columns of the files: the event contract without ``source``, which the settings name.
SCHEMA: Final = pa.schema(
    [
        (name, _CODED if name in FEW_VALUES else _TYPES[kind])
        for name, kind in EVENT_COLUMNS.items()
        if name != "source"
    ]
)
_PATHS: Final = {
    "web:home": "/", "web:search": "/search", "web:compare": "/compare", "web:cart": "/cart",
    "web:checkout": "/checkout", "web:payment": "/checkout/payment", "web:account": "/account",
    "web:help": "/help", "web:category": "/c/lamps", "web:blog": "/blog/lamps-guide",
    }  # fmt: skip
_EVENTS: Final = {"email:unsubscribed": "unsubscribe"}
_LOGGED_IN: Final = ("web:account", "web:checkout", "web:payment", "web:order_status")

Mask = npt.NDArray[np.bool_]


def channel_of(walks: Walks) -> Integers:
    """Place in CHANNELS of each row."""
    table = np.array([CHANNELS.index(name.split(":")[0]) for name in TOUCHPOINTS])
    return table[walks.state]


def instants(seed: int, walks: Walks) -> Integers:
    """Microseconds since the epoch; only the web knows more than whole seconds."""
    drawn = hashes(seed, "microsecond", walks.customer, walks.step) % np.uint64(1_000_000)
    fraction = np.where(channel_of(walks) == CHANNELS.index("web"), drawn.astype(np.int64), 0)
    return walks.at * 1_000_000 + fraction


def contract_table(
    seed: int, channel: str, walks: Walks, world: World = WORLDS["shop"]
) -> pa.Table:
    """Turn rows of one channel into the event contract.

    Args:
        seed: seed of the simulation.
        channel: one of CHANNELS.
        walks: rows of that channel, in the order wanted.
        world: which shop it is; it says whether every event knows its customer.

    Returns:
        A table with SCHEMA, row for row; columns the channel does not know are null.
    """
    rows = len(walks.at)
    web, chat, purchase = (channel == name for name in ("web", "chat", "purchase"))
    key = walks.customer * 8192 + walks.step * 4 + _context_number(walks)
    drawn = hashes(seed, channel, walks.customer, walks.step)
    at = instants(seed, walks)
    known: dict[str, pa.Array] = {
        "event_id": _text(pl.Series(key)),
        "occurred_at": pa.array(at, type=pa.int64()).cast(pa.timestamp("us")),
        "received_at": pa.array(at + 2_000_000, type=pa.int64()).cast(pa.timestamp("us")),
        "source_sequence": pa.array(walks.step),
        "channel": _repeated(channel, rows),
        "event_name": _event_names(walks),
        "identifiers": _identifiers(seed, channel, walks, world),
        "country": _chosen(("DE", "AT", "CH"), hashes(seed, "geo", walks.customer)),
        "actor": _of_table(
            ["customer", "agent" if chat else "system"],
            np.isin(walks.state, _codes(*CONTEXT)).astype(np.int64),
        ),
        "is_bot": pa.array(np.zeros(rows, dtype=np.bool_)),
    }
    if web:
        known["url"] = _urls(seed, walks)
        known["device"] = _chosen(("mobile", "desktop"), hashes(seed, "class", walks.customer))
    if chat:
        talk = pl.Series(walks.customer * 4096 + walks.chat).cast(pl.String)
        known["conversation_id"] = ("t" + talk).to_arrow().cast(pa.string())
        is_rating = np.isin(walks.state, _codes("chat:rating", "chat:rating/after"))
        score = (drawn % np.uint64(5) + np.uint64(1)).astype(np.float64)
        known["score"] = pa.array(score, mask=~is_rating)
    if purchase:
        known |= _order(seed, walks)
    columns = [known.get(field.name, pa.nulls(rows, field.type)) for field in SCHEMA]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _context_number(walks: Walks) -> Integers:
    """0 for a step, else which of its context rows; one step has at most one of each."""
    table = np.zeros(len(STATES), dtype=np.int64)
    table[_codes("email:delivered", "chat:agent_message")] = 1
    table[_codes("email:open")] = 2
    table[_codes("chat:rating_request")] = 3
    return table[walks.state]


def _event_names(walks: Walks) -> pa.Array:
    names = [
        "page_view" if name.startswith("web:") else _EVENTS.get(name, name.split(":")[1])
        for name in TOUCHPOINTS
    ]
    return _of_table(names, walks.state)


def _urls(seed: int, walks: Walks) -> pa.Array:
    """The page, with the product looked at or the order asked for."""
    pages = [f"{SHOP}{_PATHS.get(name, '')}" for name in TOUCHPOINTS]
    products = [f"{SHOP}/product/{100 + number}" for number in range(PRODUCTS)]
    reviews = [f"{product}/reviews" for product in products]
    is_order = walks.state == CODES["web:order_status/after"]
    number = (walks.customer * 4096 + walks.order)[is_order]
    orders = (f"{SHOP}/orders/" + pl.Series(number).cast(pl.String)).to_list()
    taste = hashes(seed, "taste", walks.customer, walks.order) % np.uint64(PRODUCTS)
    place = walks.state.copy()
    for name, first in (("web:product", len(pages)), ("web:reviews", len(pages) + PRODUCTS)):
        place = np.where(walks.state == CODES[name], first + taste.astype(np.int64), place)
    place[is_order] = len(pages) + 2 * PRODUCTS + np.arange(len(number))
    return _of_table([*pages, *products, *reviews, *orders], place)


def _order(seed: int, walks: Walks) -> dict[str, pa.Array]:
    cents = 990 + hashes(seed, "price", walks.customer, walks.order) % np.uint64(24_000)
    order = pl.Series(walks.customer * 4096 + walks.order).cast(pl.String)
    value = pl.Series(cents.astype(np.int64)).cast(pl.Decimal(18, 4)) / pl.Series([100])
    return {
        "order_id": order.to_arrow().cast(pa.string()),
        "value": value.cast(pl.Decimal(18, 4)).to_arrow().cast(pa.decimal128(18, 4)),
        "currency": _repeated("EUR", len(walks.at)),
    }


def _identifiers(seed: int, channel: str, walks: Walks, world: World) -> pa.Array:
    """Identifiers that the channel's system would know at that moment."""
    rows = len(walks.at)
    member = shares(seed, "registered", walks.customer) < REGISTERED_SHARE
    remembered = shares(seed, "login", walks.customer, walks.visit) < REMEMBERED_SHARE
    always = np.ones(rows, dtype=np.bool_)
    parts: list[tuple[str, Mask, pl.Series]] = []
    if world.is_recognised:
        parts.append(("user_id", always, "u" + pl.Series(walks.customer).cast(pl.String)))
    elif channel != "email":
        logs_in = np.isin(walks.state, [c for c, n in enumerate(TOUCHPOINTS) if n in _LOGGED_IN])
        has_user = member & (always if channel == "purchase" else logs_in | remembered)
        parts.append(("user_id", has_user, "u" + pl.Series(walks.customer).cast(pl.String)))
    if channel != "web":
        has_email = always
        if channel == "chat":
            has_email = shares(seed, "chat email", walks.customer, walks.chat) < 0.7
        address = "c" + pl.Series(walks.customer).cast(pl.String) + "@mail.test"
        parts.append(("email", has_email, address))
    if channel in ("web", "chat", "email") and not world.is_recognised:
        has_device = walks.state == CODES["email:click"] if channel == "email" else always
        parts.append(("anonymous_id", has_device, _devices(seed, walks)))
    # Cell (row, kind) of the flattened list stands at row * kinds + kind.
    held = np.stack([mask for _, mask, _ in parts], axis=1).ravel()
    places = np.flatnonzero(held)
    kinds = pa.DictionaryArray.from_arrays(
        pa.array((places % len(parts)).astype(np.int8)), [kind for kind, _, _ in parts]
    ).cast(pa.string())
    values = pl.concat([series.alias("value") for _, _, series in parts], rechunk=True)
    flat = values.gather(places % len(parts) * rows + places // len(parts))
    pairs = pa.StructArray.from_arrays(
        [kinds, flat.to_arrow().cast(pa.string())], names=["kind", "value"]
    )
    ends = np.concatenate([[0], np.cumsum(held)])[:: len(parts)].astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pairs)


def _devices(seed: int, walks: Walks) -> pl.Series:
    """Device of the visit; a second one for half of the people, a tablet shared in families."""
    drawn = shares(seed, "device", walks.customer, walks.visit)
    second = (drawn > 0.75) & (walks.customer % 2 == 0)
    in_family = (walks.customer - FAMILY_FIRST) % FAMILY_EVERY < 2
    shared = in_family & (drawn < 0.35)
    owner = np.where(shared, walks.customer // 2 * 2, walks.customer)
    number = np.where(shared, 9, second.astype(np.int64))
    return pl.Series(hashes(seed, "anonymous_id", owner, number) >> np.uint64(1)).cast(pl.String)


def _codes(*states: str) -> list[int]:
    return [CODES[state] for state in states]


def _text(series: pl.Series) -> pa.Array:
    return series.cast(pl.String).to_arrow().cast(pa.string())


def _repeated(text: str, rows: int) -> pa.Array:
    return _of_table([text], np.zeros(rows, dtype=np.int64))


def _chosen(texts: tuple[str, ...], drawn: Hashes) -> pa.Array:
    return _of_table(list(texts), (drawn % np.uint64(len(texts))).astype(np.int64))


def _of_table(texts: list[str], places: Integers) -> pa.Array:
    """Codes into the texts; a text told twice is one code, else Parquet keeps no dictionary."""
    codes = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    table = np.array([codes[text] for text in texts], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(table[places]), pa.array(list(codes)))
