"""What the page does not need at once: figures after the first, and tables.

assets/page.js fills the places: with what the page holds once the first figure is drawn, and
with what the server is asked for when a reader opens the part it stands in.
"""

from typing import Any

from dash import dcc, html
from plotly.io.json import to_json_plotly

from journeylab.dashboard import words
from journeylab.dashboard.tables import MOST_ROWS, grid, least_height
from journeylab.views import Choices, Drill, Panel


def held(part: Any, name: dict[str, str], size: dict[str, Any]) -> html.Div:  # noqa: ANN401 - a component
    """A place for a figure or grid that the page holds already.

    Args:
        part: the figure or grid.
        name: its id, of ``type`` and ``panel``.
        size: style that keeps its room.
    """
    kind = name["type"]
    data = dcc.Store(id={**name, "type": f"held-{kind}"}, data=to_json_plotly(part))
    return html.Div(data, id=_place(name), className=f"jl-later jl-later-{kind}", style=size)


def folded(panel: Panel) -> html.Div:
    """The place of a table within a closed part: it is asked for when that is opened.

    Where the server stays silent, assets/page.js shows the second sentence instead of the first.
    """
    name = {"type": "table", "panel": panel.name}
    return html.Div(
        [
            dcc.Store(id={**name, "type": "wanted-table"}),
            html.Div(
                [
                    html.P("Reading the rows …", className="jl-small jl-reading"),
                    html.P(
                        [words.PART_SILENT, html.Button("Try again", className="jl-again")],
                        className="jl-small jl-late",
                        role="alert",
                    ),
                ],
                id=_place(name),
                className="jl-later jl-later-table",
            ),
        ]
    )


def table(panel: Panel, drill: Drill | None, choices: Choices) -> html.Div:
    """The table of a panel in sight, which is made after the first figure is drawn."""
    name = {"type": "table", "panel": panel.name}
    made = rows(panel, drill, choices)
    if is_grid(panel):
        made[0] = held(made[0], name, {"minHeight": least_height(panel.table.height)})
    return html.Div(made)


def rows(panel: Panel, drill: Drill | None, choices: Choices) -> list[Any]:
    """The table of a panel as a grid and how many rows it has; text as text.

    Args:
        panel: its table and columns.
        drill: gives every row a button; None where who asks may not see journeys.
        choices: of the same snapshot.
    """
    size = panel.table.height
    if not size:
        return [html.P("No rows.", className="jl-small jl-none")]
    if not is_grid(panel):
        text = "\n".join(panel.table[panel.columns[0].name])
        return [html.Pre(text, className="jl-code", tabIndex=0)]
    said = f"{size:,} row{'' if size == 1 else 's'}."
    if size > MOST_ROWS:
        said = f"The first {MOST_ROWS:,} of {size:,} rows; the file holds all."
    return [
        grid(
            {"type": "table", "panel": panel.name},
            panel.table,
            panel.columns,
            timezone=choices.timezone,
            labels=choices.touchpoints,
            drill=drill,
        ),
        html.P(said, className="jl-small"),
    ]


def is_grid(panel: Panel) -> bool:
    """Whether a panel's table has rows to show in a grid, and is not text."""
    return bool(panel.table.height) and [c.form for c in panel.columns] != ["code"]


def _place(name: dict[str, str]) -> dict[str, str]:
    return {**name, "type": f"later-{name['type']}"}
