"""Which edges would join what must stay apart. Frames in, frame out, no I/O."""

from collections.abc import Iterable
from typing import TypeVar

import polars as pl

Member = TypeVar("Member", int, str)


def conflicting_edges(contested_edges: pl.DataFrame, rule_pairs: pl.DataFrame) -> pl.DataFrame:
    """Take edges one by one and refuse those that break an exclusive kind or a 'never' rule.

    An edge conflicts when its two sides each hold a value of the same exclusive kind, or
    when a 'never' rule names one identifier on either side. A manual edge may join two
    values of an exclusive kind, because somebody said so; it may not break a 'never' rule.

    Args:
        contested_edges: one row per edge with ``edge_number`` (the order they are taken
            in), ``left_key``, ``right_key``, ``is_manual``, ``left_exclusive_kind`` and
            ``right_exclusive_kind`` (null where shared).
        rule_pairs: one row per manual rule with ``left_key``, ``right_key``, ``is_never``.

    Returns:
        ``edge_number``, ``left_key``, ``right_key`` and ``exclusive_kind`` (null for a
        'never' rule; the first by name of several) of the refused edges, by edge_number.
        Near linear in the number of edges.

    Source:
        Union-find with path halving and union by size, Tarjan and van Leeuwen 1984.
    """
    edges = contested_edges.sort("edge_number")
    forest = _Forest()
    for side in ("left", "right"):
        exclusive = edges.filter(pl.col(f"{side}_exclusive_kind").is_not_null())
        marks = exclusive.select(f"{side}_key", f"{side}_exclusive_kind").unique()
        forest.mark_exclusive(marks.iter_rows())
    never = rule_pairs.filter(pl.col("is_never")).select("left_key", "right_key")
    forest.mark_apart(never.iter_rows())
    taken = edges.select("edge_number", "left_key", "right_key", "is_manual")
    refused = [
        (number, left, right, reason or None)
        for number, left, right, is_manual in taken.iter_rows()
        if (reason := forest.join(left, right, is_manual=is_manual)) is not None
    ]
    return pl.DataFrame(
        refused,
        schema={
            "edge_number": pl.Int64,
            "left_key": pl.Int32,
            "right_key": pl.Int32,
            "exclusive_kind": pl.String,
        },
        orient="row",
    )


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

    def join(self, left: int, right: int, *, is_manual: bool) -> str | None:
        """Join two sets; else say why not: an exclusive kind, or '' for a 'never' rule."""
        one, other = self._root(left), self._root(right)
        if one == other:
            return None
        named, hostile = self._named.get(one, set()), self._hostile.get(other, set())
        if not named.isdisjoint(hostile):
            return ""
        doubled = self._kinds.get(one, set()) & self._kinds.get(other, set())
        if doubled and not is_manual:
            return min(doubled)
        sizes = self._sizes
        if sizes.get(one, 1) < sizes.get(other, 1):
            one, other = other, one
        self._parents[other] = one
        sizes[one] = sizes.get(one, 1) + sizes.pop(other, 1)
        _pour(self._kinds, other, one)
        _pour(self._named, other, one)
        _pour(self._hostile, other, one)
        return None

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
