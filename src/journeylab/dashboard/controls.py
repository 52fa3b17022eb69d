"""Choices and filters -> the controls at the left. Their values are the URL's, nothing else's."""

from typing import Any, Final

import dash_mantine_components as dmc
from dash import html

from journeylab.dashboard import words
from journeylab.views import Choices, Filters, View, view_of
from journeylab.views.filters import STEPS, TOP
from journeylab.views.locales import Locale

#: Control -> the property that holds its value. The script of the page knows the same ids.
CONTROLS: Final = {
    "f-days": "value",
    "f-ch": "value",
    "f-seg": "value",
    "f-conv": "value",
    "f-at": "value",
    "f-dir": "value",
    "f-part": "value",
    "f-steps": "value",
    "f-top": "value",
    "f-vs": "value",
}
#: Control -> the fields of ``Filters`` it sets.
_FIELDS: Final = {
    "f-days": ("first_day", "last_day"),
    "f-ch": ("channels",),
    "f-seg": ("segment",),
    "f-conv": ("outcome",),
    "f-at": ("anchor",),
    "f-dir": ("direction",),
    "f-part": ("part",),
    "f-steps": ("steps",),
    "f-top": ("top",),
    "f-vs": ("other_segment",),
}


def values(filters: Filters, choices: Choices) -> list[Any]:
    """The value of every control, in the order of ``CONTROLS``."""
    first = filters.first_day or choices.first_day
    last = filters.last_day or choices.last_day
    return [
        [first and first.isoformat(), last and last.isoformat()],
        list(filters.channels),
        _spelled(filters.segment),
        filters.outcome,
        filters.anchor,
        filters.direction,
        filters.part,
        filters.steps,
        filters.top,
        _spelled(filters.other_segment),
    ]


def greyed(view: View, filters: Filters) -> list[str]:
    """The controls that have no effect now; the page puts them away."""
    idle = [control for control, names in _FIELDS.items() if not set(names) & set(view.filters)]
    if filters.anchor is None and "f-dir" not in idle:
        idle.append("f-dir")
    return idle


def panel(filters: Filters, choices: Choices, locale: Locale) -> html.Div:
    """All controls, for one snapshot; those that the view does not heed are put away."""
    told = dict(zip(CONTROLS, values(filters, choices), strict=True))
    groups = _segments(choices)
    shown = html.Div(
        [
            _which(told, choices, groups, locale.picker),
            _paths(told, choices),
            _compared(told, groups),
            dmc.Button("Reset all", id="reset", variant="default", size="sm", fullWidth=True),
        ],
        className="jl-filters",
    )
    for name in greyed(view_of(filters.view), filters):
        shown[f"{name}-field"].className += " is-idle"
    return shown


def _which(
    told: dict[str, Any], choices: Choices, groups: list[dict[str, Any]], day: str
) -> html.Div:
    """Which journeys: the filters all views share."""
    return html.Div(
        [
            html.P(words.NOT_HEEDED, className="jl-idle"),
            _field(
                "f-days",
                dmc.DatePickerInput(
                    id="f-days",
                    type="range",
                    label="Journeys that started",
                    value=told["f-days"],
                    minDate=choices.first_day and choices.first_day.isoformat(),
                    maxDate=choices.last_day and choices.last_day.isoformat(),
                    valueFormat=day,
                    size="sm",
                    allowSingleDateInRange=True,
                ),
            ),
            _field(
                "f-ch",
                dmc.CheckboxGroup(
                    id="f-ch",
                    label="Channels touched (any of)",
                    value=told["f-ch"],
                    children=dmc.Group(
                        [
                            dmc.Checkbox(label=name, value=name, size="sm")
                            for name in choices.channels
                        ],
                        gap="sm",
                        mt=6,
                    ),
                ),
            ),
            _field("f-seg", _select("f-seg", "Segment", "all journeys", groups, told["f-seg"])),
            _field("f-conv", _switch("f-conv", "Outcome", words.OUTCOMES, told["f-conv"])),
        ],
        className="jl-group",
    )


def _paths(told: dict[str, Any], choices: Choices) -> html.Div:
    """How the steps are drawn."""
    return html.Div(
        [
            html.H2("Steps", className="jl-filters-part"),
            _field(
                "f-at",
                _select(
                    "f-at",
                    "Paths from, to or around",
                    "the first step",
                    [{"value": n, "label": label} for n, label in choices.touchpoints.items()],
                    told["f-at"],
                ),
            ),
            _field("f-dir", _switch("f-dir", "Looking", words.DIRECTIONS, told["f-dir"])),
            _field("f-part", _switch("f-part", "Part", words.PARTS, told["f-part"])),
            _field(
                "f-steps", _slider("f-steps", "Steps shown", STEPS, (2, 4, 6, 8), told["f-steps"])
            ),
            _field(
                "f-top",
                _slider("f-top", "Touchpoints per step", TOP, (3, 6, 9, 12), told["f-top"]),
            ),
        ],
        className="jl-group",
    )


def _compared(told: dict[str, Any], groups: list[dict[str, Any]]) -> html.Div:
    """With whom a segment is compared."""
    return html.Div(
        [
            html.H2("Compare", className="jl-filters-part"),
            _field("f-vs", _select("f-vs", "Compared with", "all others", groups, told["f-vs"])),
        ],
        className="jl-group",
    )


def _field(control: str, child: Any) -> html.Fieldset:  # noqa: ANN401 - any component
    return html.Fieldset(child, id=f"{control}-field", className="jl-field")


def _select(
    name: str, label: str, nothing: str, data: list[dict[str, Any]], value: str | None
) -> dmc.Select:
    return dmc.Select(
        id=name,
        label=label,
        placeholder=nothing,
        data=data,
        value=value,
        clearable=True,
        searchable=True,
        nothingFoundMessage="none of that name",
        size="sm",
        clearButtonProps={"aria-label": f"Clear {label.lower()}"},
    )


def _switch(name: str, label: str, choices: dict[str, str], value: str) -> dmc.InputWrapper:
    return dmc.InputWrapper(
        dmc.SegmentedControl(
            id=name,
            data=[{"value": key, "label": word} for key, word in choices.items()],
            value=value,
            fullWidth=True,
            size="xs",
        ),
        label=label,
    )


def _slider(
    name: str, label: str, bounds: tuple[int, int], marks: tuple[int, ...], value: int
) -> dmc.InputWrapper:
    return dmc.InputWrapper(
        dmc.Slider(
            id=name,
            min=bounds[0],
            max=bounds[1],
            step=1,
            value=value,
            thumbLabel=label,
            marks=[{"value": mark, "label": str(mark)} for mark in marks],
            mb=20,
        ),
        label=label,
    )


def _segments(choices: Choices) -> list[dict[str, Any]]:
    return [
        {
            "value": f"{name},{level}",
            "label": f"{words.segment(name)}: {words.level(name, level)}",
        }
        for name, levels in choices.segments.items()
        for level in levels
    ]


def _spelled(told: tuple[str, str] | None) -> str | None:
    return None if told is None else ",".join(told)
