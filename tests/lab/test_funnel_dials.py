"""Dials of Lab.funnel: steps with conditions, what is held, breakdowns, trend, and bad input."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from shop_frame import DAY, START, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName

EVENTS: list[tuple[str, float, str, str | None, int | None]] = [
    # ana looks at red and blue, takes red
    ("ana", 0, "web:look", "red", 10),
    ("ana", 1, "web:look", "blue", 20),
    ("ana", 2, "web:cart", "red", 10),
    ("ana", 3, "shop:paid", "red", 10),
    # ben looks at red and takes blue
    ("ben", 0, "web:look", "red", 10),
    ("ben", 5, "web:cart", "blue", 20),
    ("ben", 9, "shop:paid", None, None),
    # cid gets a mail, clicks a day later, asks, and pays without a cart
    ("cid", 0, "mail:sent", None, None),
    ("cid", DAY, "web:look", "blue", 20),
    ("cid", DAY + 1, "chat:asked", None, None),
    ("cid", DAY + 2, "shop:paid", None, 20),
    # dan looks three weeks later and leaves
    ("dan", 21 * DAY, "web:look", "blue", 20),
]


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Four customers; colour and price are properties, a mail is sent by us."""
    rows = pl.DataFrame(
        [
            {
                "who": who,
                "when": START + timedelta(minutes=minute),
                "what": what,
                "colour": colour,
                "price": price,
            }
            for who, minute, what, colour, price in EVENTS
        ]
    )
    told: dict[str, Any] = {"goals": "shop:paid", "properties": ["colour", "price"]}
    with opened(rows, **told) as opened_lab:
        yield opened_lab


def entered(lab: jl.Lab, steps: Any, **dials: Any) -> list[int]:
    """How many took each step."""
    return lab.funnel(steps, **dials)["entered"].to_list()


def levels(table: pl.DataFrame) -> list[tuple[str | None, list[int]]]:
    """Each level with how many took each step."""
    return [
        (level, table.filter(pl.col("level").eq_missing(level))["entered"].to_list())
        for level in table["level"].unique(maintain_order=True)
    ]


LOOK_CART_PAID = ["web:look", "web:cart", "shop:paid"]


def test_a_step_may_be_one_of_several(lab: jl.Lab) -> None:
    """A cart or a question: ana, ben and cid."""
    table = lab.funnel(["web:look", ["web:cart", "chat:asked"], "shop:paid"])

    assert table["entered"].to_list() == [4, 3, 3]
    assert table["step_name"].to_list() == ["web:look", "web:cart or chat:asked", "shop:paid"]


def test_a_step_may_have_a_condition_on_columns_and_properties(lab: jl.Lab) -> None:
    """Blue at 20 in a cart is ben's alone; as a mapping it is the same."""
    blue = "properties.colour = 'blue' and cast(properties.price as double) > 15"

    assert entered(lab, ["web:look", jl.Step("web:cart", where=blue)]) == [4, 1]
    assert entered(lab, ["web:look", {"touchpoint": "web:cart", "where": blue}]) == [4, 1]
    assert entered(lab, [jl.Step(where="channel = 'web'"), "shop:paid"]) == [4, 3]


def test_a_step_may_be_left_out(lab: jl.Lab) -> None:
    """Cid paid without a cart; who went on from the first step took either."""
    table = lab.funnel(["web:look", jl.Step("web:cart", optional=True), "shop:paid"])

    assert table.select("entered", "converted", "dropped", "is_optional").rows() == [
        (4, 3, 1, False),
        (2, 2, 0, True),
        (3, None, None, False),
    ]


def test_what_is_held_is_equal_along_the_attempt(lab: jl.Lab) -> None:
    """Ana took the red she looked at, ben another one; what is not known holds nothing."""
    assert entered(lab, LOOK_CART_PAID, hold="properties.colour") == [4, 1, 1]
    assert entered(lab, LOOK_CART_PAID, hold=["properties.colour", "channel"]) == [4, 1, 0]


def test_a_breakdown_reads_the_first_the_last_a_step_or_all(lab: jl.Lab) -> None:
    """Ana's attempt begins with her second look, at blue."""
    asked = jl.Funnel(LOOK_CART_PAID, breakdown="properties.colour")

    assert levels(lab.funnel(asked)) == [("blue", [3, 1, 1]), ("red", [1, 1, 1])]
    assert levels(lab.funnel(asked, breakdown_at="last")) == [
        ("blue", [2, 0, 0]),
        ("red", [1, 1, 1]),
        (None, [1, 1, 1]),
    ]
    assert levels(lab.funnel(asked, breakdown_at=2)) == [
        (None, [2, 0, 0]),
        ("blue", [1, 1, 1]),
        ("red", [1, 1, 1]),
    ]
    assert levels(lab.funnel(asked, breakdown_at="all")) == [
        ("blue", [4, 2, 2]),
        ("red", [2, 2, 2]),
        (None, [1, 1, 1]),
    ]


def test_rare_levels_are_merged_and_nobody_is_lost(lab: jl.Lab) -> None:
    """One level named, the rest (other); ``all`` counts an attempt once there."""
    table = lab.funnel(LOOK_CART_PAID, breakdown="properties.colour", top=1)

    assert levels(table) == [("blue", [3, 1, 1]), ("(other)", [1, 1, 1])]


def test_a_breakdown_may_be_a_segment_and_filters_hold_mails_too(lab: jl.Lab) -> None:
    """The mail belongs to the journey of the click that follows it."""
    table = lab.funnel(["mail:sent", "web:look"], breakdown="outcome")

    assert levels(table) == [("converted", [1, 1])]
    assert entered(lab, ["mail:sent", "web:look"], where="steps >= 2") == [1, 1]
    assert entered(lab, LOOK_CART_PAID, segment=("2026-01-10", None)) == [1, 0, 0]
    assert entered(lab, LOOK_CART_PAID, pattern=".* -> web:cart -> .*") == [2, 2, 2]


