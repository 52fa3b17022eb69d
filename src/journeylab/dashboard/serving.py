"""The dashboard on the network: the page, its gate and its headers, served by gunicorn."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dash import Dash
from flask import Flask, Response, jsonify, request
from gunicorn.app.base import BaseApplication

from journeylab.dashboard.headers import secure
from journeylab.dashboard.login import guard
from journeylab.errors import JourneyLabError, SettingsError
from journeylab.privacy import secret_key
from journeylab.settings import Settings, load_settings
from journeylab.warehouse import show

KEY_VARIABLE: Final = "JOURNEYLAB_SESSION_KEY"

_GRACE_SECONDS: Final = 10
_TIMEOUT_SECONDS: Final = 120


def wsgi(config: Path | str | None = None) -> Flask:
    """Make the application for a WSGI server: ``journeylab.dashboard.serving:wsgi()``.

    Args:
        config: settings file; None takes ``JOURNEYLAB_CONFIG``, else journeylab.toml here.
    """
    return application(load_settings(Path(config) if config is not None else None))


def application(settings: Settings) -> Flask:
    """The dashboard of some settings, guarded."""
    from journeylab.dashboard.app import create_app

    told = settings.dashboard
    page = create_app(
        settings.paths.published,
        base_path=told.base_path,
        title=told.title,
        k_floor=settings.privacy.k_floor,
        locale=told.locale,
    )
    page.server.extensions["journeylab"].warm_views()
    return guarded(page, settings, clock=_now)


def guarded(page: Dash, settings: Settings, *, clock: Callable[[], datetime]) -> Flask:
    """Put health, gate and headers around a Dash application.

    Args:
        page: served at ``settings.dashboard.base_path``.
        settings: the login, and where snapshots are.
        clock: tells the present instant, UTC with its zone.
    """
    server: Flask = page.server
    told = settings.dashboard
    assert told.session_key_file is not None
    key = secret_key(KEY_VARIABLE, told.session_key_file, name="session key")
    healths = {"/healthz", f"{told.base_path}healthz"}
    for number, path in enumerate(sorted(healths)):
        view = _health(settings.paths.published, clock)
        server.add_url_rule(path, f"journeylab_health_{number}", view)
    server.config["JOURNEYLAB_LOGIN"] = told.login
    guard(server, told, key=key, clock=clock, open_to_all=healths)

    def add_headers(response: Response) -> Response:
        return secure(
            response,
            path=request.path,
            scripts=page.csp_hashes(),
            frame_ancestors=told.frame_ancestors,
        )

    server.after_request(add_headers)
    return server


def serve(settings: Settings) -> None:
    """Serve until the process is told to stop; answers under way are finished first.

    Raises:
        SettingsError: the address is taken or not this machine's.
    """
    told = settings.dashboard
    place = f"[{told.host}]:{told.port}" if ":" in told.host else f"{told.host}:{told.port}"
    options = {
        "bind": place,
        "workers": told.workers,
        "threads": told.threads,
        "worker_class": "gthread",
        "timeout": _TIMEOUT_SECONDS,
        "graceful_timeout": _GRACE_SECONDS,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",  # the gate reads forwarded headers, of trusted proxies alone
        "loglevel": "warning",
        "proc_name": "journeylab-dashboard",
    }
    try:
        _Server(options, lambda: application(settings)).run()
    except SystemExit as ended:
        if ended.code in (0, None):
            return
        mend = "look at the lines above; another program may have the port: --port takes another"
        raise SettingsError("the dashboard did not start", place, mend) from ended


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with options of ours; each worker makes its own application."""

    def __init__(self, options: dict[str, Any], make: Callable[[], Flask]) -> None:
        self._options = options
        self._make = make
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make()


def _health(published: Path, clock: Callable[[], datetime]) -> Callable[[], Response]:
    def health() -> Response:
        try:
            snapshot = show(published)
        except (JourneyLabError, OSError, ValueError, KeyError):
            response = jsonify(status="no snapshot")
            response.status_code = 503
            return response
        made = datetime.fromtimestamp(snapshot.database.stat().st_mtime, UTC)
        age = round((clock() - made).total_seconds())
        return jsonify(status="ok", run_id=snapshot.run_id, age_seconds=age)

    return health


def _now() -> datetime:
    return datetime.now(UTC)
