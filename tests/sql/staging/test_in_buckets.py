"""Staged in buckets of rows that settle each other: the same events as staged in one piece."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from deliveries_by_hand import Staged
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylab.cluster import LISTED, NUMBERED_LATER, SETTLED, parts, stage
from journeylab.cluster.claims import ORDER, joined_claims
from journeylab.errors import ClusterFailed
from journeylab.warehouse import build, ensure, memory, read_models, read_parts
from people import shop_params
from rounds import InThisProcess, job_over

FORMAT = "staging.any_contract"
NOON = datetime(2026, 3, 1, 12)
AS_OF = datetime(2026, 3, 2)
LATER = datetime(2026, 3, 3)

rows = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from([None, "1", "2", "3"]),
        "occurred_at": st.sampled_from([None, NOON, NOON + timedelta(minutes=1), LATER]),
        "received_at": st.sampled_from([None, NOON, NOON + timedelta(hours=1)]),
        "source_sequence": st.sampled_from([None, 1]),
        "channel": st.sampled_from(["web", "purchase"]),
        "event_name": st.sampled_from(["completed", "cancelled"]),
        "user_id": st.sampled_from([None, "u1", " U1", "null", ""]),
        "email": st.sampled_from([None, "a@shop.test", " A@shop.test"]),
        "is_bot": st.sampled_from([None, True]),
        "order_id": st.sampled_from([None, "7", "8", "7:cancelled"]),
        "value": st.sampled_from([None, Decimal("1.5")]),
        "consent": st.sampled_from([None, "denied"]),
    }
)


def delivered_by_hand(warehouse, deliveries):
    """A shop with two sources, one of which keeps identical rows apart."""
    staged = Staged(warehouse)
    staged.source("shop", "purchase", identical_rows="events")
    staged.source("till", "purchase")
    for key, delivered in enumerate(deliveries, start=1):
        source = ("shop", "till")[key % 2]
        staged.delivery(key, source)
        staged.raw(FORMAT, *delivered, source=source, delivery_key=key)
    staged.build(FORMAT)
    return staged


#: Numbers inside, and what is only there to find rows by.
HIDDEN = {"row_key", "event_key", "signature_key", "content_hash", "id_hash"}
MODELS = {name: read_models(name.split(".")[0])[name] for name in (*SETTLED, *LISTED)}
CARRIED = "identity.event_signatures"
PARAMS = {
    "as_of": AS_OF,
    "staging_tables": [FORMAT],
    "refused_consent": ["denied"],
    **shop_params(exclusive_kinds=["user_id"]),
}


def told(staged):
    """What the tables say but the numbers inside, and which list each event carries."""
    said = {}
    for name, model in MODELS.items():
        if name == CARRIED:
            continue
        columns = [column.name for column in model.columns if column.name not in HIDDEN]
        said[name] = sorted(staged.rows(name, *columns), key=repr)
    said[CARRIED] = staged.warehouse.rows(
        "select event_id, lists.identifiers from staging.events as events"
        f" inner join {CARRIED} using (event_key)"
        " inner join identity.signatures as lists using (signature_key) order by event_id"
    )
    return said


def with_rules(staged):
    """One rule joins two identifiers, of which events name one."""
    model = read_models("config")["config.identity_rules"]
    ensure(staged.warehouse, model.name, model.columns)
    staged.warehouse.execute("delete from config.identity_rules")
    staged.warehouse.execute(
        "insert into config.identity_rules values ('always', 'user_id', 'u1', 'email', 'b@x.test')"
    )


def staged_in_buckets(staged, folder, buckets, **options):
    """Stage by tasks, and take in what they made."""
    with_rules(staged)
    job = job_over(staged.warehouse, folder, buckets, PARAMS, **options)
    assert stage(job, [staged.model(FORMAT)])
    for name, model in MODELS.items():
        with parts(job.exchange, name, buckets, folder) as paths:
            read_parts(staged.warehouse, model, paths, NUMBERED_LATER.get(name, "*"))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    deliveries=st.lists(st.lists(rows, min_size=1, max_size=4), min_size=1, max_size=4),
    buckets=st.sampled_from([1, 3, 8]),
)
def test_rows_settle_each_other_in_buckets_as_in_one_piece(deliveries, buckets):
    """Ids that come twice, ids of several orders, orders of several sources, rows without ids."""
    with memory(threads=1) as warehouse, TemporaryDirectory() as folder:
        staged = delivered_by_hand(warehouse, deliveries)
        staged.settle(FORMAT, as_of=AS_OF)
        with_rules(staged)
        for name in LISTED:
            build(warehouse, MODELS[name], PARAMS)
        wanted = told(staged)

        staged_in_buckets(staged, Path(folder), buckets)

        assert told(staged) == wanted


def purchase(event_id, order_id, name="completed", **more):
    return {
        "event_id": event_id,
        "occurred_at": NOON,
        "channel": "purchase",
        "event_name": name,
        "order_id": order_id,
        **more,
    }


def test_an_id_of_two_orders_joins_them_and_all_their_rows(staged, tmp_path):
    """Orders 1 and 2 share an id, 2 and 3 another: one claim; order 9 stays alone."""
    staged.source("shop", "purchase")
    staged.raw(
        FORMAT,
        purchase("a", "1"),
        purchase("a", "2"),
        purchase("b", "2"),
        purchase("b", "3"),
        purchase("c", "9"),
        source="shop",
    )
    staged.build(FORMAT)

    joined = joined_claims(staged.warehouse, [FORMAT])

    claims = {
        order: staged.warehouse.scalar("select hash($id)", {"id": f"order:{order}"})
        for order in (1, 2, 3)
    }
    least = min(claims.values())
    assert dict(joined.rows()) == {c: least for c in claims.values() if c != least}


@pytest.mark.parametrize(
    ("own_id", "is_told"),
    [("0123456789abcdef0123456789abcdef", False), ("0123456789ABCDEF", True)],
)
def test_ids_that_may_be_hashes_of_content_leave_staging_to_the_driver(staged, own_id, is_told):
    """Only where rows of the same source have none: these claim the hash of their content."""
    staged.source("shop", "purchase")
    staged.source("till", "purchase")
    staged.raw(FORMAT, purchase(own_id, "1"), purchase(None, "2"), source="shop")
    staged.raw(FORMAT, purchase("f" * 32, "3"), source="till", delivery_key=2)
    staged.build(FORMAT)

    assert (joined_claims(staged.warehouse, [FORMAT]) is not None) == is_told


def test_the_order_of_a_claim_is_that_of_the_staged_row(staged):
    """The rule stands in ``staging.rows``; what deals rows out has it too."""
    staged.source("shop", "purchase")
    kinds = [
        purchase(own_id, order_id, name, channel=channel)
        for own_id in (None, "1")
        for order_id in (None, "7")
        for name in ("completed", "refunded")
        for channel in ("purchase", "web")
    ]
    staged.raw(FORMAT, *kinds, source="shop")
    staged.settle(FORMAT)

    told_by_rows = staged.rows("staging.rows", "row_number", "order_event_id")

    assert staged.rows(FORMAT, "row_number", ORDER) == told_by_rows


@pytest.mark.parametrize("place", ["{folder}/exchange", "file://{folder}/exchange"])
def test_numbers_of_rows_and_events_differ_over_all_buckets(staged, tmp_path, place):
    """Each bucket counts from a number of its own, also where files go through an object store."""
    staged.source("shop", "purchase")
    staged.raw(FORMAT, *(purchase(str(number), None) for number in range(50)), source="shop")
    staged.build(FORMAT)

    staged_in_buckets(staged, tmp_path, 3, place=place)

    assert len(set(staged.rows("staging.events", "event_key"))) == 50
    assert len(set(staged.rows("staging.rows", "row_key"))) == 50


def test_identifiers_are_numbered_in_the_order_of_their_model():
    """The order is the model's; parts of it are numbered anew as they are taken in."""
    order = "order by first_seen_at nulls last, kind_rank, value, kind"

    for name, fresh in NUMBERED_LATER.items():
        assert order in fresh
        assert order in MODELS[name].query


