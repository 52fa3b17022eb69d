"""Lab over published places: what is found, what is refused, and what an answer is."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from shop_frame import STAGES, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, NoGoal, NoSnapshot, NothingSettled, UnknownName


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder of snapshots whose ``current`` names the one of two rows."""
    for run, rows in (("run-1", 1), ("run-2", 2)):
        folder = tmp_path / "snapshots" / run
        folder.mkdir(parents=True)
        with duckdb.connect(str(folder / "journeylab.duckdb")) as connection:
            connection.execute(f"create table steps as select unnest(range({rows})) as n")
    (tmp_path / "current").symlink_to(Path("snapshots") / "run-2")
    return tmp_path


@pytest.mark.parametrize(
    "place", ["", "current", "snapshots/run-2", "snapshots/run-2/journeylab.duckdb"]
)
def test_every_name_of_a_snapshot_opens_it(published: Path, place: str) -> None:
    """The folder of all, the link, the snapshot's folder and the file are one place."""
    with jl.open(published / place) as lab:
        assert lab.table("steps").rows() == [(0,), (1,)]
        assert lab.tables == ["steps"]


def test_an_open_lab_stays_at_its_snapshot(published: Path) -> None:
    """The link is resolved once: a later publish does not change what is open."""
    with jl.open(published / "current") as lab:
        (published / "current").unlink()
        (published / "current").symlink_to(Path("snapshots") / "run-1")

        assert lab.sql("select count(*) from steps").item() == 2


def test_an_empty_place_says_how_to_fill_it(tmp_path: Path) -> None:
    """Nothing published is an error of its own, with the command that publishes."""
    with pytest.raises(NoSnapshot, match="journeylab run"):
        jl.open(tmp_path)


def test_a_question_is_bound_and_only_reads(published: Path) -> None:
    """Values are bound, never formatted in; what writes is refused."""
    with jl.open(published) as lab:
        assert lab.sql("select n from steps where n > $least", least=0).rows() == [(1,)]
        with pytest.raises(InputRefused, match="can only be read"):
            lab.sql("delete from steps")


def test_an_unknown_table_gets_the_nearest(published: Path) -> None:
    """A slip of the pen is answered with the name that was meant."""
    with jl.open(published) as lab, pytest.raises(UnknownName, match="did you mean 'steps'"):
        lab.table("step")


@pytest.fixture(scope="module")
def shop() -> Iterator[jl.Lab]:
    """Two journeys, one of which buys."""
    rows = frame(
        ana=[(0, "web:home"), (1, "web:product"), (2, "purchase:completed")],
        ben=[(0, "web:product"), (1, "web:home"), (2, "web:product")],
    )
    with opened(rows, stages=STAGES) as lab:
        yield lab


def test_a_frame_can_reach_no_file_and_be_changed_by_nobody(shop: jl.Lab) -> None:
    """Questions to tables in memory are as fenced in as those to a snapshot."""
    with pytest.raises(InputRefused, match="can only be read"):
        shop.sql("drop table steps")
    with pytest.raises(jl.errors.QueryError, match="disabled"):
        shop.sql("select * from read_csv('/etc/passwd')")


def test_the_graph_holds_the_walked_moves(shop: jl.Lab) -> None:
    """Nodes and edges carry the columns of their tables."""
    graph = shop.graph()

    assert graph.edges["web:product", "web:home"]["transitions"] == 1
    assert graph.nodes["web:product"]["visits"] == 3
    assert sorted(graph.successors("web:product")) == [
        "(dropped)",
        "purchase:completed",
        "web:home",
    ]


def test_touchpoints_stand_in_the_order_of_stages(shop: jl.Lab) -> None:
    """By stage, then channel; chat, e-mail and the rest are defined and were never seen."""
    table = shop.touchpoints().filter(pl.col("events") > 0)

    assert table.select("touchpoint", "stage_rank").rows() == [
        ("web:home", 1),
        ("web:product", 2),
        ("purchase:completed", 3),
    ]


def test_published_tables_have_a_name_of_their_own(shop: jl.Lab) -> None:
    """Each is the table, nothing added."""
    assert shop.loops()["loop"].to_list() == ["web:home -> web:product"]
    assert shop.variants()["journeys"].to_list() == [1, 1]
    assert shop.drop_offs().equals(shop.table("drop_offs"))
    assert shop.bottlenecks().equals(shop.table("bottlenecks"))
    assert shop.kpis().equals(shop.table("kpis"))


def test_rates_without_a_goal_or_a_settled_journey_are_refused() -> None:
    """The tables still work; the figure says what is missing and how to mend it."""
    rows = frame(ana=[(0, "web:home"), (1, "paid")])

    with opened(rows, goals=["payed"]) as lab:
        assert lab.table("steps").height == 2
        with pytest.raises(NoGoal, match="goals="):
            lab.drop_offs()
    with opened(rows, goals=["paid"], assume_complete=False) as lab:
        assert lab.variants()["path"].to_list() == ["web:home -> paid"]
        with pytest.raises(NothingSettled, match="assume_complete=True"):
            lab.kpis()
