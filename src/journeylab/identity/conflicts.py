"""Which edges would join what must stay apart. Frames in, frame out, no I/O."""

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import polars as pl

CONFLICTS: pl.Schema = pl.Schema(
    {
        "edge_number": pl.Int64(),
        "left_key": pl.Int32(),
        "right_key": pl.Int32(),
        "shared_key": pl.Int32(),
        "reason": pl.String(),
        "exclusive_kind": pl.String(),
    }
)

Member = TypeVar("Member", int, str)


def conflicting_edges(contested_edges: pl.DataFrame, rule_pairs: pl.DataFrame) -> pl.DataFrame:
    """Take edges one by one and refuse those that join what must stay apart.

    An edge conflicts when its two sides each hold a value of the same exclusive kind, or
    when a 'never' rule names one identifier on either side. The end of it that is not
    exclusive is a shared device from then on: its later edges join nothing, because a
    shared device assigns events, not identifiers. A manual edge joins what only an
    exclusive kind or a shared device holds apart; it may not break a 'never' rule.

    Args:
        contested_edges: one row per edge with ``edge_number`` (the order they are taken
            in), ``left_key``, ``right_key``, ``is_manual``, ``left_rank`` and
            ``right_rank`` (of the kinds), ``left_exclusive_kind`` and
            ``right_exclusive_kind`` (null where not exclusive).
        rule_pairs: one row per manual rule with ``left_key``, ``right_key``, ``is_never``.

    Returns:
        The refused edges with their shared device, reason (exclusive_kind, never_rule or
        shared_device) and exclusive kind (the first by name of several), by edge_number.
        Near linear in the number of edges.

    Source:
        Union-find with path halving and union by size, Tarjan and van Leeuwen 1984.
    """
    edges = contested_edges.sort("edge_number").select(_Edge._fields)
    never = rule_pairs.filter(pl.col("is_never")).select("left_key", "right_key")
    forest = _Forest()
    for side in ("left", "right"):
        marks = edges.select(f"{side}_key", f"{side}_exclusive_kind").drop_nulls().unique()
        forest.mark_exclusive(marks.iter_rows())
    forest.mark_apart(never.iter_rows())
    shared: set[int] = set()
    refused = []
    for edge in map(_Edge._make, edges.iter_rows()):
        reason, kind = forest.join(edge, shared)
        if not reason:
            continue
        device = _shared_end(edge, shared)
        if device is not None:
            shared.add(device)
        refused.append((edge.edge_number, edge.left_key, edge.right_key, device, reason, kind))
    return pl.DataFrame(refused, schema=CONFLICTS, orient="row")


class _Edge(NamedTuple):
    edge_number: int
    left_key: int
    right_key: int
    is_manual: bool
    left_rank: int
    right_rank: int
    left_exclusive_kind: str | None
    right_exclusive_kind: str | None


def _shared_end(edge: _Edge, shared: set[int]) -> int | None:
    """The one shared before, else not exclusive, else of the lesser kind, else seen later."""
    ends = (
        (edge.left_key in shared, edge.left_rank, edge.left_key, edge.left_exclusive_kind),
        (edge.right_key in shared, edge.right_rank, edge.right_key, edge.right_exclusive_kind),
    )
    able = [(was_shared, rank, key) for was_shared, rank, key, kind in ends if kind is None]
    return max(able)[2] if able else None


class _Forest:
    """Disjoint sets that know their exclusive kinds and whom they must not meet."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}
        self._sizes: dict[int, int] = {}
        self._kinds: dict[int, set[str]] = {}
        self._named: dict[int, set[int]] = {}  # members that a 'never' rule names
        self._hostile: dict[int, set[int]] = {}  # identifiers those must not meet

    def mark_exclusive(self, marks: Iterable[tuple[int, str]]) -> None:
        for key, kind in marks:
            self._kinds.setdefault(key, set()).add(kind)

    def mark_apart(self, pairs: Iterable[tuple[int, int]]) -> None:
        for left, right in pairs:
            for one, other in ((left, right), (right, left)):
                self._named.setdefault(one, set()).add(one)
                self._hostile.setdefault(one, set()).add(other)

    def join(self, edge: _Edge, shared: set[int]) -> tuple[str, str | None]:
        """Join the two sets of an edge; else say why not: a reason and an exclusive kind."""
        one, other = self._root(edge.left_key), self._root(edge.right_key)
        if one == other:
            return "", None
        named, hostile = self._named.get(one, set()), self._hostile.get(other, set())
        if not named.isdisjoint(hostile):
            return "never_rule", None
        doubled = self._kinds.get(one, set()) & self._kinds.get(other, set())
        if doubled and not edge.is_manual:
            return "exclusive_kind", min(doubled)
        if not edge.is_manual and (edge.left_key in shared or edge.right_key in shared):
            return "shared_device", None
        sizes = self._sizes
        if sizes.get(one, 1) < sizes.get(other, 1):
            one, other = other, one
        self._parents[other] = one
        sizes[one] = sizes.get(one, 1) + sizes.pop(other, 1)
        for sets in (self._named, self._hostile):
            _pour(sets, other, one)
        _pour(self._kinds, other, one)
        return "", None

    def _root(self, key: int) -> int:
        parents = self._parents
        while (parent := parents.get(key, key)) != key:
            grandparent = parents.get(parent, parent)
            parents[key] = grandparent
            key = grandparent
        return key


def _pour(sets: dict[int, set[Member]], source: int, target: int) -> None:
    """Move a set into another, the smaller into the greater."""
    small, great = sets.pop(source, None), sets.get(target)
    if small is None:
        return
    if great is None:
        sets[target] = small
        return
    if len(great) < len(small):
        small, great = great, small
    great.update(small)
    sets[target] = great
