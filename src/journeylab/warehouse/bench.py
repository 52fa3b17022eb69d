"""An in-memory database beside the warehouse, to build models on a part of their rows.

Its schemas are named as those of the warehouse. While it is the current catalog, the query of a
model reads what lies on the bench under the names it knows, and its table comes to lie there too.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from journeylab.errors import ModelError
from journeylab.warehouse.building import CheckResult, bound_by, build, declared, judge_rows
from journeylab.warehouse.connection import Params, Warehouse, quoted
from journeylab.warehouse.models import Model


class Bench:
    """Parts of stored tables, and what models make of them.

    Args:
        warehouse: the warehouse it stands beside, on the same connection.
        name: name of the catalog, unlike any other on the connection.

    Attributes:
        name: name of the catalog.
        remembered: what whoever works on it need not find out twice in one run.
    """

    def __init__(self, warehouse: Warehouse, name: str = "bench") -> None:
        self._warehouse = warehouse
        self.name = name
        self._stored = str(warehouse.scalar("select current_catalog()"))
        self._there: dict[str, str] = {}
        self._schemas: set[str] = set()
        self._sides: dict[str, Bench] = {}
        self.remembered: dict[str, str] = {}
        self._attach()

    def side(self, name: str) -> "Bench":
        """A bench beside this one, for other parts of the same tables.

        What lies there stays until this bench is closed, whatever is taken off this one.

        Args:
            name: part of its name, unlike that of any other side.
        """
        if name not in self._sides:
            self._sides[name] = Bench(self._warehouse, f"{self.name}_{name}")
        return self._sides[name]

    def clear(self) -> None:
        """Take everything off the bench, and nothing off its sides."""
        self._warehouse.execute(f"detach {quoted(self.name)}")
        self._attach()

    def close(self) -> None:
        """Give its memory back."""
        for side in self._sides.values():
            side.close()
        self._warehouse.execute(f"detach {quoted(self.name)}")

    def holds(self, name: str) -> bool:
        """Whether a table or view of this name lies on the bench."""
        return name in self._there

    def lays(self, name: str) -> bool:
        """Whether a table of this name lies on the bench, not a view."""
        return self._there.get(name) == "table"

    def stored(self, name: str) -> str:
        """A table of the warehouse, as any statement may name it."""
        return f"{quoted(self._stored)}.{quoted(name)}"

    def at(self, name: str) -> str:
        """A table on the bench, as any statement may name it."""
        return f"{quoted(self.name)}.{quoted(name)}"

    def table(self, name: str, query: str, params: Params | None = None) -> None:
        """Lay the rows of a query on the bench."""
        self._lay("table", name, query, params)

    def view(self, name: str, query: str) -> None:
        """Lay a query on the bench, to be run by whoever reads it."""
        self._lay("view", name, query, None)

    def remove(self, name: str) -> None:
        """Take one table or view off the bench."""
        kind = self._there.pop(name, None)
        if kind is not None:
            self._warehouse.execute(f"drop {kind} {self.at(name)}")

    def build(
        self,
        model: Model,
        params: Mapping[str, Any],
        maker: Callable[[Warehouse, Model, Mapping[str, Any]], object] = build,
    ) -> None:
        """Build a model from what lies on the bench; what it reads must lie there.

        Settings and what outlives a run are read as they are stored.

        Args:
            model: the table.
            params: values for at least its ``params``.
            maker: makes it in the current catalog; by its query where nothing else is told.

        Raises:
            ModelError: the table's columns or key differ from the header.
        """
        self._refuse_missing(model)
        self.remove(model.name)
        with self._current():
            maker(self._warehouse, model, params)
        self._there[model.name] = "view" if model.is_view else "table"

    def lay_model(self, model: Model, params: Mapping[str, Any]) -> None:
        """Lay what a model's query gives, without judging it: for one judged on all rows before.

        Args:
            model: the table; what it reads lies on the bench.
            params: values for at least its ``params``.

        Raises:
            ModelError: something it reads is missing.
        """
        self._refuse_missing(model)
        with self._current():
            self._lay(
                "view" if model.is_view else "table",
                model.name,
                model.query,
                bound_by(model, params),
            )

    def lay_frame(self, model: Model, frame: pl.DataFrame) -> None:
        """Lay a frame made by Python as a model's table, without judging it.

        Raises:
            ModelError: a column is missing.
        """
        casts = declared(model, frame)
        with self._warehouse.given("made_by_python", frame):
            self._lay("table", model.name, f"select {casts} from made_by_python", None)

    def build_into(self, at: str, model: Model, params: Mapping[str, Any], *, is_new: bool) -> None:
        """Build a model from what lies on the bench straight into a stored table, not judged yet.

        Args:
            at: where it is stored, as any statement may name it.
            model: the table; what it reads lies on the bench.
            params: values for at least its ``params``.
            is_new: make the table, instead of one that stands; else add to its rows.

        Raises:
            ModelError: something it reads is missing.
        """
        self._refuse_missing(model)
        put = f"create or replace table {at} as" if is_new else f"insert into {at}"
        with self._current():
            self._warehouse.execute(f"{put} {model.query}", bound_by(model, params))

    def rows(self, name: str) -> int:
        """Rows of a table on the bench."""
        count: int = self._warehouse.scalar(f"select count(*) from {self.at(name)}")
        return count

    def put_back(self, model: Model, gone: str, fresh: str = "*") -> list[CheckResult]:
        """Replace rows of a stored table by those on the bench, within the caller's transaction.

        Args:
            model: the table.
            gone: condition of the stored rows that leave.
            fresh: what to select of the rows on the bench.

        Returns:
            One result per row check, judged on the whole stored table.
        """
        table = quoted(model.name)
        self._warehouse.execute(f"delete from {table} where {gone}")
        names = ", ".join(quoted(column.name) for column in model.columns)
        self._warehouse.execute(
            f"insert into {table} ({names}) select {fresh} from {self.at(model.name)}"
        )
        return judge_rows(self._warehouse, model)

    def _refuse_missing(self, model: Model) -> None:
        for name in model.reads:
            if name.startswith(("config.", "ops.")) and not self.holds(name):
                self.view(name, f"from {self.stored(name)}")
        missing = [name for name in model.reads if not self.holds(name)]
        if missing and not model.raw:
            raise ModelError(f"{', '.join(missing)} not on the bench", model.name, "lay it there")

    @contextlib.contextmanager
    def _current(self) -> Iterator[None]:
        """Have the queries inside read what lies on the bench under the names they know."""
        self._warehouse.execute(f"use {quoted(self.name)}")
        try:
            yield
        finally:
            self._warehouse.execute(f"use {quoted(self._stored)}")

    def _lay(self, kind: str, name: str, query: str, params: Params | None) -> None:
        schema = name.split(".")[0]
        if schema not in self._schemas:
            self._warehouse.execute(
                f"create schema if not exists {quoted(f'{self.name}.{schema}')}"
            )
            self._schemas.add(schema)
        self.remove(name)
        self._warehouse.execute(f"create {kind} {self.at(name)} as {query}", params)
        self._there[name] = kind

    def _attach(self) -> None:
        self._there.clear()
        self._schemas.clear()
        self._warehouse.execute(f"attach ':memory:' as {quoted(self.name)}")
