"""Happenings -> rows in the shape of real exports: GA4, mail webhook, conversations, orders."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from journeylab.simulate.calendar import SECOND_US
from journeylab.simulate.chance import hash_of, share_of
from journeylab.simulate.people import Happening, email_of, phone_of, spelled_email, user_of

# Rows leave as JSON or CSV, so their values are whatever those can say.
Row = dict[str, Any]

SHOP: Final = "https://shop.test"
SHOP_ZONE: Final = ZoneInfo("Europe/Berlin")
CATEGORIES: Final = ("lamps", "chairs", "tables", "shelves", "rugs")
WORDS: Final = ("lamp", "oak+table", "rug", "desk", "shelf")
QUESTIONS: Final = (
    "Does it fit a door of 80 cm?",
    "When will it be in stock?",
    "Can I pay by invoice?",
    "Where is my parcel?",
    "Thank you, and the blue one?",
)
ORDER_COLUMNS: Final = (
    "order_number", "event", "created_at", "customer_id", "email", "phone", "currency",
    "subtotal", "shipping", "tax", "updated_at", "event_id",
)  # fmt: skip
_PAGES: Final = {
    "web:home": "/", "web:compare": "/compare", "web:cart": "/cart", "web:checkout": "/checkout",
    "web:payment": "/checkout/payment", "web:account": "/account", "web:help": "/help",
}  # fmt: skip
_MAIL_EVENTS: Final = {
    "email:delivered": "delivered", "email:open": "open", "email:click": "click",
    "email:reply": "reply", "email:unsubscribed": "unsubscribe",
}  # fmt: skip


def web_row(seed: int, it: Happening, received_us: int) -> Row:
    """One page view as the GA4 export writes it."""
    at = web_instant(seed, it)
    params: list[Row] = [
        {"key": "page_location", "value": {"string_value": SHOP + page(seed, it)}},
        {"key": "ga_session_id", "value": {"int_value": 1000 + it.visit}},
    ]
    referrer, traffic = _origin(seed, it) if it.is_landing else (None, None)
    if referrer:
        params.append({"key": "page_referrer", "value": {"string_value": referrer}})
    browser = ("Chrome", "Safari", "Firefox")[hash_of(seed, "browser", it.customer) % 3]
    return {
        "event_date": _utc(at // SECOND_US).strftime("%Y%m%d"),
        "event_timestamp": at,
        "event_name": "page_view",
        "event_params": params,
        "event_bundle_sequence_id": it.step + 1,
        "user_id": it.user_id,
        "user_pseudo_id": it.device,
        "device": {"category": it.device_class, "web_info": {"browser": browser}},
        "geo": {"country": ("DE", "DE", "AT", "CH")[hash_of(seed, "geo", it.customer) % 4]},
        "collected_traffic_source": traffic,
        "event_server_received_timestamp": received_us,
    }


def web_instant(seed: int, it: Happening) -> int:
    """Microseconds of a page view; the other sources know whole seconds."""
    return it.at * SECOND_US + hash_of(seed, "microsecond", it.customer, it.step) % SECOND_US


def page(seed: int, it: Happening) -> str:
    """Path and query of the page behind a web touchpoint."""
    if it.touchpoint in _PAGES:
        return _PAGES[it.touchpoint]
    taste = hash_of(seed, "taste", it.customer, it.order)
    if it.touchpoint == "web:order_status":
        return f"/orders/{order_number(it)}"
    return {
        "web:search": f"/search?q={WORDS[taste % len(WORDS)]}",
        "web:category": f"/c/{CATEGORIES[taste % len(CATEGORIES)]}",
        "web:product": f"/product/{100 + taste % 60}",
        "web:reviews": f"/product/{100 + taste % 60}/reviews",
        "web:blog": f"/blog/{CATEGORIES[taste % len(CATEGORIES)]}-guide",
    }[it.touchpoint]


def email_row(seed: int, it: Happening) -> Row:
    """One call of the mail provider's event webhook."""
    event = _MAIL_EVENTS[it.touchpoint]
    message = hash_of(seed, "message", it.customer, it.step)
    campaign = ("newsletter", "cart-reminder", "new-in-lamps")[message % 3]
    row: Row = {
        "email": email_of(it.customer),
        "timestamp": it.at,
        "event": event,
        "sg_event_id": f"{hash_of(seed, event, it.customer, it.step):016x}",
        "sg_message_id": f"m{message:016x}",
        "category": ["marketing"],
        "campaign": campaign,
    }
    if event in ("click", "open"):
        row["useragent"] = "Mozilla/5.0"
        row["ip"] = f"192.0.2.{it.customer % 250 + 1}"
    if event == "click":
        row["url"] = f"{SHOP}/?utm_source=newsletter&utm_medium=email&utm_campaign={campaign}"
        if names_its_device(seed, it.customer, it.step):
            row["anonymous_id"] = it.device
    return row


