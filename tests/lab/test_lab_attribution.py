"""Lab.attribution: worked by hand, and by a slow reader of the same journeys."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from shop_frame import DAY, START, opened, sold

import journeylab as jl
from journeylab.errors import InputRefused, NoGoal, NothingSettled, SettingsError, UnknownName

WEEK = 7 * DAY
PAID = {"ana": "10", "ben": "20", "cid": "5"}


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Ana: a, a week later b, a week later a, and buys. Ben: b, buys. Cid buys. Dan: a, c."""
    people = {
        "ana": [(0, "a"), (WEEK, "b"), (2 * WEEK, "a"), (2 * WEEK + 1, "paid")],
        "ben": [(0, "b"), (1, "paid")],
        "cid": [(0, "paid")],
        "dan": [(0, "a"), (1, "c")],
    }
    with opened(
        sold(people, PAID, {}), goals="paid", value="price", currency="money"
    ) as opened_lab:
        yield opened_lab


def credit(table: pl.DataFrame, model: str) -> dict[str, tuple[str, str]]:
    """Unit -> conversions and value, as text."""
    rows = table.filter(model=model).select("unit", "conversions", "value")
    return {unit: (f"{n.normalize():f}", f"{v:.2f}") for unit, n, v in rows.iter_rows()}


@pytest.mark.parametrize(
    ("model", "a", "b"),
    [
        pytest.param("first", ("1", "10.00"), ("1", "20.00"), id="first"),
        pytest.param("last", ("1", "10.00"), ("1", "20.00"), id="last"),
        pytest.param("linear", ("0.666667", "6.67"), ("1.333333", "23.33"), id="2/3 and 1/3"),
        pytest.param("position", ("0.8", "8.00"), ("1.2", "22.00"), id="40/20/40"),
        pytest.param("time_decay", ("0.714286", "7.14"), ("1.285714", "22.86"), id="¼ ½ 1"),
        pytest.param("markov", ("1.058824", "15.88"), ("0.941176", "14.12"), id="9/17 and 8/17"),
        pytest.param("shapley", ("0.5", "5.00"), ("1.5", "25.00"), id="half of Ana's each"),
    ],
)
def test_each_model_by_hand(lab: jl.Lab, model: str, a: Any, b: Any) -> None:
    """Ana's touches are a, b, a with weights ¼, ½, 1 by age; Cid's purchase nobody earns.

    Removal effects are 1/2 of a, 4/9 of b and none of c, of which nobody bought.
    """
    table = lab.attribution(model, by="touchpoint")

    told = credit(table, model)
    assert told == {"a": a, "b": b, "c": ("0", "0.00"), "(none)": ("1", "5.00")}
    assert table["unit"].to_list()[-1] == "(none)"
    assert table["conversions"].sum() == Decimal(3)
    assert table["value"].sum() == Decimal(35)
    assert table["conversions_total"].unique().to_list() == [3]


def test_who_was_touched_and_how_sure_it_is(lab: jl.Lab) -> None:
    """Journeys with a: Ana's and Dan's; the removal effect stands beside the credit."""
    row = lab.attribution("markov", by="touchpoint").filter(unit="a").row(0, named=True)

    assert (row["journeys"], row["converted"], row["customers"]) == (2, 1, 2)
    assert row["removal_effect"] == 0.5
    assert row["is_insufficient"]
    assert row["conversions_low"] <= 18 / 17 <= row["conversions_high"]


def test_all_models_stand_in_one_table(lab: jl.Lab) -> None:
    """In their order; the channel of names without a colon is 'events'."""
    table = lab.attribution()

    assert table["model"].unique(maintain_order=True).to_list() == [
        "first", "last", "linear", "position", "time_decay", "markov", "shapley",
    ]  # fmt: skip
    assert table["unit"].unique(maintain_order=True).to_list() == ["events", "(none)"]


def test_the_look_back_counts_from_the_goal_and_holds_its_bound(lab: jl.Lab) -> None:
    """Ana's b lies 7 days and a minute before her goal, the look-back of just that holds it."""
    exact = 7 + 1 / DAY

    assert credit(lab.attribution("linear", by="touchpoint", look_back_days=7), "linear")["a"] == (
        "1",
        "10.00",
    )
    assert credit(lab.attribution("linear", by="touchpoint", look_back_days=exact), "linear")[
        "a"
    ] == ("0.5", "5.00")


def test_how_often_somebody_was_touched_can_earn_credit_of_its_own(lab: jl.Lab) -> None:
    """Ana saw a twice and b once: they stand as a (2), b (1), in the order first seen."""
    table = lab.attribution("first", by="touchpoint", transform="frequency")

    assert credit(table, "first") == {
        "a (2)": ("1", "10.00"),
        "b (1)": ("1", "20.00"),
        "a (1)": ("0", "0.00"),
        "c (1)": ("0", "0.00"),
        "(none)": ("1", "5.00"),
    }


def test_filters_choose_the_journeys_shared_out(lab: jl.Lab) -> None:
    """Of those that begin with b only Ben's is left."""
    table = lab.attribution("last", by="touchpoint", where="first_touchpoint = 'b'")

    assert credit(table, "last") == {"b": ("1", "20.00")}


def spend_of(*lines: tuple[int, str | None, float]) -> pl.DataFrame:
    """Lines: day after the start, touchpoint, amount in EUR."""
    rows = [(START.date() + timedelta(days=day), unit, amount) for day, unit, amount in lines]
    told = pl.DataFrame(rows, schema=["date", "touchpoint", "amount"], orient="row")
    return told.with_columns(currency=pl.lit("EUR"))


