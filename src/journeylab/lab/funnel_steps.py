"""Steps and exclusions of a funnel as people write them -> conditions on events."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from journeylab.errors import InputRefused, UnknownName
from journeylab.lab import compile
from journeylab.predicates import parse_where, property_text
from journeylab.warehouse import Warehouse

WHERE: Final = "Lab.funnel"
EFFECTS: Final = ("remove", "end_attempt")

_PROPERTIES: Final = "properties"
_PREFIX: Final = "properties."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel: an event of some touchpoints, under a condition.

    Attributes:
        touchpoint: its touchpoint, or several of which any one will do; None takes all.
        where: a condition on columns of ``events``; ``properties.plan`` is the text of the
            property ``plan``.
        name: what to call it; None takes the touchpoints or the condition.
        optional: whether an attempt may leave it out.
    """

    touchpoint: str | Sequence[str] | None = None
    where: str | None = None
    name: str | None = None
    optional: bool = False


#: A touchpoint, a step, one as a mapping, or several of these as alternatives.
StepLike = str | Step | Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What must not happen on the way through a funnel.

    Attributes:
        event: as a step is written.
        between: numbers of the two steps between which it must not, counted from 1; None
            means the first and the last.
        effect: ``remove`` leaves such an attempt out of the funnel, as if it had not begun;
            ``end_attempt`` ends it there, so that it dropped after the step it had reached.
    """

    event: StepLike
    between: tuple[int, int] | None = None
    effect: str = "remove"


@dataclass(frozen=True, slots=True)
class Fit:
    """A step or exclusion that can be asked of events.

    Attributes:
        name: what it is called.
        condition: of its events.
        is_optional: whether an attempt may leave it out.
    """

    name: str
    condition: exp.Expr
    is_optional: bool = False


class EventColumns:
    """What may be asked of events: their columns, touchpoints and properties."""

    def __init__(self, warehouse: Warehouse, place: str, touchpoints: Sequence[str]) -> None:
        self._warehouse = warehouse
        self._place = place
        self._touchpoints = frozenset(touchpoints)
        self._keys: frozenset[str] | None = None
        self.columns = warehouse.columns("main.events")

    def fit(self, told: StepLike) -> Fit:
        """A step as somebody wrote it.

        Raises:
            InputRefused: it says nothing, or its condition cannot be read.
            UnknownName: a touchpoint, column or property does not exist.
        """
        if isinstance(told, str):
            return self._step(Step(told))
        if isinstance(told, Step):
            return self._step(told)
        if isinstance(told, Mapping):
            return self._step(step_of(told))
        if not isinstance(told, Sequence) or not told:
            raise InputRefused(f"{told!r} is no step", WHERE, "name a touchpoint, or give a Step")
        fits = [self.fit(one) for one in told]
        return Fit(
            " or ".join(fit.name for fit in fits),
            exp.or_(*(fit.condition for fit in fits)),
            any(fit.is_optional for fit in fits),
        )

    def value(self, name: str, *, what: str) -> exp.Expr:
        """A column of events, or ``properties.<key>``, as text.

        Raises:
            UnknownName: there is none.
        """
        if name.startswith(_PREFIX) and _PROPERTIES in self.columns:
            key = name.removeprefix(_PREFIX)
            if key not in self.keys:
                raise UnknownName.of("property", key, what, self.keys)
            return property_text(exp.column(_PROPERTIES, quoted=True), key)
        if name not in self.columns or name == _PROPERTIES:
            known = [*self.columns, *(_PREFIX + key for key in self.keys)]
            raise UnknownName.of("column", name, what, known)
        return exp.cast(exp.column(name, quoted=True), "varchar")

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the properties that events have."""
        if self._keys is None:
            rows = self._warehouse.rows(
                "select distinct unnest(json_keys(properties)) from main.events"
            )
            self._keys = frozenset(row[0] for row in rows)
        return self._keys

    def _step(self, told: Step) -> Fit:
        names = [told.touchpoint] if isinstance(told.touchpoint, str) else told.touchpoint
        if names is not None and not names:
            raise InputRefused("a step names no touchpoint", WHERE, "name one, or leave it out")
        parts: list[exp.Expr] = []
        for name in names or ():
            if name not in self._touchpoints:
                raise UnknownName.of("touchpoint", name, self._place, self._touchpoints)
        if names:
            same = [exp.column("touchpoint", quoted=True).eq(name) for name in names]
            parts.append(exp.or_(*same))
        if told.where is not None:
            parts.append(compile.condition(parse_where(told.where, self.columns)))
        if not parts:
            raise InputRefused("a step says nothing", WHERE, "give a touchpoint or a condition")
        name = told.name or " and ".join(
            [*([" or ".join(names)] if names else []), *([told.where] if told.where else [])]
        )
        return Fit(name, exp.and_(*parts), told.optional)


def step_of(told: Mapping[str, Any]) -> Step:
    """A step written as a mapping, as a JSON file has it.

    Raises:
        UnknownName: a key does not exist.
    """
    _refuse_unknown_keys(told, Step)
    return Step(**told)


def exclusion_of(told: Exclusion | StepLike) -> Exclusion:
    """An exclusion, of a plain step where no more is said.

    Raises:
        UnknownName: a key does not exist.
    """
    if isinstance(told, Exclusion):
        return told
    if isinstance(told, Mapping) and "event" in told:
        _refuse_unknown_keys(told, Exclusion)
        between = told.get("between")
        return Exclusion(
            told["event"],
            None if between is None else tuple(between),
            told.get("effect", "remove"),
        )
    return Exclusion(told)


def _refuse_unknown_keys(told: Mapping[str, Any], kind: type[Any]) -> None:
    for key in told:
        if key not in kind.__slots__:
            raise UnknownName.of("key", str(key), json.dumps(dict(told)), kind.__slots__)
