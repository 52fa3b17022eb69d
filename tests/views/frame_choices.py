"""Choices for a Lab of a frame, which has no snapshot that would tell them."""

from datetime import date

from journeylab.lab import Lab
from journeylab.views import Choices


def choices_of_frame(lab: Lab) -> Choices:
    """No segments; days of the first half of 2026, in UTC."""
    return Choices(
        views=("paths",),
        channels=("web",),
        touchpoints=dict(lab.touchpoints().select("touchpoint", "label").iter_rows()),
        segments={},
        first_day=date(2026, 1, 1),
        last_day=date(2026, 1, 11),
        timezone="UTC",
    )
