"""Build the published tables that one frame of events can give, in an in-memory warehouse.

Those that tell of single customers are built at once, so that faults of the frame show; figures
over all of them when a question first names them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import polars as pl

from journeylab.errors import ChecksFailed, InputRefused
from journeylab.identity import hash_pads
from journeylab.parameters import parameters
from journeylab.pipeline import RunContext, Step, in_order, model_steps
from journeylab.rules import Rules
from journeylab.settings import Settings
from journeylab.warehouse import OnDemand, Warehouse, ensure, read_models

_LAYERS: Final = ("config", "identity", "core", "graph", "analysis", "marts")
_GIVEN: Final = ("staging.events", "identity.customers", "identity.event_customers")

#: Customer ids of a frame are hashes with this key: nothing of a frame is published.
_HASH_KEY: Final = b"journeylab.from_events"

#: Tables of single customers; what cannot be built of a frame shows in them and in settings.
_AT_ONCE: Final = ("customers", "events", "sessions", "journeys", "steps", "touchpoints")

_RUN_ID: Final = "frame"
_START: Final = datetime(2000, 1, 1)


def build_marts(
    warehouse: Warehouse,
    settings: Settings,
    rules: Rules,
    *,
    finds_customers: bool,
    collapse_repeats: bool,
    assume_complete: bool,
    newest: datetime | None,
    allowed_properties: list[str],
) -> Warehouse:
    """Build the tables of a snapshot on ``staging.events``, under their published names.

    Args:
        warehouse: in memory; holds ``staging.events`` and, unless ``finds_customers``,
            ``identity.customers`` and ``identity.event_customers``.
        settings: what the run is told.
        rules: touchpoints and stages.
        finds_customers: whether the identity models run.
        collapse_repeats: whether equal touchpoints in a row are one step.
        assume_complete: whether every journey counts as settled.
        newest: instant of the newest event; None without events.
        allowed_properties: keys of properties to keep.

    Returns:
        The same warehouse for reading: tables not built yet are when a query names them,
        which raises ``ChecksFailed`` as building them here does. No file can be reached and
        no setting changed.

    Raises:
        ChecksFailed: a check of severity error found rows.
        InputRefused: a given session or journey belongs to two customers.
    """
    for model in read_models("ops").values():
        ensure(warehouse, model.name, model.columns)
    instant = newest or _START
    params = {
        **parameters(
            settings,
            rules,
            run_id=_RUN_ID,
            started_at=instant,
            as_of=instant,
            names_are_touchpoints=True,
        ),
        **hash_pads(_HASH_KEY),
        "collapse_repeats": collapse_repeats,
        "assume_complete": assume_complete,
        "allowed_properties": allowed_properties,
    }
    context = RunContext(warehouse, settings, _RUN_ID, instant, instant, params)
    steps = _possible_steps(finds_customers=finds_customers)
    marts = {s.model.table: s for s in steps if s.model is not None and s.model.schema == "marts"}
    made: set[str] = set()

    def make_steps(wanted: Iterable[Step]) -> None:
        for step in wanted:
            if step.name not in made:
                if step.name == "core.events":
                    _refuse_shared(warehouse)
                _run(step, context)
                made.add(step.name)

    def make(table: str) -> None:
        make_steps(_behind(marts[table], steps))
        warehouse.execute(f"create table main.{table} as from marts.{table}")
        warehouse.execute(f"drop table marts.{table}")

    make_steps(step for step in steps if step.name.startswith("config."))
    for table in _AT_ONCE:
        make(table)
    warehouse.execute("set enable_external_access = false")
    warehouse.execute("set lock_configuration = true")
    return warehouse.making(OnDemand(marts.keys() - set(_AT_ONCE), make))


def _behind(mart: Step, steps: Sequence[Step]) -> list[Step]:
    """A mart and the steps it stands on, in their order."""
    needed = {mart.name}
    for step in reversed(steps):
        if step.name in needed:
            needed.update(step.reads)
    return [step for step in steps if step.name in needed]


def _possible_steps(*, finds_customers: bool) -> list[Step]:
    """Steps whose inputs a frame can give, in order; none that tells of files and runs alone."""
    kept = read_models("ops")
    given = {"staging.events", *kept}
    if not finds_customers:
        given |= set(_GIVEN)
    layers = [layer for layer in _LAYERS if finds_customers or layer != "identity"]
    waiting = [
        step for step in model_steps(layers) if not step.reads or not set(step.reads) <= set(kept)
    ]
    possible: list[Step] = []
    while True:
        ready = [step for step in waiting if given.issuperset(step.reads)]
        if not ready:
            return in_order(possible, given=("ops.", *_GIVEN))
        given |= {step.name for step in ready}
        possible += ready
        waiting = [step for step in waiting if step not in ready]


def _refuse_shared(warehouse: Warehouse) -> None:
    """A given session or journey of two customers is refused, with two of them named."""
    owners = warehouse.table("identity.event_customers").join(
        warehouse.table("identity.customers").select("customer_key", "customer_id"),
        on="customer_key",
    )
    events = warehouse.table("staging.events").select(
        "event_key", session_id="given_session_id", journey_id="given_journey_id"
    )
    owned = events.join(owners, on="event_key")
    for part in ("session_id", "journey_id"):
        shared = (
            owned.filter(pl.col(part).is_not_null())
            .group_by(part)
            .agg(pl.col("customer_id").unique().sort())
            .filter(pl.col("customer_id").list.len() > 1)
            .sort(part)
        )
        if shared.height:
            name, customers = shared.row(0)
            raise InputRefused(
                f"{part} {name!r} belongs to customers {customers[0]!r} and {customers[1]!r}",
                "the frame given to from_events",
                f"make the {part} of each customer its own, or leave {part} out",
            )


def _run(step: Step, context: RunContext) -> None:
    failed = [c for c in step.run(context).checks if c.severity == "error" and not c.passed]
    if failed:
        first = failed[0]
        raise ChecksFailed(
            f"{first.faulty_rows} rows break a rule: {first.about}",
            f"{first.table}, check {first.check}",
            "look at the events of those rows",
        )
