"""The grammar of path patterns: what is read, and what errors point at."""

import pytest

from journeylab.errors import InputRefused, UnknownName
from journeylab.patterns import Anchor, Step, parse_pattern, quoted_name

ANY = Step((), is_negated=True)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("web:cart", (Step(("web:cart",)),), id="one step"),
        pytest.param("a->b", (Step(("a",)), Step(("b",))), id="no blanks"),
        pytest.param(" a -> . -> b ", (Step(("a",)), ANY, Step(("b",))), id="any step"),
        pytest.param(
            "a -> .* -> b",
            (Step(("a",)), Step((), is_negated=True, is_run=True), Step(("b",))),
            id="any run",
        ),
        pytest.param("[a | b]", (Step(("a", "b")),), id="one of"),
        pytest.param("[^a|b]", (Step(("a", "b"), is_negated=True),), id="none of"),
        pytest.param(
            "web:cart -> [^purchase:completed]* -> (end)",
            (
                Step(("web:cart",)),
                Step(("purchase:completed",), is_negated=True, is_run=True),
                Anchor("(end)"),
            ),
            id="abandoned cart",
        ),
        pytest.param(
            "(start) -> [a]* -> (open)",
            (Anchor("(start)"), Step(("a",), is_run=True), Anchor("(open)")),
            id="both ends",
        ),
        pytest.param("pay compensation", (Step(("pay compensation",)),), id="blank in a name"),
        pytest.param("web:index.html", (Step(("web:index.html",)),), id="dot in a name"),
        pytest.param("^a", (Step(("^a",)),), id="caret outside brackets"),
        pytest.param('"a -> b"', (Step(("a -> b",)),), id="arrow in quotes"),
        pytest.param('"say ""hi"""', (Step(('say "hi"',)),), id="quotes in quotes"),
        pytest.param('["[x]"|"."|"(start)"]', (Step(("[x]", ".", "(start)")),), id="odd names"),
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
