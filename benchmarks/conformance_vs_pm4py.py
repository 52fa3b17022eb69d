"""Fitness of alignments beside pm4py's, on the textbook log and on random maps and paths.

pm4py is licensed AGPL, so it is no dependency of journeylab and of nothing it ships. To compare:

    python3 -m venv .venv-beside && .venv-beside/bin/pip install pm4py polars
    PYTHONPATH=src .venv-beside/bin/python benchmarks/conformance_vs_pm4py.py

It prints a table and asserts nothing.
"""

import csv
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pm4py.algo.conformance.alignments.petri_net import algorithm as alignments
from pm4py.objects.log.obj import Event, Trace
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

from journeylab.analysis.alignment import align, compiled
from journeylab.designed_map import DesignedMap, parse_designed_map

LOG = Path(__file__).parents[1] / "tests" / "data" / "running_example.csv"
TEXTBOOK = {
    "steps": [
        {"touchpoint": "register request"},
        {"name": "examine", "touchpoints": ["examine casually", "examine thoroughly"]},
        {"touchpoint": "check ticket"},
        {"touchpoint": "decide"},
        {"name": "answer", "touchpoints": ["pay compensation", "reject request"]},
    ],
    "side_steps": ["reinitiate request"],
    "returns": [{"from": "decide", "to": "examine"}],
}


def petri_net(designed: DesignedMap) -> tuple[PetriNet, Marking, Marking]:
    """The designed map as a net: one place per number of steps behind, silent moves unlabelled."""
    net = PetriNet("designed map")
    places = [PetriNet.Place(f"p{number}") for number in range(len(designed.steps) + 1)]
    net.places.update(places)

    def add(label: str | None, origin: int, target: int) -> None:
        move = PetriNet.Transition(f"{len(net.transitions)}", label)
        net.transitions.add(move)
        add_arc_from_to(places[origin], move, net)
        add_arc_from_to(move, places[target], net)

    for number, step in enumerate(designed.steps):
        for touchpoint in step.touchpoints:
            add(touchpoint, number, number + 1)
            if step.repeats:
                add(touchpoint, number + 1, number + 1)
        if step.optional:
            add(None, number, number + 1)
    for number in range(len(places)):
        own = designed.steps[number - 1].side_steps if number else ()
        for touchpoint in {*designed.side_steps, *own}:
            add(touchpoint, number, number)
    for first, second in designed.returns:
        add(None, first + 1, second)
    return net, Marking({places[0]: 1}), Marking({places[-1]: 1})


def their_fitness(designed: DesignedMap, paths: Sequence[Sequence[str]]) -> list[float]:
    """What pm4py's alignments under its standard costs say of each path."""
    net, start, end = petri_net(designed)
    told = []
    for path in paths:
        trace = Trace([Event({"concept:name": name}) for name in path])
        told.append(float(alignments.apply(trace, net, start, end)["fitness"]))
    return told


def our_fitness(designed: DesignedMap, paths: Sequence[Sequence[str]]) -> list[float]:
    """1 - cost / (steps + shortest complete run)."""
    names = sorted({name for path in paths for name in path} | _named(designed))
    codes = {name: code for code, name in enumerate(names)}
    lengths = np.array([len(path) for path in paths])
    flat = np.array([codes[name] for path in paths for name in path])
    found = align(flat, lengths, compiled(designed, names, [None] * len(names)))
    return (1 - found.costs / (lengths + designed.shortest_run)).tolist()


def _named(designed: DesignedMap) -> set[str]:
    return {name for step in designed.steps for name in step.touchpoints}


def textbook_paths() -> list[list[str]]:
    """The six cases of the running example, in the order of their events."""
    cases: dict[str, list[tuple[str, int, str]]] = {}
    with LOG.open(encoding="utf-8") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            event = (row["time:timestamp"], number, row["concept:name"])
            cases.setdefault(row["case:concept:name"], []).append(event)
    return [[name for _, _, name in sorted(events)] for events in cases.values()]


def random_case(draw: random.Random) -> tuple[DesignedMap, list[list[str]]]:
    """A map of one to six steps over eight touchpoints, and forty paths."""
    letters = "abcdefgh"
    count = draw.randint(1, 6)
    steps = [
        {
            "name": str(number),
            "touchpoints": draw.sample(letters, draw.randint(1, 2)),
            "optional": draw.random() < 0.2,
            "repeats": draw.random() < 0.2,
            "side_steps": draw.sample(letters, draw.randint(0, 1)),
        }
        for number in range(count)
    ]
    arcs = [sorted(draw.choices(range(count), k=2)) for _ in range(draw.randint(0, 2))]
    returns = [{"from": str(last), "to": str(first)} for first, last in arcs]
    designed = parse_designed_map({"steps": steps, "returns": returns}, where="random")
    paths = [draw.choices(letters, k=draw.randint(1, 9)) for _ in range(40)]
    return designed, paths


def main() -> None:
    """Print the greatest difference of each comparison."""
    draw = random.Random(7)
    cases = [
        ("textbook log", parse_designed_map(TEXTBOOK, where="textbook"), textbook_paths()),
        *((f"random map {n}", *random_case(draw)) for n in range(1, 26)),
    ]
    print(f"{'case':<14} {'paths':>5} {'greatest difference':>20} {'theirs':>9} {'ours':>9}")
    for name, designed, paths in cases:
        began = time.perf_counter()
        theirs = their_fitness(designed, paths)
        between = time.perf_counter()
        ours = our_fitness(designed, paths)
        ended = time.perf_counter()
        worst = max(abs(one - other) for one, other in zip(theirs, ours, strict=True))
        spent = f"{between - began:>8.3f}s {ended - between:>8.3f}s"
        print(f"{name:<14} {len(paths):>5} {worst:>20.2e} {spent}")


if __name__ == "__main__":
    main()
