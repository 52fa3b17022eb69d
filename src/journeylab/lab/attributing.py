"""Dials of Lab.attribution -> what settled journeys touched, counted, and the credit of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from journeylab.analysis.attribution import MODELS, Counted, attribution
from journeylab.errors import InputRefused, NoGoal, NothingSettled
from journeylab.lab import compile
from journeylab.lab.choosing import Group, chosen
from journeylab.lab.spending import Days, Spend, days_of, lines_of, with_spend
from journeylab.lab.walking import refuse_unknown
from journeylab.warehouse import Warehouse

BY: Final = {
    "channel": "touches_of_steps",
    "touchpoint": "touches_of_steps",
    "source": "touches_of_events",
    "source_group": "touches_of_events",
    "campaign": "touches_of_events",
}
TRANSFORMS: Final = ("exposure", "first", "unique", "frequency")

_DAY_SECONDS: Final = 86_400
_TABLES: Final = ("credits", "moves", "reach", "totals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dials:
    """What ``Lab.attribution`` is asked; its docstring says what each means."""

    models: Sequence[str] | str | None = None
    by: str = "channel"
    transform: str = "exposure"
    look_back_days: float | None = 30
    half_life_days: float = 7
    where: str | None = None
    segment: Group | None = None
    pattern: str | None = None
    spend: Spend | None = None
    seed: int = 0


def attributed(warehouse: Warehouse, place: str, dials: Dials) -> pl.DataFrame:
    """Credit of each unit under each model; see ``Lab.attribution``."""
    models = _models(dials)
    _check(dials)
    lines = None if dials.spend is None else lines_of(dials.spend, dials.by)
    days = None if lines is None else days_of(warehouse, lines)
    counted = _counted(warehouse, place, dials, days)
    made = attribution(counted, models, seed=dials.seed)
    if lines is None or days is None:
        return made
    return with_spend(made, lines, days)


def _models(dials: Dials) -> Sequence[str]:
    told = dials.models
    models = MODELS if told is None else (told,) if isinstance(told, str) else tuple(told)
    for model in models:
        refuse_unknown("model", model, MODELS)
    if not models or len(set(models)) < len(models):
        raise InputRefused(
            f"models are {list(models)!r}", "Lab.attribution", "name each wanted model once"
        )
    return models


def _check(dials: Dials) -> None:
    refuse_unknown("unit to attribute to", dials.by, tuple(BY))
    refuse_unknown("transform", dials.transform, TRANSFORMS)
    for name, days in (
        ("look_back_days", dials.look_back_days),
        ("half_life_days", dials.half_life_days),
    ):
        if days is not None and not days > 0:
            raise InputRefused(
                f"{name} is {days}", "Lab.attribution", "choose more than 0 days, or None for all"
            )
    if dials.transform == "frequency" and dials.spend is not None:
        raise InputRefused(
            "spend cannot be told apart by how often somebody was touched",
            "Lab.attribution(transform='frequency', spend=…)",
            "leave out spend, or choose another transform",
        )


def _counted(warehouse: Warehouse, place: str, dials: Dials, days: Days | None) -> Counted:
    """Count in the database; what is touched is held in a table of a connection of its own."""
    filtered = chosen(
        warehouse, place, where=dials.where, group=dials.segment, pattern=dials.pattern
    )
    zone = "UTC" if days is None else days.zone
    journeys = compile.template(
        "attributed_journeys",
        zone=zone,
        first_day=None if days is None else days.first,
        last_day=None if days is None else days.last,
    )
    touches = compile.template(
        "attribution_touches",
        look_back_seconds=_seconds(dials.look_back_days),
        transform=dials.transform,
        half_life_seconds=_seconds(dials.half_life_days),
    )
    narrowed = compile.narrowed(filtered, "journeys", "steps")
    with warehouse.cursor() as own:
        own.execute(compile.kept("attributed_journeys", journeys, narrowed))
        if not own.scalar("select count(*) from attributed_journeys"):
            raise _nothing(place, days)
        candidates = compile.template(BY[dials.by], kind=dials.by)
        own.execute(
            compile.kept("attribution_touches", touches, {**narrowed, "candidates": candidates})
        )
        frames = {
            name: own.frame(compile.composed(compile.template(f"attribution_{name}"), {}))
            for name in _TABLES
        }
    if frames["totals"].is_empty():
        raise NoGoal(
            "attribution shares out conversions, and no settled journey of those asked converted",
            place,
            "widen where, segment or pattern, or name goals that occur",
        )
    return Counted(**frames)


def _nothing(place: str, days: Days | None) -> NothingSettled:
    told = "" if days is None else f" that ended from {days.first} to {days.last}"
    return NothingSettled(
        f"attribution needs settled journeys, and there is none{told} among those asked",
        place,
        "widen where, segment, pattern or the days of the spend file; assume_complete=True if the"
        " log is finished",
    )


def _seconds(days: float | None) -> Any:  # noqa: ANN401 - a literal of SQL
    return None if days is None else float(days) * _DAY_SECONDS
