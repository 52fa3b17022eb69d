"""Alignments at least cost, beside every alignment there is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylab.analysis.alignment import Alignments, align, compiled
from journeylab.designed_map import DesignedMap, MapStep

LETTERS = "abcd"


@st.composite
def maps(draw):
    count = draw(st.integers(1, 4))
    steps = tuple(
        MapStep(
            str(number),
            tuple(sorted(draw(st.sets(st.sampled_from(LETTERS), min_size=1, max_size=2)))),
            optional=draw(st.booleans()),
            repeats=draw(st.booleans()),
            side_steps=tuple(draw(st.sets(st.sampled_from(LETTERS), max_size=1))),
        )
        for number in range(count)
    )
    arcs = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=2)
    )
    return DesignedMap(steps, (), tuple((max(arc), min(arc)) for arc in arcs))


def every_cost(designed: DesignedMap, path: str, *, free_end: bool) -> tuple[int, int]:
    """Least (cost, -matches), by walking the product of map and path in waves, as Dijkstra."""
    best: dict[tuple[int, int, bool], tuple[int, int]] = {(0, 0, False): (0, 0)}
    changed = True
    while changed:
        changed = False
        for (at, place, is_back), (cost, matches) in list(best.items()):
            steps, options = designed.steps, []
            if at < len(path):
                name = path[at]
                options.append(((at + 1, place, False), 1, 0))
                if place < len(steps) and name in steps[place].touchpoints:
                    options.append(((at + 1, place + 1, False), 0, 1))
                if place and steps[place - 1].repeats and name in steps[place - 1].touchpoints:
                    options.append(((at + 1, place, False), 0, 1))
                if name in (steps[place - 1].side_steps if place else ()):
                    options.append(((at + 1, place, False), 0, 1))
            if place < len(steps):
                options.append(((at, place + 1, is_back), int(not steps[place].optional), 0))
            if not is_back:
                options += [
                    ((at, target, True), 0, 0)
                    for origin, target in designed.returns
                    if origin + 1 == place
                ]
            for state, more, match in options:
                told = (cost + more, matches - match)
                if state not in best or told < best[state]:
                    best[state] = told
                    changed = True
    ends = range(len(designed.steps) + 1) if free_end else [len(designed.steps)]
    return min(best[state] for state in best if state[0] == len(path) and state[1] in ends)


def aligned(designed: DesignedMap, paths: list[str]) -> Alignments:
    codes = np.array([LETTERS.index(letter) for path in paths for letter in path])
    lengths = np.array([len(path) for path in paths])
    return align(codes, lengths, compiled(designed, LETTERS, [None] * len(LETTERS)))


@settings(max_examples=150, deadline=None)
@given(maps(), st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=1, max_size=4))
def test_costs_are_least(designed, paths):
    """Of all ways through the product, with the missing end counted and with it free."""
    found = aligned(designed, paths)

    assert found.costs.tolist() == [every_cost(designed, p, free_end=False)[0] for p in paths]
    assert found.costs_so_far.tolist() == [every_cost(designed, p, free_end=True)[0] for p in paths]


@settings(max_examples=100, deadline=None)
@given(maps(), st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=2, max_size=4))
def test_a_path_is_aligned_alike_in_any_company(designed, paths):
    """Batches and padding leave no trace."""
    together = aligned(designed, paths)

    for place, path in enumerate(paths):
        alone = aligned(designed, [path])
        mine = together.move_paths == place
        assert together.costs[place] == alone.costs[0]
        assert together.missing[place] == alone.missing[0]
        for part in ("move_kinds", "move_steps", "move_codes", "move_anchors"):
            assert getattr(together, part)[mine].tolist() == getattr(alone, part).tolist()


def test_among_equal_costs_a_skip_comes_before_an_extra():
    """a, c, b on a, b, c, d: b is skipped and taken late; not c taken early and skipped."""
    designed = DesignedMap(tuple(MapStep(letter, (letter,)) for letter in "abcd"))

    found = aligned(designed, ["acbd"])

    assert found.costs.tolist() == [2]
    assert found.move_kinds.tolist() == [4]
    assert [LETTERS[code] for code in found.move_codes] == ["b"]
    assert [LETTERS[code] for code in found.move_anchors] == ["c"]
