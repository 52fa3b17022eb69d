"""Connected components of identifiers on integer keys. Frames in, frame out, no I/O."""

from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


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
    keys = np.unique(np.concatenate([left, right]))
    return _labelled(keys, np.searchsorted(keys, left), np.searchsorted(keys, right))


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
    keys = np.unique(
        np.concatenate(
            [contested_edges["left_key"].to_numpy(), contested_edges["right_key"].to_numpy()]
        )
    )
    kept = contested_edges.join(conflicting_edges, on="edge_number", how="anti")
    left = np.searchsorted(keys, kept["left_key"].to_numpy())
    right = np.searchsorted(keys, kept["right_key"].to_numpy())
    return _labelled(keys, left, right)


def _labelled(
    keys: np.ndarray[Any, Any], left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]
) -> pl.DataFrame:
    """Label sorted ``keys`` by the least key of their component; left, right are positions."""
    links = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(len(keys),) * 2)
    count, labels = connected_components(links, directed=False) if len(keys) else (0, keys)
    least = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(least, labels, keys)
    return pl.DataFrame(
        {"identifier_key": keys, "component_key": least[labels]},
        schema={"identifier_key": pl.Int32, "component_key": pl.Int32},
    )
