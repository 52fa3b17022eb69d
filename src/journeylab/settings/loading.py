"""journeylab.toml and the environment -> settings. Reads no data."""

import os
import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from journeylab.errors import SettingsError, nearest
from journeylab.settings.sections import Paths, Source
from journeylab.settings.serving import Dashboard
from journeylab.settings.whole import Settings

CONFIG_NAME: Final = "journeylab.toml"
ENVIRONMENT_PREFIX: Final = "JOURNEYLAB_"


def load_settings(config: Path | None = None) -> Settings:
    """Read the settings file and the environment over it.

    Args:
        config: the file; None takes ``JOURNEYLAB_CONFIG``, else ``journeylab.toml`` in the
            working directory, else the defaults.

    Returns:
        Settings with every path absolute.

    Raises:
        SettingsError: no such file, not TOML, an unknown key (the nearest is named), or a
            value out of range.
    """
    named = config or (
        Path(os.environ["JOURNEYLAB_CONFIG"]) if "JOURNEYLAB_CONFIG" in os.environ else None
    )
    path = (named or Path(CONFIG_NAME)).absolute()
    if not path.is_file():
        if named is not None:
            raise SettingsError("no settings file", str(path), "make one with: journeylab init")
        return parse_settings({}, root=Path.cwd(), where="defaults")
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not TOML: {error}", str(path), "mend the line it names") from error
    return parse_settings(told, root=path.parent, where=str(path))


def parse_settings(told: dict[str, Any], *, root: Path, where: str) -> Settings:
    """Check told values, lay the environment over them and make paths absolute.

    Args:
        told: sections as in the settings file.
        root: folder that relative paths start from.
        where: name of the origin for errors.

    Raises:
        SettingsError: an unknown key, or a value of the wrong type or range.
    """
    merged = _with_environment(told)
    try:
        settings = Settings.model_validate({**merged, "root": root})
    except ValidationError as error:
        raise _as_settings_error(error.errors()[0], where) from error
    return _anchored(settings, root)


def checked_dashboard(section: Dashboard, told: dict[str, Any], *, where: str) -> Dashboard:
    """The section ``dashboard`` with other values, held to the same rules.

    Args:
        section: the values that stay.
        told: key -> other value.
        where: name of the origin for errors.

    Raises:
        SettingsError: a value out of range, or values that do not go together.
    """
    try:
        return Dashboard.model_validate({**section.model_dump(), **told})
    except ValidationError as error:
        raise _as_settings_error(error.errors()[0], where) from error


def _with_environment(told: dict[str, Any]) -> dict[str, Any]:
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in told.items()}
    for name, value in sorted(os.environ.items()):
        parts = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        if not name.startswith(ENVIRONMENT_PREFIX) or len(parts) < 2:
            continue
        section = merged.setdefault(parts[0], {})
        for part in parts[1:-1]:
            section[part] = dict(section.get(part, {}))
            section = section[part]
        section[parts[-1]] = _parsed(value)
    return merged


def _parsed(value: str) -> Any:  # noqa: ANN401 - whatever TOML can say
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _as_settings_error(error: ErrorDetails, where: str) -> SettingsError:
    place = ".".join(str(part) for part in error["loc"])
    variable = ENVIRONMENT_PREFIX + place.upper().replace(".", "__")
    if any(name.upper().startswith(variable) for name in os.environ):
        where = f"environment variable {variable}"
    if error["type"] != "extra_forbidden":
        told = error["msg"].removeprefix("Value error, ")
        return SettingsError(f"{place}: {told}", where, f"got {error['input']!r}")
    section: Any = Settings
    for part in error["loc"][:-1]:
        section = _section_type(section, str(part))
    known = section.model_fields if section is not None else ()
    return SettingsError(
        f"unknown setting {place!r}", where, nearest(str(error["loc"][-1]), set(known) - {"root"})
    )


def _section_type(section: Any, part: str) -> Any:  # noqa: ANN401 - a model class or None
    if section is None or part not in section.model_fields:
        return Source if section is None else None
    kind = section.model_fields[part].annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _anchored(settings: Settings, root: Path) -> Settings:
    paths = {name: root / value for name, value in settings.paths}
    sources = {
        name: source.model_copy(update={"path": root / source.path})
        for name, source in settings.sources.items()
    }
    key_file = settings.privacy.hash_key_file
    privacy = {"hash_key_file": root / key_file if key_file else paths["var"] / "hash.key"}
    told = settings.dashboard
    dashboard = {
        "users_file": root / (told.users_file or paths["var"] / "dashboard_users.json"),
        "session_key_file": root / (told.session_key_file or paths["var"] / "session.key"),
    }
    report = {"folder": root / (settings.report.folder or paths["var"] / "reports")}
    exchange = settings.spark.exchange or str(paths["var"] / "exchange")
    spark = {"exchange": exchange if "://" in exchange else str(root / exchange)}
    return settings.model_copy(
        update={
            "paths": Paths(**paths),
            "sources": sources,
            "privacy": settings.privacy.model_copy(update=privacy),
            "dashboard": told.model_copy(update=dashboard),
            "report": settings.report.model_copy(update=report),
            "spark": settings.spark.model_copy(update=spark),
        }
    )
