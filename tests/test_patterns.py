"""The grammar of path patterns: what is read, and what errors point at."""

import pytest

from journeylab.errors import InputRefused, UnknownName
from journeylab.patterns import Anchor, Step, Wait, parse_pattern, quoted_name, spelling

ANY = Step((), is_negated=True)
HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("web:cart", (Step(("web:cart",)),), id="one step"),
        pytest.param("a->b", (Step(("a",)), Step(("b",))), id="no blanks"),
        pytest.param(" a -> . -> b ", (Step(("a",)), ANY, Step(("b",))), id="any step"),
        pytest.param(
            "a -> .* -> b",
            (Step(("a",)), Step((), True, 0, None), Step(("b",))),
            id="any run",
        ),
        pytest.param("[a | b]", (Step(("a", "b")),), id="one of"),
        pytest.param("[^a|b]", (Step(("a", "b"), is_negated=True),), id="none of"),
        pytest.param(
            "web:cart -> [^purchase:completed]* -> (end)",
            (
                Step(("web:cart",)),
                Step(("purchase:completed",), True, 0, None),
                Anchor("(end)"),
            ),
            id="abandoned cart",
        ),
        pytest.param(
            "(start) -> [a]* -> (open)",
            (Anchor("(start)"), Step(("a",), False, 0, None), Anchor("(open)")),
            id="both ends",
        ),
        pytest.param("pay compensation", (Step(("pay compensation",)),), id="blank in a name"),
        pytest.param("web:index.html", (Step(("web:index.html",)),), id="dot in a name"),
        pytest.param("^a", (Step(("^a",)),), id="caret outside brackets"),
        pytest.param('"a -> b"', (Step(("a -> b",)),), id="arrow in quotes"),
        pytest.param('"say ""hi"""', (Step(('say "hi"',)),), id="quotes in quotes"),
        pytest.param('["[x]"|"."|"(start)"]', (Step(("[x]", ".", "(start)")),), id="odd names"),
        pytest.param("[a]{2,4}", (Step(("a",), False, 2, 4),), id="two to four"),
        pytest.param("[^a]{3} -> b", (Step(("a",), True, 3, 3), Step(("b",))), id="three"),
        pytest.param(".{2,}", (Step((), True, 2, None),), id="two or more"),
        pytest.param("a{2}", (Step(("a{2}",)),), id="braces of a name"),
        pytest.param(
            '[a|"x{1}"]{ 0 , 2 } -> b',
            (Step(("a", "x{1}"), False, 0, 2), Step(("b",))),
            id="blanks in a count",
        ),
        pytest.param("<b>ä</b>", (Step(("<b>ä</b>",)),), id="HTML"),
    ],
)
def test_a_pattern_is_read_into_its_parts(text: str, parts: tuple[Step | Anchor, ...]) -> None:
    """Blanks around tokens do not count; blanks inside names do."""
    assert parse_pattern(text).parts == parts


@pytest.mark.parametrize(
    ("text", "what", "column"),
    [
        pytest.param("", "a step is missing", 1, id="empty"),
        pytest.param("a ->", "a step is missing", 5, id="nothing after the arrow"),
        pytest.param("-> a", "a step is missing before '->'", 1, id="nothing before it"),
        pytest.param("a -> -> b", "a step is missing before '->'", 6, id="two arrows"),
        pytest.param("a -> [b", "a ']' is missing", 8, id="open bracket"),
        pytest.param("a -> []", "a name is missing inside [ ]", 7, id="empty brackets"),
        pytest.param("[a|]", "a name is missing inside [ ]", 4, id="nothing after the bar"),
        pytest.param("[a -> b]", "expected '|' or ']'", 4, id="arrow in brackets"),
        pytest.param("a | b", "expected '->'", 3, id="bar outside brackets"),
        pytest.param("a -> b*", "write [b]*", 7, id="starred name"),
        pytest.param("a -> **", "a step is missing before '*'", 6, id="stars"),
        pytest.param("a -> (start)", "(start) can only stand first", 6, id="start not first"),
        pytest.param("(end) -> a", "(end) can only stand last", 1, id="end first"),
        pytest.param("a -> (end) -> b", "nothing follows (end)", 12, id="after the end"),
        pytest.param("a -> (gone)", "no anchor '(gone)'", 6, id="unknown anchor"),
        pytest.param('a -> "b', "a quoted name does not end", 6, id="open quote"),
        pytest.param('"a" "b"', "expected '->'", 5, id="two names"),
        pytest.param(".* -> [^a]*", "fits every journey", 1, id="runs alone"),
        pytest.param("[a]{x}", "no count '{x}'", 4, id="a word for a count"),
        pytest.param("[a]{4,2}", "no step is taken so often: {4,2}", 4, id="falling count"),
        pytest.param("[a]{0}", "no step is taken so often", 4, id="count of none"),
        pytest.param("[a]{2,200}", "a count goes up to 100", 4, id="large count"),
        pytest.param("a{2} -> [b] {2}", "expected '->'", 13, id="a blank before a count"),
        pytest.param("a -[<2h-> b", "does not end with ']->'", 3, id="open time"),
        pytest.param("a -[]-> b", "no limit ''", 3, id="no time"),
        pytest.param("a -[2h]-> b", "no limit '2h'", 3, id="time without a sign"),
        pytest.param("a -[<soon]-> b", "'soon', no span of time", 3, id="no span"),
        pytest.param("a -[<0h]-> b", "wanted more than zero", 3, id="a time of zero"),
        pytest.param("a -[<1h, <2h]-> b", "two limits with '<'", 3, id="two limits"),
        pytest.param("a -[>2h, <1h]-> b", "no time is in '>2h, <1h'", 3, id="no such time"),
        pytest.param("a -[>1h, <=1h]-> b", "no time is in", 3, id="limits that touch"),
        pytest.param("(start) -[<1h]-> a", "a time stands between two steps", 9, id="from start"),
        pytest.param("a -[<1h]-> (end)", "no time is known before (end)", 12, id="to the end"),
    ],
)
def test_an_error_points_at_the_column(text: str, what: str, column: int) -> None:
    """The pattern stands in the message with a caret below the column."""
    with pytest.raises(InputRefused) as refused:
        parse_pattern(text)

    told, where, _ = refused.value.args
    assert what in told
    assert where == f"pattern, column {column}\n         {text}\n         {' ' * (column - 1)}^"


