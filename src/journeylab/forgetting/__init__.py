"""One customer erased from warehouse, landed copies and snapshots; a tombstone stays."""

from journeylab.forgetting.forget import AUDIT_NAME, Forgotten, forget, resume

__all__ = ["AUDIT_NAME", "Forgotten", "forget", "resume"]
