"""What people tell of shops, planted in simulated ones, and found by name: one seed each."""

import pytest
from shops import published

from journeylab.warehouse import Warehouse

pytestmark = pytest.mark.slow

EVENTS = 20_000

#: Scenario -> face, touchpoints and unit of what was planted.
PLANTED = {
    "lossy_checkout": ("leaky", ["web:checkout"], "dropped journeys"),
    "lost_search": ("loop", ["web:category", "web:search"], "lost conversions"),
    "late_support": ("late answer", ["chat:started"], "lost repeat purchases"),
}


@pytest.fixture(scope="module")
def snapshot(request, tmp_path_factory):
    """The snapshot of a scenario, by its name."""
    folder = tmp_path_factory.mktemp(request.param)
    with published(folder, request.param, seed=1, events=EVENTS) as opened:
        yield opened


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The snapshot of the plain shop."""
    folder = tmp_path_factory.mktemp("shop")
    with published(folder, "shop", seed=1, events=EVENTS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("snapshot", "planted"), PLANTED.items(), ids=list(PLANTED), indirect=["snapshot"]
)
def test_planted_scenario_is_found_by_name(snapshot: Warehouse, planted):
    """First of its face, with an interval above 0 and a sentence that names it."""
    face, touchpoints, unit = planted

    rows = snapshot.rows(
        "select touchpoints, unit, excess_low > 0, contains(sentence, label), conversions > 0"
        " from opportunities where face = $face order by rank limit 1",
        {"face": face},
    )

    assert rows == [(touchpoints, unit, True, True, True)]


@pytest.mark.parametrize("snapshot", ["null"], indirect=True)
def test_planted_nothing_finds_nothing(snapshot: Warehouse):
    """Where the touchpoints of a stage differ in name alone, there is nothing to mend."""
    assert snapshot.rows("select face, touchpoints, p_adjusted from opportunities") == []


@pytest.mark.parametrize(
    ("query", "planted"),
    [
        pytest.param(
            "select touchpoint from bottlenecks where face = 'slow' order by excess desc limit 1",
            "chat:started",
            id="bottleneck",
        ),
        pytest.param(
            "select touchpoint from drop_offs order by rank limit 1", "web:payment", id="leak"
        ),
        pytest.param(
            "select loop from loops order by occurrences desc limit 1",
            "web:product -> web:reviews",
            id="loop",
        ),
    ],
)
def test_planted_faults_of_the_shop_rank_first(shop: Warehouse, query, planted):
    """Each in the table that is made for it."""
    assert shop.rows(query) == [(planted,)]


def test_every_evidence_query_shows_its_cases(shop: Warehouse):
    """Each runs on the snapshot; leaks and returns are as many rows as the table counts."""
    found = shop.rows(
        "select face, touchpoint, evidence_sql from opportunities"
        " union all select 'moment', touchpoint, evidence_sql from moments_of_influence"
        " union all select 'hand work', touchpoint, evidence_sql from automation_candidates"
        " union all (select 'zombie', touchpoint, evidence_sql from zombie_leads limit 20)"
    )
    totals = {
        (face, touchpoint): total
        for face, touchpoint, total in shop.rows("select face, touchpoint, total from bottlenecks")
    }

    assert {"slow", "leaky", "churny"} <= {face for face, _, _ in found}
    for face, touchpoint, query in found:
        shown = shop.frame(query)
        assert len(shown) > 0, (face, touchpoint)
        if face in ("leaky", "churny"):
            assert len(shown) == totals[face, touchpoint]
        if face == "slow":
            hours = shown["next_wait_seconds"].sum() / 3600
            assert hours == pytest.approx(totals[face, touchpoint], rel=1e-6)
