"""Funnels as one would count them by hand: every way through the events is tried. Slow."""

from dataclasses import dataclass

#: An event: instant, touchpoint, value of the property that may be held (None: not known).
Event = tuple[int, str, str | None]


@dataclass(frozen=True)
class Asked:
    """Steps by touchpoint (each several alternatives), spans in the unit of the events."""

    steps: tuple[frozenset[str], ...]
    window: int | None = None
    order: str = "sequential"
    entry: str = "any"
    per_step: tuple[int | None, ...] | None = None
    optional: frozenset[int] = frozenset()
    #: (touchpoint, first step, last step, effect)
    exclude: tuple[tuple[str, int, int, str], ...] = ()
    holds: bool = False
    tie: int = 0


@dataclass(frozen=True)
class Attempt:
    """Steps taken, each with the number of its event, and whether an exclusion removes it."""

    taken: tuple[tuple[int, int], ...]
    is_removed: bool


def attempts(events: list[Event], asked: Asked) -> list[Attempt]:
    """Attempts of one customer, in the order they begin."""
    if asked.entry == "every":
        found = every(events, asked)
    elif asked.order == "any":
        found = gathered(events, asked)
    else:
        found = chained(events, asked)
    return [Attempt(taken, is_removed(taken, events, asked)) for taken in found]


def chained(events: list[Event], asked: Asked) -> list[tuple[tuple[int, int], ...]]:
    """Of all ways through the steps the furthest, first there, begun last, each step early."""
    starts = [place for place in range(len(events)) if serves(events, place, 1, asked)]
    if asked.entry == "first":
        starts = starts[:1]
    ways = [((1, place),) for place in starts]
    for way in ways:  # grows while it is read
        step = way[-1][0]
        for later in range(step + 1, len(asked.steps) + 1):
            if all(between in asked.optional for between in range(step + 1, later)):
                ways += [
                    (*way, (later, other))
                    for other in range(len(events))
                    if may_follow(events, way, later, other, asked)
                ]
    if not ways:
        return []

    def rank(way: tuple[tuple[int, int], ...]) -> tuple[object, ...]:
        last = len(events)
        early = [dict(way).get(step, last) for step in range(2, way[-1][0] + 1)]
        return (-way[-1][0], way[-1][1], -way[0][1], early)

    return [min(ways, key=rank)]


def serves(events: list[Event], place: int, step: int, asked: Asked) -> bool:
    """Whether an event can be a step."""
    _, name, held = events[place]
    return name in asked.steps[step - 1] and (held is not None or not asked.holds)


def may_follow(
    events: list[Event], way: tuple[tuple[int, int], ...], step: int, place: int, asked: Asked
) -> bool:
    """Whether an event can be the next step of a way."""
    before_step, before = way[-1]
    begun, last, now = (events[i][0] for i in (way[0][1], before, place))
    longest = None if asked.per_step is None else asked.per_step[step - 2]
    in_order = place > before if asked.tie == 0 else now >= last - asked.tie
    return (
        serves(events, place, step, asked)
        and in_order
        and place not in [used for _, used in way]
        and (asked.window is None or now - begun <= asked.window)
        and (longest is None or now - last <= longest)
        and (asked.order != "strict" or place == before + 1)
        and (not asked.holds or events[place][2] == events[before][2])
        and not any(
            effect == "end_attempt"
            and first <= before_step
            and step <= end
            and any(
                events[i][1] == name and is_between(events, before, i, place, asked)
                for i in range(len(events))
            )
            for name, first, end, effect in asked.exclude
        )
    )


def is_between(events: list[Event], first: int, place: int, last: int, asked: Asked) -> bool:
    """Whether an event lies between two others, as far as the tie window lets one say."""
    if asked.tie == 0:
        return first < place < last
    return events[first][0] + asked.tie < events[place][0] < events[last][0] - asked.tie


def step_in_any_order(events: list[Event], place: int, asked: Asked) -> int | None:
    """The first step that an event fits."""
    fits = [s for s in range(1, len(asked.steps) + 1) if serves(events, place, s, asked)]
    return fits[0] if fits else None


