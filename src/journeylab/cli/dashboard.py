"""``journeylab dashboard``: serve the current snapshot in the browser; add who may see it."""

import getpass
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from journeylab.errors import InputRefused
from journeylab.settings import Settings, checked_dashboard, load_settings

dashboard = App(
    name="dashboard",
    help="Serve the current snapshot in the browser, and add users to it.",
    help_epilogue=(
        "Example: journeylab dashboard --port 9000\n\n"
        "Without a login it listens on this machine alone; docs/dashboard.md tells of logins."
    ),
    help_format="plaintext",
)


@dashboard.default
@dashboard.command
def serve(*, host: str | None = None, port: int | None = None, config: Path | None = None) -> None:
    """Serve the dashboard until Ctrl-C.

    Args:
        host: Address to listen on; dashboard.host of the settings when not given.
        port: Port to listen on; dashboard.port of the settings when not given.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    settings = _addressed(load_settings(config), host, port)
    told = settings.dashboard
    name = f"[{told.host}]" if ":" in told.host else told.host
    print(f"dashboard: http://{name}:{told.port}{told.base_path}  (Ctrl-C stops it)", flush=True)
    from journeylab.dashboard.serving import serve as serve_dashboard

    serve_dashboard(settings)


@dashboard.command(name="add-user")
def add_user(
    name: str,
    /,
    *,
    role: Literal["analyst", "viewer"] = "viewer",
    password_stdin: Annotated[bool, Parameter(name="--password-stdin")] = False,
    config: Path | None = None,
) -> None:
    """Add a user of the own login, or give one a new password and role.

    Args:
        name: What the user types as name.
        role: analyst sees single journeys, viewer does not.
        password_stdin: Read the password from standard input instead of asking for it.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    from journeylab.dashboard.users import add_user as add

    settings = load_settings(config)
    assert settings.dashboard.users_file is not None
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked(name)
    is_new = add(settings.dashboard.users_file, name, password, role)
    print(f"{'added' if is_new else 'changed'} {name} as {role}: {settings.dashboard.users_file}")
    if settings.dashboard.login != "password":
        print("next: set dashboard.login to 'password' in the settings")


def _asked(name: str) -> str:
    password = getpass.getpass(f"Password for {name}: ")
    if getpass.getpass("The same again: ") != password:
        raise InputRefused("the two passwords differ", "add-user", "type the same twice")
    return password


def _addressed(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with another address, held to the same rules."""
    told: dict[str, Any] = {
        key: value for key, value in (("host", host), ("port", port)) if value is not None
    }
    section = checked_dashboard(settings.dashboard, told, where="command line")
    return settings.model_copy(update={"dashboard": section})
