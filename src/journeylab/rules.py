"""Touchpoint rules: touchpoints.toml -> the config tables that SQL models read. Names, no data."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from journeylab.errors import SettingsError, nearest
from journeylab.settings import Settings

DEFAULT_STAGES: Final = ("reach", "nurture", "convert", "support")

#: Nodes and rows of the tables that are no touchpoints.
RESERVED_NAMES: Final = (
    "(start)",
    "(converted)",
    "(dropped)",
    "(open)",
    "(end)",
    "(other)",
    "(continues)",
)

_FILE_KEYS: Final = ("stages", "rules", "touchpoints", "source_groups")
_RULE_KEYS: Final = ("touchpoint", "repeat_touchpoint", "channel", "event", "path", "properties")
_TOUCHPOINT_KEYS: Final = (
    "label",
    "role",
    "stage",
    "stage_after_goal",
    "goal",
    "loss",
    "refund",
    "manual",
    "owner",
    "waits_for",
    "survey",
    "invitation",
)
_SOURCE_GROUP_KEYS: Final = ("name", "channel", "utm_source", "utm_medium", "referrer")
_ROLES: Final = ("action", "context")
_WAITS_FOR: Final = ("customer", "us")
_SURVEYS: Final = ("csat", "nps")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a touchpoints file says. Each list keeps the order of the file."""

    stages: tuple[str, ...] = DEFAULT_STAGES
    rules: tuple[dict[str, Any], ...] = ()
    touchpoints: dict[str, dict[str, Any]] = field(default_factory=dict)
    source_groups: tuple[dict[str, Any], ...] = ()

    @property
    def tested_properties(self) -> list[str]:
        """Property keys that some rule tests, sorted."""
        return sorted({key for rule in self.rules for key in rule.get("properties", {})})


