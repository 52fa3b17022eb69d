"""The only user of DuckDB: model headers, building models, snapshots, publishing."""

from journeylab.warehouse.asking import ask
from journeylab.warehouse.bench import Bench
from journeylab.warehouse.building import (
    CheckResult,
    build,
    ensure,
    judge,
    judge_built,
    judge_rows,
    write,
)
from journeylab.warehouse.cloning import Base, strip
from journeylab.warehouse.compacting import close_gaps, compact
from journeylab.warehouse.comparing import (
    EdgeChange,
    KpiChange,
    RowChange,
    SnapshotDiff,
    TableChange,
    diff,
    edge_changes,
    row_changes,
)
from journeylab.warehouse.connection import (
    Warehouse,
    memory,
    open_read_only,
    open_warehouse,
    quoted,
)
from journeylab.warehouse.differing import replace_differing
from journeylab.warehouse.hashing import RUN_TABLES, Sums, content_hash, content_sums
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
from journeylab.warehouse.parts import read_part, read_parts, write_buckets, write_part
from journeylab.warehouse.publishing import publish, refuse_full_disk
from journeylab.warehouse.replacing import copy_edited, drop_rows, replace, thin, thinned_beyond
from journeylab.warehouse.retention import kept, prune
from journeylab.warehouse.row_marts import (
    are_attached,
    attach_row_marts,
    detach_row_marts,
    is_row_mart,
    place_of,
    remove_row_marts,
)
from journeylab.warehouse.snapshots import (
    SNAPSHOTS_NAME,
    Snapshot,
    current_run_id,
    find_database,
    list_snapshots,
    open_current,
    rollback,
    show,
    sync,
)

__all__ = [
    "RUN_TABLES",
    "SNAPSHOTS_NAME",
    "Base",
    "Bench",
    "CheckResult",
    "Column",
    "EdgeChange",
    "KpiChange",
    "Model",
    "OnDemand",
    "RawColumn",
    "RowChange",
    "RowCheck",
    "Snapshot",
    "SnapshotDiff",
    "Sums",
    "TableChange",
    "TableCheck",
    "Warehouse",
    "are_attached",
    "ask",
    "attach_row_marts",
    "build",
    "call",
    "close_gaps",
    "compact",
    "content_hash",
    "content_sums",
    "copy_edited",
    "current_run_id",
    "detach_row_marts",
    "diff",
    "drop_rows",
    "edge_changes",
    "ensure",
    "find_database",
    "hold",
    "is_row_mart",
    "judge",
    "judge_built",
    "judge_rows",
    "kept",
    "list_snapshots",
    "make_macros",
    "make_star",
    "memory",
    "open_current",
    "open_read_only",
    "open_warehouse",
    "place_of",
    "prune",
    "publish",
    "quoted",
    "read_checks",
    "read_model",
    "read_models",
    "read_part",
    "read_parts",
    "refuse_full_disk",
    "remove_row_marts",
    "replace",
    "replace_differing",
    "rollback",
    "row_changes",
    "show",
    "sql_root",
    "strip",
    "sync",
    "thin",
    "thinned_beyond",
    "write",
    "write_buckets",
    "write_part",
]
