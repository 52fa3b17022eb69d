"""The words of the page's frame: outcomes, filters, states. Sentences end with a full stop."""

from typing import Final

OUTCOMES: Final = {
    "all": "All",
    "converted": "Bought",
    "dropped": "Left",
    "open": "Open",
}
DIRECTIONS: Final = {"after": "After", "before": "Before", "around": "Around"}
PARTS: Final = {"before": "Before purchase", "after": "After it"}
SEGMENTS: Final = {
    "device": "Device",
    "first_channel": "First channel",
    "source_group": "Came from",
    "sales_cycle": "Time to purchase",
    "value_band": "Value of the purchase",
}
NOT_HEEDED: Final = (
    "This view always shows all journeys. Filters you set elsewhere stay set and apply there."
)
DRILL: Final = "Click a mark, or Show in the table, for the journeys behind it."
NOTHING_FITS: Final = "Nothing to show"
NO_SNAPSHOT: Final = (
    "No data has been published yet. Whoever runs journeylab can make the first snapshot with"
    " `journeylab run`; this page shows it by itself as soon as it is there."
)
FAILED: Final = (
    "This page could not be made. Change a filter or choose another view; if it happens again,"
    " tell whoever runs journeylab the reference below."
)
PART_FAILED: Final = (
    "The rows could not be read. If it happens again, tell whoever runs journeylab the reference "
)
PART_SILENT: Final = (
    "The server has not sent the rows yet. Wait, or check the connection and try again. "
)
STALE: Final = (
    "These figures are from before your last change: the server has not answered. Check the"
    " connection, then try again."
)
NEWER: Final = "Newer data has been published."
NO_JOURNEYS: Final = "Your account shows figures, not single journeys."


def level(segment: str, name: str) -> str:
    """A level of a segment as people say it."""
    if name in ("true", "false"):
        return "yes" if name == "true" else "no"
    return name.replace("_", " ")


def segment(name: str) -> str:
    """A segment as people say it."""
    return SEGMENTS.get(name, name.replace("_", " ").capitalize())
