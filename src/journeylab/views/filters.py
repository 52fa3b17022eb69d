"""The state of a page: a URL's query <-> filters, held against what the snapshot knows."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

STEPS: Final = (2, 8)
TOP: Final = (3, 12)
OUTCOMES: Final = ("all", "converted", "dropped", "open")
DIRECTIONS: Final = ("after", "before", "around")
PARTS: Final = ("before", "after")
#: Conditions on ``journeys`` for each outcome; ``dropped`` never holds open journeys.
_OUTCOME: Final = {
    "converted": "outcome = 'converted'",
    "dropped": "outcome in ('lost', 'lapsed')",
    "open": "outcome = 'open'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What filters may say on one snapshot: the allow-lists of a URL.

    Attributes:
        views: keys of the views, the first the landing page.
        channels: in their order.
        touchpoints: touchpoint -> plain name, in stage order.
        segments: segment -> its levels.
        first_day: day of the first journey's start in the reporting zone; None without any.
        last_day: day of the last one's.
        timezone: the reporting zone.
    """

    views: tuple[str, ...]
    channels: tuple[str, ...]
    touchpoints: Mapping[str, str]
    segments: Mapping[str, tuple[str, ...]]
    first_day: date | None
    last_day: date | None
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a page is asked. Every value is one of its choices or within its bounds.

    Attributes:
        view: key of the view.
        first_day: journeys that started on or after it; None for no bound.
        last_day: journeys that started on or before it.
        channels: journeys with a step on any of them; empty for all.
        segment: name and level of a segment; None for all.
        outcome: ``all`` or one of ``converted``, ``dropped``, ``open``.
        anchor: touchpoint the paths start at, end at or stand around; None for the start.
        direction: ``after``, ``before`` or ``around`` the anchor.
        part: ``before`` or ``after`` the goal.
        steps: columns of the paths.
        top: touchpoints named in a column.
        other_segment: what the first is compared with; None for all other journeys.
        dial: a view's own dial, of letters, digits and ``_:.,=-``; '' for its default.
    """

    view: str
    first_day: date | None = None
    last_day: date | None = None
    channels: tuple[str, ...] = ()
    segment: tuple[str, str] | None = None
    outcome: str = "all"
    anchor: str | None = None
    direction: str = "after"
    part: str = "before"
    steps: int = 5
    top: int = 6
    other_segment: tuple[str, str] | None = None
    dial: str = ""

    def journeys_asked(self, timezone: str) -> str | None:
        """The condition on ``journeys`` that all but the segment make; None for no condition."""
        told = []
        if self.first_day is not None:
            told.append(f"started_at >= '{midnight(self.first_day, timezone)}'")
        if self.last_day is not None:
            after = self.last_day + timedelta(days=1)
            told.append(f"started_at < '{midnight(after, timezone)}'")
        if self.channels:
            touched = " or ".join(
                f"list_contains(channel_names, '{name}')" for name in self.channels
            )
            told.append(f"({touched})")
        if self.outcome != "all":
            told.append(_OUTCOME[self.outcome])
        return " and ".join(told) or None

    @property
    def is_narrowed(self) -> bool:
        """Whether they leave fewer journeys than the snapshot holds."""
        return any(
            (self.first_day, self.last_day, self.channels, self.segment, self.outcome != "all")
        )

    def anchors(self) -> dict[str, str]:
        """The anchor as an argument of ``Lab.paths``; empty without one."""
        if self.anchor is None:
            return {}
        word = {"after": "start", "before": "end", "around": "around"}[self.direction]
        return {word: self.anchor}


#: Keys of the URL for the fields that are plain words or numbers.
_KEYS: Final = {
    "view": "view",
    "first_day": "from",
    "last_day": "to",
    "channels": "ch",
    "segment": "seg",
    "outcome": "conv",
    "anchor": "at",
    "direction": "dir",
    "part": "part",
    "steps": "steps",
    "top": "top",
    "other_segment": "vs",
    "dial": "dial",
}
_DIAL_SIGNS: Final = frozenset("_:.,=-")
_DIAL_LENGTH: Final = 200


def read_filters(told: Mapping[str, str], choices: Choices) -> Filters:
    """Filters of a URL's query; what is not allowed falls back to its default.

    Args:
        told: key -> value of the query; other keys are left out.
        choices: what may be said.

    Returns:
        Filters of which every value is allowed. Numbers and days are clamped to their
        bounds; from after to leaves both out.
    """

    def one_of(key: str, allowed: Any, default: Any) -> Any:  # noqa: ANN401 - of any kind
        value = told.get(key, default)
        return value if value in allowed else default

    first, last = (_day(told.get(key), choices) for key in ("from", "to"))
    if first is not None and last is not None and first > last:
        first = last = None
    wanted = told.get("ch", "").split(",")
    channels = tuple(name for name in choices.channels if name in wanted)
    anchor = one_of("at", choices.touchpoints, None)
    dial = told.get("dial", "")
    if len(dial) > _DIAL_LENGTH or not all(s.isalnum() or s in _DIAL_SIGNS for s in dial):
        dial = ""
    return Filters(
        view=one_of("view", choices.views, choices.views[0]),
        first_day=first if first != choices.first_day else None,
        last_day=last if last != choices.last_day else None,
        channels=() if len(channels) == len(choices.channels) else channels,
        segment=_segment(told.get("seg"), choices),
        outcome=one_of("conv", OUTCOMES, "all"),
        anchor=anchor,
        direction=one_of("dir", DIRECTIONS, "after") if anchor else "after",
        part=one_of("part", PARTS, "before"),
        steps=_number(told.get("steps"), STEPS, 5),
        top=_number(told.get("top"), TOP, 6),
        other_segment=_segment(told.get("vs"), choices),
        dial=dial,
    )


def write_filters(filters: Filters, choices: Choices) -> dict[str, str]:
    """The query of a URL: key -> value, defaults left out, in a stated order."""
    plain = Filters(view=choices.views[0])
    query = {}
    for place in fields(Filters):
        value = getattr(filters, place.name)
        if value != getattr(plain, place.name):
            query[_KEYS[place.name]] = _spelled(value)
    return query


def dials_of(filters: Filters) -> dict[str, str]:
    """What ``dial`` says, key -> value: text of ``key=value`` parted by commas.

    Example:
        >>> dials_of(Filters(view="drops", dial="by=rate,least=20"))
        {'by': 'rate', 'least': '20'}
    """
    parts = (part.partition("=") for part in filters.dial.split(",") if "=" in part)
    return {key: value for key, _, value in parts if key}


def only_view(filters: Filters, view: str) -> Filters:
    """The same filters on another view, its own dial left out."""
    return replace(filters, view=view, dial="")


def _spelled(value: Any) -> str:  # noqa: ANN401 - any field's
    if isinstance(value, tuple):
        return ",".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _day(text: str | None, choices: Choices) -> date | None:
    if text is None or choices.first_day is None or choices.last_day is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return min(max(day, choices.first_day), choices.last_day)


def _number(text: str | None, bounds: tuple[int, int], default: int) -> int:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 10):
        return default
    return min(max(int(text), bounds[0]), bounds[1])


def _segment(text: str | None, choices: Choices) -> tuple[str, str] | None:
    name, _, level = (text or "").partition(",")
    return (name, level) if level in choices.segments.get(name, ()) else None


def midnight(day: date, timezone: str) -> str:
    """The instant at which a day of a zone begins, UTC, as conditions on journeys spell it."""
    local = datetime.combine(day, time(), ZoneInfo(timezone))
    return local.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S")
