"""What a view says, as plain values: figures, tables, sentences. Nothing of Dash, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

#: How a column's values are written for people.
#: ``code`` is text kept as it is, line by line.
Form = Literal[
    "text", "count", "share", "number", "seconds", "money", "day", "instant", "yes", "code"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a panel's table.

    Attributes:
        name: column of the frame.
        label: heading in plain words, with its unit where the form does not show one.
        form: how its values are written.
    """

    name: str
    label: str
    form: Form = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """How a row of a panel's table, or a mark of its figure, leads to its journeys.

    Attributes:
        table: as ``Lab.journeys_of`` names it.
        keys: columns of the row, in the order in which a mark's ``customdata`` lists them.
        dials: further arguments of ``Lab.journeys_of``: what the table was asked with.
        count: column of the row that says how many journeys stand behind it; null where the
            row counts something else, as visits.
        fixed: columns that every row shares and no mark tells, as ``part``.
        among: groups of journeys, as arguments of ``Lab.journeys_of``, to look among instead of
            those the filters leave; a journey of any of them counts.
        leads: column that is null in rows without journeys of their own; '' where all have.
    """

    table: str
    keys: tuple[str, ...]
    dials: Mapping[str, Any] = field(default_factory=dict)
    count: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    among: tuple[Mapping[str, Any], ...] = ()
    leads: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One headline figure.

    Attributes:
        label: what it is, in plain words.
        value: written for people, with its unit; '–' where there is nothing to take it of.
        base: what it is over, with n and the interval where it is a rate.
        definition: a sentence; '' where the label says all.
        change: against the period before, in words; '' where there is none.
    """

    label: str
    value: str
    base: str
    definition: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One figure with its table, its definition and the way to its rows.

    Attributes:
        name: id within the view, of letters, digits and ``_``.
        title: heading.
        sentence: what is to be seen, in plain words with its numbers.
        population: who is counted, over which time, how much of all that is, with n.
        definition: how it is counted, in plain words: rule, base, unit, limits.
        table: the same numbers; never cut where the figure is cut.
        columns: those shown, in order.
        figure: a figure of ``journeylab.figures``; None where the table says all.
        drill: the way from a row to its journeys; None where rows stand for no journeys.
        note: what the figure hides, to be read beside it; '' for nothing.
    """

    name: str
    title: str
    sentence: str
    population: str
    definition: str
    table: pl.DataFrame
    columns: tuple[Column, ...]
    figure: dict[str, Any] | None = None
    drill: Drill | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """One dial of a view's own; ``dials_of`` reads what ``Filters.dial`` says of them.

    Attributes:
        key: of letters, digits, ``_``, ``:`` and ``.``; one of its view.
        label: in plain words, with the unit of a number.
        value: as it stands now.
        default: as it stands where the URL says nothing.
        choices: value -> plain words, where it is one of a few.
        bounds: least, greatest and step, where it is a number.
        panel: name of the panel it stands with; '' for over all panels.
    """

    key: str
    label: str
    value: str
    default: str
    choices: Mapping[str, str] = field(default_factory=dict)
    bounds: tuple[float, float, float] | None = None
    panel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A view for some filters on one snapshot.

    Attributes:
        headline: the finding, in one or two sentences.
        panels: in reading order.
        facts: headline figures of the view itself; the frame shows the journeys' own.
        links: findings that lead to other views: sentence and the filters of the link.
        links_title: heading over them.
        empty: why there is nothing to show, and what to do; '' where there is.
        dials: the view's own, in order.
    """

    headline: str
    panels: tuple[Panel, ...] = ()
    facts: tuple[Fact, ...] = ()
    links: tuple[tuple[str, Mapping[str, str]], ...] = ()
    links_title: str = ""
    empty: str = ""
    dials: tuple[Dial, ...] = ()
