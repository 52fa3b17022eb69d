"""The only user of DuckDB: model headers, building models, snapshots, publishing."""

from journeylab.warehouse.asking import ask
from journeylab.warehouse.building import CheckResult, build, ensure, judge, write
from journeylab.warehouse.connection import Warehouse, memory, open_read_only, open_warehouse
from journeylab.warehouse.hashing import content_hash
from journeylab.warehouse.lock import hold
from journeylab.warehouse.macros import call, make_macros, make_star
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
from journeylab.warehouse.on_demand import OnDemand
from journeylab.warehouse.publishing import publish
from journeylab.warehouse.snapshots import (
    SNAPSHOTS_NAME,
    Snapshot,
    SnapshotDiff,
    current_run_id,
    diff,
    find_database,
    list_snapshots,
    open_current,
    rollback,
    show,
)

__all__ = [
    "SNAPSHOTS_NAME",
    "CheckResult",
    "Column",
    "Model",
    "OnDemand",
    "RawColumn",
    "RowCheck",
    "Snapshot",
    "SnapshotDiff",
    "TableCheck",
    "Warehouse",
    "ask",
    "build",
    "call",
    "content_hash",
    "current_run_id",
    "diff",
    "ensure",
    "find_database",
    "hold",
    "judge",
    "list_snapshots",
    "make_macros",
    "make_star",
    "memory",
    "open_current",
    "open_read_only",
    "open_warehouse",
    "publish",
    "read_checks",
    "read_model",
    "read_models",
    "rollback",
    "show",
    "sql_root",
    "write",
]
