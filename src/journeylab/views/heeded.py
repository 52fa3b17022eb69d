"""Filters as a view heeds them: those it leaves out count as not set."""

from dataclasses import fields, replace

from journeylab.views.filters import Filters
from journeylab.views.registry import view_of

_ALWAYS = ("view", "dial")


def heeded(filters: Filters) -> Filters:
    """The filters with every one that their view does not heed at its default."""
    view = view_of(filters.view)
    plain = Filters(view=filters.view)
    left_out = {
        place.name: getattr(plain, place.name)
        for place in fields(Filters)
        if place.name not in (*_ALWAYS, *view.filters)
    }
    return replace(filters, **left_out)
