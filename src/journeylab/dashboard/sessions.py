"""Signed texts that a browser keeps: values and an end in, text out, and back. No I/O."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

#: A cookie holds 4 kB; longer texts are none of ours.
_LONGEST_CHARACTERS = 4096


def sign(key: bytes, purpose: str, values: Mapping[str, str], *, until: datetime) -> str:
    """Values as a text that only holders of the key can make.

    Args:
        key: secret.
        purpose: what it is for; a text of one purpose is none of another.
        values: readable by whoever has the text.
        until: instant, UTC, from which it counts no more.

    Returns:
        Letters, digits, ``-``, ``_`` and one ``.``.
    """
    told = json.dumps({"values": dict(values), "until": until.timestamp()}, sort_keys=True)
    body = base64.urlsafe_b64encode(told.encode()).rstrip(b"=")
    return f"{body.decode()}.{_signature(key, purpose, body)}"


def read(key: bytes, purpose: str, text: str, *, now: datetime) -> dict[str, str] | None:
    """The values of a signed text; None when it is forged, of another purpose, or over.

    Args:
        key: the one it was signed with.
        purpose: the one it was signed for.
        text: from the browser.
        now: present instant, UTC.
    """
    if len(text) > _LONGEST_CHARACTERS or not text.isascii():
        return None
    body, _, signature = text.partition(".")
    if not hmac.compare_digest(signature, _signature(key, purpose, body.encode())):
        return None
    told = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    values: dict[str, str] = told["values"]
    return values if now.timestamp() < told["until"] else None


def _signature(key: bytes, purpose: str, body: bytes) -> str:
    return hmac.new(key, purpose.encode() + b"\0" + body, hashlib.sha256).hexdigest()
