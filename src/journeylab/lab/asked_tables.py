"""What was counted for one choice of journeys: frames, and tables where a query reads them."""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from journeylab.lab.cells import Choice
from journeylab.warehouse import Bench, Model, Warehouse

#: Types of headers, as Polars reads them from DuckDB.
_TYPES: Final[dict[str, pl.DataType]] = {
    "varchar": pl.String(),
    "boolean": pl.Boolean(),
    "double": pl.Float64(),
    "bigint": pl.Int64(),
    "integer": pl.Int32(),
    "smallint": pl.Int16(),
    "usmallint": pl.UInt16(),
    "uinteger": pl.UInt32(),
    "ubigint": pl.UInt64(),
    "hugeint": pl.Decimal(38, 0),
}
_DECIMAL: Final = re.compile(r"decimal\((\d+), ?(\d+)\)")


@dataclass(slots=True)
class AskedTables:
    """Tables of one choice of journeys, on a connection of their own.

    What Python makes stays a frame until a query reads it, since most frames no query reads.

    Attributes:
        warehouse: the connection.
        bench: where tables lie that queries read.
        choice: of journeys.
        of_all: gives a table that is the same for all choices, by name; None for any other.
        stay_kinds: kinds of stays that are looked at.
        lock: for one thread at a time.
        users: threads that ask or wait.
    """

    warehouse: Warehouse
    bench: Bench
    choice: Choice
    of_all: Callable[[str], pl.DataFrame | None]
    stay_kinds: tuple[str, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    _models: dict[str, Model] = field(default_factory=dict)

    def holds(self, name: str) -> bool:
        """Whether a table of this name was made."""
        return name in self._frames or self.bench.holds(name)

    def table(self, name: str, heard: Warehouse | None = None) -> pl.DataFrame:
        """A table that was made for the choice, read so that it is heard where that is wanted."""
        if name in self._frames:
            return self._frames[name]
        told = self.of_all(name)
        if told is not None:
            return told
        return (heard or self.warehouse).frame(f"from {self.bench.at(name)}")

    def put(self, model: Model, frame: pl.DataFrame) -> None:
        """Keep a frame as a model's table.

        Raises:
            ModelError: a column is missing.
        """
        told = as_declared(model, frame)
        if told is None:
            self.bench.lay_frame(model, frame)
        else:
            self._frames[model.name], self._models[model.name] = told, model

    def lay(self, names: Iterable[str]) -> None:
        """Lay the frames among some tables on the bench, for a query that reads them."""
        for name in names:
            if name in self._frames and not self.bench.holds(name):
                self.bench.lay_frame(self._models[name], self._frames[name])

    def remove(self, name: str) -> None:
        """Forget one table."""
        self._frames.pop(name, None)
        self.bench.remove(name)

    def close(self) -> None:
        """Give the memory of the bench back."""
        self.bench.close()
        self.warehouse.close()


def as_declared(model: Model, frame: pl.DataFrame) -> pl.DataFrame | None:
    """A frame with the columns of a header, as DuckDB would give it back.

    Returns:
        None where a column is missing or DuckDB must cast it: texts, times, broken numbers.
    """
    columns = []
    for column in model.columns:
        kind = _kind(column.type)
        if kind is None or column.name not in frame.columns:
            return None
        given = frame[column.name]
        if given.dtype != kind:
            is_number = given.dtype.is_integer() or given.dtype == pl.Null
            if not is_number or not (kind.is_numeric() or given.dtype == pl.Null):
                return None
            given = given.cast(kind)
        columns.append(given)
    return pl.DataFrame(columns)


def _kind(declared: str) -> pl.DataType | None:
    """The type of a header's column; None for one that is not read as it is."""
    if declared.endswith("[]"):
        inner = _kind(declared[:-2])
        return None if inner is None else pl.List(inner)
    decimal = _DECIMAL.fullmatch(declared)
    if decimal is not None:
        return pl.Decimal(int(decimal[1]), int(decimal[2]))
    return _TYPES.get(declared)
