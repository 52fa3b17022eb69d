"""What all figures share: colours, layout, and how numbers and labels are written."""

import html
import math
import re
import textwrap
from collections.abc import Sequence
from typing import Any, Final

#: Options every drawing is shown with: no logo, and nothing is ever sent to Plotly.
CONFIG: Final[dict[str, Any]] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "responsive": True,
}

#: Okabe and Ito's palette, safe for colour-blind readers.
CHANNEL_COLOURS: Final = {
    "web": "#0072B2",
    "email": "#E69F00",
    "chat": "#009E73",
    "purchase": "#CC79A7",
}
#: For further channels, in the order of their names.
MORE_COLOURS: Final = ("#56B4E9", "#F0E442", "#882255", "#44AA99")
RETURN_COLOUR: Final = "#D55E00"
ONWARD_COLOUR: Final = "#8A94A3"
DROPPED_COLOUR: Final = "#5B6470"
DROPPED_COLOUR_DARK: Final = "#AAB3BF"
CONVERTED_COLOUR: Final = "#CC79A7"
MERGED_COLOUR: Final = "#B9C0CA"

FONT: Final = "Inter, system-ui, 'DejaVu Sans', sans-serif"
LABEL_LENGTH: Final = 26  # characters

#: A space at which no line breaks.
NO_BREAK: Final = "\u00a0"

#: Characters of a line below a heading.
LINE_LENGTH: Final = 120

#: Times an axis names, in seconds.
TIME_TICKS: Final = {
    1: "1 s",
    10: "10 s",
    60: "1 min",
    600: "10 min",
    3_600: "1 h",
    21_600: "6 h",
    86_400: "1 d",
    604_800: "7 d",
    2_592_000: "30 d",
}

_MOST_TICKS: Final = 6
_WHOLE: Final = 0.0995  # share from which on two digits leave no decimals
_LESS_NEEDED: Final = (10, 600, 21_600)

_UNITS: Final = (("days", 86400), ("h", 3600), ("min", 60))


def ink(dark: bool) -> str:
    """Colour of words."""
    return "#E6E9EE" if dark else "#1D2733"


def muted(dark: bool) -> str:
    """Colour of small print, still readable."""
    return DROPPED_COLOUR_DARK if dark else DROPPED_COLOUR


def paper(dark: bool) -> str:
    """Colour behind words that stand on lines."""
    return "#1A1F26" if dark else "#FFFFFF"


def grid(dark: bool) -> str:
    """Colour of thin lines."""
    return "#343D48" if dark else "#E6EBF0"


def dropped(dark: bool) -> str:
    """Colour of what ended without a goal."""
    return DROPPED_COLOUR_DARK if dark else DROPPED_COLOUR


def frame(
    *,
    title: str,
    sentences: Sequence[str],
    room: int,
    dark: bool,
    legend: Sequence[tuple[str, str, str]] = (),
    bottom: int = 44,
) -> dict[str, Any]:
    """A layout with wrapped sentences below the heading, a legend and a plot of given height.

    Args:
        title: heading, plain text.
        sentences: each on lines of its own; their data is escaped already.
        room: height of the plot in pixels.
        dark: whether it stands on a dark page.
        legend: colour, sign and name of each thing, on one line over the plot.
        bottom: pixels below the plot.

    Returns:
        A layout whose annotations are a list to extend. ``meta`` holds ``top``: the pixels
        that heading and legend take, for whoever sets them as text of their own.
    """
    told = [line for sentence in sentences for line in lines(sentence)]
    head = 44 + 18 * len(told) + (26 if legend else 0)
    drawn = layout(
        title=title,
        subtitle="<br>".join(told),
        height=head + 24 + room + bottom,
        dark=dark,
    )
    notes = [legend_line(legend)] if legend else []
    return {
        **drawn,
        "margin": {"l": 8, "r": 16, "t": head + 24, "b": bottom},
        "annotations": notes,
        "showlegend": False,
        "meta": {"top": head},
    }


