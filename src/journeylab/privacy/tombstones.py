"""Who was forgotten: keyed hashes in a private file, read by every run. Holds no raw value."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from journeylab.errors import SettingsError
from journeylab.privacy.keys import secret_key

TOMBSTONE_KEY_VARIABLE: Final = "JOURNEYLAB_TOMBSTONE_KEY"
TOMBSTONE_KEY_NAME: Final = "tombstones.key"
TOMBSTONES_NAME: Final = "tombstones.json"


@dataclass(frozen=True, slots=True)
class Freed:
    """An anonymous event left on a shared device: the keyed hash of the device alone names it."""

    event_id: str
    kind: str
    device_hash: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A forgetting that has begun: what the snapshots are still to be cleared of.

    ``customer_ids`` and ``identifier_hashes`` are keyed hashes as published; ``aliases`` maps
    a customer id that others have today to the run from which it no longer held the person.
    ``run_ids`` are the snapshots that stood then: a later one never held the person.
    """

    customer_ids: tuple[str, ...]
    identifier_hashes: tuple[str, ...]
    aliases: Mapping[str, str]
    run_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Everybody forgotten so far.

    Attributes:
        hashes: keyed hash of ``kind:value`` -> when it was forgotten, UTC.
        freed: events returned to their device.
        pending: forgettings that have not been finished.
    """

    hashes: Mapping[str, str] = field(default_factory=dict)
    freed: tuple[Freed, ...] = ()
    pending: tuple[Pending, ...] = ()

    def with_person(
        self, hashes: list[str], freed: list[Freed], pending: Pending, *, at: datetime
    ) -> "Tombstones":
        """Those so far and one more, whose forgetting begins."""
        told = {**self.hashes, **{h: self.hashes.get(h, f"{at:%Y-%m-%dT%H:%M:%S}") for h in hashes}}
        known = {one.event_id for one in freed}
        return Tombstones(
            dict(sorted(told.items())),
            (*(one for one in self.freed if one.event_id not in known), *freed),
            (*self.pending, pending),
        )


def tombstone_key(var: Path) -> bytes:
    """Key of the tombstones, made on the first use; another one than that of customer ids.

    It stays when the hash key changes: from a hash alone nobody could make a new one.

    Raises:
        SettingsError: as ``secret_key``.
    """
    return secret_key(TOMBSTONE_KEY_VARIABLE, var / TOMBSTONE_KEY_NAME, name="tombstone key")


def read_tombstones(var: Path) -> Tombstones:
    """Everybody forgotten so far; nobody without a file.

    Raises:
        SettingsError: the file cannot be read as one, so nobody knows who must stay forgotten.
    """
    path = var / TOMBSTONES_NAME
    if not path.is_file():
        return Tombstones()
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Tombstones(
            told["hashes"],
            tuple(Freed(**one) for one in told["freed"]),
            tuple(
                Pending(
                    tuple(one["customer_ids"]),
                    tuple(one["identifier_hashes"]),
                    one["aliases"],
                    tuple(one["run_ids"]),
                )
                for one in told["pending"]
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"no tombstones: {error}", str(path), "take the file from a backup of var"
        ) from error


def write_tombstones(var: Path, tombstones: Tombstones) -> None:
    """Put the file in place in one step, mode 0600, and have it on disk before returning."""
    path = var / TOMBSTONES_NAME
    making = path.with_name(f".{path.name}-{os.getpid()}")
    told = {
        "hashes": tombstones.hashes,
        "freed": [_told(one) for one in tombstones.freed],
        "pending": [_told(one) for one in tombstones.pending],
    }
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump(told, opened, indent=1)
        opened.flush()
        os.fsync(opened.fileno())
    making.replace(path)


def _told(one: Freed | Pending) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}
