"""The examples on real files: their settings, rules and excerpts fit together."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from journeylab.pipeline import open_run, registry, take
from journeylab.settings import Settings, load_settings

REAL = Path(__file__).parents[2] / "data" / "real"


def staged(example: str, var: Path) -> Settings:
    """Settings of an example that writes under ``var``."""
    settings = load_settings(REAL / example / "journeylab.toml")
    privacy = settings.privacy.model_copy(update={"hash_key_file": var / "hash.key"})
    paths = settings.paths.model_copy(update={"var": var})
    return settings.model_copy(update={"paths": paths, "privacy": privacy})


def rows(settings: Settings, *queries: str) -> list[list[tuple[object, ...]]]:
    """Run every step up to the rules' touchpoints, then the queries."""
    steps = registry(settings)
    last = [step.name for step in steps].index("core.event_kinds")
    with open_run(settings, full=False, started_at=datetime(2026, 1, 1), as_of=None) as context:
        for step in steps[: last + 1]:
            take(step, context)
        return [context.warehouse.rows(query) for query in queries]


COUNTS = "select * from staging.row_counts"
TOUCHPOINTS = (
    "select touchpoint, sum(events)::integer from core.event_kinds group by all order by all"
)


@pytest.mark.slow
def test_every_line_of_the_web_log_is_accounted_for(tmp_path):
    """1,299 requests, of which one is cut off; every kind of request has its touchpoint."""
    counts, touchpoints, rejected, bots = rows(
        staged("access_log", tmp_path),
        COUNTS,
        TOUCHPOINTS,
        "select file_name, row_number, reason_code from staging.rejected_events",
        "select count(*) from staging.events where is_bot",
    )

    assert counts == [("site", 1299, 1298, 0, 0, 0, 0, 0, 1)]
    assert touchpoints == [
        ("web:article", 29),
        ("web:asset", 656),
        ("web:blog", 95),
        ("web:blog_topic", 90),
        ("web:download", 1),
        ("web:error", 87),
        ("web:file", 35),
        ("web:home", 156),
        ("web:manual", 28),
        ("web:page", 13),
        ("web:probe", 2),
        ("web:project", 49),
        ("web:redirect", 13),
        ("web:robots", 19),
        ("web:talk", 25),
    ]
    assert [reason for _, _, reason in rejected] == ["bad_line"]
    assert bots == [(472,)]


@pytest.mark.slow
def test_every_invoice_of_the_shop_is_one_event(tmp_path):
    """3,320 lines make 155 invoices; 118 are orders, 32 cancellations, 5 book stock out."""
    counts, events, one = rows(
        staged("online_retail", tmp_path),
        COUNTS,
        "select event_name, count(*), sum(value) from staging.events group by all order by all",
        "select occurred_at, value, currency, len(identifiers) from staging.events"
        " where order_id = 'C536734'",
    )

    assert counts == [("invoices", 3320, 155, 0, 0, 3165, 0, 0, 0)]
    assert events == [
        ("adjusted", 5, Decimal("0.0000")),
        ("cancelled", 32, Decimal("-8182.9800")),
        ("completed", 118, Decimal("47721.3800")),
    ]
    assert one == [(datetime(2010, 12, 2, 12, 50), Decimal("-24.9500"), "GBP", 1)]