def legend_line(parts: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """A legend in one line: colour, sign and plain name of each part."""
    return {
        "name": "legend",
        "text": "   ".join(
            f'<span style="color:{colour}">{sign}</span>' + _unbroken(f" {escaped(name)}")
            for colour, sign, name in parts
        ),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 28,
        "showarrow": False,
        "font": {"size": 12},
    }


def _unbroken(text: str) -> str:
    return text.replace(" ", NO_BREAK)


def channel_legend(channels: Sequence[str | None], sign: str = "●") -> list[tuple[str, str, str]]:
    """Legend of the channels that occur, the four of journeylab first."""
    known = sorted({name for name in channels if name})
    order = [
        *(n for n in CHANNEL_COLOURS if n in known),
        *(n for n in known if n not in CHANNEL_COLOURS),
    ]
    colours = channel_colours(known)
    return [(colours[name], sign, name) for name in order]


def layout(*, title: str, subtitle: str, height: int, dark: bool) -> dict[str, Any]:
    """A layout with a heading, see-through background and readable hover boxes.

    Args:
        title: heading, plain text.
        subtitle: lines below it, which may hold ``<br>``; its data is escaped already.
        height: in pixels.
        dark: whether it stands on a dark page.
    """
    words = ink(dark)
    return {
        "title": {
            "text": f"<b>{escaped(title)}</b>",
            "subtitle": {"text": subtitle, "font": {"size": 13}},
            "font": {"size": 18},
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 14},
        },
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": words},
        "hoverlabel": {
            "align": "left",
            "bgcolor": "#2A323C" if dark else "#FFFFFF",
            "bordercolor": ONWARD_COLOUR,
            "font": {"family": FONT, "size": 13, "color": words},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": ONWARD_COLOUR},
    }


def channel_colours(channels: list[str]) -> dict[str, str]:
    """A colour for each channel: the four of journeylab keep theirs."""
    others = sorted(set(channels) - set(CHANNEL_COLOURS))
    more = {name: MORE_COLOURS[place % len(MORE_COLOURS)] for place, name in enumerate(others)}
    return {name: (CHANNEL_COLOURS | more)[name] for name in channels}


def faded(colour: str, opacity: float) -> str:
    """A colour ``#RRGGBB`` as one with an opacity from 0 to 1.

    Example:
        >>> faded("#D55E00", 0.5)
        'rgba(213,94,0,0.5)'
    """
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def escaped(label: str) -> str:
    """A label as Plotly shows it literally: no markup, no formula, no variable, one line.

    Example:
        >>> escaped("<b>a</b>")
        '&lt;b&gt;a&lt;/b&gt;'
    """
    line = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", label)
    return html.escape(line, quote=False).replace("$", "&#36;").replace("%{", "%&#123;")


def shortened(label: str, length: int = LABEL_LENGTH) -> str:
    """A label of at most so many characters, cut with an ellipsis."""
    return label if len(label) <= length else label[: length - 1].rstrip() + "…"


def time_axis(seconds: Sequence[float]) -> dict[str, Any]:
    """A logarithmic axis of times, named as people say them, that holds the given ones."""
    low, high = max(min(seconds), 1.0), max(*seconds, 10.0)
    shown = {at: text for at, text in TIME_TICKS.items() if low / 3 <= at <= high * 2}
    if len(shown) > _MOST_TICKS:
        shown = {at: text for at, text in shown.items() if at not in _LESS_NEEDED}
    return {
        "type": "log",
        "tickmode": "array",
        "tickvals": list(shown),
        "ticktext": list(shown.values()),
        "range": [math.log10(low / 1.8), math.log10(high * 1.8)],
        "tickangle": 0,
    }


def lines(text: str, length: int = LINE_LENGTH) -> list[str]:
    """A text in lines of at most so many characters, not yet escaped."""
    return textwrap.wrap(text, length) or [""]


def ink_on(colour: str, *, dark: bool, opacity: float = 1.0) -> str:
    """The ink that is read best on a colour: the page's paper or its opposite.

    Args:
        colour: ``#RRGGBB``.
        dark: whether the colour lies on a dark page.
        opacity: how much of the colour covers the page.

    Example:
        >>> ink_on("#0072B2", dark=False), ink_on("#AAB3BF", dark=True)
        ('#FFFFFF', '#1A1F26')
        >>> ink_on("#AAB3BF", dark=True, opacity=0.35)
        '#FFFFFF'
    """
    pairs = zip(_rgb(colour), _rgb(paper(dark)), strict=True)
    seen = _luminance([opacity * above + (1 - opacity) * below for above, below in pairs])
    return max((paper(False), paper(True)), key=lambda ink: _contrast(seen, _luminance(_rgb(ink))))


def share_text(share: float) -> str:
    """A share as a percentage of two digits.

    Example:
        >>> share_text(0.0042), share_text(0.276)
        ('0.4%', '28%')
    """
    return f"{share:.0%}" if share == 0 or share >= _WHOLE else f"{share:.1%}"


def bounds_text(share: float, low: float, high: float) -> tuple[str, str]:
    """The bounds of a share's interval in per cent, to the digit of the share itself.

    Example:
        >>> bounds_text(0.276, 0.241, 0.308), bounds_text(0.0193, 0.0186, 0.02)
        (('24', '31'), ('1.9', '2.0'))
    """
    digits = 0 if share >= _WHOLE else 1
    return f"{100 * low:.{digits}f}", f"{100 * high:.{digits}f}"


def time_text(seconds: float | None) -> str:
    """A time in the unit people would say it in.

    Example:
        >>> time_text(192.0), time_text(None)
        ('3.2 min', 'unknown')
    """
    if seconds is None:
        return "unknown"
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _rgb(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def _luminance(rgb: list[float]) -> float:
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb]
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