def test_spend_is_held_against_the_credit_of_its_days(lab: jl.Lab) -> None:
    """On the first day only Ben's and Cid's journeys and Dan's end; the later line is left out."""
    spend = spend_of((0, "b", 5.0), (0, "d", 4.0), (0, None, 1.0))

    table = lab.attribution("last", by="touchpoint", spend=spend)

    columns = ("unit", "spend", "roas", "roi", "cost_per_conversion")
    assert table.select(columns).rows() == [
        ("b", Decimal(5), 4.0, 3.0, 5.0),
        ("a", None, None, None, None),
        ("c", None, None, None, None),
        ("d", Decimal(4), 0.0, -1.0, None),
        ("(none)", Decimal(1), None, None, None),
    ]
    assert table["value_total"].unique().to_list() == [Decimal(25)]
    assert table["spend_last_date"].unique().to_list() == [START.date()]


def test_spend_of_days_that_are_not_settled_is_left_out() -> None:
    """The data reach to day 40: journeys are settled up to day 9, spend of day 20 waits."""
    people = {"ana": [(0, "a"), (1, "paid")], "ben": [(40 * DAY, "a")]}
    with opened(
        sold(people, {"ana": "10"}, {}),
        goals="paid",
        value="price",
        currency="money",
        assume_complete=False,
    ) as young:
        spend = spend_of((0, "a", 2.0), (20, "a", 100.0))
        table = young.attribution("last", by="touchpoint", spend=spend)
        with pytest.raises(InputRefused, match="the spend begins on 2026-01-21"):
            young.attribution("last", by="touchpoint", spend=spend.tail(1))

    assert table.select("spend", "roas").rows() == [(Decimal(2), 5.0)]
    assert (table["spend_last_date"].item() - START.date()).days == 9


def test_conversions_without_a_value_stand_apart() -> None:
    """Cid paid nothing that is known: a conversion all the same, in rows without a currency."""
    people = {who: [(0, "a"), (1, "b"), (2, "paid")] for who in ("ana", "ben", "cid")}
    told = sold(people, {"ana": "10", "ben": "7.01"}, {})
    with opened(told, goals="paid", value="price", currency="money") as mixed:
        table = mixed.attribution("linear", by="touchpoint")
        with pytest.raises(InputRefused, match="spend is in GBP, and conversions are in EUR"):
            mixed.attribution(
                "linear",
                by="touchpoint",
                spend=spend_of((0, "a", 1.0)).with_columns(currency=pl.lit("GBP")),
            )

    assert table.select("currency", "unit", "conversions", "value", "value_total").rows() == [
        ("EUR", "a", Decimal(1), Decimal("8.51"), Decimal("17.01")),
        ("EUR", "b", Decimal(1), Decimal("8.50"), Decimal("17.01")),
        (None, "a", Decimal("0.5"), None, None),
        (None, "b", Decimal("0.5"), None, None),
    ]


def test_what_cannot_be_asked_is_refused(lab: jl.Lab, tmp_path) -> None:
    """Each with what would be right."""
    with pytest.raises(InputRefused, match="no model 'markow'"):
        lab.attribution("markow")
    with pytest.raises(InputRefused, match="name each wanted model once"):
        lab.attribution([])
    with pytest.raises(InputRefused, match="no unit to attribute to 'page'"):
        lab.attribution(by="page")
    with pytest.raises(InputRefused, match="no transform 'last'"):
        lab.attribution(transform="last")
    with pytest.raises(InputRefused, match="look_back_days is 0"):
        lab.attribution(look_back_days=0)
    with pytest.raises(NoGoal, match="no settled journey of those asked converted"):
        lab.attribution(where="outcome = 'lapsed'")
    with pytest.raises(NothingSettled, match="attribution needs settled journeys"):
        lab.attribution(segment=("2030-01-01", None))
    with pytest.raises(UnknownName, match="no column"):
        lab.attribution(where="no_such = 1")
    with pytest.raises(InputRefused, match="the spend does not say what channel it was for"):
        lab.attribution(spend=spend_of((0, "a", 1.0)))
    with pytest.raises(InputRefused, match="by how often somebody was touched"):
        lab.attribution(transform="frequency", spend=spend_of((0, "a", 1.0)))
    with pytest.raises(SettingsError, match="spend cannot be read"):
        lab.attribution(spend=tmp_path / "none.csv")


def test_sources_and_campaigns_of_the_sample(sample_run) -> None:
    """Each adds up; pages inside a session are no origin, so 'direct' is not always last."""
    with jl.open(sample_run.snapshot) as sample:
        sources = sample.attribution("last", by="source_group")
        campaigns = sample.attribution("last", by="campaign")
        tagged = sample.attribution("last", by="source")
        named = sample.sql("select distinct utm_source from events where utm_source is not null")
        settled = sample.sql(
            "select count(*), sum(value) from journeys where is_settled and outcome = 'converted'"
        ).row(0)

    for table in (sources, campaigns, tagged):
        assert (table["conversions"].sum(), table["value"].sum()) == settled
    assert sources.filter(pl.col("conversions") > 20)["unit"].sort().to_list() == [
        "chat", "direct", "email", "organic", "paid", "social",
    ]  # fmt: skip
    assert campaigns["unit"].to_list()[-1] == "(none)"
    assert set(tagged["unit"]) - {"(none)"} <= set(named["utm_source"])
    assert tagged.height > 2
