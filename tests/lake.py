"""An in-memory DuckDB that is given journeys and builds the real SQL models on them."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from journeylab.events import CHANNEL_ORDER, EVENT_COLUMNS
from journeylab.pipeline import in_order, model_steps
from journeylab.rules import Rules
from journeylab.settings import Settings, Source
from journeylab.warehouse import (
    CheckResult,
    Warehouse,
    build,
    ensure,
    judge,
    memory,
    read_checks,
    read_models,
    write,
)

START = datetime(2026, 1, 1, 12, 0)
DAY = 24 * 60

#: The small shop: two stages to the purchase, support after it; web:about has no stage.
SHOP: dict[str, dict[str, Any]] = {
    "web:home": {"stage": "reach"},
    "web:product": {"stage": "nurture"},
    "web:reviews": {"stage": "nurture"},
    "web:cart": {"stage": "convert"},
    "web:about": {},
    "web:order_status": {"stage": "support"},
    "email:delivered": {"role": "context"},
    "email:click": {"stage": "nurture"},
    "email:unsubscribed": {"loss": True},
    "chat:started": {"stage": "nurture", "stage_after_goal": "support"},
    "purchase:completed": {"stage": "convert", "goal": True},
    "purchase:refunded": {"refund": True},
}

EVENTS_TABLE = {
    "event_key": "BIGINT",
    "event_id": "VARCHAR",
    "delivery_key": "INTEGER",
    **{name: kind for name, kind in EVENT_COLUMNS.items() if name != "event_id"},
    "given_session_id": "VARCHAR",
    "given_journey_id": "VARCHAR",
}

#: Tables of other layers that marts read and journeys do not need: they stand empty.
EMPTY = (
    "staging.row_counts",
    "staging.rejected_events",
    "identity.audit",
    "identity.conflicts",
    "identity.customer_aliases",
)

GIVEN = ("staging.", "identity.", "ops.")


class Lake:
    """Journeys in, tables out: customer -> (minute, touchpoint[, values]) per event."""

    def __init__(self) -> None:
        self.warehouse: Warehouse = memory(threads=1)
        self.touchpoints = deepcopy(SHOP)
        self.rules: tuple[dict[str, Any], ...] = ()
        self.source_groups: tuple[dict[str, Any], ...] = ()
        self.stages = ("reach", "nurture", "convert", "support")
        self.settings = Settings(
            sources={"lake": Source(channel="web", format="contract", path="landing")}
        )
        self.params: dict[str, Any] = {
            "session_gap_minutes": 30,
            "max_session_hours": 24,
            "journey_timeout_days": 30,
            "goal_grace_seconds": 60,
            "collapse_repeats": True,
            "assume_complete": False,
            "reporting_timezone": "UTC",
            "reporting_currency": None,
            "channel_order": list(CHANNEL_ORDER),
            "tested_properties": [],
            "names_are_touchpoints": True,
            "allowed_properties": [],
            "as_of": START + timedelta(days=1000),
            "target_wait_hours": None,
            "target_exit_rate": None,
            "target_return_rate": None,
            "run_id": "run",
            "seed": 0,
            "designed_map": None,
            "max_other_share": 0.05,
            "zombie_chance": 0.02,
        }
        staged = {**read_models("staging"), **read_models("identity")}
        for model in (*read_models("ops").values(), *(staged[name] for name in EMPTY)):
            ensure(self.warehouse, model.name, model.columns)
        self._given(pl.DataFrame())

    def __enter__(self) -> "Lake":
        return self

    def __exit__(self, *_: object) -> None:
        self.warehouse.close()

    def given(self, **customers: list[tuple[Any, ...]]) -> None:
        """Put in the events of named customers; event ids are ``<customer>-<place in list>``.

        An event is (minute after START, touchpoint) or (minute, touchpoint, values), where
        values are columns of the event contract. Minutes may be fractions.
        """
        rows = []
        for customer, events in customers.items():
            for place, (minute, touchpoint, *values) in enumerate(events):
                row = {
                    "event_id": f"{customer}-{place}",
                    "occurred_at": START + timedelta(minutes=minute),
                    "channel": touchpoint.split(":")[0],
                    "event_name": touchpoint,
                    "customer": customer,
                }
                rows.append({**row, **(values[0] if values else {})})
        self._given(pl.DataFrame(rows, infer_schema_length=None))

    def build(self, *names: str, **params: Any) -> list[CheckResult]:
        """Build tables and everything they read; keyword arguments are parameters."""
        rules = Rules(self.stages, self.rules, self.touchpoints, self.source_groups)
        bound = {**self.params, "rules": rules, "settings": self.settings, **params}
        steps = {
            step.name: step
            for step in model_steps(("config", "core", "graph", "analysis", "marts"))
        }
        wanted: set[str] = set()
        waiting = list(names)
        while waiting:
            step = steps[waiting.pop()]
            wanted.add(step.name)
            waiting += [r for r in step.reads if r in steps and r not in wanted]
        results = []
        for step in _ordered([steps[name] for name in wanted]):
            results += self._make(step.model, bound)
        return results

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Rows of a table or of what may stand after ``from``, some columns of it."""
        return self.warehouse.rows(f"select {', '.join(columns)} from {table}")

    def steps(self, part: str = "before") -> dict[str, list[str]]:
        """Touchpoints of each journey's steps in order: ``<customer>/<journey>`` -> names."""
        found: dict[str, list[str]] = {}
        for customer, journey, touchpoint in self.warehouse.rows(
            "select customers.customer_id, steps.journey_number, touchpoints.touchpoint"
            " from core.steps join core.touchpoints using (touchpoint_key)"
            " join identity.customers using (customer_key)"
            " where steps.part = $part order by all_steps".replace(
                "all_steps", "customer_id, journey_number, step_number"
            ),
            {"part": part},
        ):
            found.setdefault(f"{customer}/{journey}", []).append(touchpoint)
        return found

    def _make(self, model: Any, params: dict[str, Any]) -> list[CheckResult]:
        if model.query:
            results = build(self.warehouse, model, params)
        else:
            module, _, function = model.python.partition(":")
            made = getattr(__import__(module, fromlist=[function]), function)(
                *[self.warehouse.table(name) for name in model.reads],
                **{name: params[name] for name in model.params},
            )
            results = write(self.warehouse, model, made)
        on_it = [check for check in read_checks() if check.on == model.name]
        return results + [judge(self.warehouse, check, params) for check in on_it]

    def _given(self, events: pl.DataFrame) -> None:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in EVENTS_TABLE.items())
        self.warehouse.execute("create schema if not exists staging")
        self.warehouse.execute("create schema if not exists identity")
        self.warehouse.execute(f"create or replace table staging.events ({columns})")
        self.warehouse.execute(
            "create or replace table identity.event_customers"
            " (event_key bigint, customer_key integer)"
        )
        self.warehouse.execute(
            "create or replace table identity.customers (customer_key integer,"
            " customer_id varchar, identifiers bigint, first_seen_at timestamp)"
        )
        if events.is_empty():
            return
        events = events.sort("occurred_at", "event_id", maintain_order=True)
        events = events.with_row_index("event_key", offset=1).with_columns(
            source=pl.lit("lake"), delivery_key=pl.lit(1)
        )
        for name, value in (("source_sequence", 0), ("is_bot", False)):
            if name not in events.columns:
                events = events.with_columns(pl.lit(value).alias(name))
            events = events.with_columns(pl.col(name).fill_null(value))
        known = [name for name in EVENTS_TABLE if name in events.columns]
        names = ", ".join(f'"{name}"' for name in known)
        with self.warehouse.given("given_events", events):
            self.warehouse.execute(
                f"insert into staging.events ({names}) select {names} from given_events"
            )
            self.warehouse.execute(
                "insert into identity.customers select (row_number() over (order by customer) - 1),"
                " customer, 1, min(occurred_at) from given_events where customer is not null"
                " group by customer"
            )
            self.warehouse.execute(
                "insert into identity.event_customers select event_key, customer_key"
                " from given_events join identity.customers on customer = customer_id"
            )


def _ordered(steps: list[Any]) -> list[Any]:
    names = {step.name for step in steps}
    return [
        step
        for step in in_order(
            model_steps(("config", "core", "graph", "analysis", "marts")), given=GIVEN
        )
        if step.name in names
    ]
