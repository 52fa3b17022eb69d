"""What single journeys did, sorted once, so that tables of any of them are added up in one pass.

Each function makes a table of a model of the same name from cells; tests hold the two equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

_PER_UNIT: Final = 4  # digits of money behind the point


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Cells of journeys and items, by item, then customer, then journey: of waits one each.

    Attributes:
        items: what the items are, one row each, in the order of ``places``.
        places: of each cell, the row of ``items``.
        customers: of each cell.
        journeys: of each cell, which of all journeys.
        amounts: of each cell, by name.
    """

    items: pl.DataFrame
    places: NDArray[np.int64]
    customers: NDArray[np.int64]
    journeys: NDArray[np.int64]
    amounts: dict[str, NDArray[np.int64]]

    @classmethod
    def of(cls, rows: pl.DataFrame, item: Sequence[str], journeys: pl.DataFrame) -> Self:
        """Cells of rows that are sorted by item, customer and journey.

        Args:
            rows: item, ``customer_key``, ``journey_number`` and amounts, whole numbers.
            item: columns that name an item.
            journeys: ``customer_key`` and ``journey_number`` of all journeys, and their ``place``.
        """
        items = rows.select(item).unique(maintain_order=True).with_row_index("item")
        placed = rows.join(
            items, on=list(item), how="left", nulls_equal=True, maintain_order="left"
        ).join(journeys, on=["customer_key", "journey_number"], how="left", maintain_order="left")
        given = {*item, "customer_key", "journey_number"}
        return cls(
            items.drop("item"),
            placed["item"].to_numpy().astype(np.int64),
            placed["customer_key"].to_numpy().astype(np.int64),
            placed["place"].to_numpy().astype(np.int64),
            {
                name: rows[name].cast(pl.Int64).to_numpy()
                for name in rows.columns
                if name not in given
            },
        )

    def where(self, chosen: NDArray[np.bool_]) -> Self:
        """The cells that are marked, one mark a cell."""
        kept = np.flatnonzero(chosen)
        return type(self)(
            self.items,
            self.places[kept],
            self.customers[kept],
            self.journeys[kept],
            {name: amount[kept] for name, amount in self.amounts.items()},
        )

    def of_journeys(self, chosen: NDArray[np.bool_]) -> Self:
        """The cells of the journeys that are marked."""
        return self.where(chosen[self.journeys])

    def sums(self, name: str) -> NDArray[np.int64]:
        """Sum of an amount for each item."""
        return _added(self.amounts[name], self._item_starts(), self.places, self.items.height)

    def counts(self) -> NDArray[np.int64]:
        """Cells of each item."""
        return np.bincount(self.places, minlength=self.items.height)

    def customers_of(self) -> NDArray[np.int64]:
        """Customers of each item."""
        firsts = self.customer_starts()
        return np.bincount(self.places[firsts], minlength=self.items.height)

    def customer_starts(self) -> NDArray[np.int64]:
        """Where the cells of an item and a customer begin."""
        if not len(self.places):
            return np.zeros(0, dtype=np.int64)
        is_first = np.ones(len(self.places), dtype=bool)
        is_first[1:] = (np.diff(self.places) != 0) | (np.diff(self.customers) != 0)
        return np.flatnonzero(is_first)

    def _item_starts(self) -> NDArray[np.int64]:
        if not len(self.places):
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(np.concatenate(([True], np.diff(self.places) != 0)))


def customer_visits(visits: Cells) -> pl.DataFrame:
    """``analysis.customer_visits`` of the journeys whose cells of ``lab.kept_visits`` these are."""
    is_before = (visits.items["part"] == "before").to_numpy()
    own = visits.where(is_before[visits.places] & (visits.amounts["is_settled"] > 0))
    starts = own.customer_starts()
    visited = own.amounts["visits"] - own.amounts["returns"]
    amounts = {
        "visits": own.amounts["visits"],
        "journeys": visited,
        "converted": visited * own.amounts["is_converted"],
        "exits": own.amounts["exits"],
        "returns": own.amounts["returns"],
        "waits": own.amounts["waits"],
        "wait_microseconds": own.amounts["capped_microseconds"],
        "return_microseconds": own.amounts["return_microseconds"],
    }
    return pl.DataFrame(
        {
            "touchpoint_key": own.items["touchpoint_key"].to_numpy()[own.places[starts]],
            "customer_key": own.customers[starts],
            **{
                name: np.add.reduceat(amount, starts) if len(starts) else amount
                for name, amount in amounts.items()
            },
        }
    )


