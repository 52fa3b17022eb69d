"""Tables of single journeys kept in memory, so that any journeys are counted by adding up."""

import contextlib
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import polars as pl
from sqlglot import exp

from journeylab.lab import (
    adding,
    adding_ends,
    adding_findings,
    adding_loops,
    adding_moves,
    adding_nodes,
)
from journeylab.lab.asked_tables import AskedTables
from journeylab.lab.cells import Choice
from journeylab.lab.chosen import OF_THE_QUESTION, needed
from journeylab.lab.features import KeptSums
from journeylab.lab.laid import OF_NO_JOURNEY, PLACES, Laid, is_of_all
from journeylab.lab.remembering import Remembered
from journeylab.pipeline import made_by_python
from journeylab.warehouse import Bench, Model, Warehouse

#: Choices of journeys whose tables are kept, and those for which sums of customers are kept
#: too, so that another question for them is cheap; the longest unasked goes first.
FOUND: Final = 64
BENCHES: Final = 2
#: Rows of figures that are told again with every view of the same journeys.
TOLD: Final = 256
#: Small published tables that most views read.
READ: Final = 16
#: Comparisons of two groups that are kept.
COMPARED: Final = 32
#: The journeys of a choice.
_CHOSEN: Final = "kept.chosen"
#: Tables that are added up of cells of single journeys: what else is read, and the function.
_ADDED: Final[dict[str, tuple[tuple[str, ...], Callable[..., pl.DataFrame]]]] = {
    "analysis.customer_visits": ((), adding.customer_visits),
    "analysis.visit_proportions": (("core.touchpoints",), adding.visit_proportions),
    "analysis.visit_samples": (("core.touchpoints",), adding.visit_samples),
    "graph.visit_counts": ((), adding.visit_counts),
    "graph.visits": (("graph.visit_counts",), adding.visits),
    "graph.edge_counts": ((), adding.edge_counts),
    "graph.edges": (("graph.edge_counts",), adding.edges),
    "graph.bracket_counts": ((), adding.bracket_counts),
    "graph.nodes": (
        ("graph.visits", "graph.bracket_counts", "core.touchpoints"),
        adding_nodes.nodes,
    ),
    "marts.graph_nodes": (
        (
            "graph.nodes",
            "graph.visits",
            "analysis.node_flow",
            "analysis.chain",
            "core.touchpoints",
        ),
        adding_nodes.graph_nodes,
    ),
    "marts.graph_edges": (("graph.edges",), adding_nodes.graph_edges),
    "analysis.visit_sums": (
        ("analysis.visit_samples", "core.touchpoints"),
        adding_nodes.visit_sums,
    ),
    "analysis.sales": ((), adding_nodes.sales),
    "analysis.customer_sales": (("core.touchpoints",), adding_nodes.customer_sales),
    "marts.resampled_moves": (("analysis.resampled_moves",), adding_nodes.resampled_moves),
    "analysis.wait_mixes": (
        ("analysis.bottleneck_faces", "core.touchpoints"),
        adding.wait_mixes,
    ),
    "graph.stage_edge_counts": ((), adding_ends.stage_edge_counts),
    "graph.stage_nodes": ((), adding_ends.stage_nodes),
    "analysis.stage_proportions": (("config.stages",), adding_ends.stage_proportions),
    "analysis.next_move_sums": (("core.touchpoints",), adding_ends.next_move_sums),
    "analysis.next_step_counts": ((), adding_ends.next_step_counts),
    "analysis.last_step_counts": ((), adding_ends.last_step_counts),
    "analysis.outcome_sums": ((), adding_ends.outcome_sums),
    "analysis.chain_moves": (("core.touchpoints",), adding_moves.chain_moves),
    "analysis.resampled_moves": (
        (
            "analysis.bottleneck_faces",
            "analysis.customer_sales",
            "analysis.customer_samples",
            "core.touchpoints",
        ),
        adding_moves.resampled_moves,
    ),
    "marts.variants": ((), adding_moves.variants),
    "graph.loops": (("core.touchpoints", "graph.visits"), adding_loops.loops),
    "graph.ping_pongs": (("core.touchpoints", "graph.visits"), adding_loops.ping_pongs),
    "analysis.loop_proportions": (("core.touchpoints",), adding_loops.loop_proportions),
    "analysis.loop_samples": (
        ("core.touchpoints", "analysis.visit_sums"),
        adding_loops.loop_samples,
    ),
    "analysis.answer_samples": ((), adding_findings.answer_samples),
    "analysis.findings": (
        (
            "analysis.opportunities",
            "analysis.sales",
            "core.touchpoints",
            "graph.loops",
            "config.efforts",
        ),
        adding_findings.findings,
    ),
    "analysis.bottleneck_faces": (("analysis.visit_sums",), adding_findings.bottleneck_faces),
    "marts.opportunities": (
        ("analysis.findings", "analysis.opportunities", "analysis.finding_words"),
        adding_findings.opportunities,
    ),
    "analysis.stay_visits": (("core.touchpoints",), adding_ends.stay_visits),
    "analysis.stay_cuts": ((), adding_ends.stay_cuts),
    "analysis.stay_quantiles": (("analysis.stay_targets",), adding_ends.stay_quantiles),
}
#: What those are made of, which is not what their models read.
_INSTEAD: Final = {name: reads for name, (reads, _) in _ADDED.items()}
#: Kinds of stays, and the only table for which each is looked at; what is made of both of them.
_STAYS: Final = {"touchpoint": "marts.stays", "stage": "marts.stage_kpis"}
_OF_STAYS: Final = (
    "analysis.stay_cuts",
    "analysis.stay_targets",
    "analysis.stay_quantiles",
    "analysis.stay_curves",
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
        self._laid = Laid(snapshot)
        self._lock = threading.RLock()
        self._asked: OrderedDict[str, AskedTables] = OrderedDict()
        self._found: OrderedDict[str, dict[str, pl.DataFrame]] = OrderedDict()
        self._numbers = itertools.count()
        self.sums = KeptSums()
        self.remembered = Remembered[pl.DataFrame](TOLD)
        self.read = Remembered[pl.DataFrame](READ)
        self.compared = Remembered[dict[str, pl.DataFrame]](COMPARED)

    def choice(self, snapshot: Warehouse, parts: Iterable[exp.Query]) -> Choice:
        """The journeys of which all of some queries hold.

        Args:
            snapshot: for this thread.
            parts: queries of journeys.
        """
        return self._laid.choice(snapshot, parts)

    def tables_of(
        self, snapshot: Warehouse, choice: Choice, names: Iterable[str]
    ) -> dict[str, pl.DataFrame]:
        """As the function of that name."""
        wanted = tuple(names)
        which = choice.name
        with self._lock:
            found = dict(self._found.get(which, {}))
            if which in self._found:
                self._found.move_to_end(which)
        missing = [name for name in wanted if name not in found]
        if missing:
            found |= self._count(snapshot, choice, which, missing)
            with self._lock:
                self._found[which] = {**self._found.get(which, {}), **found}
                while len(self._found) > FOUND:
                    self._found.popitem(last=False)
        return {name: found[name] for name in wanted}

    def forget(self) -> None:
        """Forget what was told of choices of journeys; what is of single journeys stays."""
        with self._lock:
            self._found.clear()
            for which in [which for which, asked in self._asked.items() if not asked.users]:
                self._asked.pop(which).close()
        self.remembered.forget()
        self.compared.forget()

    def _count(
        self, snapshot: Warehouse, choice: Choice, which: str, names: list[str]
    ) -> dict[str, pl.DataFrame]:
        wanted = [f"marts.{name}" for name in names]
        with self._asked_for(snapshot, choice, which) as (warehouse, asked):
            steps = needed((name for name in wanted if not asked.holds(name)), _INSTEAD)
            self._laid.keep(steps)
            for name in (*OF_THE_QUESTION, *_OF_STAYS):
                asked.remove(name)
            asked.stay_kinds = tuple(kind for kind, mart in _STAYS.items() if mart in wanted)
            for step in steps:
                if step.model is not None and not asked.holds(step.name):
                    self._make(asked, step.model)
            return {name.removeprefix("marts."): asked.table(name, warehouse) for name in wanted}

    @contextlib.contextmanager
    def _asked_for(
        self, snapshot: Warehouse, choice: Choice, which: str
    ) -> Iterator[tuple[Warehouse, AskedTables]]:
        """The bench of some journeys, for one thread at a time."""
        with self._lock:
            self._laid.lay_places()
            asked = self._asked.get(which)
            if asked is None:
                cursor = self._laid.warehouse.cursor()
                bench = Bench(cursor, f"asked_{next(self._numbers)}")
                asked = AskedTables(cursor, bench, choice, self._laid.frame)
                self._asked[which] = asked
            self._asked.move_to_end(which)
            asked.users += 1
        try:
            with asked.lock:
                yield asked.warehouse.heard_like(snapshot), asked
        finally:
            self._forget(asked)

    def _make(self, asked: AskedTables, model: Model) -> None:
        bench = asked.bench
        reads, add = _ADDED.get(model.name, (model.reads, None))
        is_query = add is None and bool(model.query)
        for name in (*reads, *((model.name,) if is_of_all(model) else ())):
            is_read = is_query or name not in OF_NO_JOURNEY or name == model.name
            if is_read and name in self._laid.names and not bench.holds(name):
                bench.view(name, f"from {bench.stored(name)}{self._picked(asked, name)}")
        if bench.holds(model.name):
            return
        choice, told = asked.choice, {**self._laid.params, "stay_kinds": asked.stay_kinds}
        if add is not None:
            asked.put(model, add(choice, told, *(asked.table(name) for name in reads)))
        elif is_query:
            asked.lay(reads)
            bench.lay_model(model, told)
        else:
            asked.put(model, made_by_python(model, asked.table, told))

    def _picked(self, asked: AskedTables, name: str) -> str:
        """What leaves of a table of single journeys those of the chosen ones."""
        if name in OF_NO_JOURNEY:
            return ""
        if not asked.bench.holds(_CHOSEN):
            rows = pl.DataFrame({"row_number": asked.choice.journeys.rows[asked.choice.chosen]})
            with asked.warehouse.given("rows_chosen", rows):
                asked.bench.table(
                    _CHOSEN,
                    "select customer_key, journey_number"
                    f" from {asked.bench.stored(PLACES)} as places"
                    " semi join rows_chosen on places.row_number = rows_chosen.row_number",
                )
        return f" semi join {asked.bench.at(_CHOSEN)} using (customer_key, journey_number)"

    def _forget(self, asked: AskedTables) -> None:
        """One user less; beyond those kept, choices that nobody asks for now go."""
        with self._lock:
            asked.users -= 1
            for which in list(self._asked)[: max(0, len(self._asked) - BENCHES)]:
                if not self._asked[which].users:
                    self._asked.pop(which).close()
