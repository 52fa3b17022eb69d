"""The headers every answer carries: what a page may load, and what may be kept of it."""

from collections.abc import Sequence
from typing import Final

from flask import Response

_KEPT: Final = ("/_dash-component-suites/", "/assets/")

_FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(),"
        " clipboard-write=(self)"
    ),
    "X-Robots-Tag": "noindex, nofollow",
}


def secure(
    response: Response, *, path: str, scripts: Sequence[str], frame_ancestors: Sequence[str]
) -> Response:
    """Put the headers on an answer.

    Args:
        response: changed in place.
        path: that was asked for; libraries and assets may be kept by the browser, data not.
        scripts: hashes of the inline scripts that may run, as ``Dash.csp_hashes`` gives them.
        frame_ancestors: origins that may frame the page; none for nobody.
    """
    response.headers["Content-Security-Policy"] = policy(scripts, frame_ancestors)
    for name, value in _FIXED.items():
        response.headers[name] = value
    if not frame_ancestors:
        response.headers["X-Frame-Options"] = "DENY"
    if not any(part in path for part in _KEPT):
        response.headers["Cache-Control"] = "no-store"
    return response


def policy(scripts: Sequence[str], frame_ancestors: Sequence[str]) -> str:
    """The Content-Security-Policy: all from this server, no evaluated text, no other host.

    Styles may be inline, because Plotly, Mantine and the grid set them while they draw
    (docs/adr/0010); a style cannot run a script, and no other host is there to load from.
    Images may be ``data:`` and ``blob:``, which is how a picture of a figure is saved.
    """
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *scripts]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(frame_ancestors) or "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
