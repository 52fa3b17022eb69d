"""Who asks, where a proxy stands between: the address, and the user its headers name."""

import hmac
import os
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Final

from flask import Request

from journeylab.dashboard.users import Role
from journeylab.settings import Dashboard

SECRET_VARIABLE: Final = "JOURNEYLAB_PROXY_SECRET"


def is_trusted(address: str | None, proxies: Sequence[str]) -> bool:
    """Whether an address is one of the trusted proxies'."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in ip_network(network) for network in proxies)


def peer_of(request: Request, proxies: Sequence[str]) -> str:
    """Address of who asks; of a forwarded request the last one that is no trusted proxy."""
    asking = request.remote_addr or ""
    if is_trusted(asking, proxies):
        told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        for address in reversed([part for part in told if part]):
            asking = address
            if not is_trusted(address, proxies):
                break
    return asking[:64]


def named_by_proxy(request: Request, settings: Dashboard) -> tuple[str, Role] | None:
    """Name and role that the proxy's headers tell; None when they prove nothing.

    They count from a trusted address alone, and with ``JOURNEYLAB_PROXY_SECRET`` set only
    beside that secret. A header sent twice proves nothing, since the proxy sends it once.
    """
    if not is_trusted(request.remote_addr, settings.trusted_proxies):
        return None
    secret = os.environ.get(SECRET_VARIABLE)
    if secret is not None:
        told = request.headers.get(settings.secret_header, "")
        if not secret or not hmac.compare_digest(told.encode(), secret.encode()):
            return None
    name = request.headers.get(settings.user_header, "").strip()
    if not name or "," in name:
        return None
    groups = request.headers.get(settings.groups_header, "").split(",")
    known = {name, *(group.strip() for group in groups)} & set(settings.analysts)
    return name, "analyst" if known else "viewer"
