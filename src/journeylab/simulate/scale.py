"""A seed -> up to hundreds of millions of events as Parquet, in time order, in bounded memory.

Customers walk in blocks; every block drops its rows, as plain numbers, into one spill file for
each slice of time. Then slice after slice is sorted, dressed in text and written. Memory holds
one block or one slice, however many events are asked for.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journeylab.errors import InputRefused
from journeylab.simulate.calendar import DAY_SECONDS
from journeylab.simulate.contract import (
    CHANNELS,
    FEW_VALUES,
    channel_of,
    contract_table,
    instants,
)
from journeylab.simulate.walks import Walks, walk, with_context
from journeylab.simulate.worlds import World, world

FIRST_SECOND: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
DAYS: Final = 180
EVENTS_PER_CUSTOMER: Final = 20  # roughly; more customers come until there are enough events
CUSTOMERS_PER_BLOCK: Final = 50_000
EVENTS_PER_SLICE: Final = 1_000_000
MAX_STEPS: Final = 1_500
ROW_GROUP_ROWS: Final = 122_880

_SPILLED: Final = np.dtype(
    [
        ("customer", "<u4"),
        ("step", "<u2"),
        ("visit", "<u2"),
        ("order", "<u2"),
        ("chat", "<u2"),
        ("state", "u1"),
        ("at", "<i8"),
    ]
)


def write_events(
    folder: Path,
    *,
    seed: int,
    events: int,
    rows_per_file: int = 1_000_000,
    scenario: str = "shop",
) -> None:
    """Write events of the same shop in the event contract, for measuring at size.

    The span is 180 days from 2026-01-01. There are about ``events`` / 20 customers, half of
    whom do at most a dozen things and a few hundreds; their journeys, devices and logins
    follow the sample's model, without its faults.

    Args:
        folder: gets ``web``, ``email``, ``chat`` and ``purchase`` with files
            ``<channel>-00001.parquet``, …; each is a source of format "contract".
        seed: the same seed writes the same rows, on any number of threads.
        events: rows over all channels, written exactly.
        rows_per_file: rows of every file but the last of each channel.
        scenario: ``shop``, as the sample; ``lossy_checkout``, ``lost_search`` or
            ``late_support`` with a fault of that name; ``null``, where nothing is planted.

    Raises:
        InputRefused: no events, or files without rows, were asked for.
        UnknownName: there is no such scenario; the nearest is named.
    """
    shop = world(scenario)
    for name, told in (("events", events), ("rows_per_file", rows_per_file)):
        if told < 1:
            raise InputRefused(f"{name} is {told}", "write_events", "ask for 1 or more")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".spill-") as spill:
        slices = _spill(Path(spill), seed, events, shop)
        writers = {name: _Channel(folder, name, rows_per_file) for name in CHANNELS}
        for rows in slices:
            channel = channel_of(rows)
            for place, name in enumerate(CHANNELS):
                of_channel = rows.taken(channel == place)
                writers[name].write(contract_table(seed, name, of_channel, shop))
        for writer in writers.values():
            writer.close()


class _Channel:
    """The files of one channel, each closed when it is full."""

    def __init__(self, folder: Path, name: str, rows_per_file: int) -> None:
        self._folder, self._name, self._limit = folder / name, name, rows_per_file
        self._folder.mkdir(exist_ok=True)
        self._files, self._rows = 0, 0
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Write the rows behind those written before."""
        while table.num_rows:
            if self._writer is None:
                self._files += 1
                path = self._folder / f"{self._name}-{self._files:05d}.parquet"
                self._writer = pq.ParquetWriter(
                    path,
                    table.schema,
                    compression="zstd",
                    compression_level=1,
                    use_dictionary=[*FEW_VALUES, "identifiers.list.element.kind"],
                    store_schema=False,
                )
            part = table.slice(0, self._limit - self._rows)
            self._writer.write_table(part, row_group_size=ROW_GROUP_ROWS)
            self._rows += part.num_rows
            table = table.slice(part.num_rows)
            if self._rows == self._limit:
                self.close()

    def close(self) -> None:
        """Close the open file, if any."""
        if self._writer is not None:
            self._writer.close()
        self._writer, self._rows = None, 0


def _spill(folder: Path, seed: int, events: int, shop: World) -> Iterator[Walks]:
    """Walk every block, then give back the rows slice by slice in time order."""
    bounds = np.empty(0, dtype=np.int64)
    written, first = 0, 0
    while written < events:
        count = min(CUSTOMERS_PER_BLOCK, max(200, (events - written) // EVENTS_PER_CUSTOMER))
        rows = _block(seed, first, count, shop)
        rows = rows.taken(np.arange(min(len(rows.at), events - written)))
        if not written:
            parts = -(-events // EVENTS_PER_SLICE)
            bounds = np.quantile(rows.at, np.arange(1, parts) / parts).astype(np.int64)
        place = np.searchsorted(bounds, rows.at, side="right")
        for number in np.unique(place):
            with (folder / f"{number}").open("ab") as file:
                _packed(rows.taken(place == number)).tofile(file)
        written += len(rows.at)
        first += count
    for number in range(len(bounds) + 1):
        path = folder / f"{number}"
        if path.exists():
            rows = _unpacked(np.fromfile(path, dtype=_SPILLED))
            path.unlink()
            yield rows.taken(np.argsort(instants(seed, rows), kind="stable"))


def _block(seed: int, first: int, count: int, shop: World) -> Walks:
    """All rows of the customers numbered from ``first`` on."""
    start, end = FIRST_SECOND, FIRST_SECOND + DAYS * DAY_SECONDS
    numbers = np.arange(first, first + count, dtype=np.int64)
    walks = walk(seed, numbers, start=start, end=end, max_steps=MAX_STEPS, world=shop)
    rows = with_context(seed, walks, shop)
    rows = rows.taken((rows.at >= start) & (rows.at < end))
    return rows.taken(np.argsort(rows.customer, kind="stable"))


def _packed(rows: Walks) -> np.ndarray:
    packed = np.empty(len(rows.at), dtype=_SPILLED)
    for field in fields(rows):
        packed[field.name] = getattr(rows, field.name)
    return packed


def _unpacked(packed: np.ndarray) -> Walks:
    return Walks(*(packed[field.name].astype(np.int64) for field in fields(Walks)))
