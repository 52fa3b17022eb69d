"""Tables of some journeys: the same models, the same numbers where all are chosen."""

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from shop_frame import DAY, STAGES, frame, opened

import journeylab as jl
from journeylab.errors import UnknownName
from journeylab.lab.cells import of_groups, quantile
from journeylab.lab.choosing import Segment
from journeylab.lab.keeping import keeping
from journeylab.lab.questions.counts import COUNTED
from journeylab.warehouse import memory

_RICH = Segment("value_band", "high", "built in", "value_band")
_MOBILE = Segment("device", "mobile", "built in", "device")


@pytest.fixture(scope="module")
def shop() -> Iterator[jl.Lab]:
    """Ana goes to and fro and buys; Ben and Cid come by e-mail and drop out; Cid comes back."""
    rows = frame(
        ana=[
            (0, "web:home"),
            (1, "web:product"),
            (2, "web:home"),
            (3.7, "web:product"),
            (5, "purchase:completed"),
        ],
        ben=[(0, "email:click"), (1, "web:cart"), (2, "email:click")],
        cid=[(0, "email:click"), (1, "web:cart"), (70 * DAY, "web:home")],
    )
    with opened(rows, stages=STAGES) as lab:
        yield lab


def test_conditions_that_always_hold_give_the_published_tables(shop: jl.Lab) -> None:
    """To the last digit."""
    found = shop.counted(*COUNTED, where="true")

    assert list(found) == list(COUNTED)
    for name, table in found.items():
        assert_frame_equal(table, shop.table(name), check_exact=True)


def test_those_who_came_by_mail_have_drop_offs_of_their_own(shop: jl.Lab) -> None:
    """Ben left from the mail, his second visit; Cid from the cart."""
    told = {"where": "entry_channel = 'email'"}

    assert shop.drop_offs(**told).select("touchpoint", "exits", "visits_settled").rows() == [
        ("email:click", 1, 3),
        ("web:cart", 1, 2),
    ]
    assert shop.ping_pong(**told).select("touchpoint", "other_touchpoint", "bounces").rows() == [
        ("email:click", "web:cart", 1)
    ]
    assert shop.drop_off_paths(**told)["path"].to_list() == [
        "email:click -> web:cart -> email:click",
        "email:click -> web:cart",
    ]
    stages = shop.stage_kpis(**told).filter(pl.col("journeys") > 0)
    assert stages["dropped"].sum() == 2


def test_tables_kept_in_memory_give_the_same_numbers(shop: jl.Lab) -> None:
    """Whatever was asked before, for the same journeys or for others, on one Lab or beside it."""
    kept = keeping(shop)
    asked = [
        {"where": "entry_channel = 'email'"},
        {"segment": shop.segment("outcome", "lapsed")},
        {"where": "true"},
        {"where": "entry_channel = 'nowhere'"},
    ]

    for told in asked:
        kept.counted("drop_offs", **told)
    plain = [shop.counted(*COUNTED, **told) for told in asked]
    with kept.beside() as beside:
        for told, tables in zip([*asked, asked[0]], [*plain, plain[0]], strict=True):
            for name, table in beside.counted(*COUNTED, **told).items():
                assert_frame_equal(table, tables[name], check_exact=True)


@pytest.mark.parametrize(
    "told",
    [
        {"where": "list_contains(channel_names, 'chat')"},
        {"where": "outcome in ('lost', 'lapsed')"},
        {"segment": ("2026-06-08", None)},
        {"where": "false"},
    ],
    ids=["chat", "dropped", "later", "none"],
)
def test_tables_kept_of_the_sample_give_the_same_numbers(sample_run, told) -> None:
    """Cells of single journeys, added up, make the tables of the models to the last digit."""
    with jl.open(sample_run.snapshot) as lab:
        kept = keeping(lab)
        kept.counted("stage_kpis", **told)  # what one question leaves out, another needs
        found = kept.counted(*COUNTED, **told)
        for name, table in lab.counted(*COUNTED, **told).items():
            assert_frame_equal(found[name], table, check_exact=True)
        for question in ("headline", "journey_counts"):
            first, again = (getattr(kept, question)(**told) for _ in range(2))
            assert_frame_equal(first, getattr(lab, question)(**told), check_exact=True)
            assert again is first
        assert_frame_equal(kept.drift(**told), lab.drift(**told), rel_tol=1e-12)


@pytest.mark.parametrize(
    "told",
    [
        {"where": "list_contains(channel_names, 'chat') and outcome != 'open'"},
        {"segment": ("2026-06-08", None)},
        {"segment": [_RICH, _MOBILE], "where": "steps > 2 or outcome = 'open'"},
        {"where": "false"},
        {},
    ],
    ids=["chat", "later", "segments", "none", "all"],
)
def test_paths_kept_of_the_sample_are_the_same(sample_run, told) -> None:
    """Names given to few and to all, short pictures and long ones, waits of merged moves too."""
    with jl.open(sample_run.snapshot) as lab:
        kept = keeping(lab)
        for dials in ({}, {"steps": 2, "top": 3}, {"steps": 8, "top": 50}, {"steps": 9, "top": 4}):
            picture = kept.paths(**dials, **told)
            assert_frame_equal(picture, lab.paths(**dials, **told), check_exact=True)
        assert_frame_equal(kept.headline(**told), lab.headline(**told), check_exact=True)
        assert_frame_equal(kept.kpis(**told), lab.kpis(**told))
        for period in ("day", "week"):
            assert_frame_equal(kept.kpis_by(period, **told), lab.kpis_by(period, **told))


def test_quantiles_are_those_of_the_database() -> None:
    """To the last digit, of whole numbers and of fractions, few and many."""
    drawn = np.random.default_rng(7)
    with memory() as warehouse:
        for size in (1, 2, 3, 10, 57, 400):
            values = np.sort(drawn.integers(0, 10**13, size))
            for told in (values, values / 1e6):
                with warehouse.given("told", pl.DataFrame({"value": told})):
                    row = warehouse.rows("select quantile_cont(value, [0.1, 0.5, 0.9]) from told")
                assert [quantile(told, 0, size, share) for share in (0.1, 0.5, 0.9)] == row[0][0]
    assert quantile(values, 3, 3, 0.5) is None


def test_groups_are_added_up_though_the_running_sum_wraps_around() -> None:
    """Three groups of which each fits 32 bits, and all together do not."""
    most = np.iinfo(np.int32).max
    amounts = np.array([most, 0, most - 1, 1, 5, 7], dtype=np.int32)

    found = of_groups(amounts, np.array([0, 2, 4]), np.int32)

    assert found.tolist() == [most, most, 12]
    assert of_groups(np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64), np.int64).tolist() == []


def test_other_tables_are_refused_by_name(shop: jl.Lab) -> None:
    """Business figures count events that belong to no journey."""
    with pytest.raises(UnknownName, match="no table for some journeys 'kpis'"):
        shop.counted("kpis", where="true")


def test_rework_of_some_journeys_adds_up_to_that_of_all(sample_run) -> None:
    """Conditions that always hold give the published table; two halves share its contacts."""
    with jl.open(sample_run.snapshot) as lab:
        published = lab.rework()
        bought, others = (lab.rework(where=f"outcome {sign} 'converted'") for sign in ("=", "!="))
        assert_frame_equal(lab.rework(where="true"), published, check_exact=True)

        assert published["contacts"].sum() > 10
        assert bought["contacts"].sum() + others["contacts"].sum() == published["contacts"].sum()
        assert 0 < bought["contacts"].sum() < published["contacts"].sum()
        assert lab.only(outcome="converted").rework().equals(bought)
