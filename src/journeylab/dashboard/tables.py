"""A panel's table -> a grid, and the same rows as a CSV file that is safe to open."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import dash_ag_grid as dag
import polars as pl

from journeylab.views import Column, Drill
from journeylab.views.behind import has_journeys, key_of

#: First signs at which a spreadsheet takes a text for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
#: Names journeylab adds itself, as people say them.
_ENDS: Final = {
    "(start)": "Start",
    "(converted)": "Converted",
    "(dropped)": "Dropped",
    "(open)": "Still open",
    "(end)": "End",
    "(other)": "Other",
    "(continues)": "Goes on",
}
_ROW: Final = 36  # pixels
_SHORT: Final = 26  # characters that need no second line
_NUMBERS: Final = ("count", "share", "number", "seconds", "money")
#: Rows seen at once where nothing else is said; the others scroll.
MOST_SEEN: Final = 12
#: Rows the page is given; a file holds all.
MOST_ROWS: Final = 2000


def grid(
    name: Any,  # noqa: ANN401 - an id of Dash, text or a mapping
    table: pl.DataFrame,
    columns: Sequence[Column],
    *,
    timezone: str,
    labels: Mapping[str, str],
    drill: Drill | None = None,
    open_label: str = "Journeys",
    keys: Sequence[str] = (),
    most_seen: int = MOST_SEEN,
) -> dag.AgGrid:
    """A table people can sort and filter.

    Args:
        name: id of the grid.
        table: the rows, in their order; the first ``MOST_ROWS`` are shown.
        columns: those shown.
        timezone: in which instants are told.
        labels: touchpoint -> plain name, by which texts that name one are shown.
        drill: gives every row a button that tells its key.
        open_label: on that button.
        keys: columns whose values the button tells where there is no drill.
        most_seen: rows seen at once; the others scroll.
    """
    shown = table.head(MOST_ROWS)
    rows = [
        {
            "_key": _key(row, drill, keys),
            **{column.name: plain(_named(row[column.name], labels)) for column in columns},
        }
        for row in shown.iter_rows(named=True)
    ]
    defined: list[dict[str, Any]] = [
        {
            "field": column.name,
            "headerName": column.label,
            "valueFormatter": {
                "function": f"jlWritten(params.value, '{column.form}', '{timezone}')"
            },
            "type": "rightAligned" if column.form in _NUMBERS else None,
            "filter": "agNumberColumnFilter" if column.form in _NUMBERS else "agTextColumnFilter",
            **_room(column, rows),
        }
        for column in columns
    ]
    is_whole = len(rows) <= most_seen
    if drill is not None or keys:
        defined.insert(
            0,
            {
                "field": "_key",
                "headerName": open_label,
                "cellRenderer": "JlOpen",
                "cellRendererParams": {"label": "Show"},
                "sortable": False,
                "filter": False,
                "minWidth": 96,
                "maxWidth": 110,
            },
        )
    return dag.AgGrid(
        id=name,
        rowData=rows,
        columnDefs=[{k: v for k, v in column.items() if v is not None} for column in defined],
        defaultColDef={
            "flex": 1,
            "sortable": True,
            "resizable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "suppressHeaderMenuButton": True,
            "cellDataType": False,
        },
        style={"width": "100%"}
        if is_whole
        else {"height": 60 + _ROW * (most_seen + 1), "width": "100%"},
        dashGridOptions={
            "theme": {"function": "jlTheme(themeQuartz)"},
            "domLayout": "autoHeight" if is_whole else "normal",
            "animateRows": False,
            "ensureDomOrder": True,
            "enableCellTextSelection": True,
            "rowHeight": _ROW,
        },
    )


def least_height(rows: int) -> int:
    """Pixels that a grid of so many rows takes at least."""
    return _ROW * (1 + min(rows, MOST_SEEN))


def csv_text(table: pl.DataFrame, columns: Sequence[Column]) -> str:
    """The whole table as CSV, headings in plain words; numbers stay numbers.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(column.label) for column in columns])
    for row in table.select([column.name for column in columns]).iter_rows():
        writer.writerow([_safe(plain(value)) for value in row])
    return out.getvalue()


def plain(value: Any) -> Any:  # noqa: ANN401 - of any column
    """A value as JSON and CSV can say it: instants as ISO 8601 in UTC, lists joined."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return " → ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {part}" for key, part in value.items())
    return value


def _named(value: Any, labels: Mapping[str, str]) -> Any:  # noqa: ANN401 - of any column
    """A touchpoint, or a list of them, by plain names; so too what is not one."""
    if isinstance(value, str):
        return labels.get(value) or _ENDS.get(value, value)
    if isinstance(value, list | tuple):
        return [_named(part, labels) for part in value]
    return value


def _safe(value: Any) -> Any:  # noqa: ANN401 - of any column
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _key(row: dict[str, Any], drill: Drill | None, keys: Sequence[str]) -> str | None:
    if drill is not None:
        return key_of(row, drill) if has_journeys(row, drill) else None
    return key_of(row, Drill(table="", keys=tuple(keys))) if keys else None


def _room(column: Column, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How wide a column is; long texts get more room, and lines as they need them."""
    if column.form == "instant":
        return {"minWidth": 176}
    if column.form == "code":
        return {"minWidth": 240, "cellClass": "jl-line", "tooltipField": column.name}
    if column.form == "day":
        return {"minWidth": 124}
    if column.form != "text":
        widest = max(len(word) for word in column.label.split())
        return {"minWidth": max(96, min(150, 9 * widest + 30))}
    longest = max((len(str(row[column.name])) for row in rows[:200]), default=0)
    if longest <= _SHORT:
        return {"minWidth": max(110, 8 * longest + 30)}
    return {
        "minWidth": 300,
        "flex": 3,
        "wrapText": True,
        "autoHeight": True,
        "cellStyle": {"lineHeight": "1.4", "paddingTop": 7, "paddingBottom": 7},
    }