def test_periods_younger_than_the_window_are_immature(lab: jl.Lab) -> None:
    """The data ends with dan's look on 22 January: his week can still convert."""
    table = lab.funnel_trend(LOOK_CART_PAID, window="7d", period="week")

    kept = ["period_start_date", "entered", "converted", "is_immature"]
    assert table.select(kept).rows() == [
        (date(2025, 12, 29), 3, 2, False),
        (date(2026, 1, 19), 1, 0, True),
    ]
    by_day = lab.funnel_trend(LOOK_CART_PAID, window="7d", period="day", step=2)
    assert by_day["converted"].to_list() == [2, 0, 0]


def test_intervals_know_that_attempts_of_a_customer_go_together(lab: jl.Lab) -> None:
    """Ana's two attempts are one customer's: five attempts of four customers."""
    table = lab.funnel(LOOK_CART_PAID, entry="every")

    assert table.select("entered", "customers").rows() == [(5, 4), (2, 2), (2, 2)]
    assert table["conversion_rate"].to_list() == pytest.approx([0.4, 1.0, None])


@pytest.mark.parametrize(
    ("steps", "dials", "told"),
    [
        pytest.param(["web:look"], {}, "1 steps given, wanted 2 to 20", id="one step"),
        pytest.param("web:look", {}, "1 steps given", id="a text for a list"),
        pytest.param(LOOK_CART_PAID, {"window": "0d"}, "more than zero", id="window of zero"),
        pytest.param(LOOK_CART_PAID, {"window": "soon"}, "no span of time", id="no window"),
        pytest.param(LOOK_CART_PAID, {"order": "loose"}, "no order 'loose'", id="order"),
        pytest.param(LOOK_CART_PAID, {"per_step": ["1d"]}, "wanted 2 spans", id="per step"),
        pytest.param(
            LOOK_CART_PAID,
            {"exclude": [jl.Exclusion("chat:asked", (2, 4))]},
            "between steps 2 and 4, and the funnel has steps 1 to 3",
            id="exclusion outside",
        ),
        pytest.param(
            LOOK_CART_PAID,
            {"exclude": [jl.Exclusion("chat:asked", effect="forget")]},
            "no effect 'forget'",
            id="effect",
        ),
        pytest.param(
            ["web:look", "web:look"], {"order": "any"}, "step 2 is step 1 again", id="twice"
        ),
        pytest.param(
            LOOK_CART_PAID,
            {"order": "any", "per_step": ["1d", None]},
            "order is any",
            id="no order",
        ),
        pytest.param(
            LOOK_CART_PAID, {"tie_window": "2s", "order": "strict"}, "tie_window", id="strict tie"
        ),
        pytest.param(
            ["web:look", jl.Step(where="channel = 'web'")],
            {"tie_window": "2s"},
            "some events fit two steps",
            id="tie of shared events",
        ),
        pytest.param(
            ["web:look", jl.Step("web:cart", optional=True)], {}, "the last", id="last optional"
        ),
        pytest.param(LOOK_CART_PAID, {"breakdown_at": 4}, "steps 1 to 3", id="breakdown step"),
        pytest.param(
            LOOK_CART_PAID, {"where": "steps > 99"}, "nobody entered the funnel", id="empty"
        ),
        pytest.param([jl.Step(), "web:cart"], {}, "a step says nothing", id="empty step"),
    ],
)
def test_wrong_questions_are_refused(
    lab: jl.Lab, steps: Any, dials: dict[str, Any], told: str
) -> None:
    """What was given, what is wanted, and how to mend it."""
    with pytest.raises(InputRefused, match=told):
        lab.funnel(steps, **dials)


@pytest.mark.parametrize(
    ("steps", "dials", "told"),
    [
        pytest.param(["web:lok", "web:cart"], {}, "did you mean 'web:look'", id="touchpoint"),
        pytest.param(
            LOOK_CART_PAID, {"breakdown": "chanel"}, "did you mean 'channel'", id="breakdown"
        ),
        pytest.param(
            LOOK_CART_PAID, {"hold": "properties.color"}, "did you mean 'colour'", id="property"
        ),
        pytest.param(
            ["web:look", {"touchpoints": "web:cart"}], {}, "did you mean 'touchpoint'", id="key"
        ),
        pytest.param(["web:look", jl.Step(where="colr = 'x'")], {}, "no column", id="condition"),
    ],
)
def test_names_that_do_not_exist_get_the_nearest(
    lab: jl.Lab, steps: Any, dials: dict[str, Any], told: str
) -> None:
    """Touchpoints, columns, properties, segments and keys."""
    with pytest.raises(UnknownName, match=told):
        lab.funnel(steps, **dials)


def test_follow_ups_refuse_what_they_cannot_tell(lab: jl.Lab) -> None:
    """A trend without a window, times that run back, a dial nobody knows."""
    with pytest.raises(InputRefused, match="a trend needs a window"):
        lab.funnel_trend(LOOK_CART_PAID, window=None)
    with pytest.raises(InputRefused, match="from_step is 3 and to_step is 3"):
        lab.funnel_times(LOOK_CART_PAID, from_step=3)
    with pytest.raises(UnknownName, match="no dial 'windows'"):
        lab.funnel_instead(LOOK_CART_PAID, windows="7d")
    with pytest.raises(InputRefused, match="dropped_after is 9"):
        lab.funnel_attempts(LOOK_CART_PAID, dropped_after=9)
