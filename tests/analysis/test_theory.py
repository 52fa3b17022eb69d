"""Circles, communities and the narrowest gate on graphs small enough to see through."""

from itertools import chain, combinations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from journeylab.analysis.theory import Gate, Group, circles, communities, narrowest_gate


def settled(*edges, **journeys):
    """Edges (from, to, journeys[, returns]); journeys that reached a node where they differ."""
    graph = nx.DiGraph()
    for source, target, count, *returns in edges:
        graph.add_edge(
            source,
            target,
            transitions_settled=count,
            journeys_settled=count,
            returns_settled=returns[0] if returns else 0,
        )
    for node in graph:
        flow = graph.in_degree(node, weight="journeys_settled")
        graph.nodes[node]["visits_settled"] = flow
        graph.nodes[node]["journeys_settled"] = journeys.get(node, flow)
    return graph


def test_a_circle_is_named_at_the_highest_support_that_holds_it():
    """A and b go to and fro in 30 of 100 journeys; c closes a wider circle in 6 of them."""
    graph = settled(
        ("(start)", "a", 100),
        ("a", "b", 60),
        ("b", "a", 30, 30),
        ("b", "c", 6),
        ("c", "a", 6, 6),
        ("a", "(dropped)", 100),
    )

    assert circles(graph) == [
        (0.2, Group(("a", "b"), inside=30, moves=90)),
        (0.05, Group(("a", "b", "c"), inside=36, moves=102)),
    ]


def test_rare_moves_make_no_circle():
    """One journey of 200 came back: less than 1 %."""
    graph = settled(("(start)", "a", 200), ("a", "b", 200), ("b", "a", 1, 1))

    assert circles(graph) == []


def test_communities_are_those_among_whom_moves_stay():
    """Two pairs with 20 and 22 moves within, one move between them; ends are left out."""
    graph = settled(
        ("(start)", "a", 10),
        ("a", "b", 10),
        ("b", "a", 10),
        ("b", "c", 1),
        ("c", "d", 11),
        ("d", "c", 11),
        ("d", "(converted)", 10),
    )

    assert communities(graph, seed=0) == [
        Group(("c", "d"), inside=22, moves=22),
        Group(("a", "b"), inside=20, moves=21),
    ]


def test_one_group_of_all_is_no_finding():
    """Three touchpoints that all lead to each other fall into no parts."""
    names = "abc"
    graph = settled(*((one, other, 5) for one in names for other in names if one != other))

    assert communities(graph, seed=0) == []


def test_the_narrowest_gate_is_what_fewest_journeys_reach():
    """Home 90, cart 40 and mail 15 journeys: cart or mail 55; the goal itself is no gate."""
    graph = settled(
        ("(start)", "home", 90),
        ("(start)", "mail", 15),
        ("home", "cart", 40),
        ("home", "(dropped)", 50),
        ("cart", "goal", 10),
        ("mail", "goal", 5),
        ("goal", "(converted)", 15),
    )

    assert narrowest_gate(graph, goals={"goal"}) == Gate(("cart", "mail"), journeys=55, straight=0)


def test_of_equally_narrow_gates_the_one_nearest_to_the_goal():
    """Everybody goes home → cart → goal: the cart."""
    graph = settled(
        ("(start)", "home", 4), ("home", "cart", 4), ("cart", "goal", 4), ("goal", "(converted)", 4)
    )

    assert narrowest_gate(graph, goals={"goal"}) == Gate(("cart",), journeys=4, straight=0)


def test_journeys_that_begin_with_the_goal_pass_no_gate():
    """Three of them are told apart; where all do so there is no gate."""
    straight = ("(start)", "goal", 3)
    through = settled(
        straight, ("(start)", "cart", 9), ("cart", "goal", 2), ("goal", "(converted)", 5)
    )

    assert narrowest_gate(through, goals={"goal"}) == Gate(("cart",), journeys=9, straight=3)
    alone = settled(straight, ("goal", "(converted)", 3))
    assert narrowest_gate(alone, goals={"goal"}) is None


def test_without_a_buyer_there_is_no_gate():
    """Nothing leads to the goal."""
    assert narrowest_gate(settled(("(start)", "a", 1)), goals={"goal"}) is None


NAMES = "abcde"
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["(start)", *NAMES]), st.sampled_from([*NAMES, "goal"]), st.integers(1, 9)
    ),
    min_size=1,
    max_size=18,
)


def parts(graph, names):
    """Whether no way leads from the start to the goal once the touchpoints are gone."""
    left = graph.subgraph([node for node in graph if node not in names])
    return not nx.has_path(left, "(start)", "(converted)")


@given(MOVES, st.fixed_dictionaries({name: st.integers(1, 9) for name in NAMES}))
def test_the_gate_equals_trying_every_set(moves, journeys):
    """No set of touchpoints that parts start and goal was reached by fewer journeys."""
    graph = settled(*moves, ("(start)", "a", 1), ("goal", "(converted)", 9), **journeys)
    graph.remove_edges_from([("(start)", "goal")])
    sets = chain.from_iterable(combinations(NAMES, size) for size in range(len(NAMES) + 1))
    parting = [names for names in sets if parts(graph, names)]
    least = min(sum(journeys[name] for name in names if name in graph) for names in parting)

    gate = narrowest_gate(graph, goals={"goal"})

    assert (gate.journeys if gate else 0) == least
    assert parts(graph, gate.touchpoints if gate else ())
