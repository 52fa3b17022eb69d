"""What-if on paper: exits, returns and waits of touchpoints changed, the chain solved anew."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylab.analysis.what_if import what_if
from journeylab.errors import InputRefused, NothingSettled, UnknownName

TOUCHPOINTS = pl.DataFrame(
    [("a", False, 1, 40), ("b", False, 2, 20), ("c", False, None, 40), ("goal", True, 2, 40)],
    schema=["touchpoint", "is_goal", "stage_rank", "customers"],
    orient="row",
)

#: Ten journeys begin at a, two convert. Four visits to a wait long, and all of them lead to c.
#: As it is p(a) = 1/3 p(b) and p(b) = 1/2 + 1/2 p(a), so p(a) = 1/5.
MOVES = (
    ("(start)", "a", None, 10, 0),
    ("a", "b", False, 4, 40),
    ("a", "c", False, 2, 20),
    ("a", "c", True, 4, 4000),
    ("a", "(dropped)", None, 2, 0),
    ("b", "a", False, 2, 0),
    ("b", "goal", False, 2, 0),
    ("c", "(dropped)", None, 6, 0),
    ("goal", "(converted)", None, 2, 0),
)


def move_table(*moves, replicates=0, value=100.0):
    """The same moves in replicate 0 and in all others; each sale is worth ``value``."""
    names = ("from_node", "to_node", "is_slow", "transitions", "seconds")
    table = pl.DataFrame(moves, schema=names, orient="row")
    is_sold = pl.when(pl.col("to_node") == "(converted)")
    table = table.with_columns(
        is_sold.then("transitions").alias("sales"),
        is_sold.then(pl.col("transitions") * pl.lit(value, pl.Float64)).alias("value"),
    )
    return pl.concat([table.with_columns(replicate=pl.lit(n)) for n in range(replicates + 1)])


def changed(changes, **options):
    return what_if(move_table(*MOVES, **options), TOUCHPOINTS, changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"a": {"exit_rate": 0.0}}, 1000 / 4, id="no exits: p(a) = 2/5 p(b)"),
        pytest.param({"a": {"exit_rate": 1.0}}, 0, id="exits alone"),
        pytest.param({"a": {"slow_share": 0.0}}, 5000 / 13, id="no long wait: 5/9 p(b)"),
        pytest.param({"a": {"slow_share": 1 / 6}}, 2000 / 7, id="half as many: 4/9 p(b)"),
        pytest.param({"a": {"slow_share": 1 / 3}}, 200, id="as many long waits as now"),
        pytest.param({"b": {"slow_share": 0.0}}, 200, id="there are no long waits after b"),
        pytest.param({"b": {"return_rate": 0.0}}, 1000 / 3, id="nobody goes back: p(b) = 1"),
        pytest.param({"b": {"return_rate": 0.75}}, 1000 / 9, id="p(b) = 1/4 + 3/4 p(a)"),
        pytest.param({"b": {"return_rate": 0.5}}, 200, id="as many go back as now"),
    ],
)
def test_one_change(changes, expected):
    """Shares of visits: a has 12, 2 of them exits and 4 followed by a long wait."""
    assert changed(changes)["conversions_per_1000"].to_list() == pytest.approx([expected])


def test_what_a_change_is_worth():
    """250 instead of 200 per 1,000 are half a conversion of 100 over ten journeys."""
    found = changed({"a": {"exit_rate": 0.0}}).row(0, named=True)

    assert found["touchpoint"] == "a"
    assert found["present"] == pytest.approx(1 / 6)
    assert found["changed_to"] == 0.0
    assert found["conversions_per_1000_present"] == 200.0
    assert found["extra_conversions"] == pytest.approx(0.5)
    assert found["extra_value"] == pytest.approx(50.0)
    assert (found["journeys"], found["customers"], found["is_insufficient"]) == (10, 40, False)


def test_shorter_waits_save_time():
    """406 seconds a journey; without long waits 18/13 visits to a of 100/12 seconds each."""
    found = changed({"a": {"slow_share": 0.0}}).row(0, named=True)

    assert found["expected_seconds"] == pytest.approx(150 / 13)
    assert found["extra_seconds"] == pytest.approx(150 / 13 - 406)
    assert found["meaning"].startswith("Associated, not caused")


def test_several_changes_come_with_all_of_them_jointly():
    """Alone 250 and 333 per 1,000, together p(a) = 2/5: rows do not add up."""
    found = changed({"a": {"exit_rate": 0.0}, "b": {"return_rate": 0.0}})

    assert found.select("touchpoint", "measure").rows() == [
        ("a", "exit_rate"),
        ("b", "return_rate"),
        (None, "joint"),
    ]
    assert found["conversions_per_1000"].to_list() == pytest.approx([250, 1000 / 3, 400])
    assert found["customers"].to_list() == [40, 20, 20]
    assert found["is_insufficient"].to_list() == [False, True, True]


def test_changes_of_one_touchpoint_are_made_waits_first():
    """No long wait: 5/9 go to b and 5/18 to c; without exits 2/3 go to b: p(a) = 2/3 p(b)."""
    found = changed({"a": {"exit_rate": 0.0, "slow_share": 0.0}})

    assert found["conversions_per_1000"][2] == pytest.approx(500)


def test_intervals_hold_the_figure():
    """Twenty replicates like the data: no spread at all."""
    found = changed({"a": {"exit_rate": 0.0}}, replicates=20).row(0, named=True)

    for figure in ("conversions_per_1000", "extra_conversions", "extra_value", "extra_seconds"):
        bounds = (found[f"{figure}_low"], found[f"{figure}_high"])
        assert bounds == pytest.approx((found[figure],) * 2)


@st.composite
def some_moves(draw):
    """Moves among three touchpoints that anybody may leave, convert from or walk back and forth."""
    moves = [("(start)", "a", None, draw(st.integers(1, 20)), 0)]
    counts = st.integers(0, 9)
    for node in "abc":
        for target in sorted({*"abc"} - {node}):
            for is_slow in (False, True):
                moves.append((node, target, is_slow, draw(counts), draw(st.integers(0, 9000))))
        moves.append((node, "goal", False, draw(st.integers(1, 9)), 60))
        moves.append((node, "(dropped)", None, draw(counts), 0))
    sold = sum(move[3] for move in moves if move[1] == "goal")
    moves.append(("goal", "(converted)", None, sold, 0))
    return [move for move in moves if move[3]]


@given(
    some_moves(),
    st.dictionaries(
        st.sampled_from("abc"),
        st.dictionaries(
            st.sampled_from(["exit_rate", "return_rate", "slow_share"]),
            st.floats(0, 1),
            min_size=1,
        ),
        min_size=1,
    ),
)
def test_replicates_like_the_data_give_the_figure_itself(moves, changes):
    """Whatever is changed: replicates are worked out apart from the chain of all moves."""
    try:
        found = what_if(move_table(*moves, replicates=20), TOUCHPOINTS, changes)
    except (InputRefused, UnknownName, NothingSettled):
        return

    for row in found.iter_rows(named=True):
        for figure in ("conversions_per_1000", "extra_conversions", "extra_value", "extra_seconds"):
            bounds = (row[f"{figure}_low"], row[f"{figure}_high"])
            assert bounds == pytest.approx((row[figure],) * 2, rel=1e-6, abs=1e-6), figure


def test_without_replicates_or_a_value_they_are_unknown():
    """Null, not 0."""
    found = changed({"a": {"exit_rate": 0.0}}, value=None).row(0, named=True)

    assert found["extra_value"] is None
    assert found["extra_conversions_low"] is None
    assert found["extra_conversions"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("changes", "error", "phrase"),
    [
        pytest.param({}, InputRefused, "nothing changes", id="no change"),
        pytest.param({"a": {}}, InputRefused, "nothing changes", id="no measure"),
        pytest.param({"goal": {"exit_rate": 0.1}}, InputRefused, "is a goal", id="goal"),
        pytest.param({"(start)": {"exit_rate": 0.1}}, InputRefused, "journeys start", id="start"),
        pytest.param({"aa": {"exit_rate": 0.1}}, UnknownName, "no node 'aa'", id="touchpoint"),
        pytest.param({"a": {"exit": 0.1}}, UnknownName, "did you mean 'exit_rate'", id="measure"),
        pytest.param({"a": {"exit_rate": "0.1"}}, InputRefused, "write a share", id="text"),
        pytest.param({"a": {"exit_rate": True}}, InputRefused, "write a share", id="truth"),
        pytest.param({"a": {"exit_rate": 2}}, InputRefused, "from 0 to 1", id="no share"),
        pytest.param({"c": {"exit_rate": 0.5}}, InputRefused, "no other moves", id="all exits"),
        pytest.param({"c": {"return_rate": 0}}, InputRefused, "has no stage", id="no stage"),
        pytest.param({"a": {"return_rate": 0.1}}, InputRefused, "no move from 'a'", id="lowest"),
        pytest.param({"a": {"slow_share": 0.5}}, InputRefused, "above the present", id="slower"),
    ],
)
def test_what_cannot_be_is_refused(changes, error, phrase):
    """Each with what is wrong and how to mend it."""
    with pytest.raises(error, match=phrase.replace("(", r"\(")):
        changed(changes)


def test_waits_that_are_all_long_give_no_mix():
    """Nobody shows what shorter waits go with."""
    moves = (
        ("(start)", "a", None, 1, 0),
        ("a", "goal", True, 1, 9),
        ("goal", "(converted)", None, 1, 0),
    )

    with pytest.raises(InputRefused, match="every wait after 'a'"):
        what_if(move_table(*moves), TOUCHPOINTS, {"a": {"slow_share": 0.0}})
