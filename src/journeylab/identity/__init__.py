"""Who is who: identifiers of events -> customers. Pure functions that ``sql/identity`` calls."""

from journeylab.identity.components import contested_components, raw_components
from journeylab.identity.conflicts import conflicting_edges
from journeylab.identity.hashing import hash_pads, keyed_hash
from journeylab.identity.rules import rule_table

__all__ = [
    "conflicting_edges",
    "contested_components",
    "hash_pads",
    "keyed_hash",
    "raw_components",
    "rule_table",
]
