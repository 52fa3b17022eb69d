"""Tables of single journeys kept in memory, so that any journeys are counted by adding up."""

import contextlib
import hashlib
import itertools
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
from sqlglot import exp

from journeylab.lab import compile
from journeylab.lab.choosing import JOURNEY
from journeylab.lab.chosen import (
    GIVEN,
    OF_THE_QUESTION,
    lay,
    needed,
    numbered,
    params_of,
    put,
)
from journeylab.lab.features import KeptSums
from journeylab.pipeline import Step, make_table
from journeylab.warehouse import Bench, Model, Warehouse, memory

#: Choices of journeys whose tables are kept, and those for which sums of customers are kept
#: too, so that another question for them is cheap; the longest unasked goes first.
FOUND: Final = 64
BENCHES: Final = 2
#: Ways to choose journeys of which it is kept which they choose.
NAMED: Final = 1024
#: Where each journey stands in the snapshot and among the tables kept; the journeys of a choice.
_PLACES: Final = "kept.places"
_CHOSEN: Final = "kept.chosen"
_OF_NO_JOURNEY: Final = frozenset(
    {
        "core.touchpoints",
        "core.horizon",
        "core.business_hours",
        "config.stages",
        "config.efforts",
        "identity.customers",
    }
)


class KeptTables:
    """The same tables for whoever asks one snapshot often: what is of one journey is made once.

    Steps, moves, loops and whatever else a model makes of single journeys is kept in memory
    for all journeys; the chosen ones are then only picked and added up, and what was told of
    them is kept. For the threads of one process.

    Args:
        snapshot: a published one, opened for reading, of which nothing changes.
    """

    def __init__(self, snapshot: Warehouse) -> None:
        self._snapshot = snapshot.cursor()
        self._params: dict[str, Any] = {}
        self._base = memory()
        self._laid: set[str] = set()
        self._lock = threading.RLock()
        self._asked: OrderedDict[str, _Asked] = OrderedDict()
        self._found: OrderedDict[str, dict[str, pl.DataFrame]] = OrderedDict()
        self._named: OrderedDict[str, str] = OrderedDict()
        self._numbers = itertools.count()
        self.sums = KeptSums()

    def tables_of(
        self, snapshot: Warehouse, journeys: exp.Query, names: Iterable[str]
    ) -> dict[str, pl.DataFrame]:
        """As the function of that name."""
        wanted = tuple(names)
        which = self._which(snapshot, journeys)
        with self._lock:
            found = dict(self._found.get(which, {}))
            if which in self._found:
                self._found.move_to_end(which)
        missing = [name for name in wanted if name not in found]
        if missing:
            found |= self._count(snapshot, journeys, which, missing)
            with self._lock:
                self._found[which] = {**self._found.get(which, {}), **found}
                while len(self._found) > FOUND:
                    self._found.popitem(last=False)
        return {name: found[name] for name in wanted}

    def _which(self, snapshot: Warehouse, journeys: exp.Query) -> str:
        """A name for the chosen journeys: the same for every way to choose the same ones."""
        text = compile.composed(journeys, {})
        with self._lock:
            known = self._named.get(text)
        if known is None:
            rows = _rows(snapshot, journeys)["row_number"].sort()
            known = hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()
            with self._lock:
                self._named[text] = known
                while len(self._named) > NAMED:
                    self._named.popitem(last=False)
        return known

    def _count(
        self, snapshot: Warehouse, journeys: exp.Query, which: str, names: list[str]
    ) -> dict[str, pl.DataFrame]:
        wanted = [f"marts.{name}" for name in names]
        with self._asked_for(snapshot, journeys, which) as (warehouse, bench):
            steps = needed(name for name in wanted if not bench.holds(name))
            self._keep(steps)
            for name in OF_THE_QUESTION:
                bench.remove(name)
            for step in steps:
                if step.model is not None and not bench.holds(step.name):
                    self._make(bench, step.model)
            return {
                name.removeprefix("marts."): warehouse.frame(f"from {bench.at(name)}")
                for name in wanted
            }

    def _lay_places(self) -> None:
        if _PLACES not in self._laid:
            every = compile.rows_where("journeys", JOURNEY, None)
            put(self._base, _PLACES, numbered(self._snapshot, every))
            self._laid.add(_PLACES)

    def _keep(self, steps: list[Step]) -> None:
        """Make what is of single journeys for all of them, as far as it is not there yet."""
        with self._lock:
            self._params |= params_of(self._snapshot, steps)
            read = {table for step in steps for table in step.reads} & GIVEN.keys()
            if read - self._laid:
                lay(
                    self._snapshot,
                    self._base,
                    self._base.table(_PLACES).drop("row_number"),
                    read - self._laid,
                )
                self._laid |= read
            for step in steps:
                if step.model and _is_of_journeys(step.model) and step.name not in self._laid:
                    make_table(step.model, self._base, self._params)
                    self._laid.add(step.name)

    @contextlib.contextmanager
    def _asked_for(
        self, snapshot: Warehouse, journeys: exp.Query, which: str
    ) -> Iterator[tuple[Warehouse, Bench]]:
        """The bench of some journeys, for one thread at a time."""
        with self._lock:
            self._lay_places()
            asked = self._asked.get(which)
            if asked is None:
                cursor = self._base.cursor()
                bench = Bench(cursor, f"asked_{next(self._numbers)}")
                asked = self._asked[which] = _Asked(cursor, bench)
            self._asked.move_to_end(which)
            asked.users += 1
        try:
            with asked.lock:
                warehouse = asked.warehouse.heard_like(snapshot)
                if not asked.bench.holds(_CHOSEN):
                    with warehouse.given("rows_chosen", _rows(snapshot, journeys)):
                        asked.bench.table(
                            _CHOSEN,
                            "select customer_key, journey_number"
                            f" from {asked.bench.stored(_PLACES)} as places"
                            " semi join rows_chosen on places.row_number = rows_chosen.row_number",
                        )
                yield warehouse, asked.bench
        finally:
            self._forget(asked)

    def _make(self, bench: Bench, model: Model) -> None:
        for name in (*model.reads, *((model.name,) if _is_of_journeys(model) else ())):
            if name in self._laid and not bench.holds(name):
                picked = f" semi join {bench.at(_CHOSEN)} using (customer_key, journey_number)"
                of_journeys = name not in _OF_NO_JOURNEY
                bench.view(name, f"from {bench.stored(name)}{picked if of_journeys else ''}")
        if not bench.holds(model.name):
            bench.build(
                model, self._params, lambda where, what, told: make_table(what, where, told)
            )

    def _forget(self, asked: "_Asked") -> None:
        """One user less; beyond those kept, choices that nobody asks for now go."""
        with self._lock:
            asked.users -= 1
            for which in list(self._asked)[: max(0, len(self._asked) - BENCHES)]:
                if not self._asked[which].users:
                    gone = self._asked.pop(which)
                    gone.bench.close()
                    gone.warehouse.close()


@dataclass(slots=True)
class _Asked:
    """What was counted for one choice of journeys, on a connection of its own."""

    warehouse: Warehouse
    bench: Bench
    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


def _is_of_journeys(model: Model) -> bool:
    """Whether each row is made of one journey alone."""
    return model.scope == "customer" and {"customer_key", "journey_number"} <= set(model.key)


def _rows(snapshot: Warehouse, journeys: exp.Query) -> pl.DataFrame:
    """Where the chosen journeys stand in the snapshot."""
    placed = compile.rows_where("journeys", (*JOURNEY, "rowid"), None)
    picked = exp.select(exp.column("rowid").as_("row_number")).from_(
        compile.only(placed, among=journeys).subquery("picked")
    )
    return snapshot.frame(compile.composed(picked, {}))
