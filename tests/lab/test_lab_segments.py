"""Segments: built in, named in a file or told here, each with a level for what is not known."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, SettingsError, UnknownName
from journeylab.lab.choosing import Segment

FILE = """
[big]
label = "Big baskets"
journeys = "value >= 100"

[regulars]
customers = "journeys > 1"

[abandoned]
pattern = "cart -> [^paid]* -> (end)"

[brisk]
pattern = "stage:convert -[<=1min]-> paid"
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[jl.Lab]:
    """Ana buys for 150, Ben for 50, Cid leaves his cart twice, Dan only looks."""
    path = tmp_path_factory.mktemp("segments") / "segments.toml"
    path.write_text(FILE, encoding="utf-8")
    rows = frame(
        ana=[(0, "home"), (1, "cart"), (2, "paid")],
        ben=[(0, "home"), (1, "paid")],
        cid=[(0, "cart"), (60 * DAY, "cart")],
        dan=[(0, "home")],
    ).with_columns(
        pl.when(what="paid").then(pl.when(who="ana").then(150.0).otherwise(50.0)).alias("amount"),
        pl.lit("EUR").alias("money"),
    )
    told = {"run": {"threads": 1}, "paths": {"segments": str(path)}}
    stages = {"reach": ["home"], "convert": ["cart", "paid"]}
    with opened(
        rows, goals="paid", value="amount", currency="money", settings=told, stages=stages
    ) as made:
        yield made


def customers(lab: jl.Lab, segment: Segment | str) -> list[str]:
    """Customers of the segment's journeys."""
    return lab.journeys(segment=segment)["customer_id"].to_list()


def test_a_segment_of_the_file_may_bound_times_and_look_up_stages(lab: jl.Lab) -> None:
    """Ana paid a minute after her cart; ben had none."""
    assert customers(lab, "brisk") == ["ana"]


def test_every_level_is_listed_with_its_rate(lab: jl.Lab) -> None:
    """True, false and not known: those who bought nothing have no value to compare."""
    rows = lab.segments().filter(pl.col("segment").is_in(["big", "regulars", "abandoned"]))

    assert rows.select("segment", "level", "journeys", "customers", "conversion_rate").rows() == [
        ("abandoned", "false", 3, 3, pytest.approx(2 / 3)),
        ("abandoned", "true", 2, 1, 0.0),
        ("big", "false", 1, 1, 1.0),
        ("big", "true", 1, 1, 1.0),
        ("big", None, 3, 2, 0.0),
        ("regulars", "false", 3, 3, pytest.approx(2 / 3)),
        ("regulars", "true", 2, 1, 0.0),
    ]


def test_levels_of_a_segment_are_all_journeys(lab: jl.Lab) -> None:
    """Built in or named, nobody is lost."""
    rows = lab.segments().group_by("segment").agg(pl.col("journeys").sum())

    assert set(rows["journeys"]) == {5}
    assert rows.height == 10


def test_a_segment_filters_other_questions(lab: jl.Lab) -> None:
    """By its name, by a level, by null, and told here."""
    assert customers(lab, "big") == ["ana"]
    assert customers(lab, lab.segment("big", "false")) == ["ben"]
    assert customers(lab, lab.segment("big", None)) == ["cid", "cid", "dan"]
    assert customers(lab, lab.segment("outcome", "lapsed")) == ["cid", "cid", "dan"]
    assert customers(lab, lab.segment("sales_cycle", None)) == ["cid", "cid", "dan"]
    assert customers(lab, lab.segment("value_band", "high")) == ["ana"]
    assert customers(lab, lab.segment("device", None)) == ["ana", "ben", "cid", "cid", "dan"]
    assert customers(lab, "abandoned") == ["cid", "cid"]
    assert customers(lab, lab.segment("abandoned", "false")) == ["ana", "ben", "dan"]
    assert customers(lab, lab.segment("late", journeys="started_at > date '2026-02-01'")) == ["cid"]
    picture = lab.paths(segment="abandoned", steps=1).select("from_touchpoint", "journeys")
    assert picture.rows() == [("cart", 2)]


def test_the_file_is_published(lab: jl.Lab) -> None:
    """A snapshot knows its segments without the file."""
    assert lab.table("segments").rows() == [
        ("abandoned", "abandoned", "pattern", "cart -> [^paid]* -> (end)"),
        ("big", "Big baskets", "journeys", "value >= 100"),
        ("brisk", "brisk", "pattern", "stage:convert -[<=1min]-> paid"),
        ("regulars", "regulars", "customers", "journeys > 1"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[x]\njourneys = \"outcom = 'lost'\"", "did you mean 'outcome'", id="column"),
        pytest.param('[x]\ncustomers = "steps > 3"', "no column", id="other table"),
        pytest.param('[x]\njourneys = "1 = 1; drop table journeys"', "not understood", id="two"),
        pytest.param('[x]\njourneys = "exists (select 1)"', "not allowed", id="query inside"),
        pytest.param('[x]\npattern = "a ->"', "a step is missing", id="pattern"),
        pytest.param('[x]\nlabel = "y"', "one of journeys, customers, pattern", id="nothing"),
        pytest.param('[x]\njourney = "true"', "did you mean 'journeys'", id="key"),
        pytest.param('[device]\njourneys = "true"', "is built in", id="name"),
        pytest.param('x = "true"', "is no segment", id="no table"),
        pytest.param("[x", "not TOML", id="no TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(text: str, told: str, tmp_path: Path) -> None:
    """Before anything is built, with the place."""
    path = tmp_path / "segments.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=told) as refused:
        opened(frame(a=[(0, "home")]), settings={"paths": {"segments": str(path)}})

    assert str(path) in str(refused.value)


def test_what_does_not_exist_is_refused(lab: jl.Lab) -> None:
    """Segments, levels, and definitions given twice."""
    with pytest.raises(UnknownName, match="did you mean 'regulars'"):
        lab.segment("regular")
    with pytest.raises(UnknownName, match="no level 'yes'"):
        lab.segment("big", "yes")
    with pytest.raises(InputRefused, match="one of journeys, customers, pattern"):
        lab.segment("x", journeys="true", pattern="cart")
    with pytest.raises(InputRefused, match="not understood"):
        lab.segment("x", journeys="steps > 3) or (1 = 1")
