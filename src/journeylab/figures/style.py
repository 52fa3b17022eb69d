"""What all figures share: colours, layout, and how numbers and labels are written."""

import html
import re
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

_UNITS: Final = (("days", 86400), ("h", 3600), ("min", 60))


def layout(*, title: str, subtitle: str, height: int, dark: bool) -> dict[str, Any]:
    """A layout with a heading, see-through background and readable hover boxes.

    Args:
        title: heading, plain text.
        subtitle: lines below it, which may hold ``<br>``; its data is escaped already.
        height: in pixels.
        dark: whether it stands on a dark page.
    """
    ink, paper = ("#E6E9EE", "#2A323C") if dark else ("#1D2733", "#FFFFFF")
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
        "font": {"family": FONT, "size": 13, "color": ink},
        "hoverlabel": {
            "align": "left",
            "bgcolor": paper,
            "bordercolor": ONWARD_COLOUR,
            "font": {"family": FONT, "size": 13, "color": ink},
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


def share_text(share: float) -> str:
    """A share as a percentage of two digits.

    Example:
        >>> share_text(0.0042), share_text(0.276)
        ('0.4%', '28%')
    """
    return f"{share:.0%}" if share == 0 or share >= 0.0995 else f"{share:.1%}"


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
