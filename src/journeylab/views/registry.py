"""The views in their order, and what every view is asked with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from journeylab.errors import JourneyLabError, NoGoal, NothingSettled, UnknownName
from journeylab.lab import Lab
from journeylab.views.archetypes import archetypes
from journeylab.views.back_and_forth import back_and_forth
from journeylab.views.bottlenecks import bottlenecks
from journeylab.views.compare import compare
from journeylab.views.content import Content
from journeylab.views.data_health import data_health
from journeylab.views.designed_map import designed_map
from journeylab.views.drop_offs import drop_offs
from journeylab.views.filters import Choices, Filters
from journeylab.views.journeys import journeys
from journeylab.views.opportunities import opportunities
from journeylab.views.overview import overview
from journeylab.views.paths import paths

#: Segments whose levels depend on a journey's end are offered as ``outcome``, not twice.
_OWN_FILTERS: Final = ("outcome",)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view.

    Attributes:
        key: in the URL.
        label: on the switch.
        question: what it answers.
        build: makes its content of a Lab, filters, choices and whether it is drawn dark.
        filters: fields of ``Filters`` it heeds; a page greys out the others and says so.
        shows_journeys: whether it tells of single journeys, which a viewer may not see.
    """

    key: str
    label: str
    question: str
    build: Callable[[Lab, Filters, Choices, bool], Content]
    filters: tuple[str, ...] = ()
    shows_journeys: bool = False


#: Fields that say which journeys are asked for.
WHICH: Final = ("first_day", "last_day", "channels", "segment", "outcome")

VIEWS: Final = (
    View(
        key="overview",
        label="Overview",
        question="How are we doing, and what costs most?",
        build=overview,
        filters=WHICH,
    ),
    View(
        key="paths",
        label="Paths",
        question="What did people actually do?",
        build=paths,
        filters=(*WHICH, "anchor", "direction", "part", "steps", "top"),
    ),
    View(
        key="back_and_forth",
        label="Back and forth",
        question="Where do people turn back or go round?",
        build=back_and_forth,
        filters=(*WHICH, "part"),
    ),
    View(
        key="bottlenecks",
        label="Bottlenecks",
        question="Where do people wait, and for whom?",
        build=bottlenecks,
        filters=WHICH,
    ),
    View(
        key="drop_offs",
        label="Drop-offs",
        question="Where do people give up?",
        build=drop_offs,
        filters=(*WHICH, "dial"),
    ),
    View(
        key="journeys",
        label="Journeys",
        question="Which ways did they take, one by one?",
        build=journeys,
        filters=WHICH,
        shows_journeys=True,
    ),
    View(
        key="compare",
        label="Compare",
        question="How do two groups, or two periods, differ?",
        build=compare,
        filters=(*WHICH, "other_segment", "dial"),
    ),
    View(
        key="designed_map",
        label="Designed map",
        question="Do journeys go as they were meant to?",
        build=designed_map,
        filters=WHICH,
    ),
    View(
        key="opportunities",
        label="Opportunities",
        question="What should we mend first, and what would it bring?",
        build=opportunities,
        filters=(*WHICH, "dial"),
    ),
    View(
        key="archetypes",
        label="Archetypes",
        question="What kinds of journeys are there?",
        build=archetypes,
        filters=WHICH,
    ),
    View(
        key="data_health",
        label="Data health",
        question="Can today's figures be trusted?",
        build=data_health,
    ),
)


def view_of(key: str) -> View:
    """The view of a key.

    Raises:
        UnknownName: there is none.
    """
    for view in VIEWS:
        if view.key == key:
            return view
    raise UnknownName.of("view", key, "the views", [view.key for view in VIEWS])


def content_of(lab: Lab, filters: Filters, choices: Choices, *, dark: bool = False) -> Content:
    """What a view says; a snapshot that cannot answer says why instead of failing.

    Args:
        lab: the snapshot.
        filters: the view and what it is asked.
        choices: of the same snapshot.
        dark: whether figures stand on a dark page.
    """
    try:
        return view_of(filters.view).build(lab, filters, choices, dark)
    except (NoGoal, NothingSettled) as error:
        return Content(headline="", empty=_said(error))


def choices_of(lab: Lab) -> Choices:
    """What filters may say on a snapshot."""
    walked = lab.touchpoints().filter(pl.col("journeys") > 0)
    levels = lab.segments().filter(
        pl.col("level").is_not_null() & ~pl.col("segment").is_in(_OWN_FILTERS)
    )
    segments = {
        str(name): tuple(rows["level"])
        for (name,), rows in levels.group_by("segment", maintain_order=True)
    }
    timezone = lab.sql("select reporting_timezone from snapshot_info").item()
    first, last = lab.sql(
        "select min(day)::date, max(day)::date from (select timezone($zone,"
        " timezone('UTC', started_at)) as day from journeys where outcome != 'service')",
        zone=timezone,
    ).row(0)
    return Choices(
        views=tuple(view.key for view in VIEWS),
        channels=tuple(walked["channel"].unique(maintain_order=True)),
        touchpoints=dict(zip(walked["touchpoint"], walked["label"], strict=True)),
        segments=segments,
        first_day=first,
        last_day=last,
        timezone=timezone,
    )


def _said(error: JourneyLabError) -> str:
    what, _, mend = error.args
    return f"{what}. {mend}"
