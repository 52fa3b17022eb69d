"""A step and what it made -> the metadata Dagster shows. Shows no identifier of a person."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import dagster as dg
import polars as pl

from journeylab.intake import IntakeReport
from journeylab.pipeline import Step, StepResult
from journeylab.warehouse import Column, Model, Snapshot, Warehouse, place_of
from journeylab_pipelines.lineage import column_lineage

#: Layers whose tables hold no raw value but in the columns below.
SHOWN_LAYERS: Final = ("core", "graph", "analysis", "marts")

#: A table with one of these columns is never shown: it holds what sources wrote of an event.
EVENT_TEXT: Final = frozenset({"event_name", "url", "referrer", "raw_text", "properties"})

#: The one id that is a keyed hash; all others may be a source's own.
SHOWN_ID: Final = "customer_id"

PREVIEW_ROWS: Final = 5

Metadata = dict[str, Any]  # dagster takes any of its metadata values


def declared_columns(columns: Iterable[Column]) -> Metadata:
    """The columns a table is held to, with their texts; empty for a step without a table."""
    shown = [dg.TableColumn(column.name, column.type, column.text) for column in columns]
    return {"dagster/column_schema": dg.TableSchema(shown)} if shown else {}


def result_metadata(
    step: Step,
    result: StepResult,
    warehouse: Warehouse,
    columns: Iterable[Column],
    formats: Mapping[str, Model],
) -> Metadata:
    """What one run of a step tells: rows, columns, their origin, a preview, files, snapshot."""
    told: Metadata = {"dagster/row_count": result.rows, **declared_columns(columns)}
    if step.model is not None and (lineage := column_lineage(step.model, formats)):
        told["dagster/column_lineage"] = lineage
    if step.model is not None and (shown := preview(warehouse, step.model)):
        told["preview"] = dg.MetadataValue.md(shown)
    if result.intake is not None:
        told |= _files(result.intake)
    if result.snapshot is not None:
        told |= _published(result.snapshot)
    return told


def preview(warehouse: Warehouse, model: Model) -> str:
    """The first rows of a table as Markdown; empty where rows may hold raw identifiers."""
    names = [column.name for column in model.columns]
    if model.schema not in SHOWN_LAYERS or not EVENT_TEXT.isdisjoint(names):
        return ""
    shown = [name for name in names if name == SHOWN_ID or not _tells_ids(name)]
    if not shown:
        return ""
    return _markdown(warehouse.frame(f"from {place_of(model)} limit {PREVIEW_ROWS}").select(shown))


def _tells_ids(column: str) -> bool:
    """Whether a column holds ids, or queries that name some."""
    return column.endswith("_id") or column.startswith("evidence")


def _markdown(frame: pl.DataFrame) -> str:
    rows = [frame.columns, ["---"] * frame.width, *frame.rows()]
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in rows)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _files(report: IntakeReport) -> Mapping[str, int]:
    return {
        "files_seen": report.files_seen,
        "files_loaded": report.files_loaded,
        "files_known": report.files_known,
        "files_growing": report.files_growing,
        "files_set_aside": report.files_set_aside,
        "rows_read": report.rows_read,
        "rows_rejected": report.rows_rejected,
        "rows_expired": report.rows_expired,
        "new_columns": len(report.new_columns),
    }


def _published(snapshot: Snapshot) -> Metadata:
    return {
        "snapshot": dg.MetadataValue.path(snapshot.folder),
        "content_hash": snapshot.content_hash,
        "bytes": snapshot.bytes,
        "horizon_at": str(snapshot.horizon_at),
        "rows": dict(snapshot.rows),
    }
