"""Events in, customers out: the real identity models on an in-memory DuckDB."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from journeylab.events import CHANNEL_ORDER
from journeylab.identity import hash_pads
from journeylab.pipeline import in_order, model_steps
from journeylab.settings import Identity
from journeylab.warehouse import (
    CheckResult,
    build,
    ensure,
    judge,
    memory,
    read_checks,
    read_models,
    write,
)

START = datetime(2026, 1, 1, 12, 0)
HASH_KEY = b"a key for tests"

EVENTS = (
    "create or replace table staging.events (event_key bigint, event_id varchar,"
    " occurred_at timestamp, source_sequence bigint, channel varchar,"
    " identifiers struct(kind varchar, value varchar)[], is_bot boolean)"
)
STATE = ("identifier_owners", "customer_aliases")


def shop_params(**changes: Any) -> dict[str, Any]:
    """Parameters of the identity models: the settings' defaults with some changed."""
    return {
        **Identity().model_dump(),
        **hash_pads(HASH_KEY),
        "max_shared_device_share": 0.2,
        "identity_rules_path": Path("no_rules.csv"),
        "channel_order": list(CHANNEL_ORDER),
        "run_id": "run-1",
        "started_at": START,
        **changes,
    }


class People:
    """A warehouse of events whose identifiers are resolved to customers."""

    def __init__(self) -> None:
        self.warehouse = memory(threads=1)
        for layer in ("staging", "identity", "ops"):
            self.warehouse.execute(f"create schema if not exists {layer}")
        self.warehouse.execute(EVENTS)
        for table in (*STATE, "customer_keys"):
            model = read_models("ops")[f"ops.{table}"]
            ensure(self.warehouse, model.name, model.columns)

    def given(self, *events: Any) -> None:
        """Replace the events: (minute, identifiers) or (minute, identifiers, {column: value}).

        Identifiers are a dict kind -> value, or a list of (kind, value). Event ids are the
        place in the call, so ``owners`` answers in the same order.
        """
        rows = []
        for place, (minute, told, *columns) in enumerate(events):
            pairs = told.items() if isinstance(told, dict) else told
            rows.append(
                {
                    "place": place,
                    "occurred_at": START + timedelta(minutes=minute),
                    "source_sequence": 0,
                    "channel": "web",
                    "is_bot": False,
                    "identifiers": [{"kind": kind, "value": value} for kind, value in pairs],
                    **(columns[0] if columns else {}),
                }
            )
        self.warehouse.execute(EVENTS)
        if not rows:
            return
        frame = pl.DataFrame(
            rows,
            schema_overrides={
                "identifiers": pl.List(pl.Struct({"kind": pl.String, "value": pl.String}))
            },
        )
        with self.warehouse.given("given_events", frame):
            self.warehouse.execute(
                "insert into staging.events"
                " select row_number() over (order by occurred_at, place), place::varchar,"
                " occurred_at, source_sequence, channel, identifiers, is_bot from given_events"
            )

    def resolve(self, *, until: str = "", **changes: Any) -> list[CheckResult]:
        """Build every identity table, or those up to one; keyword arguments are settings."""
        params = shop_params(**changes)
        results = []
        for model in _models():
            if model.query:
                results += build(self.warehouse, model, params)
            else:
                module, _, function = model.python.partition(":")
                made = getattr(__import__(module, fromlist=[function]), function)(
                    *[self.warehouse.table(name) for name in model.reads],
                    **{name: params[name] for name in model.params},
                )
                results += write(self.warehouse, model, made)
            results += [
                judge(self.warehouse, check, params)
                for check in read_checks()
                if check.on == model.name
            ]
            if model.name == f"identity.{until}":
                break
        return results

    def publish(self) -> None:
        """Keep the state of this run for the next one, as the pipeline does."""
        for table in STATE:
            self.warehouse.execute(f"create or replace table ops.{table} as from identity.{table}")

    def groups(self) -> list[list[str]]:
        """The values of each customer's identifiers, earliest first; customers by age."""
        found: dict[int, list[str]] = defaultdict(list)
        for component, value in self.warehouse.rows(
            "select component_key, value from identity.components"
            " join identity.identifiers using (identifier_key) order by identifier_key"
        ):
            found[component].append(value)
        return [found[component] for component in sorted(found)]

    def owners(self) -> list[str | None]:
        """For each given event the value of its customer's earliest identifier, or None."""
        return [
            value
            for (value,) in self.warehouse.rows(
                "select identifiers.value from staging.events"
                " left join identity.event_customers using (event_key)"
                " left join identity.customers using (customer_key)"
                " left join identity.identifiers on component_key = identifier_key"
                " order by event_id::integer"
            )
        ]

    def customer_ids(self) -> dict[str, str]:
        """Value of each accepted identifier -> its customer_id."""
        return dict(
            self.warehouse.rows(
                "select value, customer_id from identity.identifier_owners order by all"
            )
        )

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Some columns of an identity table, sorted."""
        told = ", ".join(columns)
        return self.warehouse.rows(f"select {told} from identity.{table} order by all")


def rules_file(folder: Path, *rules: Iterable[str]) -> Path:
    """Write rules as identity_rules.csv and return its path."""
    lines = ["rule,kind_a,value_a,kind_b,value_b", *(",".join(rule) for rule in rules)]
    path = folder / "identity_rules.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _models() -> list[Any]:
    steps = model_steps(("identity",))
    steps += [
        step
        for step in model_steps(("config", "core"))
        if step.name in ("config.identity_rules", "core.channels")
    ]
    return [step.model for step in in_order(steps, given=("ops.", "staging."))]