def names_its_device(seed: int, customer: int, step: int) -> bool:
    """Whether the click's link told the shop on which device it landed."""
    return share_of(seed, "landing", customer, step) < 0.75


def conversation(seed: int, parts: list[Happening]) -> Row:
    """One conversation with its parts in order; a rating stands beside them.

    Args:
        seed: seed of the simulation.
        parts: happenings of one chat of one customer, in time order, the start first.
    """
    first = parts[0]
    key = f"{first.customer:05d}-{first.chat:03d}"
    drawn = share_of(seed, "chat email", first.customer, first.chat)
    typed = spelled_email(first.customer, "chat") if drawn < 0.7 else None
    rating = next((it for it in parts if it.touchpoint == "chat:rating"), None)
    said = [it for it in parts if it.touchpoint != "chat:rating"]
    return {
        "id": f"conv-{key}",
        "created_at": first.at,
        "contacts": [
            {
                "external_id": first.user_id,
                "email": "null" if drawn > 0.98 else typed,
                "anonymous_id": first.device,
            }
        ],
        "conversation_parts": [_part(key, it) for it in said],
        "conversation_rating": None
        if rating is None
        else {
            "rating": (5, 4, 4, 3, 2, 1)[hash_of(seed, "rating", first.customer, rating.step) % 6],
            "created_at": rating.at,
        },
    }


def order_row(seed: int, it: Happening, updated_at: int) -> Row:
    """One line of the shop's order list."""
    event = it.touchpoint.removeprefix("purchase:")
    cents = 990 + hash_of(seed, "price", it.customer, it.order) % 24_000
    return {
        "order_number": order_number(it),
        "event": event,
        "created_at": local_time(it.at),
        "customer_id": user_of(seed, it.customer) or "",
        "email": spelled_email(it.customer, "order"),
        "phone": phone_of(it.customer) or "",
        "currency": "EUR",
        "subtotal": f"{cents / 100:.2f}",
        "shipping": "4.90",
        "tax": f"{cents * 19 // 119 / 100:.2f}",
        "updated_at": local_time(updated_at),
        "event_id": f"{order_number(it)}-{event}-{it.step}",
    }


def order_number(it: Happening) -> str:
    """Order the happening is about; number 000 was placed before the data starts."""
    return f"A{it.customer:05d}{it.order:03d}"


def local_time(seconds: int) -> str:
    """Wall clock of the shop, without a zone, as its export writes it."""
    return _utc(seconds).astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _origin(seed: int, it: Happening) -> tuple[str | None, Row | None]:
    """Referrer and campaign of a visit's first page."""
    drawn = share_of(seed, "origin", it.customer, it.visit)
    names = ("manual_source", "manual_medium", "manual_campaign_name")
    if drawn < 0.3:
        return "https://www.google.com/", None
    if drawn < 0.42:
        ads = ("google", "cpc", "spring-lamps")
        return "https://www.google.com/", dict(zip(names, ads, strict=True))
    if drawn < 0.5:
        return None, dict(zip(names, ("instagram", "social", "spring-lamps"), strict=True))
    return None, None


def _part(key: str, it: Happening) -> Row:
    is_asked = it.touchpoint == "chat:rating_request"
    is_agent = it.touchpoint == "chat:agent_message"
    body = "How did we do?" if is_asked else "Thank you for waiting." if is_agent else None
    return {
        "id": f"{key}-{it.step}{'-request' if is_asked else '-answer' if is_agent else ''}",
        "part_type": "rating_request" if is_asked else "comment",
        "created_at": it.at,
        "author": {"type": "bot" if is_asked else "admin" if is_agent else "user"},
        "body": body or QUESTIONS[it.step % len(QUESTIONS)],
    }
