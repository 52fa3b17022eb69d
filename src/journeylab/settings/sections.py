"""The sections that a run heeds, each with defaults that work."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from journeylab.settings.fields import Positive, Section, Share, TimeZone


class Paths(Section):
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
    def row_marts(self) -> Path:
        """The private DuckDB file of the marts of single customers; snapshots copy it."""
        return self.var / "row_marts.duckdb"

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


class Run(Section):
    """How a run works."""

    reporting_timezone: TimeZone = "UTC"
    reporting_currency: str | None = None
    as_of: datetime | None = None
    assume_complete: bool = False
    memory_limit: str = "2.4GB"
    spill_limit: str = "20GB"
    threads: Positive | None = None
    customers_per_range: Positive = 200_000
    rows_per_range: Positive = 5_000_000
    rebuild_all_share: Share = 0.3
    engine: Literal["duckdb", "spark"] = "duckdb"


class Spark(Section):
    """Where the Spark engine runs, and how it cuts the work; only with ``run.engine``."""

    master: str | None = None
    buckets: Positive | None = None
    exchange: str | None = None
    memory_limit: str = "1GB"
    conf: dict[str, str] = Field(default={})


class Source(Section):
    """One source: a landing folder, the export format in it, and how to read it."""

    channel: str
    format: str
    path: Path
    pattern: str = "*"
    first_day: date | None = None
    last_day: date | None = None
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


class Identity(Section):
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


class Sessions(Section):
    """When a session ends."""

    session_gap_minutes: Positive = 30
    max_session_hours: Positive = 24


class Journeys(Section):
    """When a journey ends."""

    journey_timeout_days: Positive = 30
    goal_grace_seconds: Annotated[int, Field(ge=0)] = 60
    collapse_repeats: bool = True


class Bottlenecks(Section):
    """What is good enough where a touchpoint has no other to be compared with."""

    target_wait_hours: Annotated[float, Field(ge=0)] | None = None
    target_exit_rate: Share | None = None
    target_return_rate: Share | None = None


class Checks(Section):
    """Limits above which a check warns."""

    max_other_share: Share = 0.05
    max_duplicate_share: Share = 0.2
    max_shared_device_share: Share = 0.2
    proof_share: Share = 0.01


class Opportunities(Section):
    """What counts as a finding."""

    zombie_chance: Share = 0.02


class Publish(Section):
    """What a snapshot holds and how many are kept."""

    keep: Positive = 7
    keep_month_ends: Annotated[int, Field(ge=0)] = 12
    keep_rows: Positive = 7
    leave_free_bytes: Annotated[int, Field(ge=0)] = 0
    rewrite_share: Share = 0.2
    events: bool = True
    storage_version: str | None = None


def _plain_key(value: str) -> str:
    if '"' in value or "\\" in value:
        raise ValueError(f"property {value!r}: a key with a quote or a backslash cannot be named")
    return value


class Privacy(Section):
    """What of a person may be published."""

    hash_key_file: Path | None = None
    properties: tuple[Annotated[str, AfterValidator(_plain_key)], ...] = ()
    k_floor: Annotated[int, Field(ge=2)] | None = None
    keep_raw_days: Annotated[int, Field(ge=62)] | None = None
    refused_consent: tuple[str, ...] = (
        "declined",
        "denied",
        "false",
        "no",
        "opt-out",
        "opt_out",
        "opted_out",
        "refused",
        "revoked",
        "withdrawn",
    )


class Schedule(Section):
    """When the nightly run starts, in the reporting zone."""

    cron: str = "15 2 * * *"
    fresh_within_hours: Positive = 30


class Alerts(Section):
    """Where a failed run is told; mail goes by the server of the report."""

    webhook_url: str | None = None
    mail_to: tuple[str, ...] = ()
