"""A figure -> its words and its bare drawing, so that a page sets the words as text of its own."""

import html
import re
from dataclasses import dataclass
from typing import Any, Final

_PART: Final = re.compile(r'<span style="color:(#[0-9A-Fa-f]{6})">(.+?)</span>([^<]*)')
_MARKUP: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A figure taken apart.

    Attributes:
        title: heading, plain text.
        sentences: what stood below it, plain text.
        legend: colour, sign and name of each thing.
        drawing: the figure without them, shorter by their height.
    """

    title: str
    sentences: str
    legend: tuple[tuple[str, str, str], ...]
    drawing: dict[str, Any]


def apart(figure: dict[str, Any]) -> Apart:
    """Take heading, sentences and legend out of a figure.

    Args:
        figure: as the functions of ``figures`` return it; it stays as it is.
    """
    layout = {**figure["layout"]}
    title = layout.pop("title", {"text": ""})
    notes = layout.get("annotations", [])
    legend = "".join(note["text"] for note in notes if note.get("name") == "legend")
    top = layout.get("meta", {}).get("top")
    if top is not None:
        layout["annotations"] = [note for note in notes if note.get("name") != "legend"]
        layout["margin"] = {**layout["margin"], "t": layout["margin"]["t"] - top}
        layout["height"] -= top
    return Apart(
        title=_plain(title["text"]),
        sentences=_plain(title.get("subtitle", {}).get("text", "").replace("<br>", " ")),
        legend=tuple(
            (colour, _plain(sign), _plain(name).strip())
            for colour, sign, name in _PART.findall(legend)
        ),
        drawing={"data": figure["data"], "layout": layout},
    )


def _plain(text: str) -> str:
    return html.unescape(_MARKUP.sub("", text)).replace("\u00a0", " ")
