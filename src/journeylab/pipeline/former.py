"""The rows of touched customers as they were before a run replaced them, and as they are now.

Of events too, for the table that counts their kinds.

Kept in memory beside the warehouse, for the tables that tables of sums are made of, until the run
ends. Nothing relies on them to be there: without them a table of sums is built whole. The rows as
they are now are not copied: they lie on the bench that they were built on.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

from journeylab.pipeline.steps import LAYERS
from journeylab.warehouse import Bench, Model, Warehouse, read_models

#: The two sides of what was replaced.
Side = Literal["former", "fresh"]

SIDES: Final[tuple[Side, Side]] = ("former", "fresh")

#: The one table that sums are made of and that tells of no customer: its rows are events.
EVENTS: Final = "staging.events"

#: Tables by which rows of others are sought -> these others.
_TOLD_BY: Final = (("core.events", "staging.events"), ("core.events", "core.event_origins"))


@cache
def sums_over() -> Mapping[str, tuple[str, ...]]:
    """The tables of sums that are made of events or of single customers: table -> names."""
    models = {name: model for layer in LAYERS for name, model in read_models(layer).items()}
    found: dict[str, tuple[str, ...]] = {}
    for model in models.values():
        for name in model.reads if model.scope == "sums" else ():
            if models[name].scope == "customer" or name == EVENTS:
                found[name] = (*found.get(name, ()), model.name)
    return found


@cache
def summed(table: str) -> tuple[str, ...]:
    """The columns of a table that the queries of sums over it name.

    Args:
        table: one that tables of sums are made of.
    """
    models = {name: model for layer in LAYERS for name, model in read_models(layer).items()}
    told = " ".join(models[name].query for name in sums_over()[table])
    named = {"customer_key", *re.findall(r"\w+", told)}
    return tuple(column.name for column in models[table].columns if column.name in named)


@cache
def customer_readers() -> Mapping[str, frozenset[str]]:
    """The tables of single customers that read each table: table -> names.

    Of some customers' rows told by events, their events are read too.
    """
    models = {name: model for layer in LAYERS for name, model in read_models(layer).items()}
    found: dict[str, set[str]] = {}
    for model in models.values():
        if model.scope == "customer":
            for name in {*model.reads, *(told_by for told_by, of in _TOLD_BY if of in model.reads)}:
                found.setdefault(name, set()).add(model.name)
    return {name: frozenset(readers) for name, readers in found.items()}


class Former:
    """What one run has replaced of the tables of single customers, by table.

    Args:
        warehouse: the warehouse of the run, whose tables are as the last run left them.

    Attributes:
        bench: where the rows lie, and where tables of sums are built from them.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.bench = Bench(warehouse, "replaced")
        self._stood = dict(warehouse.rows("select table_name, fingerprint from ops.built"))
        self._kept: set[str] = set()
        self._rests: dict[str, list[tuple[Any, ...]]] = {}
        self._told: dict[str, list[tuple[Any, ...]]] = {}
        self._done: set[str] = set()
        self._lent: dict[str, list[Bench]] = {}
        self._built: set[str] = set()

    def stood(self, sums: str) -> str | None:
        """By what a table of sums was made that held all its rows when the run began, if it did."""
        return self._stood.get(sums)

    def holds(self, table: str) -> bool:
        """Whether rows of a table were replaced in this run for some customers, and kept."""
        return table in self._kept

    def keep(
        self, model: Model, stored: str, fresh: str, whose: str, *, copied: bool = False
    ) -> None:
        """Keep the rows that are about to be replaced, and those that come in their place.

        Args:
            model: a table of single customers, or events.
            stored: condition of its stored rows that leave.
            fresh: what is to come, as any statement may name it, until the run ends.
            whose: the keys of the customers or events, likewise.
            copied: copy both, because they do not stay that long.
        """
        lay = self.bench.table if copied else self.bench.view
        name = model.name
        if name in self._kept:  # a second time in one run, after those that follow it
            self.lose(model)
        elif name in sums_over():
            lay(self.whose(name), f"from {whose}")
            told = f"select {', '.join(summed(name))} from"
            self.bench.table(_place("former", name), f"{told} {name} where {stored}")
            lay(_place("fresh", name), f"{told} {fresh}")
            self._kept.add(name)

    def lend(self, bench: Bench, model: Model) -> None:
        """Note a bench on which a table was built, and give back what no other is made of.

        Args:
            bench: with the customers' keys as ``night.customers``, and with the rows of these
                customers, as they are stored now, in what the table reads; it stays until the
                run ends.
            model: the table of single customers.
        """
        self._built.add(model.name)
        for table in (*model.reads, model.name):
            lent = self._lent.setdefault(table, [])
            if bench.lays(table) and bench not in lent:
                lent.append(bench)
            self._give_back(table)

    def _give_back(self, table: str) -> None:
        """Take a table off all benches where nothing of this run needs it any more."""
        waiting = customer_readers().get(table, frozenset()) - self._built
        is_kept = table in self._kept and not self._done.issuperset(sums_over()[table])
        if not (waiting or is_kept):
            for bench in self._lent.pop(table, ()):
                bench.remove(table)

    def lose(self, model: Model) -> None:
        """Have every table of sums that is made of a table built whole: it is built whole itself.

        Args:
            model: a table of single customers.
        """
        self._built.add(model.name)
        for sums in sums_over().get(model.name, ()):
            self._stood.pop(sums, None)

    def whose(self, table: str) -> str:
        """Table on the bench with the customers or events whose rows of a table were replaced."""
        return _place("whose", table)

    def lay(self, side: Side, table: str, everybody: str) -> None:
        """Lay one side of a table of single customers under its own name, for some customers.

        Args:
            side: which side.
            table: the table.
            everybody: query of the customers' keys; of those who were not replaced the rows are
                what they were.
        """
        bench, parts, others = self.bench, [], f"({everybody})"
        if self.holds(table):
            parts.append(f"from {bench.at(_place(side, table))}")
            others = f"({everybody} except from {bench.at(self.whose(table))})"
        if others not in self._told:  # what it names stays until the run ends
            query = f"select count(*), bit_xor(hash(told)) from {others} as told"
            self._told[others] = self._warehouse.rows(query)
        told = self._told[others]
        if told[0][0] or not parts:
            rest = _place("rest", table)
            if self._rests.get(table) != told:
                where = f"{self._place_of(table, others)} where customer_key in {others}"
                bench.table(rest, f"select {', '.join(summed(table))} from {where}")
                self._rests[table] = told
            parts.append(f"from {bench.at(rest)}")
        bench.view(table, " union all ".join(parts))

    def _place_of(self, table: str, customers: str) -> str:
        """Where the rows of some customers are read from: a bench that holds them, else stored."""
        for bench in self._lent.get(table, ()):
            lacking = f"({customers} except from {bench.at('night.customers')})"
            if not self._warehouse.scalar(f"select count(*) from {lacking}"):
                return bench.at(table)
        return self.bench.stored(table)

    def done(self, sums: Model) -> None:
        """Note that a table of sums stands again, and give back what none waits for."""
        self._stood.pop(sums.name, None)
        self._done.add(sums.name)
        for name in sums.reads:
            self.bench.remove(name)
            if name in self._kept and self._done.issuperset(sums_over()[name]):
                for part in (*SIDES, "whose", "rest"):
                    self.bench.remove(_place(part, name))
                self._give_back(name)

    def close(self) -> None:
        """Give the memory back."""
        self.bench.close()


def _place(part: str, table: str) -> str:
    return f"{part}.{table.replace('.', '_')}"
