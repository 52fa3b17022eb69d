"""The keyed hash that stands for an identifier wherever raw values must not be. No I/O."""

import hashlib
import hmac
from typing import Final

HASH_DIGITS: Final = 32

_BLOCK_BYTES: Final = 64  # of SHA-256


def keyed_hash(hash_key: bytes, kind: str, value: str) -> str:
    """First 32 hex digits of HMAC-SHA-256 of ``kind:value``.

    Args:
        hash_key: the secret of the project.
        kind: kind of identifier.
        value: its normalised value.

    Source:
        RFC 2104. The models under ``sql/identity`` compute the same from ``hash_pads``.

    Example:
        >>> keyed_hash(b"key", "email", "ana@shop.io")
        '93a6413d2dfdf31791fa8e5f11eb3ee7'
    """
    told = f"{kind}:{value}".encode()
    return hmac.digest(hash_key, told, "sha256").hex()[:HASH_DIGITS]


def hash_pads(hash_key: bytes) -> dict[str, bytes]:
    """The two blocks from which SQL computes HMAC-SHA-256 with ``sha256`` alone.

    Args:
        hash_key: the secret of the project, of any length.

    Returns:
        Parameters ``hash_inner_pad`` and ``hash_outer_pad``, 64 bytes each; as secret as
        the key. HMAC = sha256(outer || sha256(inner || message)).
    """
    short = hashlib.sha256(hash_key).digest() if len(hash_key) > _BLOCK_BYTES else hash_key
    block = short.ljust(_BLOCK_BYTES, b"\0")
    return {
        "hash_inner_pad": bytes(byte ^ 0x36 for byte in block),
        "hash_outer_pad": bytes(byte ^ 0x5C for byte in block),
    }
