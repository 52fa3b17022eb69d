"""A Lab held to some journeys, and the SQL that answers ran."""

from collections.abc import Iterator
from typing import Any

import pytest
from polars.testing import assert_frame_equal
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName
from journeylab.lab.keeping import keeping


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """Ana buys by mail, ben leaves, cid buys later; dan's journey is still open."""
    rows = frame(
        ana=[(0, "email:click"), (1, "web:cart"), (2, "paid")],
        ben=[(0, "web:home"), (1, "email:click")],
        cid=[(9 * DAY, "web:home"), (9 * DAY + 1, "paid")],
        dan=[(60 * DAY, "web:home")],
    )
    with opened(rows, goals="paid", assume_complete=False) as opened_lab:
        yield opened_lab


def people(lab: jl.Lab) -> list[str]:
    """Customers whose journeys are left."""
    return lab.journeys()["customer_id"].to_list()


@pytest.mark.parametrize(
    ("told", "left"),
    [
        pytest.param({"period": ("2026-01-02", None)}, ["cid", "dan"], id="period"),
        pytest.param({"channel": "email"}, ["ana", "ben"], id="channel"),
        pytest.param({"outcome": "dropped"}, ["ben"], id="outcome"),
        pytest.param({"outcome": "open"}, ["dan"], id="open"),
        pytest.param({"pattern": "web:cart -> paid"}, ["ana"], id="pattern"),
        pytest.param({"where": "steps = 2"}, ["ben", "cid"], id="condition"),
        pytest.param(
            {"segment": ["short", ("2026-01-02", None)]}, ["cid"], id="segment and period"
        ),
        pytest.param(
            {"period": (None, "2026-01-02"), "channel": "email", "outcome": "converted"},
            ["ana"],
            id="all must hold",
        ),
    ],
)
def test_what_is_told_must_all_hold(lab: jl.Lab, told: dict[str, Any], left: list[str]) -> None:
    """Each way to choose journeys, alone and together."""
    if "segment" in told:
        told = {"segment": [lab.segment("short", journeys="steps = 2"), told["segment"][1]]}

    assert people(lab.only(**told)) == left


def test_a_held_lab_is_held_further_and_asked_with_filters(lab: jl.Lab) -> None:
    """only() of only(), and a question's own condition; the first Lab stays as it was."""
    held = lab.only(channel="web")

    assert people(held) == ["ana", "ben", "cid", "dan"]
    assert people(held.only(outcome="converted")) == ["ana", "cid"]
    assert held.journeys(where="steps = 3")["customer_id"].to_list() == ["ana"]
    assert len(people(lab)) == 4
    assert repr(held).endswith("held to some journeys>")


def test_every_kind_of_question_is_held(lab: jl.Lab) -> None:
    """Paths, tables counted anew, funnels, rows of journeys, headline: ben and his mail alone."""
    held = lab.only(outcome="dropped")

    assert held.paths(steps=1)["journeys"].sum() == 1
    assert held.variants()["journeys"].to_list() == [1]
    assert held.funnel(["web:home", "email:click"])["entered"].to_list() == [1, 1]
    assert held.table("steps")["customer_id"].unique().to_list() == ["ben"]
    assert held.headline()["journeys"].to_list() == [1]
    assert held.table("variants").equals(held.variants())
    assert held.touchpoints().equals(lab.touchpoints())


def test_what_is_of_all_journeys_is_refused(lab: jl.Lab) -> None:
    """Rather a clear error than a figure of everybody."""
    held = lab.only(outcome="dropped")

    with pytest.raises(InputRefused, match="chances is counted at night, for all journeys"):
        held.chances()
    with pytest.raises(InputRefused, match="a query reads all journeys"):
        held.sql("select 1")
    with pytest.raises(UnknownName, match="did you mean 'email'"):
        lab.only(channel="emial")
    with pytest.raises(UnknownName, match="did you mean 'dropped'"):
        lab.only(outcome="droped")
    with pytest.raises(UnknownName, match="did you mean 'web:cart'"):
        lab.only(pattern="web:crt")


def test_the_sql_of_the_last_question_is_told(lab: jl.Lab) -> None:
    """Run again as it is told, it gives the same rows; nothing is told before a question."""
    asked = lab.beside()
    assert asked.explain().is_empty()

    found = asked.sql("select steps from journeys where steps > $least order by steps", least=1)
    told = asked.explain()

    assert told.rows() == [
        ("sql", 1, "select steps from journeys where steps > $least order by steps",
         '{"least": 1}'),
    ]  # fmt: skip
    paths = asked.paths("web:home", steps=2)
    last = asked.explain().row(-1, named=True)
    assert last["question"] == "paths"
    assert lab.sql(last["sql"]).equals(paths)
    assert asked.explain("sql").equals(told)
    assert asked.explain("paths")["question"].unique().to_list() == ["paths"]
    assert found.height == 3


def test_only_what_was_asked_is_explained(lab: jl.Lab) -> None:
    """The nearest question asked is named."""
    asked = lab.beside()
    asked.loops()

    with pytest.raises(UnknownName, match="no question asked 'loop'"):
        asked.explain("loop")


def test_models_run_for_some_journeys_are_told(lab: jl.Lab) -> None:
    """Tables counted anew are built by the models of the run: they stand in the list."""
    lab.edges(where="steps = 2")

    told = lab.explain()

    assert set(told["question"]) == {"edges"}
    assert any('"marts"."graph_edges"' in sql for sql in told["sql"])


def test_rows_of_some_journeys_stand_as_those_of_all(sample_run) -> None:
    """The longest wait comes first, whichever journeys are asked for and whatever is kept."""
    with jl.open(sample_run.snapshot) as lab:
        for asked in (lab, keeping(lab)):
            for name in ("waiting_now", "zombie_leads", "steps"):
                held = asked.only(channel="web")
                ids = held.journeys(limit=None).select("customer_id", "journey_id")
                whole = asked.table(name)
                wanted = whole.join(ids, on=ids.columns, how="semi", maintain_order="left")
                assert_frame_equal(held.table(name), wanted)
                assert wanted.height > 0
