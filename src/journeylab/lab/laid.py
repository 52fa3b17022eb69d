"""Steps, moves and whatever else is of single journeys, kept in memory for all of one snapshot."""

import gc
import threading
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlglot import exp

from journeylab.lab import compile
from journeylab.lab.cells import Cells, Choice, Ints, Journeys, Values, owner
from journeylab.lab.choosing import JOURNEY
from journeylab.lab.chosen import GIVEN, lay, needed, numbered, params_of, put, targets_of
from journeylab.lab.remembering import Remembered
from journeylab.pipeline import Step, make_table
from journeylab.warehouse import Model, Warehouse, memory, read_models

#: What DuckDB may hold of tables of single journeys while cells are made; beyond, it spills.
MOST_MEMORY: Final = "2GB"
#: Where each journey stands in the snapshot and among the tables kept.
PLACES: Final = "kept.places"
#: Conditions on journeys of which it is remembered where they hold, a bit a journey.
MARKED: Final = 512
#: Cells of sql/lab, and the columns that name an item of theirs.
CELLS: Final = {
    "kept_visits": ("part", "touchpoint_key", "sample_number"),
    "kept_moves": ("part", "from_node", "to_node"),
    "kept_move_kinds": ("part", "from_node", "to_node", "direction", "depth"),
    "kept_brackets": ("part", "node"),
    "kept_stage_moves": ("from_stage", "to_stage", "direction"),
    "kept_stage_visits": ("node",),
    "kept_next_moves": ("touchpoint_key", "move"),
    "kept_next_steps": ("touchpoint_key", "move", "next_touchpoint_key"),
    "kept_last_steps": (
        "touchpoint_key",
        "previous_touchpoint_key",
        "third_touchpoint_key",
    ),
    "kept_chain_moves": ("previous_key", "from_key", "to_key", "is_converted"),
    "kept_paths": ("path_number",),
    "kept_loops": ("keys",),
    "kept_loop_entries": ("keys", "touchpoint_key", "sample_number"),
    "kept_ping_pongs": ("keys",),
    "kept_ping_pong_entries": ("keys", "touchpoint_key"),
}
#: Sorted values of sql/lab, and the same.
VALUES: Final = {
    "kept_waits": ("from_key", "to_key"),
    "kept_move_waits": ("part", "from_node", "to_node"),
    "kept_dwells": ("part", "touchpoint_key"),
    "kept_next_waits": ("part", "touchpoint_key"),
    "kept_loop_times": ("keys",),
    "kept_ping_pong_rounds": ("keys",),
    "kept_path_times": ("path_number",),
    "kept_walks": ("step", "touchpoint", "next_touchpoint", "returns_next"),
    "kept_settled_moves": ("is_first", "from_key", "to_key", "is_converted"),
    "kept_stays": ("kind", "item_key", "cause"),
}


#: Those that are made of the same tables of single journeys, which are large and made for them.
TOGETHER: Final = (
    ("kept_moves", "kept_move_kinds", "kept_brackets", "kept_move_waits"),
    ("kept_stage_moves", "kept_stage_visits"),
    ("kept_loops", "kept_loop_times", "kept_loop_entries", "kept_loop_names"),
    ("kept_ping_pongs", "kept_ping_pong_rounds", "kept_ping_pong_entries"),
    ("kept_paths", "kept_path_times", "kept_path_names"),
)
#: Tables of sql/lab of which each row is of a journey.
PLACED: Final = frozenset({"kept_answers"})
#: Tables that stay, and those that go once all cells are made of them.
KEPT: Final = frozenset({"analysis.customer_samples", "analysis.customer_hashes"})
LARGE: Final = frozenset({"core.steps", "core.business_waits"})
#: Small published tables that tell of single journeys, of which the rows are picked.
OF_SINGLE: Final = frozenset({"waiting_now", "zombie_leads"})
#: Tables that are the same whichever journeys are chosen.
OF_NO_JOURNEY: Final = frozenset(
    {
        "core.touchpoints",
        "core.horizon",
        "core.business_hours",
        "config.stages",
        "config.efforts",
        "identity.customers",
        "analysis.customer_samples",
        "analysis.customer_hashes",
    }
)


