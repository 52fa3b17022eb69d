"""A frame's tables are made when a question first names them, and are all there to be named."""

import threading

import pytest
from shop_frame import frame, opened

from journeylab.errors import QueryError
from journeylab.warehouse import OnDemand

WALK = [(0, "web:home"), (5, "web:product"), (9, "web:home"), (12, "purchase:completed")]


@pytest.fixture
def lab():
    """One customer who went back home once."""
    with opened(frame(ana=WALK)) as small:
        yield small


def test_every_table_is_listed_before_it_is_made(lab):
    """Names come without a build; tables of customers are made at once."""
    assert {"journeys", "graph_edges", "loops", "kpis"} <= set(lab.tables)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("select count(*) as n from graph_nodes where part = 'before'", id="plain"),
        pytest.param(
            "select count(*) as n from \"GRAPH_NODES\" where part = 'before'", id="quoted"
        ),
        pytest.param(
            "with a as (from main.graph_nodes) select count(*) as n from a where part = 'before'",
            id="within",
        ),
        pytest.param(
            "select count(*) as n from query_table('graph_nodes') where part = 'before'",
            id="by a function",
        ),
    ],
)
def test_a_query_makes_the_tables_it_names(lab, query):
    """Home, product, purchase and the two ends."""
    assert lab.sql(query)["n"].to_list() == [5]


def test_looking_at_the_catalogue_shows_every_table(lab):
    """Whoever lists the tables sees them all, with their columns."""
    shown = lab.sql("show tables")["name"].to_list()

    assert {"graph_edges", "opportunities", "kpis_weekly"} <= set(shown)
    assert lab.sql("describe loops").height > 5


def test_a_table_that_does_not_exist_is_still_refused(lab):
    """Nothing is made for a wrong name."""
    with pytest.raises(QueryError, match="no_such_table"):
        lab.sql("from no_such_table")


def test_tables_are_made_once_whoever_asks():
    """Two threads want one table; a failed making is tried again by the next question."""
    made: list[str] = []
    failing = [True]

    def make(name: str) -> None:
        if name == "stays" and failing.pop():
            raise ValueError("not now")
        made.append(name)

    waiting = OnDemand({"loops", "stays"}, make)
    askers = [threading.Thread(target=waiting.prepare, args=("from loops",)) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    with pytest.raises(ValueError, match="not now"):
        waiting.prepare("from stays")
    failing.append(False)
    waiting.prepare("select a from stays")
    waiting.prepare("from stays, loops")

    assert made == ["loops", "stays"]
    assert waiting.waiting == frozenset()
