"""What keeps people unknown: secret keys, the floor of customers, tombstones of the forgotten."""

from journeylab.privacy.aggregates import thin_older, write_aggregates
from journeylab.privacy.floor import FLOORED, OTHER, apply_floor, floored, floored_graph
from journeylab.privacy.keys import KEY_VARIABLE, hash_key, key_fingerprint, secret_key
from journeylab.privacy.tombstones import (
    Freed,
    Pending,
    Tombstones,
    read_tombstones,
    tombstone_key,
    write_tombstones,
)

__all__ = [
    "FLOORED",
    "KEY_VARIABLE",
    "OTHER",
    "Freed",
    "Pending",
    "Tombstones",
    "apply_floor",
    "floored",
    "floored_graph",
    "hash_key",
    "key_fingerprint",
    "read_tombstones",
    "secret_key",
    "thin_older",
    "tombstone_key",
    "write_aggregates",
    "write_tombstones",
]
