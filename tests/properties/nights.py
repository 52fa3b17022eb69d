"""A tiny shop whose nights can go wrong in every way, and what a full rebuild makes of the same."""

import csv
import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from journeylab.errors import InputRefused, UnknownName
from journeylab.forgetting import forget
from journeylab.identity import keyed_hash
from journeylab.pipeline import RunContext, Step, formats_in_use, registry, run_on, take
from journeylab.pipeline.changes import forget_followed
from journeylab.pipeline.proof import proof_step
from journeylab.pipeline.row_marts import places, taken_over
from journeylab.privacy import Tombstones, read_tombstones, tombstone_key, write_tombstones
from journeylab.settings import Settings, parse_settings
from journeylab.warehouse import (
    Warehouse,
    content_hash,
    memory,
    open_read_only,
    open_warehouse,
    place_of,
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
    "marts.stage_nodes",
    "marts.step_flows",
    "marts.steps",
    "marts.touchpoints",
    "marts.variants",
)

#: What is compared of who is who, beside what is published of it, without the numbers inside.
WHO_IS_WHO = (
    "select kind, value, degree, mentions, identifiers.first_seen_at, last_seen_at, customer_id"
    " from identity.identifiers inner join identity.components using (identifier_key)"
    " left join identity.customers using (component_key) order by all",
    "select * exclude (identifier_key) from identity.refused_identifiers order by all",
    "from identity.spellings order by all",
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
    "is_bot": pl.Boolean,
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


#: Customers of one range: more than any of these shops has.
ALL_AT_ONCE = 1000

#: Attributes of ``Nights`` that are no part of what it tells.
_OWN = ("_heard", "root", "statements", "warehouse")


class Crash(Exception):
    """A run that stops between two steps."""


class Nights:
    """Deliveries, rules and runs of one shop, whose warehouse is a file.

    Args:
        root: a folder of its own, empty or with a shop in it.
        told: what ``told`` says of the shop in it; None for a new one.

    Attributes:
        statements: how many the last night had that ``run`` brought to its end.
    """

    def __init__(self, root: Path, told: Mapping[str, Any] | None = None) -> None:
        self.root = root
        self.stage, self.gap, self.has_mail = "nurture", 30, True
        self.pairs: set[tuple[str, ...]] = set()
        self.files, self.runs, self.day, self.per_range = 0, 0, 0, ALL_AT_ONCE
        vars(self).update(told or {})
        self.statements = self._heard = 0
        for source in ("web", "mail", "shop"):
            (root / "landing" / source).mkdir(parents=True, exist_ok=True)
        self.warehouse = self._opened()

    def told(self) -> dict[str, Any]:
        """What another process must know to run this shop, as JSON holds it."""
        state = {name: value for name, value in vars(self).items() if name not in _OWN}
        return {**state, "pairs": sorted(self.pairs)}

    def _opened(self) -> Warehouse:
        """The warehouse, which whoever had it open has closed."""
        paths = self.settings().paths
        opened = open_warehouse(paths.warehouse, spill=paths.var / "spill", threads=1)
        return opened.heard_by(self._count)

    def _count(self, _: str, __: object) -> None:
        self._heard += 1

    def deliver(self, source: str, rows: list[dict[str, Any]]) -> None:
        """Land one file."""
        self.files += 1
        path = self.root / "landing" / source / f"{self.files:04d}.parquet"
        pl.DataFrame(rows, schema=SCHEMA).write_parquet(path)

    def run(self, *, crash_before: int | None = None, prove: bool = False) -> dict[str, str]:
        """One night; content hashes of the compared tables.

        Args:
            crash_before: stop before the step of this number, counted round.
            prove: prove it on every customer, as a whole run does on some.
        """
        steps, before = self._steps(prove=prove), self._heard
        hashes = self._run(self.warehouse, self.settings(), steps, crash_before=crash_before)
        self.statements = self._heard - before
        return hashes

    def run_killed(self, share: float) -> bool:
        """One night that is killed with -9 before a statement; whether it had so many.

        Args:
            share: of the statements of the last whole night, from 0 to 1, how many go before.
        """
        statements = 1 + int(share * self.statements)
        self.warehouse.close()
        order = {"root": str(self.root), "told": self.told(), "statements": statements}
        code = _answer(order)
        self.runs += 1
        self.warehouse = self._opened()
        assert code in (0, -9), f"a night in another process ended with {code}"
        return code == -9

    def forget(self, identifier: str) -> bool:
        """Forget whoever has an identifier; whether there is one who may be forgotten."""
        self.runs += 1
        self.warehouse.close()
        started_at = START + timedelta(days=1000, seconds=self.runs)
        try:
            forget(self.settings(), identifier, started_at=started_at)
        except (UnknownName, InputRefused):
            return False
        finally:
            self.warehouse = self._opened()
        return True

    def rebuild(self) -> dict[str, str]:
        """All files and customers at once in a fresh warehouse, on the same day.

        Where somebody was forgotten it never saw a row of theirs: whoever lands the files has
        taken them out. Of the tombstones it has those events alone that a shared device keeps.
        """
        settings = self.settings()
        never = self._without_the_forgotten(settings)
        with memory(threads=1) as fresh:
            settings = never or settings
            at_once = {"customers_per_range": ALL_AT_ONCE, "rows_per_range": ALL_AT_ONCE}
            run = settings.run.model_copy(update=at_once)
            return self._run(fresh, settings.model_copy(update={"run": run}), self._steps())

    def rebuild_here(self) -> dict[str, str]:
        """Everything from the raw rows as they stand."""
        return self._run(self.warehouse, self.settings(), self._steps(), full=True)

    def _steps(self, *, prove: bool = False) -> list[Step]:
        settings = self.settings()
        steps = wanted(settings, (*COMPARED, *HORIZON_READS))
        if prove:
            formats = formats_in_use(settings).values()
            steps.append(proof_step(steps, list(dict.fromkeys(formats))))
        return steps

    def _without_the_forgotten(self, settings: Settings) -> Settings | None:
        var = settings.paths.var
        told = read_tombstones(var)
        if not told.hashes:
            return None
        key = tombstone_key(var)
        aside = self.root / "never"
        shutil.rmtree(aside, ignore_errors=True)
        for path in sorted((self.root / "landing").glob("*/*.parquet")):
            rows = [
                row
                for row in pl.read_parquet(path).iter_rows(named=True)
                if not any(
                    keyed_hash(key, kind, row[kind]) in told.hashes
                    for kind in ("user_id", "email", "anonymous_id")
                    if row[kind] is not None
                )
            ]
            copy = aside / path.relative_to(self.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            pl.DataFrame(rows, schema=SCHEMA).write_parquet(copy)
        (aside / "var").mkdir()
        write_tombstones(aside / "var", Tombstones(freed=told.freed))
        return self.settings(aside)

    def _run(
        self,
        warehouse: Warehouse,
        settings: Settings,
        steps: list[Step],
        *,
        crash_before: int | None = None,
        full: bool = False,
    ) -> dict[str, str]:
        self.runs += 1
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
            hashes = {
                name: content_hash(context.warehouse, place_of(read_models("marts")[name]))
                for name in COMPARED
            }
            if warehouse is self.warehouse:
                assert self._publish(context, [step.name for step in steps]) == hashes
            hashes |= {query: str(warehouse.rows(query)) for query in WHO_IS_WHO}
        warehouse.execute(  # a run of all steps would have published now
            "update ops.runs set state = 'published' where run_id = $run_id",
            {"run_id": context.run_id},
        )
        return hashes

    def _publish(self, context: RunContext, built: list[str]) -> dict[str, str]:
        """Publish the compared tables; their content hashes, taken from the published file."""
        snapshot = publish(
            context.warehouse,
            {name: read_models("marts")[name] for name in COMPARED},
            published=self.root / "var" / "published",
            run_id=context.run_id,
            info=dict.fromkeys(INFO_KEYS),
            keep=2,
            base=taken_over(context),
            places=places(),
        )
        forget_followed(context.warehouse, built)
        with open_read_only(snapshot.database, threads=1) as opened:
            hashes = {name: content_hash(opened, name.removeprefix("marts.")) for name in COMPARED}
        told = {name: snapshot.table_hashes[name.removeprefix("marts.")] for name in COMPARED}
        assert told == hashes
        return hashes

    def settings(self, root: Path | None = None) -> Settings:
        """Settings and rule files as they stand today; in another folder for another warehouse."""
        root = root or self.root
        (root / "touchpoints.toml").write_text(RULES.replace("{stage}", self.stage))
        with (root / "identity_rules.csv").open("w", newline="") as file:
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
            "run": {
                "threads": 1,
                "rebuild_all_share": 1.0,
                "customers_per_range": self.per_range,
                "rows_per_range": self.per_range,
            },
            "publish": {"rewrite_share": 1.0},
            "privacy": {"hash_key_file": str(self.root / "hash.key")},
            "sources": sources,
            "checks": {"proof_share": 1.0},
            "sessions": {"session_gap_minutes": self.gap},
            "identity": {"max_degree": 5},
        }
        return parse_settings(told, root=root, where="test")


@functools.cache
def _forking() -> "subprocess.Popen[str]":
    """The process whose forks are killed; it ends with its input, when this one ends."""
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("dying_night.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "POLARS_MAX_THREADS": "1"},
    )


def _answer(order: dict[str, Any]) -> int:
    forking = _forking()
    assert forking.stdin is not None
    assert forking.stdout is not None
    forking.stdin.write(json.dumps(order) + "\n")
    forking.stdin.flush()
    return int(forking.stdout.readline())


def wanted(settings: Settings, tables: Collection[str]) -> list[Step]:
    """The steps that some tables stand on, in order."""
    needed = set(tables)
    steps = registry(settings)
    for step in reversed(steps):
        if step.name in needed:
            needed.update(step.reads)
    return [step for step in steps if step.name in needed]
