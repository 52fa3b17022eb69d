"""The planted truth of a sample: what was put in, so that a test can ask what came out."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from journeylab.simulate.deliveries import Line
from journeylab.simulate.exports import Row


@dataclass(frozen=True, slots=True)
class SourceTruth:
    """What one source delivered.

    ``rows`` = ``events`` + ``duplicates`` + ``waiting`` + the sum of ``rejected``. For chats a
    row is a conversation part or a rating. The truncated file counts nowhere.
    """

    rows: int
    events: int
    duplicates: int
    conflicting_duplicates: int
    waiting: int
    rejected: dict[str, int]
    late_rows: int
    bots: int
    junk: dict[str, int]
    new_columns: list[str]
    files: dict[str, int]


@dataclass(frozen=True, slots=True)
class PlantedTruth:
    """Parameters and planted facts of one sample.

    Attributes:
        nights: date in the file names of each delivery.
        bottleneck: touchpoint whose wait for the next step is the slowest.
        loop: touchpoints most often walked to and fro.
        leak: touchpoint with the highest exit and drop-off rate.
        merge: ``customer``, ``night``, and ``before``: the two identifier clusters that an
            event of that night joins.
        identifiers: kind -> normalised value -> customer; shared devices are not among them.
        shared_devices: anonymous id -> the customers who used it.
        bot_devices: anonymous ids of bots.
        orders: completed orders, their revenue, refunds and cancellations that were delivered.
        orders_before_pages: orders stamped after their own status page.
        truncated_file: the file that breaks off.
        sources: counts by source.
    """

    seed: int
    customers: int
    first_day: str
    days: int
    nights: list[str]
    bottleneck: str
    loop: list[str]
    leak: str
    merge: dict[str, Any]  # a record of numbers and lists
    identifiers: dict[str, dict[str, int]]
    shared_devices: dict[str, list[int]]
    bot_devices: list[str]
    orders: dict[str, str]
    pages_before_orders: int
    truncated_file: str
    sources: dict[str, SourceTruth]


def write_truth(path: Path, truth: PlantedTruth) -> None:
    """Write the truth as JSON, keys in a fixed order."""
    text = json.dumps(asdict(truth), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="")


def read_truth(path: Path) -> PlantedTruth:
    """Read what ``write_truth`` wrote."""
    told = json.loads(path.read_text(encoding="utf-8"))
    sources = {name: SourceTruth(**counts) for name, counts in told.pop("sources").items()}
    return PlantedTruth(sources=sources, **told)


def owners(
    web: Iterable[Line], email: Iterable[Line], orders: Iterable[Line], chats: Iterable[Line]
) -> dict[str, dict[str, set[int]]]:
    """True customers behind each identifier that the given good lines hold.

    Args:
        web: page views.
        email: mail events.
        orders: order rows.
        chats: one line a conversation.

    Returns:
        kind -> normalised value -> customers; junk values are left out.
    """
    found: dict[str, dict[str, set[int]]] = {}
    for lines, named in (
        (web, (("user_id", "user_id"), ("anonymous_id", "user_pseudo_id"))),
        (email, (("email", "email"), ("anonymous_id", "anonymous_id"))),
        (orders, (("user_id", "customer_id"), ("email", "email"), ("phone", "phone"))),
        (chats, (("user_id", "external_id"), ("email", "email"), ("anonymous_id", "anonymous_id"))),
    ):
        for line in lines:
            for kind, key in named:
                value = normalised(kind, _contact(line.content).get(key))
                if value:
                    found.setdefault(kind, {}).setdefault(value, set()).add(line.customer)
    return {kind: dict(sorted(values.items())) for kind, values in sorted(found.items())}


def normalised(kind: str, value: str | None) -> str | None:
    """The value as identity stitching should see it; None for the planted junk."""
    if not value or value in ("undefined", "null") or value.startswith("info@"):
        return None
    if kind == "email":
        name, domain = value.lower().split("@")
        return f"{name.split('+')[0]}@{domain}"
    return value.replace(" ", "") if kind == "phone" else value


def _contact(content: Row | str) -> Row:
    if isinstance(content, str):
        return {}
    contact: Row = content["contacts"][0] if "contacts" in content else content
    return contact
