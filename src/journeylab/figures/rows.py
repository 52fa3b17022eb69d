"""Pictures of one row a thing: labels at the left, panels side by side, words at the right."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import polars as pl

from journeylab.figures import style

ROW: Final = 36  # pixels
FADED: Final = 0.35  # opacity of what fewer than 30 customers stand behind
FEW: Final = 30  # customers

_NOTE: Final = 11  # size of small print
_GAP: Final = 0.06  # between two panels, as a share of the width


def need(table: pl.DataFrame, columns: set[str], source: str) -> None:
    """Refuse a table that lacks columns.

    Raises:
        ValueError: it does; the columns and the table wanted are named.
    """
    missing = columns - set(table.columns)
    if missing:
        raise ValueError(f"the table lacks {', '.join(sorted(missing))}; draw {source}")


def nothing(title: str, sentence: str, dark: bool) -> dict[str, Any]:
    """A figure that says why there is nothing to see."""
    drawn = style.layout(title=title, subtitle=sentence, height=160, dark=dark)
    hidden = {"visible": False}
    return {"data": [], "layout": {**drawn, "xaxis": hidden, "yaxis": hidden}}


def label(name: str, note: str = "", *, dark: bool = False) -> str:
    """The words at the left of a row: its name, and small print below it."""
    text = style.escaped(style.shortened(name, 22))
    return f"{text}<br>{small(note, dark)}" if note else text


def small(text: str, dark: bool) -> str:
    """Small print, of text that is escaped already."""
    return f'<span style="font-size:{_NOTE}px;color:{style.muted(dark)}">{text}</span>'


def row_axis(labels: Sequence[str], dark: bool) -> dict[str, Any]:
    """The axis of rows 0, 1, … from above, each with its label and a thin line."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": list(labels),
        "range": [len(labels) - 0.5, -0.5],
        "automargin": True,
        "ticklabelstandoff": 6,
        "gridcolor": style.grid(dark),
        "zeroline": False,
        "fixedrange": True,
    }


def right_axis(texts: Sequence[str], dark: bool) -> dict[str, Any]:
    """The same rows with words at the right; a trace must name it, see ``ghost``."""
    return {
        **row_axis(texts, dark),
        "overlaying": "y",
        "side": "right",
        "showgrid": False,
        "tickfont": {"size": 12},
        "anchor": "free",
        "position": 1,
    }


def ghost(axis: str) -> dict[str, Any]:
    """A trace of nothing, so that Plotly draws the axis ``y2``."""
    return {
        "type": "scatter",
        "x": [None],
        "y": [None],
        "xaxis": axis,
        "yaxis": "y2",
        "hoverinfo": "skip",
        "showlegend": False,
    }


def panel(start: float, stop: float, dark: bool, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any axis option
    """A horizontal axis over a part of the width."""
    return {
        "domain": [start + (_GAP / 2 if start else 0), stop - (_GAP / 2 if stop < 1 else 0)],
        "gridcolor": style.grid(dark),
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"size": 12, "color": style.muted(dark)},
        **more,
    }


def heading(text: str, x: float, dark: bool, *, align: str = "left") -> dict[str, Any]:
    """Words over a panel that say what it shows."""
    return {
        "text": f"<b>{text}</b>",
        "x": x,
        "xref": "paper",
        "xanchor": align,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 4,
        "showarrow": False,
        "font": {"size": 12, "color": style.muted(dark)},
    }


def right_heading(text: str, dark: bool) -> dict[str, Any]:
    """Words over those at the right of the rows."""
    return {**heading(text, 1, dark), "xshift": 5}


def group_heading(text: str, row: float, dark: bool) -> dict[str, Any]:
    """Words in a row of their own, over the rows that belong together."""
    return {
        "text": f"<b>{text}</b>",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": row,
        "yref": "y",
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": 13, "color": style.ink(dark)},
    }


def interval_text(rate: float | None, low: float | None, high: float | None) -> str:
    """A rate and its interval, as in ``27% (24-31)`` or ``1.9% (1.8-2.0)``."""
    if rate is None:
        return "unknown"
    if low is None or high is None:
        return style.share_text(rate)
    return f"{style.share_text(rate)} ({'–'.join(style.bounds_text(rate, low, high))})"


def whiskers(values: Sequence[float], lows: Sequence[float], highs: Sequence[float]) -> Any:  # noqa: ANN401 - an error bar
    """Error bars from low to high around the values."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, high in zip(values, highs, strict=True)],
        "arrayminus": [value - low for value, low in zip(values, lows, strict=True)],
        "color": style.ONWARD_COLOUR,
        "thickness": 2,
        "width": 4,
    }


def faded_text(few: Iterable[bool]) -> str:
    """What faded rows mean, where there are any."""
    return f" Faded: fewer than {FEW} customers." if any(few) else ""


def inks(colour: str, faded: Iterable[bool], dark: bool) -> list[str]:
    """Ink of the text on bars of a colour, each of them faded or not."""
    return [style.ink_on(colour, dark=dark, opacity=FADED if is_faded else 1) for is_faded in faded]


def colours_of(channels: Sequence[str | None]) -> list[str]:
    """A colour for each row by its channel; grey without one."""
    known = style.channel_colours(sorted({name for name in channels if name}))
    return [known[name] if name else style.ONWARD_COLOUR for name in channels]
