"""A tiny shop whose nights can go wrong in every way, and what a full rebuild makes of the same."""

import csv
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from journeylab.pipeline import RunContext, Step, registry, run_on, take
from journeylab.pipeline.changes import forget_followed
from journeylab.pipeline.taking_over import remember, taken_over
from journeylab.settings import Settings, parse_settings
from journeylab.warehouse import (
    Base,
    Warehouse,
    content_hash,
    memory,
    open_read_only,
    publish,
    read_models,
)
from journeylab.warehouse.publishing import INFO_KEYS

START = datetime(2026, 1, 1)

#: Tables compared after every sequence: all that tells of events, customers and their graph.
COMPARED = (
    "marts.customers",
    "marts.events",
    "marts.graph_edges",
    "marts.identity_conflicts",
    "marts.journeys",
    "marts.sessions",
    "marts.step_flows",
    "marts.steps",
    "marts.touchpoints",
    "marts.variants",
)

#: What the passing of the horizon is told by: without them every table would be built whole.
HORIZON_READS = ("core.conversations", "core.outcomes")

SCHEMA = {
    "event_id": pl.String,
    "occurred_at": pl.Datetime("us"),
    "received_at": pl.Datetime("us"),
    "event_name": pl.String,
    "user_id": pl.String,
    "email": pl.String,
    "anonymous_id": pl.String,
    "order_id": pl.String,
    "value": pl.Decimal(18, 4),
    "currency": pl.String,
}

RULES = """stages = ["reach", "nurture", "convert", "support"]
[[rules]]
channel = "web"
event = "home"
touchpoint = "web:home"
[[rules]]
channel = "web"
event = "product"
touchpoint = "web:product"
[[rules]]
channel = "mail"
event = "bye"
touchpoint = "mail:bye"
[[rules]]
channel = "purchase"
event = "completed"
touchpoint = "purchase:completed"
[touchpoints."web:home"]
stage = "reach"
[touchpoints."web:product"]
stage = "{stage}"
[touchpoints."mail:bye"]
loss = true
[touchpoints."purchase:completed"]
stage = "convert"
goal = true
"""


class Crash(Exception):
    """A run that stops between two steps."""


class Nights:
    """Deliveries, rules and runs of one shop.

    Args:
        root: an empty folder of its own.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stage, self.gap, self.has_mail = "nurture", 30, True
        self.pairs: set[tuple[str, ...]] = set()
        self.files, self.runs, self.day = 0, 0, 0
        self.bases: list[Base | None] = []
        self.warehouse = memory(threads=1)
        for source in ("web", "mail", "shop"):
            (root / "landing" / source).mkdir(parents=True)

    def deliver(self, source: str, rows: list[dict[str, Any]]) -> None:
        """Land one file."""
        self.files += 1
        path = self.root / "landing" / source / f"{self.files:04d}.parquet"
        pl.DataFrame(rows, schema=SCHEMA).write_parquet(path)

    def run(self, *, crash_before: int | None = None) -> dict[str, str]:
        """One night; content hashes of the compared tables.

        Args:
            crash_before: stop before the step of this number, counted round.
        """
        return self._run(self.warehouse, crash_before=crash_before)

    def rebuild(self) -> dict[str, str]:
        """All files at once in a fresh warehouse, on the same day."""
        with memory(threads=1) as fresh:
            return self._run(fresh, crash_before=None)

    def rebuild_here(self) -> dict[str, str]:
        """Everything from the raw rows as they stand."""
        return self._run(self.warehouse, crash_before=None, full=True)

    def _run(
        self, warehouse: Warehouse, *, crash_before: int | None, full: bool = False
    ) -> dict[str, str]:
        self.runs += 1
        settings = self.settings()
        steps = wanted(settings, (*COMPARED, *HORIZON_READS))
        as_of = START + timedelta(days=self.day)
        started_at = START + timedelta(days=1000, seconds=self.runs)
        with run_on(warehouse, settings, full=full, started_at=started_at, as_of=as_of) as context:
            for number, step in enumerate(steps):
                if crash_before is not None and number == crash_before % len(steps):
                    raise Crash
                failed = [
                    check
                    for check in take(step, context).checks
                    if check.severity == "error" and not check.passed
                ]
                assert not failed, failed
            hashes = {name: content_hash(context.warehouse, name) for name in COMPARED}
            if warehouse is self.warehouse:
                assert self._publish(context, [step.name for step in steps]) == hashes
            return hashes

    def _publish(self, context: RunContext, built: list[str]) -> dict[str, str]:
        """Publish the compared tables; their content hashes, taken from the published file."""
        base = taken_over(context)
        self.bases.append(base)
        snapshot = publish(
            context.warehouse,
            {name: read_models("marts")[name] for name in COMPARED},
            published=self.root / "var" / "published",
            run_id=context.run_id,
            info=dict.fromkeys(INFO_KEYS),
            keep=2,
            base=base,
        )
        with context.warehouse.transaction():
            remember(context, snapshot, base)
            forget_followed(context.warehouse, built)
        with open_read_only(snapshot.database, threads=1) as opened:
            hashes = {name: content_hash(opened, name.removeprefix("marts.")) for name in COMPARED}
        told = {name: snapshot.table_hashes[name.removeprefix("marts.")] for name in COMPARED}
        assert told == hashes
        return hashes

    def settings(self) -> Settings:
        """Settings and rule files as they stand today."""
        (self.root / "touchpoints.toml").write_text(RULES.replace("{stage}", self.stage))
        with (self.root / "identity_rules.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["rule", "kind_a", "value_a", "kind_b", "value_b"])
            writer.writerows(sorted(self.pairs))
        sources = {
            "web": {"channel": "web", "format": "contract", "path": "landing/web"},
            "shop": {"channel": "purchase", "format": "contract", "path": "landing/shop"},
        }
        if self.has_mail:
            sources["mail"] = {"channel": "mail", "format": "contract", "path": "landing/mail"}
        told = {
            "run": {"threads": 1, "rebuild_all_share": 1.0},
            "privacy": {"hash_key_file": "hash.key"},
            "publish": {"rewrite_share": 1.0},
            "sources": sources,
            "checks": {"proof_share": 1.0},
            "sessions": {"session_gap_minutes": self.gap},
        }
        return parse_settings(told, root=self.root, where="test")


def wanted(settings: Settings, tables: Collection[str]) -> list[Step]:
    """The steps that some tables stand on, in order."""
    needed = set(tables)
    steps = registry(settings)
    for step in reversed(steps):
        if step.name in needed:
            needed.update(step.reads)
    return [step for step in steps if step.name in needed]
