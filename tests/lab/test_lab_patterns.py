"""Times, counts and stages in patterns, and all matches: those a slow reader of paths finds."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused
from journeylab.patterns import Anchor, Pattern, parse_pattern, quoted_name

HOSTILE = [
    "a -> b",
    "x|y",
    "[^b]*",
    'say "hi"',
    "it's",
    "<b>bold</b>",
    "(begin)",
    ".",
    "$x 💶",
    "a",
]
STAGES = {"reach": ["home"], "nurture": ["help"], "convert": ["cart", "paid"]}


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Ana hesitates for an hour at each cart, ben for a day; cid goes straight on."""
    rows = frame(
        ana=[(0, "home"), (1, "cart"), (61, "home"), (62, "cart"), (122, "paid")],
        ben=[(0, "cart"), (DAY, "home"), (DAY + 5, "cart")],
        cid=[(0, "home"), (1, "help"), (2, "help2"), (3, "help"), (4, "paid")],
    )
    with opened(rows, goals="paid", stages={**STAGES, "nurture": ["help", "help2"]}) as opened_lab:
        yield opened_lab


def found(lab: jl.Lab, pattern: str) -> list[tuple[object, ...]]:
    """Customer, first and last step of each match."""
    return lab.matches(pattern).select("customer_id", "first_step", "last_step").rows()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("cart -[<=1h]-> .", [("ana", 2, 3), ("ana", 4, 5)], id="exactly an hour"),
        pytest.param("cart -[<1h]-> .", [], id="less than an hour"),
        pytest.param("cart -[>1h]-> .", [("ben", 1, 2)], id="more than an hour"),
        pytest.param("cart -[>=1h, <2d]-> home -[<10min]-> cart",
                     [("ana", 2, 4), ("ben", 1, 3)], id="two times"),
        pytest.param("home -> .* -[1h..1h]-> paid", [("ana", 1, 5)], id="a run before"),
        pytest.param("home -[<5min]-> .* -> paid", [("ana", 1, 5), ("cid", 1, 5)],
                     id="a run after, taken"),
        pytest.param("cart -[<=1h]-> [help]* -[>30min]-> paid", [("ana", 4, 5)],
                     id="a run not taken: both arrows bound one wait"),
        pytest.param("cart -[<1h]-> [help]* -[>30min]-> paid", [], id="one of them not held"),
        pytest.param("(start) -> .{2} -[1h..1h]-> .", [("ana", 1, 3)], id="a count before"),
        pytest.param("[help|help2]{3}", [("cid", 2, 4)], id="a count"),
        pytest.param("[help|help2]{1,2}", [("cid", 2, 3), ("cid", 4, 4)], id="from one to two"),
        pytest.param("stage:nurture -> stage:convert", [("cid", 4, 5)], id="stages"),
        pytest.param("stage:convert -[>=1h]-> [^stage:convert]",
                     [("ana", 2, 3), ("ben", 1, 2)], id="no touchpoint of a stage"),
        pytest.param("(start) -> [help]* -> cart -[>1h]-> .", [("ben", 1, 2)], id="from start"),
        pytest.param("paid -[<1h]-> .*", [], id="a time needs a step behind it"),
    ],
)  # fmt: skip
def test_matches_are_found_where_they_are(
    lab: jl.Lab, pattern: str, expected: list[tuple[object, ...]]
) -> None:
    """Worked by hand on three journeys."""
    assert found(lab, pattern) == expected


def test_a_match_tells_when_and_between_what(lab: jl.Lab) -> None:
    """Instants of its first and last step, and the time between them."""
    row = lab.matches("cart -> home -> cart").row(0, named=True)

    told = ("match_number", "matches", "steps", "first_touchpoint", "duration_seconds", "outcome")
    assert [row[name] for name in told] == [1, 1, 3, "cart", 61 * 60, "converted"]
    assert str(row["first_entered_at"]) == "2026-01-01 12:01:00"
    assert str(row["last_entered_at"]) == "2026-01-01 13:02:00"


def test_a_match_without_a_step_has_no_place(lab: jl.Lab) -> None:
    """The start of a journey, and a run of nothing."""
    row = lab.matches("(start) -> [cart]* -> [help]*").row(0, named=True)

    assert (row["customer_id"], row["first_step"], row["last_step"], row["steps"]) == (
        "ana", None, None, 0,
    )  # fmt: skip


def test_filters_and_limits_narrow_matches(lab: jl.Lab) -> None:
    """As everywhere; positions agree with those of journeys."""
    assert lab.matches("cart", where="outcome = 'converted'").height == 2
    assert lab.only(outcome="dropped").matches("cart").height == 2
    assert lab.matches("cart", limit=1).height == 1
    first = lab.journeys("cart").select("customer_id", "first_matched_step", "matches").rows()
    assert first == [("ana", 2, 2), ("ben", 1, 2)]
    with pytest.raises(InputRefused, match="limit is -1"):
        lab.matches("cart", limit=-1)


def test_a_timed_pattern_defines_a_segment(lab: jl.Lab) -> None:
    """Hesitant at a cart, or not: the levels add up to all."""
    slow = lab.segment("slow", pattern="stage:convert -[>=1h]-> .")
    quick = lab.segment("slow", "false", pattern="stage:convert -[>=1h]-> .")

    assert lab.journeys(segment=slow)["customer_id"].to_list() == ["ana", "ben"]
    assert lab.journeys(segment=quick)["customer_id"].to_list() == ["cid"]