def excludes(events: list[Event], place: int, name: str, asked: Asked) -> bool:
    """Whether an event is one that an exclusion names; in any order no event of a step is."""
    is_step = asked.order == "any" and any(events[place][1] in names for names in asked.steps)
    return events[place][1] == name and not is_step


def gathered(events: list[Event], asked: Asked) -> list[tuple[tuple[int, int], ...]]:
    """From each event on, the first event of each step inside the window; the best of these."""
    ways = []
    for start in range(len(events)):
        if step_in_any_order(events, start, asked) is None:
            continue
        done: list[int] = []
        places: list[int] = []
        for place in range(start, len(events)):
            if asked.window is not None and events[place][0] - events[start][0] > asked.window:
                break
            if place > start and any(
                effect == "end_attempt" and excludes(events, place, name, asked)
                for name, _, _, effect in asked.exclude
            ):
                break
            step = step_in_any_order(events, place, asked)
            same = not asked.holds or events[place][2] == events[start][2]
            if step is not None and step not in done and same:
                done.append(step)
                places.append(place)
        ways.append(tuple(enumerate(places, 1)))
    if asked.entry == "first":
        return ways[:1]
    return [min(ways, key=lambda way: (-len(way), way[-1][1], -way[0][1]))] if ways else []


def every(events: list[Event], asked: Asked) -> list[tuple[tuple[int, int], ...]]:
    """Each event carries on the attempt that is furthest, or begins one."""
    ways: list[list[tuple[int, int]]] = []
    ended: set[int] = set()
    for place in range(len(events)):
        chosen: tuple[int, int, int] | None = None
        for number, way in enumerate(ways):
            target = next_step(events, way, place, asked)
            if number not in ended and target is not None:
                chosen = max(chosen or (0, 0, 0), (way[-1][0], number, target))
        if chosen is not None:
            ways[chosen[1]].append((chosen[2], place))
        elif begins(events, place, asked):
            ways.append([(1, place)])
        for number, way in enumerate(ways):
            for name, first, last, effect in asked.exclude:
                if (
                    effect == "end_attempt"
                    and excludes(events, place, name, asked)
                    and way[-1][1] != place
                    and first <= way[-1][0] < last
                ):
                    ended.add(number)
    return [tuple(way) for way in ways]


def begins(events: list[Event], place: int, asked: Asked) -> bool:
    """Whether an event can begin an attempt."""
    if asked.order == "any":
        return step_in_any_order(events, place, asked) is not None
    return serves(events, place, 1, asked)


def next_step(
    events: list[Event], way: list[tuple[int, int]], place: int, asked: Asked
) -> int | None:
    """The step of an attempt that an event would be."""
    step, before = way[-1]
    now, last, begun = events[place][0], events[before][0], events[way[0][1]][0]
    if asked.window is not None and now - begun > asked.window:
        return None
    if asked.holds and events[place][2] != events[before][2]:
        return None
    if asked.order == "strict" and place != before + 1:
        return None
    if asked.order == "any":
        found = step_in_any_order(events, place, asked)
        used = [step_in_any_order(events, other, asked) for _, other in way]
        return None if found is None or found in used else step + 1
    for later in range(step + 1, len(asked.steps) + 1):
        longest = None if asked.per_step is None else asked.per_step[later - 2]
        if serves(events, place, later, asked) and (longest is None or now - last <= longest):
            return later
        if later not in asked.optional:
            return None
    return None


def is_removed(taken: tuple[tuple[int, int], ...], events: list[Event], asked: Asked) -> bool:
    """Whether what an exclusion removes for happened in one of its gaps."""
    begun = events[taken[0][1]][0]
    for name, first, last, effect in asked.exclude:
        for number, (step, place) in enumerate(taken):
            if effect != "remove" or not first <= step < last:
                continue
            for other in range(len(events)):
                if not excludes(events, other, name, asked):
                    continue
                if number + 1 < len(taken):
                    if is_between(events, place, other, taken[number + 1][1], asked):
                        return True
                elif asked.tie == 0:
                    in_time = asked.window is None or events[other][0] - begun <= asked.window
                    if other > place and in_time:
                        return True
                else:
                    in_time = asked.window is None or events[other][0] - begun <= asked.window
                    if events[other][0] > events[place][0] + asked.tie and in_time:
                        return True
    return False
