"""Dials of Lab.funnel -> a plan: conditions and numbers that its queries are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from journeylab.durations import Duration, microseconds
from journeylab.errors import InputRefused
from journeylab.lab.choosing import Group
from journeylab.lab.funnel_steps import (
    EFFECTS,
    WHERE,
    EventColumns,
    Exclusion,
    Fit,
    StepLike,
    exclusion_of,
)
from journeylab.lab.walking import refuse_unknown

ORDERS: Final = ("sequential", "strict", "any")
ENTRIES: Final = ("first", "any", "every")
UNITS: Final = ("customer", "journey", "session")
PLACES: Final = ("first", "last", "all")
FEWEST_STEPS: Final = 2
MOST_STEPS: Final = 20

#: A span longer than any data.
ENDLESS_US: Final = 9_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Funnel:
    """A question about steps people take one after another; see ``Lab.funnel`` for each dial."""

    steps: Sequence[StepLike]
    window: Duration | None = "14d"
    order: str = "sequential"
    entry: str = "any"
    per_step: Sequence[Duration | None] | None = None
    exclude: Sequence[Exclusion | StepLike] = ()
    hold: str | Sequence[str] | None = None
    tie_window: Duration | None = None
    unit: str = "customer"
    breakdown: str | None = None
    breakdown_at: str | int = "first"
    top: int = 6
    where: str | None = None
    segment: Group | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """An exclusion in numbers: its bit, the steps around it, and whether it ends attempts."""

    number: int
    first_step: int
    last_step: int
    ends: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A funnel in numbers: spans in microseconds, steps and exclusions counted from 1.

    Attributes:
        asked: the question.
        fits: its steps.
        excluded: what its exclusions look for.
        bars: where they do.
        window_us: longest time from the first step.
        gaps_us: longest time from the step before, for each step.
        tie_us: events so near may be taken in either order; 0 keeps the order of the log.
        held: value that an attempt holds.
    """

    asked: Funnel
    fits: tuple[Fit, ...]
    excluded: tuple[Fit, ...]
    bars: tuple[Bar, ...]
    window_us: int
    gaps_us: tuple[int, ...]
    tie_us: int
    held: exp.Expr

    @property
    def optional(self) -> list[int]:
        """Steps that may be left out."""
        return [number for number, fit in enumerate(self.fits, 1) if fit.is_optional]

    @property
    def reach(self) -> list[int]:
        """For each step, the last one that can be taken right after it."""
        needed = [n for n in range(1, len(self.fits) + 1) if n not in self.optional]
        return [
            next((n for n in needed if n > number), number)
            for number in range(1, len(self.fits) + 1)
        ]

    @property
    def is_bounded(self) -> bool:
        """Whether more than the window parts two steps."""
        return (
            self.asked.order == "strict"
            or self.tie_us > 0
            or any(bar.ends for bar in self.bars)
            or min(self.gaps_us) < ENDLESS_US
        )


def plan_of(asked: Funnel, columns: EventColumns) -> Plan:
    """Check a question and put it in numbers.

    Raises:
        InputRefused: a dial is out of range, or two do not go together.
        UnknownName: a touchpoint, column or property does not exist.
    """
    refuse_unknown("order", asked.order, ORDERS)
    refuse_unknown("entry", asked.entry, ENTRIES)
    refuse_unknown("unit", asked.unit, UNITS)
    fits = _fits(asked, columns)
    exclusions = [exclusion_of(told) for told in asked.exclude]
    plan = Plan(
        asked=asked,
        fits=fits,
        excluded=tuple(columns.fit(one.event) for one in exclusions),
        bars=tuple(_bar(n, one, fits, asked.order) for n, one in enumerate(exclusions, 1)),
        window_us=_span(asked.window, "window"),
        gaps_us=_gaps(asked, len(fits)),
        tie_us=0 if asked.tie_window is None else _span(asked.tie_window, "tie_window"),
        held=_held(asked, columns),
    )
    _refuse_together(plan)
    _check_breakdown(asked, len(fits))
    return plan