def test_an_unknown_touchpoint_is_pointed_at() -> None:
    """The nearest is named, the caret stands below the name inside the brackets."""
    with pytest.raises(UnknownName) as refused:
        parse_pattern("web:home -> [^web:carte]*", known=["web:home", "web:cart"])

    assert str(refused.value).splitlines() == [
        "no touchpoint 'web:carte'",
        "  where: pattern, column 15",
        "         web:home -> [^web:carte]*",
        "                       ^",
        "  mend:  did you mean 'web:cart'? known: web:cart, web:home",
    ]


@pytest.mark.parametrize("name", ["a", 'a"b', "a -> b", "[^x]*", "(start)", ".", "", "\n", "💶|"])
def test_a_quoted_name_is_itself(name: str) -> None:
    """Whatever a touchpoint is called, it can be asked for."""
    assert parse_pattern(quoted_name(name)).parts == (Step((name,)),)


@pytest.mark.parametrize(
    ("inside", "wait"),
    [
        pytest.param("<2h", Wait(None, 2 * HOUR, True, False), id="below"),
        pytest.param("<= 2 hours", Wait(None, 2 * HOUR), id="at most"),
        pytest.param(">90min", Wait(HOUR * 3 // 2, None, False, True), id="above"),
        pytest.param(">=1d", Wait(24 * HOUR), id="at least"),
        pytest.param("1h..2d", Wait(HOUR, 48 * HOUR), id="range"),
        pytest.param("<2h, >=1h", Wait(HOUR, 2 * HOUR, True, False), id="both sides"),
        pytest.param("1h..1h", Wait(HOUR, HOUR), id="exactly"),
    ],
)
def test_times_between_steps_are_read(inside: str, wait: Wait) -> None:
    """Each limit says whether it is included; a range includes both ends."""
    read = parse_pattern(f"a -[{inside}]-> b -> c")

    assert read.waits == (wait, None)


def test_a_stage_stands_for_its_touchpoints() -> None:
    """Quoted it is a touchpoint of that name; unknown stages get the nearest."""
    stages = {"convert": ["web:cart", "paid"], "none": []}
    known = ["web:cart", "paid", "stage:convert"]

    read = parse_pattern('[stage:convert|"stage:convert"] -> [^stage:none]', known, stages)

    assert read.parts == (Step(("paid", "web:cart", "stage:convert")), ANY)
    assert parse_pattern("stage:convert").names == ("stage:convert",)
    with pytest.raises(UnknownName, match="no stage 'convrt'") as refused:
        parse_pattern("paid -> stage:convrt", known, stages)
    assert "column 9" in str(refused.value)
    assert "did you mean 'convert'" in str(refused.value)


def test_a_pattern_too_large_is_refused() -> None:
    """Before the database meets it."""
    with pytest.raises(InputRefused, match="has 201 parts"):
        parse_pattern(" -> ".join(["a"] * 201))
    with pytest.raises(InputRefused, match="too many runs beside bounded times"):
        spelling(parse_pattern("a" + " -[<1h]-> [b]*" * 30))
    with pytest.raises(InputRefused, match="bounds times at 150 limits"):
        spelling(parse_pattern("a" + "".join(f" -[<{n}h]-> b" for n in range(1, 151))))
