"""A notebook's questions about the designed map and about archetypes."""

import tomllib
from collections.abc import Iterator

import pytest
from shop_frame import STAGES, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, NoGoal, UnknownName

MAP = {
    "steps": [
        {"touchpoint": "web:home"},
        {"touchpoint": "web:product"},
        {"touchpoint": "purchase:completed"},
    ]
}


@pytest.fixture(scope="module")
def shop() -> Iterator[jl.Lab]:
    """Ana buys as designed, Cleo past the product after a look at reviews; Ben goes back home."""
    rows = frame(
        ana=[(0, "web:home"), (1, "web:product"), (2, "purchase:completed")],
        ben=[(0, "web:home"), (1, "web:product"), (2, "web:home")],
        cleo=[(0, "web:home"), (1, "web:reviews"), (2, "purchase:completed")],
    )
    with opened(rows, stages=STAGES) as lab:
        yield lab


def test_journeys_are_held_against_any_map(shop: jl.Lab) -> None:
    """Ana follows it; Cleo skips and adds (2 of 3 + 3); Ben goes back and is unfinished (same)."""
    told = shop.conformance(MAP)

    assert told.select("outcome", "journeys", "journeys_following", "fitness_mean").rows() == [
        ("all", 3, 1, 0.777777778),
        ("converted", 2, 1, 0.833333333),
        ("dropped", 1, 0, 0.666666667),
    ]


def test_the_starter_map_is_a_map_that_buyers_follow(shop: jl.Lab) -> None:
    """Home and the purchase of all, product and reviews of half; it parses, and is obeyed."""
    told = tomllib.loads(shop.starter_map())

    assert [step["touchpoint"] for step in told["steps"]] == [
        "web:home",
        "web:product",
        "web:reviews",
        "purchase:completed",
    ]
    assert shop.conformance({"steps": told["steps"]})["journeys"].to_list() == [3, 2, 1]


def test_a_map_that_names_nothing_known_is_refused(shop: jl.Lab) -> None:
    """The nearest name is told; so is a missing file."""
    with pytest.raises(UnknownName, match="did you mean 'web:home'"):
        shop.conformance({"steps": [{"touchpoint": "web:hme"}]})
    with pytest.raises(InputRefused, match="starter_map"):
        shop.conformance("nowhere.toml")


def test_published_tables_have_a_name_of_their_own(shop: jl.Lab) -> None:
    """Without a map file nothing is held against it; three journeys are no types."""
    for name in ("conformance", "conformance_weekly", "deviations", "journey_conformance"):
        assert getattr(shop, name)().height == 0
    for name in ("archetypes", "archetype_steps", "journey_archetypes"):
        assert getattr(shop, name)().height == 0
    assert shop.archetype_steps(1).height == 0
    assert shop.archetype_quality()["is_structured"].to_list() == [False]


def test_a_map_cannot_start_from_nothing_bought() -> None:
    """It is derived from buyers."""
    with opened(frame(ana=[(0, "web:home")]), goals=["paid"]) as lab, pytest.raises(NoGoal):
        lab.starter_map()
