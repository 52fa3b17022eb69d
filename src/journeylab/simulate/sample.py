"""A seed -> a sample: nights of deliveries in four export shapes, and the truth behind them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np

from journeylab.errors import InputRefused
from journeylab.simulate.calendar import Calendar
from journeylab.simulate.deliveries import (
    NEW_ORDER_COLUMN,
    NEW_WEB_KEY,
    Line,
    write_chat,
    write_email,
    write_purchase,
    write_truncated,
    write_web,
)
from journeylab.simulate.exports import email_row
from journeylab.simulate.faults import (
    ROLE_MAILBOX,
    Faults,
    email_faults,
    purchase_faults,
    web_faults,
    with_junk,
)
from journeylab.simulate.model import PLANTED_BOTTLENECK, PLANTED_LEAK, PLANTED_LOOP
from journeylab.simulate.people import Happening, happenings
from journeylab.simulate.scripted import MERGE_NIGHT, merging_customer, newsletters
from journeylab.simulate.sources import (
    chats,
    email_lines,
    late_rows,
    order_lines,
    told_chats,
    web_lines,
)
from journeylab.simulate.truth import (
    PlantedTruth,
    SourceTruth,
    linked_pairs,
    owners,
    sightings,
    write_truth,
)
from journeylab.simulate.walks import walk, with_context

MAX_STEPS: Final = 120
LATE_SHARE: Final = 0.06  # of page views
RETRIED_SHARE: Final = 0.15  # of mail events and orders


def write_sample(
    folder: Path, *, seed: int, customers: int, first_day: date, days: int = 120, nights: int = 3
) -> PlantedTruth:
    """Write nights of deliveries as a shop's four systems would export them.

    Args:
        folder: gets ``landing/web``, ``landing/email``, ``landing/chat``, ``landing/purchase``
            and ``truth.json``; files of the same names are replaced.
        seed: the same seed writes the same rows on any machine.
        customers: people who walk the shop; one more is scripted for the planted merge.
        first_day: first day of the data, UTC.
        days: days that the first night delivers.
        nights: deliveries, two at least; the date in a file's name tells its night.

    Returns:
        What was planted, as in ``truth.json``.

    Raises:
        InputRefused: too few customers, days or nights to plant anything in.
    """
    for name, number, least in (
        ("customers", customers, 50),
        ("days", days, 60),
        ("nights", nights, 2),
    ):
        if number < least:
            raise InputRefused(f"{name} is {number}", "write_sample", f"ask for {least} or more")
    calendar = Calendar(first_day, days, nights)
    happened = _happened(seed, calendar, customers)
    merging, merge = merging_customer(seed, calendar, customers)
    letters, cut = newsletters(seed, calendar, happened)
    found = {name: Faults() for name in ("web", "email", "chat", "purchase")}

    web = web_lines(seed, calendar, happened, LATE_SHARE)
    web = with_junk(seed, "user_id", "undefined", web, 12, found["web"])
    web += web_lines(seed, calendar, merging, 0)
    broken_web, bots = web_faults(seed, calendar, web, found["web"])
    email = email_lines(seed, calendar, [*happened, *letters], RETRIED_SHARE)
    email += email_lines(seed, calendar, merging, 0)
    orders = order_lines(seed, calendar, happened, RETRIED_SHARE)
    orders = with_junk(seed, "email", ROLE_MAILBOX, orders, 6, found["purchase"])
    told = told_chats(seed, calendar, chats(happened), found["chat"])

    landing = {name: folder / "landing" / name for name in found}
    for path in landing.values():
        path.mkdir(parents=True, exist_ok=True)
    broken_email = email_faults(seed, calendar, email, found["email"])
    broken_orders = purchase_faults(seed, calendar, orders, found["purchase"])
    files = {
        "web": write_web(landing["web"], calendar, web + broken_web),
        "email": write_email(landing["email"], calendar, email + broken_email),
        "chat": write_chat(
            landing["chat"], calendar, [[row for _, row in night] for night in told]
        ),
        "purchase": write_purchase(landing["purchase"], calendar, orders + broken_orders),
    }
    truncated = f"email-{calendar.label(MERGE_NIGHT)}-b.jsonl.gz"
    write_truncated(landing["email"] / truncated, [email_row(seed, it) for it in cut])

    talks = [Line(0, 0, customer, row) for night in told for customer, row in night]
    seen = sightings(web, email, orders, talks)
    known = owners(seen)
    shared = {value: sorted(of) for value, of in known["anonymous_id"].items() if len(of) > 1}
    late = {
        name: late_rows(calendar, lines)
        for name, lines in (("web", web), ("email", email), ("chat", []), ("purchase", orders))
    }
    truth = PlantedTruth(
        seed=seed,
        customers=customers,
        first_day=first_day.isoformat(),
        days=days,
        nights=[calendar.label(night) for night in range(nights)],
        bottleneck=PLANTED_BOTTLENECK,
        loop=list(PLANTED_LOOP),
        leak=PLANTED_LEAK,
        merge=merge,
        identifiers={
            kind: {value: min(of) for value, of in values.items() if len(of) == 1}
            for kind, values in known.items()
        },
        shared_devices=shared,
        pairs=linked_pairs(seen, shared),
        bot_devices=bots,
        orders=_order_facts(orders),
        pages_before_orders=_pages_before_orders(happened),
        truncated_file=truncated,
        sources={
            name: _source_truth(name, faults, files[name], late[name])
            for name, faults in found.items()
        },
    )
    write_truth(folder / "truth.json", truth)
    return truth


def _happened(seed: int, calendar: Calendar, customers: int) -> list[Happening]:
    walks = walk(
        seed,
        np.arange(customers, dtype=np.int64),
        start=calendar.start,
        end=calendar.end,
        max_steps=MAX_STEPS,
    )
    walked = happenings(seed, with_context(seed, walks))
    return [it for it in walked if calendar.start <= it.at < calendar.end]


def _source_truth(name: str, faults: Faults, files: dict[str, int], late: int) -> SourceTruth:
    rows = sum(files.values())
    other = faults.duplicates + faults.waiting + sum(faults.rejected.values())
    new = {"web": [NEW_WEB_KEY], "purchase": [NEW_ORDER_COLUMN]}
    return SourceTruth(
        rows=rows,
        events=rows - other,
        duplicates=faults.duplicates,
        conflicting_duplicates=faults.conflicting_duplicates,
        waiting=faults.waiting,
        rejected=faults.rejected,
        late_rows=late,
        bots=faults.bots,
        junk=faults.junk,
        new_columns=new.get(name, []),
        files=files,
    )


def _order_facts(lines: Sequence[Line]) -> dict[str, str]:
    facts = {}
    for event in ("completed", "refunded", "cancelled"):
        values = [
            Decimal(line.content["subtotal"])
            for line in lines
            if not isinstance(line.content, str) and line.content["event"] == event
        ]
        facts[event] = str(len(values))
        facts[f"{event}_value"] = str(sum(values, Decimal("0.00")))
    return facts


def _pages_before_orders(happened: Sequence[Happening]) -> int:
    """Order-status pages at most a minute before the order they show."""
    orders = {
        (it.customer, it.order): it.at for it in happened if it.touchpoint == "purchase:completed"
    }
    return sum(
        it.touchpoint == "web:order_status"
        and 0 <= orders.get((it.customer, it.order), 0) - it.at <= 60
        for it in happened
    )
