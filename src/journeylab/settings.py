"""Typed settings: journeylab.toml and the environment -> one frozen object. Reads no data."""

import hashlib
import json
import os
import re
import tomllib
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from journeylab.errors import SettingsError, nearest

CONFIG_NAME: Final = "journeylab.toml"
ENVIRONMENT_PREFIX: Final = "JOURNEYLAB_"

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paths(_Section):
    """Where things are; relative paths start at the settings file's folder."""

    var: Path = Path("var")
    touchpoints: Path = Path("touchpoints.toml")
    identity_rules: Path = Path("identity_rules.csv")
    rates: Path = Path("rates.csv")
    calendar: Path = Path("calendar.toml")
    effort: Path = Path("effort.toml")
    designed_map: Path = Path("designed_map.toml")

    segments: Path = Path("segments.toml")

    spend: Path = Path("spend.csv")

    @property
    def warehouse(self) -> Path:
        """The private DuckDB file of the one writer."""
        return self.var / "warehouse.duckdb"

    @property
    def lock(self) -> Path:
        """Lock file of the one writer."""
        return self.var / "run.lock"

    @property
    def published(self) -> Path:
        """Folder of the snapshots and of the link ``current``."""
        return self.var / "published"

    @property
    def landed(self) -> Path:
        """Folder of the accepted files, by sha-256."""
        return self.var / "landed"


def _known_timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone {value!r}; write one like Europe/Berlin or UTC") from error
    return value


TimeZone = Annotated[str, AfterValidator(_known_timezone)]


class Run(_Section):
    """How a run works."""

    reporting_timezone: TimeZone = "UTC"
    reporting_currency: str | None = None
    as_of: datetime | None = None
    assume_complete: bool = False
    memory_limit: str = "4GB"
    spill_limit: str = "20GB"
    threads: Positive | None = None


class Source(_Section):
    """One source: a landing folder, the export format in it, and how to read it."""

    channel: str
    format: str
    path: Path
    pattern: str = "*"
    reader: Literal["json_lines", "json", "csv", "parquet", "lines"] | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    null_tokens: tuple[str, ...] = ("",)
    timezone: TimeZone = "UTC"
    time_format: str | None = None
    currency: str | None = None
    identical_rows: Literal["duplicates", "events"] = "duplicates"
    required: bool = False
    max_rejected_share: Share = 0.2
    max_line_bytes: Positive = 16_777_216

    @field_validator("channel")
    @classmethod
    def _channel_is_a_word(cls, value: str) -> str:
        if not value.replace("_", "").isalnum() or value != value.lower():
            raise ValueError("write the channel in lower-case letters, digits and '_'")
        return value


def _plain_source_name(value: str) -> str:
    if re.fullmatch(r"[a-z0-9_]+", value) is None or value == "order":
        raise ValueError(f"source {value!r}: write a to z, digits and '_', and not 'order'")
    return value


SourceName = Annotated[str, AfterValidator(_plain_source_name)]


class Identity(_Section):
    """Which identifiers may join customers."""

    kinds: tuple[str, ...] = ("user_id", "email", "phone", "anonymous_id")
    exclusive_kinds: tuple[str, ...] = ("user_id",)
    max_degree: Positive = 1000
    max_customer_identifiers: Positive = 500
    device_policy: Literal["device_split", "last_owner", "first_owner"] = "device_split"
    remove_plus_tags: bool = False
    phone_country_code: str | None = None
    junk_values: tuple[str, ...] = ()
    test_domains: tuple[str, ...] = ("example.com", "example.org", "example.net", "test.com")
    role_mailboxes: tuple[str, ...] = (
        "admin",
        "billing",
        "contact",
        "hello",
        "help",
        "info",
        "mail",
        "no-reply",
        "noreply",
        "office",
        "postmaster",
        "sales",
        "service",
        "support",
        "webmaster",
    )


class Sessions(_Section):
    """When a session ends."""

    session_gap_minutes: Positive = 30
    max_session_hours: Positive = 24


class Journeys(_Section):
    """When a journey ends."""

    journey_timeout_days: Positive = 30
    goal_grace_seconds: Annotated[int, Field(ge=0)] = 60
    collapse_repeats: bool = True


class Bottlenecks(_Section):
    """What is good enough where a touchpoint has no other to be compared with."""

    target_wait_hours: Annotated[float, Field(ge=0)] | None = None
    target_exit_rate: Share | None = None
    target_return_rate: Share | None = None


class Checks(_Section):
    """Limits above which a check warns."""

    max_other_share: Share = 0.05
    max_duplicate_share: Share = 0.2
    max_shared_device_share: Share = 0.2


