"""Connected components of identifiers on integer keys. Frames in, frame out, no I/O."""

from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_Integers = np.ndarray[Any, np.dtype[Any]]


def raw_components(edges: pl.DataFrame) -> pl.DataFrame:
    """Find what hangs together when every edge holds.

    Args:
        edges: one row per edge with ``left_key`` and ``right_key``.

    Returns:
        ``identifier_key`` and ``component_key``, the least key of its component, for every
        key that has an edge; by ``identifier_key``. Linear in the number of edges.

    Example:
        >>> edges = pl.DataFrame({"left_key": [3, 4], "right_key": [4, 9]})
        >>> raw_components(edges).rows()
        [(3, 3), (4, 3), (9, 3)]
    """
    left = edges["left_key"].to_numpy()
    right = edges["right_key"].to_numpy()
    return _labelled(_keys(left, right), left, right)


def contested_components(
    contested_edges: pl.DataFrame, conflicting_edges: pl.DataFrame
) -> pl.DataFrame:
    """Find what hangs together without the conflicting edges.

    Args:
        contested_edges: one row per edge with ``edge_number``, ``left_key``, ``right_key``.
        conflicting_edges: the ``edge_number`` of those that join nothing.

    Returns:
        Like ``raw_components``, with every key of the contested edges: one whose edges all
        conflict is a component of its own.
    """
    keys = _keys(contested_edges["left_key"].to_numpy(), contested_edges["right_key"].to_numpy())
    kept = contested_edges.join(conflicting_edges, on="edge_number", how="anti")
    return _labelled(keys, kept["left_key"].to_numpy(), kept["right_key"].to_numpy())


def _keys(left: _Integers, right: _Integers) -> _Integers:
    """The keys at either end, sorted; marked in a mask, because keys are dense from 0 on."""
    is_there = np.zeros(max(left.max(), right.max()) + 1 if len(left) else 0, dtype=np.bool_)
    is_there[left] = True
    is_there[right] = True
    return np.flatnonzero(is_there)


def _labelled(keys: _Integers, left: _Integers, right: _Integers) -> pl.DataFrame:
    """Label sorted ``keys`` by the least key of their component; left and right are among them."""
    place = np.zeros(keys[-1] + 1 if len(keys) else 0, dtype=np.int32)
    place[keys] = np.arange(len(keys), dtype=np.int32)
    ends = (place[left], place[right])
    links = coo_array((np.ones(len(left), dtype=np.int8), ends), shape=(len(keys),) * 2)
    count, labels = connected_components(links, directed=False) if len(keys) else (0, keys)
    least = np.empty(count, dtype=np.int64)
    least[labels[::-1]] = keys[::-1]  # of several the last is kept: the least
    return pl.DataFrame(
        {"identifier_key": keys, "component_key": least[labels]},
        schema={"identifier_key": pl.Int32, "component_key": pl.Int32},
    )
