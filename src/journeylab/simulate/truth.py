"""The planted truth of a sample: what was put in, so that a test can ask what came out."""

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from journeylab.simulate.deliveries import Line
from journeylab.simulate.exports import Row

#: A customer, and the (kind, value) pairs one row knew of them.
Sighting = tuple[int, list[tuple[str, str]]]


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
        pairs: pairs of ``identifiers`` that are one customer: all (``true``), and those that
            rows ``linked``.
        bot_devices: anonymous ids of bots.
        orders: completed orders, their revenue, refunds and cancellations that were delivered.
        pages_before_orders: order-status pages at most a minute before their order's stamp.
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
    pairs: dict[str, int]
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


def sightings(
    web: Iterable[Line], email: Iterable[Line], orders: Iterable[Line], chats: Iterable[Line]
) -> list[Sighting]:
    """Customer and normalised identifiers of each given good line; junk is left out.

    Args:
        web: page views.
        email: mail events.
        orders: order rows.
        chats: one line a conversation.
    """
    found = []
    for lines, named in (
        (web, (("user_id", "user_id"), ("anonymous_id", "user_pseudo_id"))),
        (email, (("email", "email"), ("anonymous_id", "anonymous_id"))),
        (orders, (("user_id", "customer_id"), ("email", "email"), ("phone", "phone"))),
        (chats, (("user_id", "external_id"), ("email", "email"), ("anonymous_id", "anonymous_id"))),
    ):
        for line in lines:
            contact = _contact(line.content)
            values = ((kind, normalised(kind, contact.get(key))) for kind, key in named)
            found.append((line.customer, [(kind, value) for kind, value in values if value]))
    return found


def owners(seen: Iterable[Sighting]) -> dict[str, dict[str, set[int]]]:
    """True customers behind each identifier: kind -> normalised value -> customers."""
    found: dict[str, dict[str, set[int]]] = {}
    for customer, identifiers in seen:
        for kind, value in identifiers:
            found.setdefault(kind, {}).setdefault(value, set()).add(customer)
    return {kind: dict(sorted(values.items())) for kind, values in sorted(found.items())}


def linked_pairs(seen: Iterable[Sighting], shared: Container[str]) -> dict[str, int]:
    """Pairs of identifiers of one customer, and those of them that rows link.

    Args:
        seen: who was seen under which identifiers, row by row.
        shared: values of shared devices; they count nowhere.

    Returns:
        ``true``: all pairs of one customer; ``linked``: pairs in one connected component, the
        most that any stitching can find without guessing.
    """
    leader: dict[tuple[str, str], tuple[str, str]] = {}
    customers: dict[tuple[str, str], int] = {}

    def lead(of: tuple[str, str]) -> tuple[str, str]:
        while leader.setdefault(of, of) != of:
            of = leader[of] = leader[leader[of]]
        return of

    for customer, identifiers in seen:
        own = [each for each in identifiers if each[1] not in shared]
        for each in own:
            customers[each] = customer
            leader[lead(each)] = lead(own[0])
    return {
        "true": _pairs(Counter(customers.values())),
        "linked": _pairs(Counter(lead(each) for each in customers)),
    }


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


def _pairs(sizes: Mapping[Any, int]) -> int:  # Any: whatever groups are named by
    return sum(size * (size - 1) // 2 for size in sizes.values())