def load_rules(path: Path) -> Rules:
    """Read a touchpoints file.

    Args:
        path: the file; where there is none, the starter rules of ``journeylab init`` hold.

    Raises:
        SettingsError: not TOML, an unknown key (the nearest is named), a stage, role or
            touchpoint that nothing defines.
    """
    read = path if path.is_file() else Path(__file__).parent / "starter" / "touchpoints.toml"
    try:
        told = tomllib.loads(read.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not TOML: {error}", str(read), "mend the line it names") from error
    return parse_rules(told, where=str(read))


def parse_rules(told: dict[str, Any], *, where: str) -> Rules:
    """Check what a touchpoints file says.

    Args:
        told: the file's content.
        where: name of the file for errors.

    Raises:
        SettingsError: see ``load_rules``.
    """
    _refuse_unknown(told, _FILE_KEYS, "key", where)
    stages = tuple(told.get("stages", DEFAULT_STAGES))
    if len(set(stages)) != len(stages) or not all(isinstance(stage, str) for stage in stages):
        raise SettingsError(f"stages are not distinct names: {stages}", where, "name each once")
    rules = tuple(told.get("rules", ()))
    for number, rule in enumerate(rules, start=1):
        place = f"{where}, rule {number}"
        _refuse_unknown(rule, _RULE_KEYS, "rule key", place)
        if "touchpoint" not in rule:
            raise SettingsError("a rule names no touchpoint", place, 'add touchpoint = "…"')
        for key in ("touchpoint", "repeat_touchpoint"):
            _refuse_reserved(rule.get(key, ""), place)
        for key in rule.get("properties", {}):
            if '"' in key or "\\" in key:
                raise SettingsError(
                    f"property {key!r} cannot be tested",
                    place,
                    "name a property whose key holds no quote and no backslash",
                )
    touchpoints = dict(told.get("touchpoints", {}))
    for name, values in touchpoints.items():
        _refuse_reserved(name, where)
        _check_touchpoint(values, stages, f"{where}, touchpoint {name!r}")
    groups = tuple(told.get("source_groups", ()))
    for number, group in enumerate(groups, start=1):
        place = f"{where}, source group {number}"
        _refuse_unknown(group, _SOURCE_GROUP_KEYS, "source group key", place)
        if "name" not in group:
            raise SettingsError("a source group has no name", place, 'add name = "…"')
    return Rules(stages, rules, touchpoints, groups)


def stage_table(rules: Rules) -> pl.DataFrame:
    """Stages with their dense ranks, counted from 1. One row a stage, in order."""
    ranks = range(1, len(rules.stages) + 1)
    return pl.DataFrame(
        {"stage": list(rules.stages), "stage_rank": list(ranks)},
        schema={"stage": pl.String, "stage_rank": pl.Int32},
    )


def touchpoint_table(rules: Rules) -> pl.DataFrame:
    """What the file says of touchpoints. One row a named touchpoint, sorted by name."""
    rows = [
        {
            "touchpoint": name,
            "label": values.get("label"),
            "role": values.get("role", "action"),
            "stage": values.get("stage"),
            "stage_after_goal": values.get("stage_after_goal"),
            "is_goal": values.get("goal", False),
            "is_loss": values.get("loss", False),
            "is_refund": values.get("refund", False),
            "is_manual": values.get("manual", False),
            "owner": values.get("owner"),
            "waits_for": values.get("waits_for"),
            "survey": values.get("survey"),
            "is_invitation": values.get("invitation", False),
        }
        for name, values in sorted(rules.touchpoints.items())
    ]
    text, flag = pl.String, pl.Boolean
    return pl.DataFrame(
        rows,
        schema={
            "touchpoint": text,
            "label": text,
            "role": text,
            "stage": text,
            "stage_after_goal": text,
            "is_goal": flag,
            "is_loss": flag,
            "is_refund": flag,
            "is_manual": flag,
            "owner": text,
            "waits_for": text,
            "survey": text,
            "is_invitation": flag,
        },
    )


def rule_table(rules: Rules) -> pl.DataFrame:
    """The ordered rules. One row a rule; a null test always holds."""
    tested = rules.tested_properties
    rows = [
        {
            "rule_number": number,
            "touchpoint": rule["touchpoint"],
            "repeat_touchpoint": rule.get("repeat_touchpoint"),
            "channel": rule.get("channel"),
            "event_glob": rule.get("event"),
            "path_glob": rule.get("path"),
            "property_globs": [
                None if (glob := rule.get("properties", {}).get(key)) is None else str(glob)
                for key in tested
            ],
        }
        for number, rule in enumerate(rules.rules, start=1)
    ]
    return pl.DataFrame(
        rows,
        schema={
            "rule_number": pl.Int32,
            "touchpoint": pl.String,
            "repeat_touchpoint": pl.String,
            "channel": pl.String,
            "event_glob": pl.String,
            "path_glob": pl.String,
            "property_globs": pl.List(pl.String),
        },
    )


def source_group_table(rules: Rules) -> pl.DataFrame:
    """The ordered source group rules. One row a rule; a null test always holds."""
    rows = [
        {
            "rule_number": number,
            "source_group": group["name"],
            "channel": group.get("channel"),
            "utm_source_glob": group.get("utm_source"),
            "utm_medium_glob": group.get("utm_medium"),
            "referrer_glob": group.get("referrer"),
        }
        for number, group in enumerate(rules.source_groups, start=1)
    ]
    text = pl.String
    return pl.DataFrame(
        rows,
        schema={
            "rule_number": pl.Int32,
            "source_group": text,
            "channel": text,
            "utm_source_glob": text,
            "utm_medium_glob": text,
            "referrer_glob": text,
        },
    )


def source_table(settings: Settings) -> pl.DataFrame:
    """The configured sources, sorted by name. One row a source."""
    rows = [
        {
            "source": name,
            "channel": source.channel,
            "format": source.format,
            "timezone": source.timezone,
            "time_format": source.time_format,
            "currency": source.currency,
            "identical_rows": source.identical_rows,
            "is_required": source.required,
        }
        for name, source in sorted(settings.sources.items())
    ]
    text = pl.String
    return pl.DataFrame(
        rows,
        schema={
            "source": text,
            "channel": text,
            "format": text,
            "timezone": text,
            "time_format": text,
            "currency": text,
            "identical_rows": text,
            "is_required": pl.Boolean,
        },
    )


def rate_table(settings: Settings) -> pl.DataFrame:
    """Exchange rates of the rates file (date, currency, rate); empty where there is none.

    Raises:
        SettingsError: a column is missing, or a value is no date or number.
    """
    kinds = pl.Date(), pl.String(), pl.Decimal(18, 8)
    schema = dict(zip(("rate_date", "currency", "rate"), kinds, strict=True))
    path = settings.paths.rates
    if not path.is_file():
        return pl.DataFrame(schema=schema)
    read = dict(zip(("date", "currency", "rate"), kinds, strict=True))
    try:
        rates = pl.read_csv(path, schema_overrides=read).select(list(read))
    except pl.exceptions.PolarsError as error:
        raise SettingsError(
            f"rates cannot be read: {error}", str(path), "columns: date, currency, rate"
        ) from error
    return rates.rename({"date": "rate_date"}).sort("rate_date", "currency")


def _check_touchpoint(values: dict[str, Any], stages: tuple[str, ...], where: str) -> None:
    _refuse_unknown(values, _TOUCHPOINT_KEYS, "touchpoint key", where)
    for key, known in (
        ("role", _ROLES),
        ("waits_for", _WAITS_FOR),
        ("survey", _SURVEYS),
        ("stage", stages),
        ("stage_after_goal", stages),
    ):
        if key in values and values[key] not in known:
            raise SettingsError(
                f"{key} is {values[key]!r}", where, nearest(str(values[key]), known)
            )
    for key in ("goal", "loss", "refund", "manual", "invitation"):
        if not isinstance(values.get(key, False), bool):
            raise SettingsError(f"{key} is {values[key]!r}", where, "write true or false")
    if values.get("goal") and values.get("role") == "context":
        raise SettingsError("a goal is an action of the customer", where, 'drop role = "context"')
    if values.get("invitation") and "survey" not in values:
        raise SettingsError("an invitation to no survey", where, 'add survey = "csat" or "nps"')
    if "survey" in values and (values.get("goal") or values.get("loss")):
        raise SettingsError("a survey is neither goal nor loss", where, "drop one of the two")


def _refuse_reserved(touchpoint: str, where: str) -> None:
    if touchpoint in RESERVED_NAMES:
        known = ", ".join(RESERVED_NAMES)
        raise SettingsError(
            f"{touchpoint!r} is a place of the graph, not a touchpoint",
            where,
            f"choose another name than {known}",
        )


def _refuse_unknown(told: dict[str, Any], known: tuple[str, ...], kind: str, where: str) -> None:
    for key in told:
        if key not in known:
            raise SettingsError(f"unknown {kind} {key!r}", where, nearest(key, known))