def visit_counts(visits: Cells) -> pl.DataFrame:
    """``graph.visit_counts`` of the journeys whose cells of ``lab.kept_visits`` these are."""
    settled = visits.where(visits.amounts["is_settled"] > 0)
    come = visits.where(visits.amounts["visits"] > visits.amounts["returns"])
    come_settled = come.where(come.amounts["is_settled"] > 0)
    bought = settled.where(settled.amounts["is_converted"] > 0)
    is_before = (visits.items["part"] == "before").to_numpy()
    told = visits.items.with_columns(
        visits=visits.sums("visits"),
        visits_settled=settled.sums("visits"),
        journeys=visits.sums("visits") - visits.sums("returns"),
        journeys_settled=settled.sums("visits") - settled.sums("returns"),
        journeys_converted=bought.sums("visits") - bought.sums("returns"),
        customers=come.customers_of(),
        customers_settled=come_settled.customers_of(),
        exits=np.where(is_before, settled.sums("exits"), 0),
        returns=visits.sums("returns"),
        returns_settled=settled.sums("returns"),
        bounces=visits.sums("bounces"),
        bounces_settled=settled.sums("bounces"),
        wait_microseconds=visits.sums("wait_microseconds"),
        waits=visits.sums("waits"),
    )
    return told.filter(pl.col("visits") > 0).sort(
        "part", "touchpoint_key", descending=[True, False]
    )


def edge_counts(moves: Cells) -> pl.DataFrame:
    """``graph.edge_counts`` of the journeys whose cells of ``lab.kept_moves`` these are."""
    settled = moves.where(moves.amounts["is_settled"] > 0)
    told = moves.items.with_columns(
        transitions=moves.sums("transitions"),
        transitions_settled=settled.sums("transitions"),
        journeys=moves.counts(),
        journeys_settled=settled.counts(),
        customers=moves.customers_of(),
        customers_settled=settled.customers_of(),
        returns=moves.sums("returns"),
        returns_settled=settled.sums("returns"),
        bounces=moves.sums("bounces"),
        bounces_settled=settled.sums("bounces"),
        value=_money(moves.sums("value")),
    )
    return told.filter(pl.col("transitions") > 0).sort(
        "part", "from_node", "to_node", descending=[True, False, False]
    )


def bracket_counts(moves: Cells) -> pl.DataFrame:
    """``graph.bracket_counts`` of the journeys whose cells of ``lab.kept_moves`` these are."""
    rows: list[dict[str, Any]] = []
    for column, nodes in (
        ("from_node", ("(start)", "(converted)")),
        ("to_node", ("(converted)", "(dropped)", "(open)", "(end)")),
    ):
        for part in ("after", "before"):
            for node in nodes:
                is_item = ((moves.items[column] == node) & (moves.items["part"] == part)).to_numpy()
                if not is_item.any():
                    continue
                own = moves.where(is_item[moves.places])
                settled = own.where(own.amounts["is_settled"] > 0)
                rows.append(
                    {
                        "part": part,
                        "node": node,
                        "journeys": int(own.amounts["transitions"].sum()),
                        "journeys_settled": int(settled.amounts["transitions"].sum()),
                        "customers": len(np.unique(own.customers)),
                        "customers_settled": len(np.unique(settled.customers)),
                    }
                )
    schema = dict.fromkeys(("part", "node"), pl.String) | dict.fromkeys(
        ("journeys", "journeys_settled", "customers", "customers_settled"), pl.Int64
    )
    told = pl.DataFrame(rows, schema=schema)
    return told.filter(pl.col("journeys") > 0).sort("part", "node", descending=[True, False])


def wait_mixes(waits: Cells, faces: pl.DataFrame, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """``analysis.wait_mixes`` of the journeys whose cells of ``lab.kept_waits`` these are.

    Args:
        waits: a cell for each wait.
        faces: ``analysis.bottleneck_faces`` of the same journeys.
        touchpoints: ``core.touchpoints``.
    """
    slow = faces.filter(pl.col("reference").is_not_null(), face="slow")
    references = dict(slow.select("touchpoint_key", "reference").iter_rows())
    limits = np.array([references.get(key, np.nan) for key in waits.items["from_key"]]) * 3.6e9
    is_judged = ~np.isnan(limits) if len(limits) else np.zeros(0, dtype=bool)
    own = waits.where(is_judged[waits.places])
    is_slow = own.amounts["waited_microseconds"] > limits[own.places]
    names = touchpoints.select("touchpoint_key", "touchpoint")
    told = waits.items.with_columns(
        slow_moves=own.where(is_slow).counts(), other_moves=own.where(~is_slow).counts()
    ).filter(pl.col("slow_moves") + pl.col("other_moves") > 0)
    return (
        told.join(names, left_on="from_key", right_on="touchpoint_key")
        .join(
            names.rename({"touchpoint": "next_touchpoint"}),
            left_on="to_key",
            right_on="touchpoint_key",
        )
        .select("touchpoint", "next_touchpoint", "slow_moves", "other_moves")
        .sort("touchpoint", "next_touchpoint")
    )


def _added(
    amounts: NDArray[np.int64], starts: NDArray[np.int64], places: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    sums = np.zeros(size, dtype=np.int64)
    if len(starts):
        sums[places[starts]] = np.add.reduceat(amounts, starts)
    return sums


def _money(units: NDArray[np.int64]) -> pl.Series:
    return pl.Series(
        [Decimal(int(unit)).scaleb(-_PER_UNIT) for unit in units], dtype=pl.Decimal(38, _PER_UNIT)
    )