class Laid:
    """Tables, cells and values of all journeys, each made when it is first asked for.

    For the threads of one process.

    Args:
        snapshot: a published one, opened for reading, of which nothing changes.

    Attributes:
        warehouse: where the tables lie.
        names: of the tables that lie there.
        params: what models are told.
    """

    def __init__(self, snapshot: Warehouse) -> None:
        self._snapshot = snapshot.cursor()
        self._lock = threading.RLock()
        self._journeys: Journeys | None = None
        self._keys: Ints = np.zeros(0, dtype=np.int64)
        self._cells: dict[str, Cells] = {}
        self._values: dict[str, Values] = {}
        self._held: set[str] = set()  # other models read them
        self._is_view: defaultdict[str, bool] = defaultdict(bool)
        self._tables: dict[str, pl.DataFrame] = {}
        self._rows: dict[str, tuple[pl.DataFrame, Ints]] = {}
        self._owners: dict[str, tuple[Ints, NDArray[np.int32]]] = {}
        self._links: dict[tuple[str, str], NDArray[np.int32]] = {}
        self._marked = Remembered[NDArray[np.uint8]](MARKED)
        self._spill = TemporaryDirectory(prefix="journeylab-cells-", ignore_cleanup_errors=True)
        self.warehouse = memory(memory_limit=MOST_MEMORY, spill=Path(self._spill.name))
        self.warehouse.execute("set allocator_background_threads = true")  # give memory back soon
        self.names: set[str] = set()
        self.params: dict[str, Any] = {}

    def choice(self, reader: Warehouse, parts: Iterable[exp.Query]) -> Choice:
        """The journeys of which all of some queries hold.

        Args:
            reader: the snapshot, for this thread.
            parts: queries of journeys.
        """
        journeys = self.journeys()
        chosen = np.ones(len(journeys.rows), dtype=bool)
        for part in parts:
            query = exp.select("row_number").from_(compile.placed(part).subquery("placed"))
            marks = self._marked.of(
                compile.composed(query, {}), partial(self._marks, reader, query)
            )
            chosen &= np.unpackbits(marks, count=len(chosen)).view(bool)
        return Choice(
            journeys,
            chosen,
            cells=self.cells,
            values=self.values,
            links=self.links,
            owners=self.owners,
            table=self.table,
            told=self.told,
            rows=self.rows,
        )

    def _marks(self, reader: Warehouse, query: exp.Query) -> NDArray[np.uint8]:
        """Which journeys a query holds, as bits."""
        rows = reader.frame(compile.composed(query, {}))["row_number"].to_numpy()
        journeys = self.journeys()
        chosen = np.zeros(int(journeys.rows.max(initial=-1)) + 1, dtype=bool)
        chosen[rows] = True
        return np.packbits(chosen[journeys.rows])

    def journeys(self) -> Journeys:
        """All journeys, by customer and number."""
        with self._lock:
            if self._journeys is None:
                self.lay_places()
                order = self.warehouse.frame(
                    "select customer_key, journey_number, row_number from kept.places"
                    " order by customer_key, journey_number"
                )
                self._keys = _keys(order)
                told = self._snapshot.frame(read_models("lab")["lab.kept_journeys"].query)
                rows = order["row_number"].to_numpy().astype(np.int64)
                told = told[np.searchsorted(told["row_number"].to_numpy(), rows)]
                outcome, settled = told["outcome"], told["is_settled"].to_numpy()
                customers = order["customer_key"].to_numpy().astype(np.int32)
                self._journeys = Journeys(
                    customers=customers,
                    firsts=np.flatnonzero(np.diff(customers, prepend=-1)),
                    rows=rows,
                    settled=settled,
                    converted=settled & (outcome == "converted").to_numpy(),
                    dropped=settled & outcome.is_in(["lost", "lapsed"]).to_numpy(),
                    open=(outcome == "open").to_numpy(),
                    service=(outcome == "service").to_numpy(),
                    turning=told["is_turning"].fill_null(value=False).to_numpy(),
                    values=told["value"].to_numpy(),
                    steps=told["steps"].to_numpy(),
                    goal_seconds=told["time_to_goal_seconds"]
                    .cast(pl.Float64)
                    .fill_null(np.nan)
                    .to_numpy(),
                    weeks=told["week_start_date"].to_physical().to_numpy(),
                    currencies=told["currency"].cast(pl.Categorical),
                    sales=told.select(
                        pl.int_range(pl.len(), dtype=pl.Int32).alias("place"),
                        pl.Series("customer_key", customers),
                        "goal_touchpoint",
                        "currency",
                        "value",
                        "is_sold",
                    )
                    .filter("is_sold")
                    .drop("is_sold"),
                )
            return self._journeys

    def cells(self, name: str) -> Cells:
        """Cells of all journeys, by the name of their query."""
        with self._lock:
            if name not in self._cells:
                self._make(name)
            return self._cells[name]

    def values(self, name: str) -> Values:
        """Values of all journeys, by the name of their query."""
        with self._lock:
            if name not in self._values:
                self._make(name)
            return self._values[name]

    def table(self, name: str) -> pl.DataFrame:
        """Rows that tell of items, by the name of their query."""
        with self._lock:
            if name not in self._tables:
                self._make(name)
            return self._tables[name]

    def told(self, name: str, **values: str) -> pl.DataFrame:
        """Rows of a query of sql/lab of all journeys, their customers numbered."""
        key = " ".join((name, *values.values()))
        with self._lock:
            if key not in self._tables:
                every = compile.placed(compile.rows_where("journeys", JOURNEY, None))
                query = compile.composed(compile.template(name, **values), {"members": every})
                rows = self._snapshot.frame(query)
                customers = rows["customer_id"].rank("dense").cast(pl.Int32)
                kept = rows.drop("journey_id", strict=False).with_columns(customer_id=customers)
                self._tables[key] = kept
            return self._tables[key]

    def rows(self, name: str) -> tuple[pl.DataFrame, Ints]:
        """A published table of ``OF_SINGLE``, and where the journey of each row stands."""
        with self._lock:
            if name not in self._rows:
                table = compile.published(name)
                query = (
                    exp.select(f"{name}.*", "journeys.rowid as row_number")
                    .from_(table)
                    .join(compile.published("journeys"), using=list(JOURNEY), copy=False)
                    .order_by(f"{name}.rowid", copy=False)
                )
                told = self._snapshot.frame(compile.composed(query, {}))
                rows = self.journeys().rows
                place = np.zeros(int(rows.max(initial=-1)) + 1, dtype=np.int64)
                place[rows] = np.arange(len(rows))
                self._rows[name] = told.drop("row_number"), place[told["row_number"].to_numpy()]
            return self._rows[name]

    def _make(self, name: str) -> None:
        """Make what is asked for and what else is made of the same tables, which then can go."""
        owners = self.journeys().customers
        together = next((names for names in TOGETHER if name in names), (name,))
        given: set[str] = set()
        for one in together:
            if one in CELLS:
                self._cells[one] = Cells.of(self._placed(one), CELLS[one], owners)
            elif one in VALUES:
                self._values[one] = Values.of(self._placed(one), VALUES[one])
            else:
                self._tables[one] = self._placed(one) if one in PLACED else self._asked(one)
            given |= set(read_models("lab")[f"lab.{one}"].reads)
        every = self._cells.keys() | self._values.keys()
        is_whole = every >= CELLS.keys() | VALUES.keys()
        self._drop(LARGE if is_whole else given - GIVEN.keys() - KEPT)
        gc.collect()  # rows of large answers wait for it, which comes too rarely by itself

    def _drop(self, tables: Iterable[str]) -> None:
        """Give the memory of tables back that no other model reads; cells make them anew."""
        for name in self.names.intersection(tables) - self._held:
            kind = "view" if self._is_view[name] else "table"
            self.warehouse.execute(f"drop {kind} {name}")
            self.names.remove(name)

    def owners(self, name: str) -> tuple[Ints, NDArray[np.int32]]:
        """Touchpoint and customer of the groups of cells, ascending, and where each of them is."""
        with self._lock:
            if name not in self._owners:
                told = self._touched(name)
                order = np.argsort(told).astype(np.int32)
                self._owners[name] = told[order], order
            return self._owners[name]

    def links(self, name: str, to: str) -> NDArray[np.int32]:
        """Of each group of cells, the group of others of the same touchpoint and customer."""
        with self._lock:
            if (name, to) not in self._links:
                owners, order = self.owners(to)
                self._links[name, to] = order[np.searchsorted(owners, self._touched(name))]
            return self._links[name, to]

    def keep(self, steps: Iterable[Step]) -> None:
        """Make what is of single journeys for all of them, as far as it is not there yet."""
        with self._lock:
            told = list(steps)
            self._held |= {table for step in told for table in (step.name, *step.reads)}
            self.params |= params_of(self._snapshot, told)
            self._lay({table for step in told for table in step.reads} & GIVEN.keys())
            for step in told:
                if step.model and is_of_all(step.model) and step.name not in self.names:
                    make_table(step.model, self.warehouse, self.params)
                    self.names.add(step.name)

    def frame(self, name: str) -> pl.DataFrame | None:
        """A table that is of no journey, read once; None for any other."""
        if name not in OF_NO_JOURNEY:
            return None
        with self._lock:
            if name not in self._tables:
                self._tables[name] = self.warehouse.table(name)
            return self._tables[name]

    def lay_places(self) -> None:
        """Number all journeys."""
        with self._lock:
            if PLACES not in self.names:
                every = compile.rows_where("journeys", JOURNEY, None)
                put(self.warehouse, PLACES, numbered(self._snapshot, every))
                self.names.add(PLACES)

    def _lay(self, tables: set[str]) -> None:
        self.lay_places()
        if tables - self.names:
            places = self.warehouse.table(PLACES).drop("row_number")
            lay(self._snapshot, self.warehouse, places, tables - self.names)
            self.names |= tables

    def _asked(self, name: str) -> pl.DataFrame:
        """Rows of a query of sql/lab over what is of single journeys, made for it where needed."""
        model = read_models("lab")[f"lab.{name}"]
        self.lay_places()
        if not set(model.params) <= self.params.keys():
            self.params |= targets_of(self._snapshot)
        reads = set(model.reads) - {PLACES}
        steps = needed(reads - GIVEN.keys())
        self.params |= params_of(self._snapshot, steps)
        self._lay((reads | {table for step in steps for table in step.reads}) & GIVEN.keys())
        made = [step.name for step in steps if step.model and step.name not in self.names]
        for step in steps:
            if step.model and step.name in made:
                make_table(step.model, self.warehouse, self.params)
        self.names.update(made)
        self._is_view |= {step.name: step.model.is_view for step in steps if step.model}
        self._drop(set(made) - reads - KEPT)
        told = {param: self.params[param] for param in model.params}
        return self.warehouse.frame(model.query, told)

    def _placed(self, name: str) -> pl.DataFrame:
        """The same with the ``place`` of each row's journey among all."""
        self.journeys()
        rows = self._asked(name)
        place = pl.Series("place", _places(self._keys, _keys(rows)), dtype=pl.Int32)
        return rows.drop("customer_key", "journey_number").with_columns(place)

    def _touched(self, name: str) -> Ints:
        """Touchpoint and customer of each group of cells, as one number; in part before alone."""
        cells = self.cells(name)
        customers = self.journeys().customers[cells.journeys[cells.groups]]
        keys = cells.items["touchpoint_key"].cast(pl.Int64)
        if "part" in cells.items.columns:
            keys = keys - (cells.items["part"] != "before").cast(pl.Int64) * 2**20
        return owner(np.repeat(keys.to_numpy(), np.diff(cells.group_starts)), customers)


def is_of_all(model: Model) -> bool:
    """Whether it is made for all journeys once: its rows are of one journey or one customer."""
    return is_of_journeys(model) or tuple(model.reads) == ("identity.customers",)


def is_of_journeys(model: Model) -> bool:
    """Whether each row is made of one journey alone."""
    return model.scope == "customer" and {"customer_key", "journey_number"} <= set(model.key)


def _keys(rows: pl.DataFrame) -> Ints:
    """Customer and number of journeys as one number."""
    customers = rows["customer_key"].to_numpy().astype(np.int64)
    keys: Ints = customers * 2**24 + rows["journey_number"].to_numpy().astype(np.int64)
    return keys


def _places(keys: Ints, told: Ints) -> NDArray[np.int32]:
    """Where keys stand among sorted ones."""
    return np.searchsorted(keys, told).astype(np.int32)
