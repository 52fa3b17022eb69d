"""Tables of single journeys kept in memory, so that any journeys are counted by adding up."""

import contextlib
import hashlib
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlglot import exp

from journeylab.lab import cells, compile
from journeylab.lab.cells import Cells
from journeylab.lab.choosing import JOURNEY
from journeylab.lab.chosen import (
    GIVEN,
    OF_THE_QUESTION,
    lay,
    needed,
    numbered,
    params_of,
    put,
    targets_of,
)
from journeylab.lab.features import KeptSums
from journeylab.lab.remembering import Remembered
from journeylab.pipeline import Step, make_table
from journeylab.warehouse import Bench, Model, Warehouse, memory, read_models
from journeylab.warehouse.building import write

#: Choices of journeys whose tables are kept, and those for which sums of customers are kept
#: too, so that another question for them is cheap; the longest unasked goes first.
FOUND: Final = 64
BENCHES: Final = 2
#: Ways to choose journeys of which it is kept which they choose.
NAMED: Final = 1024
#: Rows of figures that are told again with every view of the same journeys.
TOLD: Final = 256
#: Where each journey stands in the snapshot and among the tables kept; the journeys of a choice.
_PLACES: Final = "kept.places"
_CHOSEN: Final = "kept.chosen"
#: Tables that are added up of cells of single journeys: which cells, the columns that name an
#: item of theirs, what else is read, and the function.
_ITEM_OF_VISITS: Final = ("part", "touchpoint_key")
_ITEM_OF_MOVES: Final = ("part", "from_node", "to_node")
_ADDED: Final[dict[str, tuple[str, tuple[str, ...], tuple[str, ...], Callable[..., Any]]]] = {
    "analysis.customer_visits": ("kept_visits", _ITEM_OF_VISITS, (), cells.customer_visits),
    "graph.visit_counts": ("kept_visits", _ITEM_OF_VISITS, (), cells.visit_counts),
    "graph.edge_counts": ("kept_moves", _ITEM_OF_MOVES, (), cells.edge_counts),
    "graph.bracket_counts": ("kept_moves", _ITEM_OF_MOVES, (), cells.bracket_counts),
    "analysis.wait_mixes": (
        "kept_waits",
        ("from_key", "to_key"),
        ("analysis.bottleneck_faces", "core.touchpoints"),
        cells.wait_mixes,
    ),
}
#: What those are made of where it is not what their models read.
_INSTEAD: Final = {
    "analysis.wait_mixes": (
        "core.steps",
        "core.journeys",
        "core.business_waits",
        *_ADDED["analysis.wait_mixes"][2],
    ),
}
#: Stays of touchpoints and of stages, and the only table for which each is looked at; what is
#: made of both of them.
_STAYS: Final = {
    "analysis.stays": "marts.stays",
    "analysis.stage_stays": "marts.stage_kpis",
}
_OF_STAYS: Final = (
    *_STAYS,
    "analysis.stay_seconds",
    "analysis.stay_cuts",
    "analysis.stay_targets",
    "analysis.stay_quantiles",
    "analysis.stay_curves",
)
#: Models that join steps to their journeys, of which only the chosen are there.
_JOINED: Final = {
    "analysis.next_move_sums",
    "analysis.next_step_counts",
    "analysis.last_step_counts",
}
_STEPS: Final = "core.steps"
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
        self._cells: dict[str, Cells] = {}
        self.sums = KeptSums()
        self.remembered = Remembered[pl.DataFrame](TOLD)

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
        with self._asked_for(snapshot, journeys, which) as (warehouse, asked):
            bench = asked.bench
            steps = needed((name for name in wanted if not bench.holds(name)), _INSTEAD)
            self._keep(steps)
            for name in (*OF_THE_QUESTION, *_OF_STAYS):
                bench.remove(name)
            for name, mart in _STAYS.items():
                if mart not in wanted and name in self._laid:
                    bench.view(name, f"from {bench.stored(name)} where false")
            for step in steps:
                if step.model is not None and not bench.holds(step.name):
                    self._make(asked, step.model)
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
    ) -> Iterator[tuple[Warehouse, "_Asked"]]:
        """The bench of some journeys, for one thread at a time."""
        with self._lock:
            self._lay_places()
            asked = self._asked.get(which)
            if asked is None:
                cursor = self._base.cursor()
                # Of a part of the stays the planner expects next to none, and would compare each
                # with every cut.
                cursor.execute("set asof_loop_join_threshold = 0")
                bench = Bench(cursor, f"asked_{next(self._numbers)}")
                asked = self._asked[which] = _Asked(cursor, bench)
            self._asked.move_to_end(which)
            asked.users += 1
        try:
            with asked.lock:
                warehouse = asked.warehouse.heard_like(snapshot)
                if not asked.bench.holds(_CHOSEN):
                    rows = _rows(snapshot, journeys)
                    asked.chosen = self._marked(rows)
                    with warehouse.given("rows_chosen", rows):
                        asked.bench.table(
                            _CHOSEN,
                            "select customer_key, journey_number"
                            f" from {asked.bench.stored(_PLACES)} as places"
                            " semi join rows_chosen on places.row_number = rows_chosen.row_number",
                        )
                yield warehouse, asked
        finally:
            self._forget(asked)

    def _marked(self, rows: pl.DataFrame) -> NDArray[np.bool_]:
        """Of all journeys by customer and number, which are chosen."""
        ordered = self._base.frame(
            f"select row_number from {_PLACES} order by customer_key, journey_number"
        )
        return ordered["row_number"].is_in(rows["row_number"].implode()).to_numpy()

    def _cells_of(self, asked: "_Asked", name: str, item: tuple[str, ...]) -> Cells:
        """Cells of the chosen journeys; those of all are made when they are first asked for."""
        if name not in asked.cells:
            with self._lock:
                if name not in self._cells:
                    model = read_models("lab")[f"lab.{name}"]
                    if not set(model.params) <= self._params.keys():
                        self._params |= targets_of(self._snapshot)
                    told = {name: self._params[name] for name in model.params}
                    journeys = self._base.frame(
                        "select customer_key, journey_number,"
                        " row_number() over (order by customer_key, journey_number) - 1 as place"
                        f" from {_PLACES}"
                    )
                    rows = self._base.frame(model.query, told)
                    self._cells[name] = Cells.of(rows, item, journeys)
            asked.cells[name] = self._cells[name].of_journeys(asked.chosen)
        return asked.cells[name]

    def _add_up(self, asked: "_Asked", model: Model) -> None:
        """Make a table of cells of the chosen journeys, without reading their steps."""
        name, item, reads, function = _ADDED[model.name]
        own = self._cells_of(asked, name, item)

        def added(where: Warehouse, what: Model, _: object) -> None:
            write(where, what, function(own, *(where.table(table) for table in reads)))

        asked.bench.build(replace(model, reads=reads), self._params, added)

    def _make(self, asked: "_Asked", model: Model) -> None:
        bench = asked.bench
        if model.name in _ADDED:
            model = replace(model, reads=_ADDED[model.name][2])
        if _STEPS in model.reads and asked.has_all_steps is not (model.name in _JOINED):
            bench.remove(_STEPS)
            asked.has_all_steps = model.name in _JOINED
        for name in (*model.reads, *((model.name,) if _is_of_journeys(model) else ())):
            if name in self._laid and not bench.holds(name):
                picked = f" semi join {bench.at(_CHOSEN)} using (customer_key, journey_number)"
                is_whole = name in _OF_NO_JOURNEY or (name == _STEPS and asked.has_all_steps)
                bench.view(name, f"from {bench.stored(name)}{'' if is_whole else picked}")
        if model.name in _ADDED:
            self._add_up(asked, model)
        elif not bench.holds(model.name):
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
    chosen: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    cells: dict[str, Cells] = field(default_factory=dict)
    has_all_steps: bool = False
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