@dataclass(frozen=True)
class Walk:
    """A path: touchpoints, the wait before each but the first, and how it ended."""

    path: list[str]
    waits_us: list[int]
    end: str


def spans(pattern: Pattern, walk: Walk) -> set[tuple[int, int]]:
    """The slow reader: tries every place to start, every length of every run."""
    found: set[tuple[int, int]] = set()
    size = len(walk.path)

    def rest(place: int, step: int, first: int, waits: list[object], *, came: bool) -> None:
        """``waits`` must all hold between the step before and the next; came: is there one."""
        if place == len(pattern.parts):
            if not any(waits):
                found.add((first, step))
            return
        part = pattern.parts[place]
        after = [pattern.waits[place]] if place < len(pattern.waits) else [None]
        if isinstance(part, Anchor):
            if part.name == "(start)":
                if step == 0:
                    rest(place + 1, step, first, after, came=False)
                return
            wanted = {"(end)": ("(converted)", "(dropped)")}.get(part.name, (part.name,))
            if step == size and walk.end in wanted and not any(waits):
                found.add((first, step))
            return
        if part.least == 0 and (came or not any(after)):
            rest(place + 1, step, first, [*waits, *after] if came else [None], came=came)
        taken = 0
        while step < size and part.takes(walk.path[step]):
            if taken == 0 and any(
                wait is not None and not wait.holds(walk.waits_us[step]) for wait in waits
            ):
                return
            taken, step = taken + 1, step + 1
            if part.most is not None and taken > part.most:
                return
            if taken >= part.least:
                rest(place + 1, step, first, after, came=True)

    for step in range(size + 1):
        rest(0, step, step, [None], came=False)
    return found


NAMES = st.sampled_from(HOSTILE).map(quoted_name)
SETS = st.lists(NAMES, min_size=1, max_size=3).map("|".join)
OFTEN = st.sampled_from(["", "", "*", "{2}", "{1,2}", "{0,2}", "{2,}"])
STEPS = st.one_of(
    NAMES,
    st.builds(".{}".format, OFTEN),
    st.builds("[{}]{}".format, SETS, OFTEN),
    st.builds("[^{}]{}".format, SETS, OFTEN),
)
ARROWS = st.sampled_from(
    [" -> ", " -> ", " -[<3min]-> ", " -[>=3min]-> ", " -[1min..4min]-> ", " -[>1min, <1h]-> "]
)
PATTERNS = st.builds(
    lambda first, start, more, last: (
        first + start + "".join(arrow + step for arrow, step in more) + last
    ),
    st.sampled_from(["", "(start) -> "]),
    STEPS,
    st.lists(st.tuples(ARROWS, STEPS), max_size=3),
    st.sampled_from(["", " -> (end)", " -> (converted)", " -> (dropped)", " -> (open)"]),
)


@pytest.fixture(scope="module")
def hostile() -> Iterator[tuple[jl.Lab, dict[str, Walk]]]:
    """60 customers walk among touchpoints with odd names, waiting 1 to 6 minutes."""
    people = {}
    for person in range(60):
        minute = float(40 * DAY if person % 4 == 0 else 0)
        events = []
        for step in range(1 + person % 6):
            events.append((minute, HOSTILE[(person * 7 + step * (1 + person % 3)) % 10]))
            minute += 1 + (person * 5 + step * 3) % 6
        people[f"p{person:02}"] = events
    with opened(frame(**people), goals="a", assume_complete=False) as lab:
        walks = lab.sql(
            "select journey_id, list(touchpoint order by step_number),"
            " list(round(next_wait_seconds * 1e6)::bigint order by step_number),"
            " max_by(next_touchpoint, step_number) from step_flows"
            " where part = 'before' group by journey_id"
        )
        yield lab, {row[0]: Walk(row[1], [0, *row[2]], row[3]) for row in walks.rows()}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=PATTERNS)
def test_the_database_finds_what_a_slow_reader_finds(
    hostile: tuple[jl.Lab, dict[str, Walk]], text: str
) -> None:
    """Names of quotes, arrows, brackets, HTML and emoji; counts, runs and bounded times."""
    lab, walks = hostile
    try:
        pattern = parse_pattern(text)
    except InputRefused:
        reject()  # runs alone fit every journey, and times at the ends are refused

    expected = {name: spans(pattern, walk) for name, walk in walks.items()}

    table = lab.matches(text, limit=None)
    assert set(table["journey_id"]) == {name for name, places in expected.items() if places}
    for row in table.iter_rows(named=True):
        places = expected[row["journey_id"]]
        if row["first_step"] is not None:
            assert (row["first_step"] - 1, row["last_step"]) in places
        if row["match_number"] == 1:
            leftmost = min(first for first, _ in places)
            assert row["first_step"] in (None, leftmost + 1)
    first = table.filter(match_number=1).select("journey_id", "first_step", "last_step", "matches")
    told = lab.journeys(text, limit=None)
    renamed = told.select(
        "journey_id", first_step="first_matched_step", last_step="last_matched_step",
        matches="matches",
    )  # fmt: skip
    assert first.sort("journey_id").equals(renamed.sort("journey_id"))
