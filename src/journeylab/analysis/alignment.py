"""Paths and a designed map -> what fits and what deviates, at least cost. NumPy, no I/O.

The map is a walk through places 0 to n, where place p means "p steps are behind". On it,
the moves of the product of map and path, in the order they are preferred among equal costs:

- *match*, *repeat*, *side*: the path's next touchpoint is the next step, the last step again
  (where it may repeat), or a side step allowed here. Free; these count as matches.
- *pass*: leave out an optional step. Free.
- *return*: go back where the map allows it. Free, once between two touchpoints.
- *skip*: leave out a step. Costs 1.
- *extra*: a touchpoint that has no place here. Costs 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journeylab.designed_map import DesignedMap

Ints = NDArray[np.int32]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Cells of one batch: bounds the memory of an alignment to some 100 MB.
_CELLS: Final = 24_000_000

# Moves in the order they are preferred; the returns of the map are numbered from _RETURN on.
_MATCH, _REPEAT, _SIDE, _PASS, _RETURN = range(5)
_DONE, _SKIP, _EXTRA = 61, 62, 63
_SYNC_MOVES: Final = _SIDE  # the greatest code that counts as a match
_MOVE_BITS: Final = 6
_MOVES: Final = 1 << _MOVE_BITS
_NEVER: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class CompiledMap:
    """A map over touchpoint codes 0 to T-1: rows are steps or places, columns codes."""

    takes: Flags
    sides: Flags
    optional: Flags
    repeats: Flags
    returns: tuple[tuple[int, int], ...]

    @property
    def required_after(self) -> Ints:
        """Steps that are not optional behind each place 0 to n."""
        required = (~self.optional).astype(np.int32)
        return np.concatenate((np.cumsum(required[::-1])[::-1], [0])).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Alignments:
    """One least-cost alignment per path, and the moves in it that cost.

    ``move_*`` arrays hold one entry per costly move, by path, then in order; ``steps`` is the
    step skipped or -1, ``codes`` the touchpoint walked or -1, ``kinds`` a place in
    ``designed_map.DEVIATIONS`` or -1 for a step missing at the end, ``anchors`` the last
    touchpoint that fitted or -1.
    """

    costs: Ints
    costs_so_far: Ints
    missing: Ints
    move_paths: Codes
    move_kinds: Ints
    move_steps: Ints
    move_codes: Ints
    move_anchors: Ints


def compiled(
    designed: DesignedMap, touchpoints: Sequence[str], stages: Sequence[str | None]
) -> CompiledMap:
    """Turn names into codes.

    Args:
        designed: the map.
        touchpoints: name of each code.
        stages: stage of each code up to the goal; None for none.
    """
    takes = np.array(
        [
            [
                name in step.touchpoints or (step.stage is not None and stage == step.stage)
                for name, stage in zip(touchpoints, stages, strict=True)
            ]
            for step in designed.steps
        ],
        dtype=np.bool_,
    ).reshape(len(designed.steps), len(touchpoints))
    everywhere = set(designed.side_steps)
    allowed = [everywhere, *(everywhere | set(step.side_steps) for step in designed.steps)]
    return CompiledMap(
        takes=takes,
        sides=np.array(
            [[name in names for name in touchpoints] for names in allowed], dtype=np.bool_
        ).reshape(len(allowed), len(touchpoints)),
        optional=np.array([step.optional for step in designed.steps], dtype=np.bool_),
        repeats=np.array([step.repeats for step in designed.steps], dtype=np.bool_),
        returns=tuple((first + 1, second) for first, second in designed.returns),
    )


def align(paths: Codes, lengths: Codes, walked: CompiledMap) -> Alignments:
    """Align every path to the map at least cost.

    Among equal costs the alignment with most matches is taken, then the one whose moves come
    first in the order of the module's list, position by position. ``costs_so_far`` leaves
    the steps after the path's end free.

    Args:
        paths: touchpoint codes of all paths, one path after the other.
        lengths: touchpoints of each path, at least 1.
        walked: the map.

    Complexity:
        O(touchpoints · steps · (1 + returns)), in batches of paths of similar length.

    Source:
        Adriansyah: Aligning observed and modeled behavior (2014), chapters 4 and 7.
    """
    order = np.argsort(lengths, kind="stable")
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    costs = np.zeros(len(lengths), dtype=np.int32)
    so_far = np.zeros_like(costs)
    missing = np.zeros_like(costs)
    moves: list[NDArray[np.int64]] = []
    for batch in _batches(lengths[order], len(walked.optional)):
        rows = order[batch]
        longest = int(lengths[rows].max())
        places = starts[rows][None, :] + np.arange(longest)[:, None]
        codes = paths[np.minimum(places, len(paths) - 1)]
        scale = longest + 1
        chosen = np.empty((longest + 1, 2, len(walked.optional) + 1, len(rows)), dtype=np.int8)
        full = _least(codes, lengths[rows], walked, walked.required_after * scale, chosen)
        free = _least(codes, lengths[rows], walked, np.zeros_like(walked.required_after), None)
        costs[rows] = -(-full // scale)
        so_far[rows] = -(-free // scale)
        told, missing[rows] = _walked(codes, lengths[rows], walked, chosen)
        told[0] = rows[told[0]]
        moves.append(told)
    every = np.concatenate(moves, axis=1) if moves else np.zeros((6, 0), dtype=np.int64)
    every = every[:, np.lexsort((every[1], every[0]))]
    kinds, steps, codes_of, anchors = (part.astype(np.int32) for part in every[2:])
    return Alignments(costs, so_far, missing, every[0], kinds, steps, codes_of, anchors)


def _batches(lengths: Codes, steps: int) -> Iterator[slice]:
    """Slices of ascending lengths whose padded cells stay within bounds."""
    first = 0
    while first < len(lengths):
        last = len(lengths)
        while last - first > 1 and (last - first) * (lengths[last - 1] + 1) * (steps + 1) > _CELLS:
            last = first + (last - first) // 2
        yield slice(first, last)
        first = last


def _least(
    codes: Codes,
    lengths: Codes,
    walked: CompiledMap,
    end: Ints,
    chosen: NDArray[np.int8] | None,
) -> Ints:
    """Least cost · scale - matches from the start of each path, by going back from its end.

    Inside, a number holds this in its upper bits and the move in its lower ones, so that the
    least of several is also the preferred one among equals.

    Args:
        codes: (touchpoint of the path, path); the paths in ascending length.
        lengths: of each path.
        walked: the map.
        end: cost · scale of standing at each place when the path is over.
        chosen: filled with the move taken at (touchpoint, layer, place, path); layer 1 is
            after a return, where no second one may follow. None: not wanted.
    """
    longest, count = codes.shape
    last = len(walked.optional)
    greatest = (longest + last + 2) * (longest + 1) * _MOVES
    kind = np.dtype(np.int32 if greatest < _NEVER else np.int64)
    never, cost = kind.type(_NEVER if greatest < _NEVER else _NEVER**2), (longest + 1) * _MOVES
    match = np.where(walked.takes, _MATCH - _MOVES, never).astype(kind)
    again = np.where(walked.takes & walked.repeats[:, None], _REPEAT, _SIDE)
    stays = walked.sides.copy()
    stays[1:] |= walked.takes & walked.repeats[:, None]
    stay = np.where(stays, _SIDE - _MOVES, never).astype(kind)
    stay[1:] += np.where(stays[1:], again - _SIDE, 0).astype(kind)
    ahead = [_PASS if optional else cost + _SKIP for optional in walked.optional]
    after = np.repeat((end.astype(kind) * _MOVES)[:, None], count, axis=1)
    if chosen is not None:
        at_end = np.append(np.where(walked.optional, _PASS, _SKIP), _DONE)
        chosen[:] = at_end[None, None, :, None]
    for place_in_path in range(longest - 1, -1, -1):
        first = int(np.searchsorted(lengths, place_in_path, side="right"))
        code = codes[place_in_path, first:]
        now = np.minimum(after[:, first:] + (cost + _EXTRA), after[:, first:] + stay[:, code])
        np.minimum(now[:last], after[1:, first:] + match[:, code], out=now[:last])
        returned = now.copy() if walked.returns else now
        for layer in (1, 0) if walked.returns else (1,):
            least = now if layer == 0 else returned
            for place in range(last, -1, -1):
                if layer == 0:
                    for number, (origin, target) in enumerate(walked.returns):
                        if origin == place:
                            back = (returned[target] & -_MOVES) + (_RETURN + number)
                            np.minimum(least[place], back, out=least[place])
                if place < last:
                    on = (least[place + 1] & -_MOVES) + ahead[place]
                    np.minimum(least[place], on, out=least[place])
            if chosen is not None:
                chosen[place_in_path, layer, :, first:] = least & (_MOVES - 1)
        if chosen is not None and not walked.returns:
            chosen[place_in_path, 0, :, first:] = chosen[place_in_path, 1, :, first:]
        after[:, first:] = now & -_MOVES
    least_of_all: Ints = (after[0] >> _MOVE_BITS).astype(np.int32)
    return least_of_all


def _walked(
    codes: Codes, lengths: Codes, walked: CompiledMap, chosen: NDArray[np.int8]
) -> tuple[NDArray[np.int64], Ints]:
    """Walk the chosen moves forward and name those that cost.

    Returns:
        Rows path, order, kind, step, code, anchor of the named moves; and per path the steps
        missing at its end.
    """
    count = len(lengths)
    told: list[NDArray[np.int64]] = []
    place, at, layer, matches = (np.zeros(count, dtype=np.int64) for _ in range(4))
    done, late = (np.zeros(count, dtype=np.int64) for _ in range(2))
    last, anchor = (np.full(count, -1, dtype=np.int64) for _ in range(2))
    bits = np.left_shift(np.int64(1), np.arange(len(walked.optional), dtype=np.int64))
    belongs = (walked.takes * bits[:, None]).sum(axis=0).astype(np.int64)
    targets = np.array([target for _, target in walked.returns], dtype=np.int64)
    active = np.arange(count)
    turn = 0
    while active.size:
        move = chosen[at[active], layer[active], place[active], active]
        rows = active[move <= _SYNC_MOVES]
        anchor[rows] = codes[at[rows], rows]
        matches[rows] += 1
        at[rows] += 1
        layer[rows] = 0
        rows = active[move == _MATCH]
        last[rows] = place[rows]
        done[rows] |= bits[place[rows]]
        place[rows] += 1
        place[active[move == _PASS]] += 1
        back = (move >= _RETURN) & (move < _DONE)
        rows = active[back]
        if rows.size:
            place[rows] = targets[move[back] - _RETURN]
            layer[rows] = 1
        rows = active[move == _SKIP]
        told.append(_moves(rows, turn, 0, place[rows], -1, anchor[rows], matches[rows]))
        place[rows] += 1
        rows = active[move == _EXTRA]
        code = codes[at[rows], rows]
        kind = _extra_kinds(belongs[code], last[rows], done[rows])
        late[rows] |= np.where(kind == 4, belongs[code], 0)
        told.append(_moves(rows, turn, kind, -1, code, anchor[rows], matches[rows]))
        at[rows] += 1
        layer[rows] = 0
        active = active[move != _DONE]
        turn += 1
    moves = np.concatenate(told, axis=1)
    skips = moves[3] >= 0
    tail = skips & (moves[6] == matches[moves[0]])
    missing = np.bincount(moves[0][tail], minlength=count).astype(np.int32)
    moved = skips & (late[moves[0]] & bits[moves[3]] != 0)
    return moves[:6, ~(tail | moved)], missing


def _extra_kinds(belongs: Codes, last: Codes, done: Codes) -> Codes:
    """Places in DEVIATIONS: extra 1, back 2, repeat 3, out_of_order 4."""
    current = np.where(last >= 0, np.left_shift(np.int64(1), np.maximum(last, 0)), 0)
    before = np.maximum(current - 1, 0)
    return np.select(
        [belongs == 0, belongs & current != 0, belongs & done & before != 0],
        [1, 3, 2],
        default=4,
    ).astype(np.int64)


def _moves(rows: Codes, turn: int, *parts: Codes | int) -> NDArray[np.int64]:
    """Path, order, kind, step, code, anchor and matches so far, one column per move."""
    told = np.empty((2 + len(parts), len(rows)), dtype=np.int64)
    told[0], told[1] = rows, turn
    for number, part in enumerate(parts, start=2):
        told[number] = part
    return told
