"""What graph theory finds: the figures, the sentences, and evidence that runs and agrees."""

import pytest

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]
TABLES = ("marts.graph_findings", "marts.graph_nodes", "marts.graph_edges", "marts.steps")

HOME_PRODUCT_CART = [(0, "web:home"), (1, "web:product"), (2, "web:cart")]
BUYS = [*HOME_PRODUCT_CART, (3, "purchase:completed")]
CIRCLES = [(0, "web:product"), (1, "web:reviews"), (2, "web:product"), (3, "web:reviews")]


@pytest.fixture
def findings(lake):
    """Two buy on one path, one leaves at the cart, one circles and leaves."""
    lake.given(ana=BUYS, bea=BUYS, cat=HOME_PRODUCT_CART, dan=CIRCLES, zoe=LATER)
    lake.build(*TABLES, "marts.journeys")
    return lake


def told(lake, kind, *columns):
    return lake.rows(f"marts.graph_findings where kind = '{kind}' order by rank", *columns)


def test_a_place_people_circle_in(findings):
    """Product and reviews: of Dan's three moves two return."""
    assert told(findings, "circling_place", "touchpoints", "figure", "n", "customers") == [
        (["web:product", "web:reviews"], 2.0, 3, 4)
    ]
    assert told(findings, "circling_place", "sentence") == [
        (
            "People circle between web:product and web:reviews, over moves that at least 20 % of"
            " the journeys made: 2 of 3 moves among them go back to a touchpoint already seen.",
        )
    ]


def test_touchpoints_no_buyer_avoids_in_the_order_they_are_passed(findings):
    """Product and cart; home can be passed by, since Dan began with the product."""
    assert told(findings, "unavoidable_touchpoint", "touchpoints", "figure", "n") == [
        (["web:product"], 4.0, 4),
        (["web:cart"], 3.0, 4),
    ]
    assert told(findings, "unavoidable_touchpoint", "sentence")[1] == (
        "Every way to the goal passes web:cart: no buyer avoids it."
        " 3 of 4 settled journeys got there.",
    )


def test_the_narrowest_gate(findings):
    """The cart: three of four journeys got there."""
    assert told(findings, "narrowest_gate", "touchpoints", "figure", "unit", "customers") == [
        (["web:cart"], 3.0, "journeys", 3)
    ]
    assert told(findings, "narrowest_gate", "sentence") == [
        (
            "Every way to the goal leads through web:cart, the narrowest gate:"
            " 3 of 4 settled journeys got there.",
        )
    ]


def test_the_most_walked_path(findings):
    """Both buyers walked it."""
    assert told(findings, "walked_path", "figure", "n", "is_insufficient", "sentence") == [
        (
            2.0,
            2,
            True,
            "2 of 2 settled buying journeys (100 %) went, once loops are left out,"
            " web:home -> web:product -> web:cart -> purchase:completed.",
        )
    ]


def test_hubs_and_crossings_leave_out_goals(findings):
    """Everything but the reviews leads over the product."""
    assert told(findings, "hub", "touchpoints[1]")[0] == ("web:product",)
    assert told(findings, "crossing", "touchpoints[1]")[0] == ("web:product",)
    named = {name for (name,) in findings.rows("marts.graph_findings", "unnest(touchpoints)")}
    assert "purchase:completed" in named
    assert ("purchase:completed",) not in told(findings, "hub", "touchpoints[1]")


def test_every_evidence_runs_and_shows_the_figure(findings):
    """As a reader of the snapshot would run it: the first value of its one row."""
    rows = findings.rows("marts.graph_findings", "kind", "rank", "figure", "evidence")
    assert len(rows) >= 8
    findings.warehouse.execute("set schema = 'marts'")

    shown = {(kind, rank): findings.warehouse.rows(evidence) for kind, rank, _, evidence in rows}

    assert {key: len(found) for key, found in shown.items()} == dict.fromkeys(shown, 1)
    assert {key: found[0][0] for key, found in shown.items()} == pytest.approx(
        {(kind, rank): figure for kind, rank, figure, _ in rows}, rel=1e-8
    )


def test_evidence_of_hostile_names_runs(lake):
    """Quotes end no text of the query."""
    odd = ["web:a'b\"c", "x'); drop table y; --", "web:a'b\"c", "x'); drop table y; --", "paid"]
    lake.touchpoints = {"paid": {"goal": True}}
    lake.given(ana=[(n, name, {"channel": "web"}) for n, name in enumerate(odd)])
    lake.build(*TABLES, "marts.journeys", assume_complete=True)
    lake.warehouse.execute("set schema = 'marts'")

    rows = lake.rows("marts.graph_findings", "kind", "figure", "evidence")

    assert {"circling_place", "narrowest_gate", "walked_path"} <= {kind for kind, _, _ in rows}
    assert [lake.warehouse.rows(query)[0][0] for _, _, query in rows] == pytest.approx(
        [figure for _, figure, _ in rows], rel=1e-8
    )


def test_without_a_goal_there_is_no_way_to_it(lake):
    """Circles, hubs and crossings are found all the same."""
    lake.given(dan=CIRCLES, zoe=LATER)

    lake.build("marts.graph_findings")

    kinds = {kind for (kind,) in lake.rows("marts.graph_findings", "kind")}
    assert kinds == {"circling_place", "hub", "crossing"}


@pytest.mark.parametrize(
    "journeys",
    [pytest.param({}, id="no event"), pytest.param({"ana": BUYS}, id="nothing settled")],
)
def test_nothing_settled_finds_nothing(lake, journeys):
    """An empty table and no error."""
    lake.given(**journeys) if journeys else None

    lake.build("marts.graph_findings")

    assert lake.rows("marts.graph_findings", "*") == []