def _fits(asked: Funnel, columns: EventColumns) -> tuple[Fit, ...]:
    if isinstance(asked.steps, str) or not FEWEST_STEPS <= len(asked.steps) <= MOST_STEPS:
        number = 1 if isinstance(asked.steps, str) else len(asked.steps)
        raise InputRefused(
            f"{number} steps given, wanted {FEWEST_STEPS} to {MOST_STEPS}",
            WHERE,
            'list them in order: ["web:product", "web:cart", "purchase:completed"]',
        )
    fits = tuple(columns.fit(step) for step in asked.steps)
    for number in (1, len(fits)):
        if fits[number - 1].is_optional:
            raise InputRefused(
                f"step {number} is optional, and it is the {'first' if number == 1 else 'last'}",
                WHERE,
                "only steps between the first and the last can be left out",
            )
    return fits


def _gaps(asked: Funnel, steps: int) -> tuple[int, ...]:
    if asked.per_step is None:
        return (ENDLESS_US,) * steps
    if isinstance(asked.per_step, str) or len(asked.per_step) != steps - 1:
        raise InputRefused(
            f"per_step is {asked.per_step!r}, wanted {steps - 1} spans of time",
            WHERE,
            "give the longest time from the step before for each step but the first;"
            " None for no limit",
        )
    told = enumerate(asked.per_step, 2)
    return (ENDLESS_US, *(_span(span, f"per_step of step {number}") for number, span in told))


def _span(told: Duration | None, what: str) -> int:
    return ENDLESS_US if told is None else microseconds(told, what=what, where=WHERE)


def _bar(number: int, told: Exclusion, fits: Sequence[Fit], order: str) -> Bar:
    refuse_unknown("effect", told.effect, EFFECTS)
    first, last = (1, len(fits)) if told.between is None else told.between
    if not 1 <= first < last <= len(fits):
        raise InputRefused(
            f"exclusion {number} lies between steps {first} and {last}, and the funnel has"
            f" steps 1 to {len(fits)}",
            WHERE,
            "write between=(1, 2) for what must not happen after step 1 and before step 2",
        )
    if order == "any" and told.between is not None:
        raise InputRefused(
            f"exclusion {number} lies between two steps, and the order is any",
            WHERE,
            "leave between out: in any order an exclusion holds from the first step to the last",
        )
    for step in (first, last):
        if fits[step - 1].is_optional:
            raise InputRefused(
                f"exclusion {number} lies at step {step}, which is optional",
                WHERE,
                "put it between steps that every attempt takes",
            )
    return Bar(number, first, last, told.effect == "end_attempt")


def _held(asked: Funnel, columns: EventColumns) -> exp.Expr:
    if asked.hold is None:
        return exp.Literal.string("")
    names = [asked.hold] if isinstance(asked.hold, str) else list(asked.hold)
    if not names:
        raise InputRefused("hold names nothing", WHERE, "name a column, or leave it out")
    values = [columns.value(name, what="hold of a funnel") for name in names]
    if len(values) == 1:
        return values[0]
    known = exp.and_(*(value.copy().is_(exp.not_(exp.null())) for value in values))
    return exp.case().when(known, exp.cast(exp.Array(expressions=values), "varchar"))


def _refuse_together(plan: Plan) -> None:
    asked = plan.asked
    if asked.order == "any":
        told = {
            "per_step": asked.per_step is not None,
            "optional steps": bool(plan.optional),
            "tie_window": plan.tie_us > 0,
        }
        for name, is_given in told.items():
            if is_given:
                raise InputRefused(
                    f"{name} given, and the order is any", WHERE, "leave it out, or keep an order"
                )
        texts = [fit.condition.sql(dialect="duckdb") for fit in plan.fits]
        for number, text in enumerate(texts, 1):
            if text in texts[: number - 1]:
                raise InputRefused(
                    f"step {number} is step {texts.index(text) + 1} again, and the order is any",
                    WHERE,
                    "name it once; sequential funnels may take a step twice",
                )
    if plan.tie_us > 0 and (asked.order == "strict" or asked.entry == "every"):
        raise InputRefused(
            "tie_window given with order 'strict' or entry 'every'",
            WHERE,
            "leave it out, or ask for sequential steps and the first or any entry",
        )


def _check_breakdown(asked: Funnel, steps: int) -> None:
    at = asked.breakdown_at
    if isinstance(at, int) and not isinstance(at, bool):
        if not 1 <= at <= steps:
            raise InputRefused(
                f"breakdown_at is {at}, and the funnel has steps 1 to {steps}",
                WHERE,
                "write the number of a step, or 'first', 'last' or 'all'",
            )
    else:
        refuse_unknown("breakdown_at", at, PLACES)
    if not 1 <= asked.top <= 50:
        raise InputRefused(f"top is {asked.top}, wanted 1 to 50", WHERE, "choose top so")
