"""The dial of Opportunities: changes of touchpoints in a URL, and what would come of them."""

import re
from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.errors import InputRefused
from journeylab.lab import Lab
from journeylab.views.content import Column, Dial, Drill, Panel
from journeylab.views.filters import Choices
from journeylab.views.wording import label_of

#: Words of the dial -> measures of ``Lab.what_if``.
MEASURES: Final = {"exit": "exit_rate", "back": "return_rate", "wait": "slow_share"}
#: Measure -> the face of ``bottlenecks`` whose journeys a row leads to.
_FACES: Final = {"exit_rate": "leaky", "return_rate": "churny", "slow_share": "slow"}
#: One part of the dial: measure, touchpoint, and by how many percent of its present value.
_PART: Final = re.compile(r"(exit|back|wait)\.([^=]+)=(-?\d{1,3})", re.ASCII)
_MOST: Final = 4  # changes: each costs a pass over all resamples
_EXAMPLE_PERCENT: Final = -20
_HIGHEST: Final = 0.95  # share of visits to which a rate is raised

_MEASURE_LABELS: Final = {
    "exit_rate": "Visits that end a dropped journey",
    "return_rate": "Visits followed by a step back to an earlier stage",
    "slow_share": "Visits followed by a long wait",
}
#: Over a dial, before the touchpoint's name.
_DIAL_LABELS: Final = {
    "exit_rate": "Leaving at",
    "return_rate": "Going back from",
    "slow_share": "Long waits after",
}
_DEFINITION: Final = (
    "Journeys are taken as a chain of moves: from each touchpoint, the shares that go to each next"
    " one. One share is changed, the others from there scale to fit, and conversions are worked"
    " out anew. Intervals at 95%, from redrawing customers. Value: more conversions times the"
    " mean gross value of one. It is worked out as if all else stayed as it is, so it is a thought"
    " to weigh, no forecast; what long waits bring about is associated with them, not caused."
)
_CHANGEABLE: Final = (
    "Share of the settled visits to each touchpoint before the goal. The name is how the page's"
    " address spells it: dial=exit.web:payment=-20 is a fifth fewer exits from web:payment;"
    " exit, back and wait can be changed by -100 to +100 percent (wait only down), up to four of"
    " them with commas between."
)
_COLUMNS: Final = (
    Column(name="label", label="Touchpoint"),
    Column(name="measure_label", label="What changes"),
    Column(name="present", label="Now", form="share"),
    Column(name="changed_to", label="Then", form="share"),
    Column(name="conversions_per_1000_present", label="Conversions per 1,000, now", form="number"),
    Column(name="conversions_per_1000", label="Conversions per 1,000, then", form="number"),
    Column(name="extra_conversions", label="More conversions", form="number"),
    Column(name="extra_conversions_low", label="At least (95%)", form="number"),
    Column(name="extra_conversions_high", label="At most (95%)", form="number"),
    Column(name="extra_value", label="More value", form="number"),
    Column(name="extra_value_low", label="Value at least (95%)", form="number"),
    Column(name="extra_value_high", label="Value at most (95%)", form="number"),
    Column(name="currency", label="Currency"),
    Column(name="extra_seconds", label="Longer journeys by", form="seconds"),
    Column(name="journeys", label="Settled journeys", form="count"),
    Column(name="customers", label="Customers there", form="count"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)


def changes_of(dial: str, changeable: pl.DataFrame) -> dict[tuple[str, str], int]:
    """The changes a dial asks for.

    Args:
        dial: parts with commas between, each ``exit``, ``back`` or ``wait``, a dot, a
            touchpoint, ``=`` and percent of its present value: ``exit.web:payment=-20``.
        changeable: as ``Lab.changeable``.

    Returns:
        (touchpoint, measure) -> percent from -100 to 100, not 0, at most four; parts that
        cannot be read or change nothing that can be changed are left out.
    """
    known = set(changeable.select("touchpoint", "measure").iter_rows())
    told: dict[tuple[str, str], int] = {}
    for part in dial.split(","):
        read = _PART.fullmatch(part)
        if read is None:
            continue
        key = (read[2], MEASURES[read[1]])
        percent = min(max(int(read[3]), -100), 0 if read[1] == "wait" else 100)
        if key in known and percent:
            told[key] = percent
    return dict(list(told.items())[:_MOST])


def example_of(opportunities: pl.DataFrame, changeable: pl.DataFrame) -> dict[tuple[str, str], int]:
    """A fifth less of the best opportunity that can be changed; else of the most visited."""
    measures = {"leaky": "exit_rate", "churny": "return_rate", "slow": "slow_share"}
    known = set(changeable.select("touchpoint", "measure").iter_rows())
    for row in opportunities.sort("rank").iter_rows(named=True):
        key = (row["touchpoint"], measures.get(row["face"], ""))
        if key in known:
            return {key: _EXAMPLE_PERCENT}
    exits = changeable.filter(measure="exit_rate").sort("visits", "touchpoint", descending=True)
    return {(exits["touchpoint"][0], "exit_rate"): _EXAMPLE_PERCENT} if exits.height else {}


def what_if_panels(
    lab: Lab,
    dial: str,
    opportunities: pl.DataFrame,
    changeable: pl.DataFrame,
    choices: Choices,
    who: str,
    dark: bool,
) -> tuple[Panel, ...]:
    """What would come of the dial's changes, or of an example; and what can be changed."""
    asked = changes_of(dial, changeable)
    changes = asked or example_of(opportunities, changeable)
    offered = _offered(changeable, choices, who)
    if not changes:
        return (offered,)
    sentence = "" if asked else "An example; move the sliders for your own. "
    rows = pl.DataFrame()
    try:
        rows = lab.what_if(_shares(changes, changeable))
        sentence += _sentence(rows, changes, choices)
    except InputRefused as error:
        sentence = f"This cannot be worked out: {error.args[0]}. {error.args[2].capitalize()}."
    if rows.is_empty():
        return (_panel(sentence, who, pl.DataFrame(), ()), offered)
    told = rows.with_columns(
        pl.Series("label", [_name(name, choices) for name in rows["touchpoint"]]),
        pl.col("measure")
        .replace({**_MEASURE_LABELS, "joint": "Everything"})
        .alias("measure_label"),
        pl.col("measure").replace_strict(_FACES, default=None).alias("face"),
    )
    figure = figures.what_if(rows, touchpoints=lab.touchpoints(), dark=dark)
    return (_panel(sentence, who, told, _COLUMNS, figure), offered)


def what_if_dials(
    dial: str, opportunities: pl.DataFrame, changeable: pl.DataFrame, choices: Choices
) -> tuple[Dial, ...]:
    """Dials for what is changed now, then for the best opportunities that can be changed."""
    asked = changes_of(dial, changeable)
    keys = list(asked)
    for row in opportunities.sort("rank").iter_rows(named=True):
        alone = pl.DataFrame([row], schema=opportunities.schema)
        keys += [key for key in example_of(alone, changeable) if key not in keys]
    words = {measure: word for word, measure in MEASURES.items()}
    return tuple(
        Dial(
            key=f"{words[measure]}.{touchpoint}",
            label=f"{_DIAL_LABELS[measure]} {label_of(touchpoint, choices)}, %",
            value=str(asked.get((touchpoint, measure), 0)),
            default="0",
            bounds=(-100.0, 0.0 if measure == "slow_share" else 100.0, 5.0),
            panel="what_if",
        )
        for touchpoint, measure in keys[:_MOST]
    )


def _panel(
    sentence: str,
    who: str,
    table: pl.DataFrame,
    columns: tuple[Column, ...],
    figure: dict[str, Any] | None = None,
) -> Panel:
    return Panel(
        name="what_if",
        title="What if?",
        sentence=sentence,
        population=who,
        definition=_DEFINITION,
        table=table,
        columns=columns,
        figure=figure,
        drill=Drill(table="bottlenecks", keys=("touchpoint", "measure"), leads="face"),
        note="All together is worked out at once; the single changes do not add up to it. A change"
        " leads to the journeys that left, went back or waited there, as it is now.",
    )


def _offered(changeable: pl.DataFrame, choices: Choices, who: str) -> Panel:
    words = {measure: word for word, measure in MEASURES.items()}
    table = changeable.with_columns(
        pl.Series("label", [_name(name, choices) for name in changeable["touchpoint"]], pl.String),
        pl.col("measure").replace(_MEASURE_LABELS).alias("measure_label"),
        pl.concat_str(pl.col("measure").replace(words), pl.lit("."), "touchpoint").alias("dial"),
        pl.col("measure").replace(_FACES).alias("face"),
    )
    return Panel(
        name="changeable",
        title="What else can be tried",
        sentence=f"{table.height} shares of {table['touchpoint'].n_unique()} touchpoints can be"
        " tried by way of the page's address.",
        population=who,
        definition=_CHANGEABLE,
        table=table,
        columns=(
            Column(name="label", label="Touchpoint"),
            Column(name="measure_label", label="Share"),
            Column(name="present", label="Now", form="share"),
            Column(name="visits", label="Settled visits", form="count"),
            Column(name="customers", label="Customers", form="count"),
            Column(name="dial", label="Name in the address"),
        ),
        drill=Drill(table="bottlenecks", keys=("face", "touchpoint")),
    )


def _shares(
    changes: dict[tuple[str, str], int], changeable: pl.DataFrame
) -> dict[str, dict[str, float]]:
    """Percent of present values -> shares as ``Lab.what_if`` takes them."""
    present = {(row["touchpoint"], row["measure"]): row["present"] for row in changeable.to_dicts()}
    told: dict[str, dict[str, float]] = {}
    for (touchpoint, measure), percent in changes.items():
        now = present[touchpoint, measure]
        share = now * (1 + percent / 100)
        told.setdefault(touchpoint, {})[measure] = min(share, max(now, _HIGHEST))
    return told


def _sentence(rows: pl.DataFrame, changes: dict[tuple[str, str], int], choices: Choices) -> str:
    words = {
        "exit_rate": "exits from",
        "return_rate": "steps back from",
        "slow_share": "long waits after",
    }
    parts = [
        f"{abs(percent)}% {'fewer' if percent < 0 else 'more'} {words[measure]}"
        f" {label_of(name, choices)}"
        for (name, measure), percent in changes.items()
    ]
    row = rows.row(-1, named=True)
    value = ""
    if row["extra_value"] is not None:
        value = (
            f", worth {row['extra_value']:+z,.0f} {row['currency'] or ''}".rstrip()
            + f" ({row['extra_value_low']:+z,.0f} to {row['extra_value_high']:+z,.0f})"
        )
    return (
        f"With {', '.join(parts)}, {row['conversions_per_1000']:,.0f} in 1,000 journeys would"
        f" convert instead of {row['conversions_per_1000_present']:,.0f}:"
        f" {row['extra_conversions']:+z,.0f} conversions ({row['extra_conversions_low']:+z,.0f} to"
        f" {row['extra_conversions_high']:+z,.0f} at 95%) over {row['journeys']:,} settled"
        f" journeys{value}."
    )


def _name(touchpoint: str | None, choices: Choices) -> str:
    return "All together" if touchpoint is None else label_of(touchpoint, choices)