class LosesAFile(InThisProcess):
    """Between two rounds a file that was dealt out is gone."""

    def __init__(self, folder, round_number, dealt):
        self.folder, self.before, self.dealt = folder, round_number, dealt

    def hand_out(self, work, parts):
        """Lose the first dealt file, then go on."""
        self.before -= 1
        if not self.before:
            min((self.folder / "exchange").glob(f"run/dealt/{self.dealt}/*/*.parquet")).unlink()
        return super().hand_out(work, parts)


@pytest.mark.parametrize(
    ("round_number", "dealt"),
    [
        (2, "settling/staging.any_contract"),
        (3, "lists/staging.events"),
        (4, "spellings/cluster.told_spellings"),
    ],
)
def test_rows_that_were_dealt_out_and_lost_are_an_error_that_names_the_bucket(
    staged, tmp_path, round_number, dealt
):
    """Fewer rows than the tasks of the round before say they wrote."""
    staged.source("shop", "purchase")
    rows = [purchase(str(number), None, user_id=f"u{number}") for number in range(20)]
    staged.raw(FORMAT, *rows, source="shop")
    staged.build(FORMAT)

    loses = LosesAFile(tmp_path, round_number, dealt)
    table = dealt.partition("/")[2]

    with pytest.raises(ClusterFailed, match=rf"bucket \d has \d+ rows of {table}, \d+ were"):
        staged_in_buckets(staged, tmp_path, 3, cluster=loses)
