"""The gate before every page: who is signed in, as which role; the form, and the way out."""

import hmac
import math
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, g, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from journeylab.dashboard import sessions
from journeylab.dashboard.attempts import Attempts
from journeylab.dashboard.login_page import bounce_page, login_page, logout_page
from journeylab.dashboard.proxies import named_by_proxy, peer_of
from journeylab.dashboard.users import LONGEST_CHARACTERS, Role, User, Users
from journeylab.settings import Dashboard

#: Cookies: the session, and the half of the form's proof that only our page can read.
SESSION_COOKIE: Final = "journeylab_session"
FORM_COOKIE: Final = "journeylab_form"

_FORM_LIFE: Final = timedelta(hours=1)
_LONGEST_NEXT: Final = 2000
_LONGEST_FORM_BYTES: Final = 16_384
_LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")


def guard(
    server: Flask,
    settings: Dashboard,
    *,
    key: bytes,
    clock: Callable[[], datetime],
    open_to_all: set[str],
) -> None:
    """Let nobody past who is not signed in, and tell the pages the role in ``flask.g.role``.

    Args:
        server: of the dashboard; its routes are those of ``settings.base_path``.
        settings: the kind of login and its dials.
        key: signs sessions.
        clock: tells the present instant, UTC with its zone.
        open_to_all: paths that need no login.
    """
    assert settings.users_file is not None
    users = Users(settings.users_file)
    free = set(open_to_all)
    if settings.login == "password":
        free.add(f"{settings.base_path}login")
        _add_login(server, settings, users, key, clock)
    server.before_request(_gate(settings, users, key, clock, free))


def _gate(
    settings: Dashboard, users: Users, key: bytes, clock: Callable[[], datetime], free: set[str]
) -> Callable[[], AnyResponse | None]:
    def gate() -> AnyResponse | None:
        g.role, g.user = "viewer", None
        if settings.login == "none" and _host() not in (*_LOCAL_NAMES, settings.host):
            abort(403, "Without a login the dashboard answers to localhost alone.")
        if request.path in free:
            return None
        found = _signed_in(settings, users, key, clock)
        if found is None:
            return _refusal(settings)
        g.user, g.role = found
        return None

    return gate


def _host() -> str:
    """Name that was asked for, without its port: another name that leads here is no visitor's."""
    name = request.host.lower()
    return name if name.endswith("]") else name.rpartition(":")[0] or name


def _signed_in(
    settings: Dashboard, users: Users, key: bytes, clock: Callable[[], datetime]
) -> tuple[str, Role] | None:
    if settings.login == "none":
        return "", "analyst"
    if settings.login == "header":
        return named_by_proxy(request, settings)
    user = _user_of_session(users, key, clock())
    return None if user is None else (user.name, user.role)


def _user_of_session(users: Users, key: bytes, now: datetime) -> User | None:
    told = sessions.read(key, "session", request.cookies.get(SESSION_COOKIE, ""), now=now)
    user = users.find(told["name"]) if told else None
    return user if user is not None and told is not None and told["mark"] == user.mark else None


def _refusal(settings: Dashboard) -> AnyResponse:
    is_page = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")
    if settings.login == "header":
        return Response("No proxy that is trusted says who you are.\n", 403, mimetype="text/plain")
    if not is_page:
        return Response('{"error": "sign in"}\n', 401, mimetype="application/json")
    here = safe_target(request.full_path.rstrip("?"), settings.base_path)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        # A strict cookie is not sent where a link of another site leads here: ask once more.
        return Response(bounce_page(here), mimetype="text/html")
    return redirect(f"{settings.base_path}login?next={quote(here, safe='')}", 303)


def _add_login(
    server: Flask, settings: Dashboard, users: Users, key: bytes, clock: Callable[[], datetime]
) -> None:
    attempts = Attempts()

    def form(status: int, fault: str, target: str, name: str = "") -> Response:
        nonce = secrets.token_urlsafe(16)
        proof = sessions.sign(key, "form", {"nonce": nonce}, until=clock() + _FORM_LIFE)
        page = login_page(settings.title, proof=proof, target=target, name=name, fault=fault)
        response = make_response(page, status)
        _keep(response, FORM_COOKIE, nonce, _FORM_LIFE, settings)
        return response

    def login() -> AnyResponse:
        target = safe_target(request.values.get("next", ""), settings.base_path)
        if request.method != "POST":
            known = _user_of_session(users, key, clock())
            return form(200, "", target) if known is None else redirect(target, 303)
        if not _is_own_form(key, clock()):
            fault = "This form is too old, or the browser keeps no cookies. Try again."
            return form(400, fault, target)
        name = request.form.get("name", "").strip()[:LONGEST_CHARACTERS]
        wait = attempts.wait(name, peer_of(request, settings.trusted_proxies), now=clock())
        if wait is not None:
            minutes = math.ceil(wait.total_seconds() / 60)
            response = form(429, f"Too many tries. Wait {minutes} min, then try again.", target)
            response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
            return response
        user = users.check(name, request.form.get("password", ""))
        if user is None:
            return form(401, "Name or password is wrong.", target, name)
        attempts.forgive(name)
        return _opened(settings, key, user, target, clock())

    def logout() -> AnyResponse:
        if request.method != "POST":
            return make_response(logout_page(settings.title, settings.base_path))
        response = redirect(f"{settings.base_path}login", 303)
        response.delete_cookie(SESSION_COOKIE, path=settings.base_path)
        return response

    for name, view in (("login", login), ("logout", logout)):
        server.add_url_rule(
            f"{settings.base_path}{name}", f"journeylab_{name}", view, methods=["GET", "POST"]
        )


def safe_target(told: str, base_path: str) -> str:
    """Where to go after signing in: a page of ours, else the first one.

    Args:
        told: ``next`` of the URL, from anybody.
        base_path: what our paths begin with.
    """
    is_plain = told.isprintable() and "\\" not in told and len(told) <= _LONGEST_NEXT
    if not is_plain or not told.startswith(base_path) or told.startswith("//"):
        return base_path
    parts = urlsplit(told)
    if parts.scheme or parts.netloc or ".." in parts.path.split("/"):
        return base_path
    return told


def _is_own_form(key: bytes, now: datetime) -> bool:
    """Whether our page sent the form: its proof and its cookie hold the same secret."""
    if (request.content_length or 0) > _LONGEST_FORM_BYTES:
        abort(413)
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    told = sessions.read(key, "form", request.form.get("proof", ""), now=now)
    cookie = request.cookies.get(FORM_COOKIE, "")
    return told is not None and hmac.compare_digest(told["nonce"].encode(), cookie.encode())


def _opened(settings: Dashboard, key: bytes, user: User, target: str, now: datetime) -> AnyResponse:
    life = timedelta(hours=settings.session_hours)
    values = {"name": user.name, "mark": user.mark}
    response = redirect(target, 303)
    text = sessions.sign(key, "session", values, until=now + life)
    _keep(response, SESSION_COOKIE, text, life, settings)
    response.delete_cookie(FORM_COOKIE, path=settings.base_path)
    return response


def _keep(
    response: AnyResponse, name: str, value: str, life: timedelta, settings: Dashboard
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(life.total_seconds()),
        path=settings.base_path,
        secure=settings.https,
        httponly=True,
        samesite="Strict",
    )
