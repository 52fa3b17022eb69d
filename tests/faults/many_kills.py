"""The long form: die at every line of intake, build and publish, and at random instants."""

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import KILLED, Bench, Ended

#: How a run is to die, as an order of ``dying.py`` says it.
Death = dict[str, Any]

#: Deaths at random instants, besides one at every line.
INSTANTS = 120

#: Bytes of the warehouse that are overwritten before it is restored.
DAMAGED_FROM = 4_096
DAMAGED_BYTES = 1_000_000

#: Share of the lines of publishing that no whole run dies at, but one that only publishes.
AGAIN_ALONE = 0.9

#: Deaths after which a run may end and is compared with a full one.
BETWEEN_COMPARISONS = 50


def die_often(bench: Bench, *, seed: int, minutes: float, rest: float = 0.2) -> None:
    """Let runs die until every line had its turn or the time is over; compare in between.

    After a death nothing is mended: the next run starts on what it left, with one more night
    delivered, and dies elsewhere.

    Args:
        bench: an entered bench.
        seed: of the order of the deaths, and of which passing of a line is the last.
        minutes: time after which no further death is tried.
        rest: seconds between two openings of a reader.
    """
    chance = random.Random(seed)
    ends = time.monotonic() + 60 * minutes
    bench.deliver()
    first = bench.run()
    assert first.code in (0, 3), first.err
    with bench.readers("short", "long", rest=rest):
        deaths = list(_deaths(bench, chance))
        for number, (start, death) in enumerate(deaths, start=1):
            if time.monotonic() > ends:
                break
            if start == bench.run:
                bench.deliver()
            ended = start(die=death)
            if ended.code not in (KILLED, 0, 3):
                bench.wrong.append(f"{death}: code {ended.code}: {ended.err[-300:]}")
            if number % BETWEEN_COMPARISONS == 0:
                _recover(bench, after_damage=number % (2 * BETWEEN_COMPARISONS) == 0)
                print(f"{number} of {len(deaths)} deaths: {bench.counts}", flush=True)
        _recover(bench, after_damage=True)


def _deaths(bench: Bench, chance: random.Random) -> Iterator[tuple[Callable[..., Ended], Death]]:
    """One death a line that a run passes, and the random instants, in a random order.

    Lines of publishing are passed at the end of a run; most of them die in a process that only
    publishes what is built, which leaves time for more of them.
    """
    deaths: list[tuple[Callable[..., Ended], Death]] = []
    trace = bench.folder / "trace"
    published = bench.publish(trace=str(trace))
    assert published.code == 0, published.err
    publishing = json.loads(trace.read_text())
    deaths += [(bench.publish, {"line": _passing(line, chance)}) for line in publishing]
    bench.deliver()
    run = bench.run(trace=str(trace))
    assert run.code in (0, 3), run.err
    seldom = {(name, line) for name, line, _ in publishing if chance.random() < AGAIN_ALONE}
    for line in json.loads(trace.read_text()):
        if (line[0], line[1]) not in seldom:
            deaths.append((bench.run, {"line": _passing(line, chance)}))
    for _ in range(INSTANTS):
        deaths.append((bench.run, {"cpu_seconds": 4 * chance.random() ** 2}))
    chance.shuffle(deaths)
    yield from deaths


def _passing(traced: list[Any], chance: random.Random) -> list[Any]:
    """File, line, and which passing of it is the last: mostly an early one."""
    name, line, times = traced
    return [name, line, 1 + int(times * chance.random() ** 6)]


def _recover(bench: Bench, *, after_damage: bool) -> None:
    """Let one run end, on what the killed ones left: it must equal a full one.

    Args:
        bench: the bench.
        after_damage: whether the warehouse is overwritten and restored before.
    """
    if after_damage:
        with (bench.var / "warehouse.duckdb").open("r+b") as file:
            file.seek(DAMAGED_FROM)
            file.write(b"\xa5" * DAMAGED_BYTES)
        restored = bench.command("restore")
        if restored.code:
            bench.wrong.append(f"not restored: {restored.err[-500:]}")
    ended = bench.run()
    if ended.code not in (0, 3):
        bench.wrong.append(f"no recovery: code {ended.code}: {ended.err[-500:]}")
    bench.compare()