class Opportunities(_Section):
    """What counts as a finding."""

    zombie_chance: Share = 0.02


class Publish(_Section):
    """What a snapshot holds and how many are kept."""

    keep: Positive = 7
    events: bool = True
    storage_version: str | None = None


class Privacy(_Section):
    """What of a person may be published."""

    hash_key_file: Path | None = None
    properties: tuple[str, ...] = ()


class Schedule(_Section):
    """When the nightly run starts, in the reporting zone."""

    cron: str = "15 2 * * *"
    fresh_within_hours: Positive = 30


class Alerts(_Section):
    """Where a failed run is told."""

    webhook_url: str | None = None


def _plain_path(value: str) -> str:
    if re.fullmatch(r"/([A-Za-z0-9._~-]+/)*", value) is None or "/../" in value:
        raise ValueError("write the path of the pages with '/' at both ends, like /journeys/")
    return value


def _network(value: str) -> str:
    ip_network(value)
    return value


HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
#: An ``http`` or ``https`` origin, as a Content-Security-Policy names it.
Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+$")]


class Dashboard(_Section):
    """Where the dashboard is served, and who may see it. Secrets come from the environment."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8050
    base_path: Annotated[str, AfterValidator(_plain_path)] = "/"
    title: str = "journeylab"
    workers: Positive = 1
    threads: Positive = 8
    login: Literal["none", "password", "header"] = "none"
    https: bool = False
    session_hours: Annotated[float, Field(gt=0, le=24 * 31)] = 12
    session_key_file: Path | None = None
    users_file: Path | None = None
    trusted_proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    user_header: HeaderName = "X-Forwarded-Email"
    groups_header: HeaderName = "X-Forwarded-Groups"
    secret_header: HeaderName = "X-Journeylab-Secret"
    analysts: tuple[str, ...] = ()
    frame_ancestors: tuple[Origin, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine reaches the address."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @model_validator(mode="after")
    def _is_guarded(self) -> Self:
        if self.login == "none" and not self.is_loopback:
            raise ValueError(
                f"{self.host} is reached from other machines, and login is 'none': keep host"
                " 127.0.0.1, or set login to 'password' or 'header'"
            )
        if self.login == "header" and not self.trusted_proxies:
            raise ValueError("login 'header' needs the addresses of the proxy in trusted_proxies")
        return self


class Report(_Section):
    """The nightly report: where it is written, and whom it is mailed to."""

    nightly: bool = True
    folder: Path | None = None
    keep: Positive = 30
    pictures: bool = True
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    starttls: bool = True
    smtp_user: str | None = None
    mail_from: str | None = None
    mail_to: tuple[str, ...] = ()
    link: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    attach: bool = True

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.smtp_host is not None and not (self.mail_from and self.mail_to):
            raise ValueError("smtp_host is set: mail_from and mail_to are needed with it")
        return self


class Settings(_Section):
    """Everything a run is told. ``root`` is the folder relative paths start from."""

    root: Path = Path()
    paths: Paths = Paths()
    run: Run = Run()
    sources: dict[SourceName, Source] = Field(default_factory=dict)
    identity: Identity = Identity()
    sessions: Sessions = Sessions()
    journeys: Journeys = Journeys()
    bottlenecks: Bottlenecks = Bottlenecks()
    checks: Checks = Checks()
    opportunities: Opportunities = Opportunities()
    publish: Publish = Publish()
    privacy: Privacy = Privacy()
    schedule: Schedule = Schedule()
    alerts: Alerts = Alerts()
    dashboard: Dashboard = Dashboard()
    report: Report = Report()

    @property
    def config_hash(self) -> str:
        """SHA-256 of every value that can change a result: all but paths and resources."""
        told = self.model_dump(
            mode="json",
            exclude={"root", "paths", "publish", "alerts", "schedule", "dashboard", "report"},
        )
        for resource in ("memory_limit", "spill_limit", "threads", "as_of"):
            told["run"].pop(resource)
        for source in told["sources"].values():
            source.pop("path")
        paths = self.paths
        rules = (
            paths.touchpoints,
            paths.identity_rules,
            paths.rates,
            paths.calendar,
            paths.designed_map,
            paths.segments,
            paths.spend,
            paths.effort,
        )
        told["rules"] = [_digest(path) for path in rules]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


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
    return settings.model_copy(
        update={
            "paths": Paths(**paths),
            "sources": sources,
            "privacy": settings.privacy.model_copy(update=privacy),
            "dashboard": told.model_copy(update=dashboard),
            "report": settings.report.model_copy(update=report),
        }
    )


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
