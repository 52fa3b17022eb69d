"""The views of a snapshot: filters in, figures, tables and sentences out. Knows the Lab, no Dash.

The dashboard draws them, the nightly report prints them; both say the same because neither
counts anything itself.
"""

from journeylab.views.content import Column, Content, Dial, Drill, Fact, Panel
from journeylab.views.filters import (
    Choices,
    Filters,
    dials_of,
    only_view,
    read_filters,
    write_filters,
)
from journeylab.views.registry import VIEWS, View, choices_of, content_of, view_of

__all__ = [
    "VIEWS",
    "Choices",
    "Column",
    "Content",
    "Dial",
    "Drill",
    "Fact",
    "Filters",
    "Panel",
    "View",
    "choices_of",
    "content_of",
    "dials_of",
    "only_view",
    "read_filters",
    "view_of",
    "write_filters",
]
