"""``journeylab forget``: erase one customer everywhere, and say what went."""

import json as json_
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from journeylab.errors import InputRefused
from journeylab.forgetting import Forgotten, resume
from journeylab.forgetting import forget as forgotten
from journeylab.settings import load_settings


def forget(
    identifier: str | None = None,
    /,
    *,
    kind: str | None = None,
    dry_run: bool = False,
    finish: bool = False,
    json: bool = False,
    config: Path | None = None,
) -> None:
    """Erase a customer from the warehouse, landed copies and every snapshot.

    Delivered files that hold the customer are loaded without them from now on. Nothing of it
    can be undone, and what readers have open or copied before is beyond reach.

    Args:
        identifier: Any identifier of the customer as a source writes it, or a customer_id.
        kind: Its kind, for example email; every kind is tried when not given.
        dry_run: Say what would go, and change nothing.
        finish: Finish what a killed command left half done, where the identifier is not known
            any more: with it, give the same command again.
        json: Print what went as JSON.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    if (identifier is None) != finish:
        raise InputRefused(
            "give an identifier, or --finish without one",
            "journeylab forget",
            "for example: journeylab forget ana@shop.io --kind email --dry-run",
        )
    settings = load_settings(config)
    now = datetime.now(UTC).replace(tzinfo=None)
    if identifier is None:
        finished = resume(settings, started_at=now)
        if finished is None:
            print("nothing to finish")
            return
        told = finished
    else:
        told = forgotten(settings, identifier, kind=kind, dry_run=dry_run, started_at=now)
    print(json_.dumps(asdict(told), indent=2) if json else said(told, dry_run=dry_run))


def said(told: Forgotten, *, dry_run: bool) -> str:
    """What went, or would go, as aligned lines."""
    counts = [
        (told.identifiers, "identifiers of the customer"),
        *((rows, f"delivered rows of {source}") for source, rows in told.rows.items()),
        (told.rejected_rows, "records that could not be read"),
        (told.freed_events, "anonymous events returned to their shared device"),
        (told.landed_files, "landed files rewritten"),
        *((rows, f"rows of snapshot {run_id}") for run_id, rows in told.snapshots.items()),
    ]
    width = max(len(f"{count:,}") for count, _ in counts)
    lines = [f"{count:>{width},}  {what}" for count, what in counts]
    end = (
        "nothing was changed: this was a dry run"
        if dry_run
        else "erased; the next run rebuilds every table without the customer: journeylab run"
    )
    return "\n".join([*lines, "", end])
