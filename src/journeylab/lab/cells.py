"""What single journeys did, laid so that any of them are added up in one pass, without a sort.

Journeys are numbered by customer and number. Cells lie by item, then customer, then journey;
values by item, then value. A choice of journeys marks the cells and values that are theirs.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Self, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]
Told = TypeVar("Told")
_WIDTHS: Final = (np.int8, np.int16, np.int32, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Journeys:
    """All journeys by customer and number, an entry each.

    Attributes:
        customers: whose, as numbers.
        firsts: where the journeys of each customer begin.
        rows: where it stands in the snapshot.
        settled: whether it is settled.
        converted: whether it is settled and converted.
        dropped: whether it is settled and was lost or lapsed.
        open: whether it may still go on.
        service: whether it is about help alone.
        turning: whether it went back.
        values: gross value in ten thousandths; 0 without one.
        steps: up to the goal.
        goal_seconds: from the first action to the goal; NaN without one.
        weeks: Monday of the week in which it started, as days since 1970.
        currencies: of its value.
        sales: of each settled converted one with a value, its place, customer_key,
            goal_touchpoint, currency and value in ten thousandths.
    """

    customers: NDArray[np.int32]
    firsts: Ints
    rows: Ints
    settled: Marks
    converted: Marks
    dropped: Marks
    open: Marks
    service: Marks
    turning: Marks
    values: Ints
    steps: Ints
    goal_seconds: NDArray[np.float64]
    weeks: NDArray[np.int32]
    currencies: pl.Series
    sales: pl.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Sums of journeys by item: a cell for each item and journey that has anything of it.

    Attributes:
        items: what the items are, one row each.
        starts: of each item, where its cells begin; and where the last one's end.
        journeys: of each cell, which of all journeys.
        groups: where the cells of an item and a customer begin.
        group_starts: of each item, where its groups begin; and where the last one's end.
        amounts: of each cell, by name, as narrow as they fit.
    """

    items: pl.DataFrame
    starts: Ints
    journeys: NDArray[np.int32]
    groups: Ints
    group_starts: Ints
    amounts: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, rows: pl.DataFrame, item: Sequence[str], owners: NDArray[np.int32]) -> Self:
        """Cells of rows that are sorted by item, customer and journey.

        Args:
            rows: item, ``place`` of the journey among all, and amounts, whole numbers.
            item: columns that name an item.
            owners: of each journey, its customer.
        """
        items, starts = _items(rows, item)
        journeys = rows["place"].to_numpy().astype(np.int32)
        is_first = np.zeros(len(journeys), dtype=bool)
        is_first[1:] = np.diff(owners[journeys]) != 0
        is_first[starts[:-1]] = True
        groups = np.flatnonzero(is_first)
        group_starts = np.searchsorted(groups, starts)
        return cls(items, starts, journeys, groups, group_starts, _amounts(rows, (*item, "place")))


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Values of journeys by item, ascending within each: for quantiles and counts up to a limit.

    Attributes:
        items: what the items are, one row each.
        starts: of each item, where its values begin; and where the last one's end.
        journeys: of each value, which of all journeys.
        values: whole numbers.
        amounts: of each value, what else is known of it, by name.
    """

    items: pl.DataFrame
    starts: Ints
    journeys: NDArray[np.int32]
    values: Ints
    amounts: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, rows: pl.DataFrame, item: Sequence[str]) -> Self:
        """Values of rows that are sorted by item and ``value``, each with its ``place``."""
        items, starts = _items(rows, item)
        journeys = rows["place"].to_numpy().astype(np.int32)
        values = rows["value"].cast(pl.Int64).to_numpy()
        return cls(items, starts, journeys, values, _amounts(rows, (*item, "place", "value")))


@dataclass(slots=True, eq=False)
class Choice:
    """Some journeys, and their marks on cells and values, each made when it is first asked for.

    Attributes:
        journeys: all there are.
        chosen: which of them.
        cells: gives the cells of a name.
        values: gives the values of a name.
        links: of each group of some cells, the group of others with the same customer; by names.
        owners: touchpoint and customer of each group of some cells as one number, and their order.
        table: gives what is known of items, by its name.
        told: gives the rows of a query of all journeys, by its name and values.
        rows: gives a published table, and where the journey of each row stands among all.
    """

    journeys: Journeys
    chosen: Marks
    cells: Callable[[str], Cells]
    values: Callable[[str], Values]
    links: Callable[[str, str], NDArray[np.int32]]
    owners: Callable[[str], tuple[Ints, NDArray[np.int32]]]
    table: Callable[[str], pl.DataFrame]
    told: Callable[..., pl.DataFrame]
    rows: Callable[[str], tuple[pl.DataFrame, Ints]]
    _marks: dict[tuple[str, str], Marks] = field(default_factory=dict)
    _by_customer: dict[tuple[str, str | None, str], NDArray[Any]] = field(default_factory=dict)
    _sorted: tuple[str, tuple[Ints, Ints]] | None = None
    _once: dict[tuple[str, ...], Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The same for every way to choose the same journeys."""
        return hashlib.sha256(np.packbits(self.chosen).tobytes()).hexdigest()

    def rows_of(self, name: str, **values: str) -> pl.DataFrame:
        """Rows of a query that tells of journeys by ``row_number``, of the chosen ones."""
        rows = self.told(name, **values)
        chosen = np.zeros(int(self.journeys.rows.max(initial=-1)) + 1, dtype=bool)
        chosen[self.journeys.rows] = self.chosen
        return rows.filter(pl.Series(chosen[rows["row_number"].to_numpy()], dtype=pl.Boolean))

    def single(self, name: str) -> pl.DataFrame:
        """Rows of a published table that tells of single journeys, of the chosen ones."""
        rows, places = self.rows(name)
        return rows.filter(pl.Series(self.chosen[places], dtype=pl.Boolean))

    def of(self, which: str) -> Marks:
        """The chosen journeys: ``every``, or those ``settled``, ``converted`` or ``dropped``."""
        return self.chosen if which == "every" else self.chosen & getattr(self.journeys, which)

    def sales(self) -> pl.DataFrame:
        """Those of ``Journeys.sales`` that are chosen."""
        told = self.journeys.sales
        return told.filter(pl.Series(self.chosen[told["place"].to_numpy()], dtype=pl.Boolean))

    def sums(self, name: str, amount: str, which: str = "every") -> Ints:
        """Sum of an amount for each item of cells."""

        def make() -> Ints:
            cells = self.cells(name)
            return added(self._marked(name, which) * cells.amounts[amount], cells.starts)

        return self.once(("sums", name, amount, which), make)

    def counts(self, name: str, which: str = "every") -> Ints:
        """Journeys for each item of cells."""
        return self.once(
            ("counts", name, which),
            lambda: added(self._marked(name, which), self.cells(name).starts),
        )

    def sums_of(self, name: str, amounts: Ints) -> Ints:
        """Sum of what each of all journeys has, for each item of cells."""
        cells = self.cells(name)
        return added((amounts * self.chosen)[cells.journeys], cells.starts)

    def greatest(self, name: str, amount: str) -> Ints:
        """Greatest amount of a chosen journey for each item of cells; 0 without any."""
        cells = self.cells(name)
        if not len(cells.journeys):
            return np.zeros(0, dtype=np.int64)
        told = self._marked(name, "every") * cells.amounts[amount]
        return np.maximum.reduceat(told, cells.starts[:-1]).astype(np.int64)

    def group_of(
        self, name: str, touchpoints: Ints, customers: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """The groups of cells of some touchpoints and customers, which must be there."""
        owners, order = self.owners(name)
        return order[np.searchsorted(owners, owner(touchpoints, customers))]

    def customers(self, name: str, which: str = "every") -> Ints:
        """Customers for each item of cells."""
        return self.once(
            ("customers", name, which),
            lambda: added(self.by_customer(name, None, which) > 0, self.cells(name).group_starts),
        )

    def by_customer(self, name: str, amount: str | None, which: str = "settled") -> Ints:
        """Sum of an amount for each group of cells, of an item and a customer; None counts."""
        key = (name, amount, which)
        if key not in self._by_customer:
            cells, marks = self.cells(name), self._marked(name, which)
            told = marks if amount is None else marks * cells.amounts[amount]
            kind = np.int64 if told.dtype == np.int64 else np.int32
            self._by_customer[key] = of_groups(told, cells.groups, kind)
        return self._by_customer[key].astype(np.int64, copy=False)

    def medians(self, name: str) -> NDArray[np.float64]:
        """Median of the values of each item; 0 where none is chosen.

        Half of a sum of two whole numbers is exact, so this is ``quantile`` at 0.5.
        """
        values, starts = self.sorted_values(name)
        n = np.diff(starts)
        if not len(values):
            return np.zeros(len(n))
        last = len(values) - 1
        lower, upper = (np.minimum(starts[:-1] + (n - more) // 2, last) for more in (1, 0))
        return np.where(n > 0, (values[lower] + values[upper]) / 2, 0.0)

    def customer_sums(self, amounts: NDArray[Any]) -> Ints:
        """Sum of what each of all journeys has, for each customer."""
        return of_groups(amounts, self.journeys.firsts, np.int64)

    def once(self, key: tuple[str, ...], make: Callable[[], Told]) -> Told:
        """What several tables of the choice are told of, made when it is first asked for."""
        if key not in self._once:
            self._once[key] = make()
        told: Told = self._once[key]
        return told

    def _marked(self, name: str, which: str) -> Marks:
        key = (name, which)
        if key not in self._marks:
            self._marks[key] = self.of(which)[self.cells(name).journeys]
        return self._marks[key]

    def sorted_values(self, name: str) -> tuple[Ints, Ints]:
        """Values of the chosen journeys, and of each item where they begin and end.

        The last ones are remembered, since several figures are told of the same one by one.
        """
        latest = self._sorted
        if latest is None or latest[0] != name:
            values = self.values(name)
            kept = np.flatnonzero(self.chosen[values.journeys])
            found = values.values[kept], np.searchsorted(kept, values.starts)
            latest = self._sorted = (name, found)
        return latest[1]

    def quantiles(self, name: str, shares: Sequence[float]) -> list[list[float | None]]:
        """Quantiles for each item of values, in their unit, as DuckDB interpolates them."""
        values, starts = self.sorted_values(name)
        return [
            [quantile(values, int(first), int(last), share) for share in shares]
            for first, last in pairwise(starts)
        ]


def owner(touchpoints: Ints, customers: NDArray[np.int32]) -> Ints:
    """Touchpoints and customers as one number each."""
    return touchpoints.astype(np.int64) * 2**32 + customers


def added(amounts: NDArray[Any], starts: Ints) -> Ints:
    """Sums of parts that lie one after another, of each its start, and the end of the last."""
    if len(starts) < 2:
        return np.zeros(0, dtype=np.int64)
    if amounts.dtype == bool:
        amounts = amounts.view(np.int8)
    summed: Ints = np.add.reduceat(amounts, starts[:-1], dtype=np.int64)
    return summed


def of_groups(amounts: NDArray[Any], firsts: Ints, kind: type[np.integer[Any]]) -> NDArray[Any]:
    """Sums of many short groups that lie one after another, of each where it begins.

    Differences of running sums, in a sixth of the time that ``reduceat`` takes for groups of one
    or two. A running sum that wraps around wraps back, so each sum alone must fit the kind.
    """
    standing = np.zeros(len(amounts) + 1, dtype=kind)
    np.cumsum(amounts, dtype=kind, out=standing[1:])
    return np.diff(standing[firsts], append=standing[-1])


def quantile(
    values: NDArray[Any],
    first: int,
    last: int,
    share: float,
    per_unit: float = 1.0,
    places: Ints | None = None,
) -> float | None:
    """A quantile of sorted values from a place up to another: ``quantile_cont`` of DuckDB.

    It rounds once, after (1 - d) lower + d upper are added up: hence the whole numbers.

    Args:
        values: ascending; those next to the quantile in their place are enough.
        first: the first one.
        last: where they end.
        share: of values below.
        per_unit: by which each value is divided.
        places: of the values among these, where they are not one after another.
    """
    if first == last:
        return None
    place = (last - first - 1) * share
    lower = int(place)
    rest = place - lower

    def at(number: int) -> float:
        return float(values[number if places is None else places[number]]) / per_unit

    low = at(first + lower)
    if rest == 0:
        return low
    high = rest * at(first + lower + 1)
    (of, parts), (lows, by), (highs, over) = (x.as_integer_ratio() for x in (1 - rest, low, high))
    return (of * lows * over + highs * parts * by) / (parts * by * over)


def _items(rows: pl.DataFrame, item: Sequence[str]) -> tuple[pl.DataFrame, Ints]:
    """The items in their order, and where the rows of each begin."""
    if rows.is_empty():
        return rows.select(item), np.zeros(1, dtype=np.int64)
    is_first = rows.select(
        pl.any_horizontal(
            (pl.col(name).ne_missing(pl.col(name).shift(1)) for name in item),
        )
    )[:, 0].to_numpy()
    is_first = is_first.copy()
    is_first[0] = True
    firsts = np.flatnonzero(is_first)
    return rows.select(item)[firsts], np.append(firsts, rows.height)


def _amounts(rows: pl.DataFrame, others: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Columns of whole numbers but some, each as narrow as it fits."""
    names = [name for name in rows.columns if name not in others]
    return {name: _narrow(rows[name].cast(pl.Int64).to_numpy()) for name in names}


def _narrow(amounts: Ints) -> NDArray[Any]:
    least, most = (int(amounts.min()), int(amounts.max())) if len(amounts) else (0, 0)
    for width in _WIDTHS:
        bounds = np.iinfo(width)
        if bounds.min <= least and most <= bounds.max:
            return amounts.astype(width)
    raise OverflowError(f"{most} is no whole number of 64 bits")
