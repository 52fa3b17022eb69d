"""What is delivered again in another shape counts once, and what came first never decides."""

import gzip
import itertools
import json

import pyarrow as pa
import pytest
from delivery_shop import LOG, WEB, Shop, page


def test_a_log_that_grows_from_night_to_night_counts_each_line_once(tmp_path):
    """Grown, then rotated to another name, packed, and packed again; two lines are the same."""
    log = {"channel": "web", "format": "access_log", "identical_rows": "events"}
    shop = Shop(tmp_path, log=log)
    lines = [LOG.format(*told) + "\n" for told in ((0, "a"), (0, "a"), (5, "b"), (5, "b"))]
    path = shop.deliver("log", "access.log", "".join(lines[:2]))
    failed = shop.night()
    shop.deliver("log", "access.log", "".join(lines))
    failed += shop.night()
    path.rename(path.with_name("access.log.1"))
    shop.deliver("log", "access.log.2.gz", gzip.compress("".join(lines).encode()))
    shop.deliver("log", "old.zst", pa.compress("".join(lines).encode(), "zstd", asbytes=True))
    failed += shop.night()

    assert failed == []
    assert shop.sums("log") == (6, 4, 2, 0)
    assert shop.events("url", "source_sequence") == [("/a", 1), ("/a", 2), ("/b", 3), ("/b", 4)]


def versions(minute, plan, received):
    return page("1", minute, plan=plan, received_at=f"2026-03-01 {received}") + "\n"


@pytest.mark.parametrize(
    "order", [pytest.param(order, id="".join(order)) for order in itertools.permutations("abc")]
)
def test_a_corrected_event_is_the_one_received_last_in_any_order_of_arrival(tmp_path, order):
    """Each version replaces the file of the one before; two were received at once."""
    told = {
        "a": versions("10:00", "old", "11:00"),
        "b": versions("10:01", "new", "12:00"),
        "c": versions("10:02", "new too", "12:00"),
    }
    shop = Shop(tmp_path, web=WEB)
    for name in order:
        shop.deliver("web", "day.jsonl", told[name])
        assert shop.night() == []

    assert shop.sums("web") == (3, 1, 2, 0)
    ((plan,),) = shop.events("properties ->> '$.plan'")
    assert plan == "new"  # the greater content hash of the two


def test_a_file_whose_rows_come_split_and_reordered_adds_nothing(tmp_path):
    """With ids and without: rows are known by themselves, not by their file."""
    rows = [page(str(n), f"10:0{n}") for n in range(3)] + [page(None, "10:09")]
    shop = Shop(tmp_path, web=WEB)
    shop.deliver("web", "whole.jsonl", "\n".join(rows))
    shop.night()
    shop.deliver("web", "tail.jsonl", "\n".join(reversed(rows[1:])))
    spaced = [json.dumps(json.loads(row), indent=None, separators=(" , ", " : ")) for row in rows]
    shop.deliver("web", "spaced.jsonl", "\n".join(spaced))

    assert shop.night() == []

    assert shop.sums("web") == (11, 4, 7, 0)
