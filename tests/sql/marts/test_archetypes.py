"""Archetypes: planted ways come back as types, in whatever order the rows stand."""

import random
from collections import Counter

import polars as pl
import pytest

from journeylab.analysis.archetypes import archetype_model

WAYS = (
    ("web:home", "web:product", "web:reviews", "web:product", "web:cart"),
    ("email:click", "web:product", "web:cart"),
    ("chat:started", "web:about", "chat:started"),
    ("web:reviews", "web:about", "web:reviews", "web:home"),
)
MARTS = (
    "marts.archetypes",
    "marts.archetype_steps",
    "marts.journey_archetypes",
    "marts.archetype_quality",
)


def walked(ways, *, customers=240, seed=1):
    """Customers in turn walk one of the ways, leave out a step in ten, and buy in three of ten."""
    draw = random.Random(seed)
    given = {}
    for number in range(customers):
        minute, events = 0, []
        for touchpoint in ways[number % len(ways)]:
            minute += draw.randint(1, 9)
            if draw.random() >= 0.1:
                events.append((minute, touchpoint))
        if draw.random() < 0.3:
            events.append((minute + 5, "purchase:completed"))
        given[f"c{number:03}"] = events or [(minute, ways[number % len(ways)][0])]
    return given


@pytest.fixture
def planted(lake):
    lake.given(**walked(WAYS))
    results = lake.build(*MARTS, assume_complete=True)
    assert [result for result in results if not result.passed] == []
    return lake


def test_planted_ways_come_back_as_types(planted):
    """Nine of ten customers of each way stand in one archetype, and no two ways share it."""
    found = planted.rows("marts.journey_archetypes", "customer_id", "archetype_number")

    by_way = {way: Counter() for way in range(4)}
    for customer, number in found:
        by_way[int(customer[1:]) % 4][number] += 1
    commonest = [counts.most_common(1)[0] for counts in by_way.values()]
    assert sorted(number for number, _ in commonest) == [1, 2, 3, 4]
    assert min(count for _, count in commonest) >= 54
    assert planted.rows("marts.archetype_quality where is_chosen", "archetypes", "verdict") == [
        (4, "Journeys fall into 4 kinds.")
    ]


def test_each_type_has_a_real_journey_a_label_and_its_figures(planted):
    """The medoid is a journey of its own archetype; shares add up; sizes are in order."""
    medoids = planted.rows(
        "marts.archetypes join marts.journey_archetypes as own"
        " on own.journey_id = medoid_journey_id",
        "archetypes.archetype_number = own.archetype_number",
    )
    rows = planted.rows("marts.archetypes", "path", "journeys", "journey_share", "label")

    assert medoids == [(True,)] * 4
    assert sum(row[2] for row in rows) == pytest.approx(1.0)
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    label = next(row[3] for row in rows if row[0].startswith("email:click"))
    assert label.startswith("email:click")


def test_moves_of_a_type_start_and_end(planted):
    """Its map runs from the start to the outcome."""
    nodes = planted.rows(
        "marts.archetype_steps group by archetype_number order by archetype_number",
        "bool_or(from_node = '(start)')",
        "bool_or(to_node = '(dropped)')",
        "count(*) filter (where move_rank = 1)",
    )

    assert nodes == [(True, True, 1)] * 4


def test_the_outcome_is_no_feature(lake):
    """Who buys and who does not is the same journey to the model: sample rows are equal."""
    lake.given(
        ana=[(0, "web:home"), (2, "web:cart"), (3, "purchase:completed")],
        ben=[(0, "web:home"), (2, "web:cart")],
    )
    lake.build("analysis.archetype_sample", assume_complete=True)

    rows = lake.rows("analysis.archetype_sample", "customer_id", "feature", "amount")

    assert [row[1:] for row in rows if row[0] == "ana"] == [
        row[1:] for row in rows if row[0] == "ben"
    ]


def test_neither_the_order_of_rows_nor_the_seed_moves_a_medoid(planted):
    """Shuffled rows give the same model to the last digit; another seed the same medoids."""
    sample = planted.warehouse.table("analysis.archetype_sample")

    model = archetype_model(sample, seed=0)
    shuffled = archetype_model(sample.sample(fraction=1, shuffle=True, seed=5), seed=0)
    other = archetype_model(sample, seed=9)

    assert shuffled.equals(model)
    is_medoid = pl.col("record") == "medoid"
    assert other.filter(is_medoid)["journey_id"].sort().to_list() == (
        model.filter(is_medoid)["journey_id"].sort().to_list()
    )


def test_aimless_walks_have_no_structure(lake):
    """Steps drawn alike from nine places: it is said, and nothing is forced."""
    draw = random.Random(3)
    places = [f"web:{name}" for name in "abcdefghi"]
    for place in places:
        lake.touchpoints[place] = {"stage": "reach"}
    lake.given(
        **{
            f"c{number:03}": [(minute, draw.choice(places)) for minute in range(12)]
            for number in range(240)
        }
    )

    lake.build(*MARTS, assume_complete=True)

    assert lake.rows(
        "marts.archetype_quality", "archetypes", "is_structured", "silhouette_mean < 0.25"
    ) == [(k, False, True) for k in (4, 5, 6, 7, 8)]
    assert lake.rows("marts.archetype_quality limit 1", "verdict") == [
        ("No structure: no number of kinds from 4 to 8 is both well apart and stable.",)
    ]
    assert [lake.warehouse.table(name).height for name in MARTS[:3]] == [0, 0, 0]


def test_too_few_journeys_are_not_clustered(lake):
    """Nor none at all: one row says so, the other tables are empty."""
    lake.given(ana=[(0, "web:home")])
    lake.build(*MARTS, assume_complete=True)
    assert lake.rows("marts.archetype_quality", "archetypes", "verdict") == [
        (None, "Not tried: 1 settled journeys are too few; 200 are needed.")
    ]

    lake.given()
    lake.build(*MARTS)
    assert lake.rows("marts.archetype_quality", "sampled_journeys") == [(0,)]
    assert [lake.warehouse.table(name).height for name in MARTS[:3]] == [0, 0, 0]
