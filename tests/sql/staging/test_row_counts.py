"""No row is lost: rejected rows with their reasons, and the sum over all fates."""

from datetime import datetime, timedelta

from journeylab.warehouse import judge, read_checks

FORMAT = "staging.any_contract"
NOON = datetime(2026, 3, 1, 12)


def row(minute=0, event_id=None, name="view", **told):
    at = NOON + timedelta(minutes=minute)
    return {"occurred_at": at, "event_name": name, "event_id": event_id, **told}


def reject(staged, delivery_key, row_number, code="not_json"):
    staged.warehouse.execute(
        "insert into ops.rejected_rows values ($key, $number, $code, 'no JSON', 'x{', null)",
        {"key": delivery_key, "number": row_number, "code": code},
    )


def test_rejected_rows_of_intake_and_staging_stand_together(staged):
    """With file and line; those of a file set aside or of a source no longer used do not."""
    staged.source("shop")
    staged.source("mail", "email")
    staged.delivery(1, "shop", "night 1.jsonl")
    staged.delivery(2, "mail", "m.jsonl")
    staged.delivery(3, "gone")
    staged.delivery(4, "shop", "cut.gz")
    staged.warehouse.execute("update ops.deliveries set state = 'set_aside' where delivery_key = 4")
    staged.raw(FORMAT, row(event_id="1"), {**row(), "occurred_at": None}, source="shop")
    staged.raw(
        "staging.email_webhook", {"timestamp": "x", "event": "open"}, source="mail", delivery_key=2
    )
    for delivery_key in (1, 3, 4):
        reject(staged, delivery_key, 3)

    assert staged.settle(FORMAT, "staging.email_webhook") == []

    assert staged.rows(
        "staging.rejected_events", "source", "file_name", "row_number", "reason_code", "reason"
    ) == [
        ("mail", "m.jsonl", 1, "bad_time", "timestamp 'x' is no epoch number"),
        ("shop", "night 1.jsonl", 2, "missing_time", "occurred_at is empty"),
        ("shop", "night 1.jsonl", 3, "not_json", "no JSON"),
    ]
    assert staged.rows("staging.row_counts", "source", "rows_in", "events", "rejected_rows") == [
        ("mail", 1, 0, 1),
        ("shop", 3, 1, 2),
    ]


def test_every_fate_is_counted_once(staged):
    """Rows in are events, duplicates, merged, waiting or rejected, per source."""
    staged.source("shop", "purchase")
    staged.delivery(1, "shop")
    staged.raw(
        FORMAT,
        row(0, "1", received_at=NOON),
        row(0, "1"),
        row(0, "1", "click"),
        row(1, "2", "completed", order_id="7"),
        row(2, "3", "completed", order_id="7"),
        row(99, "4"),
        row(0, "5", None),
        source="shop",
    )
    reject(staged, 1, 8)

    failed = staged.settle(FORMAT, as_of=NOON + timedelta(minutes=50))

    assert failed == []
    counted = staged.warehouse.frame("select * from staging.row_counts").to_dicts()
    assert counted == [
        {
            "source": "shop",
            "rows_in": 8,
            "events": 2,
            "duplicates": 2,
            "conflicting_duplicates": 1,
            "merged_rows": 1,
            "waiting_rows": 1,
            "consent_refused_rows": 0,
            "rejected_rows": 2,
        }
    ]


def test_a_lost_row_fails_the_check(staged):
    """An event taken away by hand is missed."""
    staged.source("shop")
    staged.delivery(1, "shop")
    staged.raw(FORMAT, row(0, "1"), row(1, "2"), source="shop")
    staged.settle(FORMAT)

    staged.warehouse.execute("delete from staging.events where event_key = 2")

    assert staged.build("staging.row_counts") == [
        ("rows in = events + duplicates + merged + waiting + consent refused + rejected", 1)
    ]


def test_many_duplicates_warn(staged):
    """A fifth of the rows is allowed, more is not."""
    staged.source("few")
    staged.source("many")
    staged.raw(FORMAT, *(row(0, name) for name in "12344"), source="few")
    staged.raw(FORMAT, *(row(0, name) for name in "1233"), source="many", delivery_key=2)
    staged.settle(FORMAT)
    check = next(check for check in read_checks() if check.name == "duplicate_share")

    result = judge(staged.warehouse, check, {"max_duplicate_share": 0.2})

    assert (result.severity, result.faulty_rows) == ("warn", 1)
    assert staged.warehouse.rows(
        f"select source from ({check.query})", {"max_duplicate_share": 0.2}
    ) == [("many",)]
