"""Tables -> Plotly figures as plain dicts: the only drawing code. No Dash, no DuckDB, no I/O.

A figure is ``{"data": […], "layout": {…}}``. Show it with
``plotly.graph_objects.Figure(it).show(config=figures.CONFIG)``, or hand the dict to Dash.
``CONFIG`` switches off Plotly's button that uploads a chart. Labels come from data and are
escaped, so that a touchpoint named like HTML is drawn as text.

``layout.meta`` tells a page two things: ``min_width``, the pixels below which a drawing should
scroll sideways, and ``top``, those that heading and legend take where a page sets them as text
of its own, as ``html`` does. ``apart`` takes a figure's words and its drawing apart.
"""

from journeylab.figures.apart import Apart, apart
from journeylab.figures.archetypes import archetypes
from journeylab.figures.attribution import attribution
from journeylab.figures.back_and_forth import back_and_forth
from journeylab.figures.bottlenecks import bottlenecks
from journeylab.figures.chances import chances
from journeylab.figures.deviations import deviations
from journeylab.figures.differences import differences
from journeylab.figures.drift import drift
from journeylab.figures.drop_offs import drop_offs
from journeylab.figures.follows import follows, step_matrix
from journeylab.figures.funnel import funnel
from journeylab.figures.health import freshness, rejected
from journeylab.figures.journey import journey
from journeylab.figures.loops import loops
from journeylab.figures.matrix import matrix
from journeylab.figures.next_moves import next_moves
from journeylab.figures.opportunities import opportunities
from journeylab.figures.page import CSS, html
from journeylab.figures.path_differences import path_differences
from journeylab.figures.paths import paths
from journeylab.figures.periods import arrivals, funnel_trend
from journeylab.figures.ping_pong import ping_pong
from journeylab.figures.rates import headline, rates
from journeylab.figures.retention import lifecycle, retention
from journeylab.figures.sessions import sessions_compared
from journeylab.figures.shares import funnel_instead, spans, touchpoint_shares
from journeylab.figures.stage_funnel import stage_funnel
from journeylab.figures.stays import stay_curves, stays
from journeylab.figures.style import CONFIG
from journeylab.figures.table import table
from journeylab.figures.time_to_convert import time_to_convert
from journeylab.figures.trends import conformance, kpi_trend
from journeylab.figures.variants import variants
from journeylab.figures.visits_by_outcome import visits_by_outcome
from journeylab.figures.voice import voice
from journeylab.figures.waiting_now import waiting_now
from journeylab.figures.what_if import what_if

__all__ = [
    "CONFIG",
    "CSS",
    "Apart",
    "apart",
    "archetypes",
    "arrivals",
    "attribution",
    "back_and_forth",
    "bottlenecks",
    "chances",
    "conformance",
    "deviations",
    "differences",
    "drift",
    "drop_offs",
    "follows",
    "freshness",
    "funnel",
    "funnel_instead",
    "funnel_trend",
    "headline",
    "html",
    "journey",
    "kpi_trend",
    "lifecycle",
    "loops",
    "matrix",
    "next_moves",
    "opportunities",
    "path_differences",
    "paths",
    "ping_pong",
    "rates",
    "rejected",
    "retention",
    "sessions_compared",
    "spans",
    "stage_funnel",
    "stay_curves",
    "stays",
    "step_matrix",
    "table",
    "time_to_convert",
    "touchpoint_shares",
    "variants",
    "visits_by_outcome",
    "voice",
    "waiting_now",
    "what_if",
]
