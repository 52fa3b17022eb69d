"""The only user of DuckDB: model headers, building models, snapshots, publishing."""

from journeylab.warehouse.building import CheckResult, build, ensure, judge, write
from journeylab.warehouse.connection import Warehouse, memory, open_read_only, open_warehouse
from journeylab.warehouse.models import (
    Column,
    Model,
    RawColumn,
    RowCheck,
    TableCheck,
    read_checks,
    read_model,
    read_models,
    sql_root,
)

__all__ = [
    "CheckResult",
    "Column",
    "Model",
    "RawColumn",
    "RowCheck",
    "TableCheck",
    "Warehouse",
    "build",
    "ensure",
    "judge",
    "memory",
    "open_read_only",
    "open_warehouse",
    "read_checks",
    "read_model",
    "read_models",
    "sql_root",
    "write",
]
