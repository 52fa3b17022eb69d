"""Tables -> Plotly figures as plain dicts: the only drawing code. No Dash, no DuckDB, no I/O.

A figure is ``{"data": […], "layout": {…}}``. Show it with
``plotly.graph_objects.Figure(it).show(config=figures.CONFIG)``, or hand the dict to Dash.
``CONFIG`` switches off Plotly's button that uploads a chart. Labels come from data and are
escaped, so that a touchpoint named like HTML is drawn as text.
"""

from journeylab.figures.paths import paths
from journeylab.figures.style import CONFIG

__all__ = ["CONFIG", "paths"]
