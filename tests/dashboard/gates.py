"""A small Dash page behind the real gate, with a clock that tests move."""

import re
from datetime import UTC, datetime, timedelta

import dash
from argon2 import PasswordHasher
from flask import g

from journeylab.dashboard import users
from journeylab.dashboard.serving import guarded
from journeylab.settings import parse_settings

PASSWORD = "correct horse battery"


class Clock:
    """The instant a test says."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 3, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The instant."""
        return self.now

    def pass_(self, **time) -> None:
        """Let time pass, told as to a timedelta."""
        self.now += timedelta(**time)


def gate(folder, clock, **told):
    """A Flask server: one Dash page, one route that tells the role, guarded as told."""
    settings = parse_settings({"dashboard": told}, root=folder, where="test")
    base = settings.dashboard.base_path
    page = dash.Dash(__name__, requests_pathname_prefix=base, routes_pathname_prefix=base)
    page.layout = dash.html.Div([dash.dcc.Input(id="a"), dash.html.P(id="b")])
    page.clientside_callback(
        "function (a) { return a; }", dash.Output("b", "children"), dash.Input("a", "value")
    )
    server = guarded(page, settings, clock=clock)
    server.add_url_rule(f"{base}role", "role", lambda: f"{g.user}:{g.role}")
    return server


def cheap_passwords(monkeypatch) -> None:
    """Hash at the least cost, as tests prove no strength."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def sign_in(client, name, password=PASSWORD, *, base="/", target="", **more):
    """Fill in the form as a browser would; the answer to it."""
    form = client.get(f"{base}login", **more).get_data(as_text=True)
    proof = re.search(r'name="proof" value="([^"]+)"', form)[1]
    told = {"name": name, "password": password, "proof": proof, "next": target}
    return client.post(f"{base}login", data=told, **more)
