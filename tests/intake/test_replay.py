"""Rejected rows come again, repaired: each counts once, whatever is delivered or replayed after."""

import gzip
import json
from datetime import datetime

import polars as pl
import pytest
from delivery_shop import LOG, WEB, Shop, page

from journeylab.erasure import Eraser, erasing
from journeylab.errors import InputRefused, NoSnapshot, UnknownName
from journeylab.identity import keyed_hash
from journeylab.intake import rejected_rows
from journeylab.parameters import parameters
from journeylab.rules import Rules
from journeylab.warehouse import memory


def test_a_row_nobody_could_read_and_one_that_was_refused_come_again(tmp_path):
    """Both leave the rejected rows, in the night they are marked, and sums hold throughout."""
    shop = Shop(tmp_path, web=WEB)
    good, broken, early = page("1"), page("2", plan="pro")[:-1], page("3", campaign="x")
    early = early.replace("2026", "1926")
    shop.deliver("web", "a.jsonl", "\n".join([good, broken, "", early, ""]))
    assert shop.night() == []
    assert shop.sums("web") == (3, 1, 0, 2)

    texts = shop.exported()
    done = shop.replay({key: text.replace("1926", "2026") for key, text in texts.items()})
    assert (done.loaded, done.already, len(done.still_rejected)) == (1, 0, 1)  # 2 lacks its brace
    assert shop.night() == []
    assert shop.sums("web") == (3, 2, 0, 1)
    done = shop.replay({key: text + "}" for key, text in shop.exported().items()})
    assert (done.loaded, done.still_rejected) == (1, [])
    assert shop.night() == []

    assert shop.sums("web") == (3, 3, 0, 0)
    assert shop.events("event_id", "occurred_at::varchar", "properties") == [
        ("web:1", "2026-03-01 10:00:00", None),
        ("web:2", "2026-03-01 10:00:00", '{"plan":"pro"}'),
        ("web:3", "2026-03-01 10:00:00", '{"campaign":"x"}'),
    ]
    assert shop.exported() == {}
    assert shop.warehouse.rows(
        "select row_number, reason_code, replayed_in > 0 from ops.rejected_rows order by all"
    ) == [(2, "not_json", True), (2, "not_json", True), (4, "before_2000", True)]


def test_replayed_twice_and_delivered_again_mended_a_row_counts_once(tmp_path):
    """With an id of its own and without; the file replayed again brings nothing."""
    shop = Shop(tmp_path, web=WEB, log={**WEB, "identical_rows": "events"})
    lines = [page(None), page(None), page("2").replace("2026", "1926")]
    for source in ("web", "log"):
        shop.deliver(source, "a.jsonl", "\n".join(lines).replace("page", "page ", 1) + "\n")
    shop.night()
    texts = shop.repaired(("1926", "2026"))

    first, second = shop.replay(texts), shop.replay(texts)
    shop.night()
    again = shop.replay(texts)
    before = [shop.sums(source) for source in ("web", "log")]
    for source in ("web", "log"):
        path = shop.folder / source / "a.jsonl"
        shop.deliver(source, "mended.jsonl", path.read_text().replace("1926", "2026"))
        packed = gzip.compress((shop.folder / source / "mended.jsonl").read_bytes())
        shop.deliver(source, "mended.jsonl.gz", packed)

    assert shop.night() == []
    assert (first.loaded, first.already) == (2, 0)
    assert (second.loaded, second.already) == (again.loaded, again.already) == (0, 2)
    assert before == [(3, 3, 0, 0), (3, 3, 0, 0)]
    assert [shop.sums(source) for source in ("web", "log")] == [(6, 3, 3, 0), (6, 3, 3, 0)]


def test_a_repaired_line_of_a_log_is_a_copy_of_its_file(tmp_path):
    """The same line stood there twice, once broken: two events, also when the file comes mended."""
    log = {"channel": "web", "format": "access_log", "identical_rows": "events"}
    shop = Shop(tmp_path, log=log)
    line, other = LOG.format(0, "cart"), LOG.format(5, "pay")
    shop.deliver("log", "a.log", "\n".join([line, line.replace("[01/", "[41/"), "", other, ""]))
    shop.night()
    assert shop.sums("log") == (3, 2, 0, 1)

    done = shop.replay(shop.repaired(("[41/", "[01/")))
    assert shop.night() == []
    repaired = shop.events("url", "source_sequence")
    sums = shop.sums("log")
    shop.deliver("log", "mended.log", "\n".join([line, line, "", other, ""]))
    assert shop.night() == []

    assert done.loaded == 1
    assert sums == (3, 3, 0, 0)
    assert repaired == [("/cart", 1), ("/cart", 2), ("/pay", 4)]
    assert shop.sums("log") == (6, 3, 3, 0)


ORDERS = "order_number,event,created_at,note,subtotal\n"


def test_csv_rows_come_again_under_the_header_of_their_file(tmp_path):
    """Quotes, separators, an unnamed column and line numbers included."""
    shop = Shop(tmp_path, till={"channel": "purchase", "format": "orders"})
    shop.deliver(
        "till",
        "a.csv",
        ORDERS
        + "1,completed,2026-03-01 09:00,ok,5\n"
        + "2,completed,2026-03-01 10:00,7\n"
        + '3,completed,yesterday,"two, ""quoted""",9\n',
    )
    shop.night()
    assert shop.sums("till") == (3, 1, 0, 2)

    texts = {
        key: text.replace("10:00,7", '10:00,"a\nb",7').replace("yesterday", "2026-03-01 11:00")
        for key, text in shop.exported().items()
    }
    done = shop.replay(texts)

    assert shop.night() == []
    assert (done.loaded, done.still_rejected) == (2, [])
    assert shop.sums("till") == (3, 3, 0, 0)
    assert shop.events("order_id", "value::integer", "properties ->> '$.note'") == [
        ("1", 5, "ok"),
        ("2", 7, "a\nb"),
        ("3", 9, 'two, "quoted"'),
    ]
    (copy,) = [p for p in shop.folder.glob("landed/*.csv") if b"yesterday" not in p.read_bytes()]
    assert copy.read_text().splitlines()[0] + "\n" == ORDERS
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_part_of_a_conversation_is_repaired_with_the_whole(tmp_path):
    """Its good parts were events before and still are, once."""
    shop = Shop(tmp_path, chat={"channel": "chat", "format": "conversations"})
    parts = [
        {"id": n, "part_type": "comment", "created_at": at, "author": {"type": "user"}, "body": "x"}
        for n, at in (("p1", "1772359200"), ("p2", "soon"), ("p3", "1772359260"), ("p4", ""))
    ]
    shop.deliver(
        "chat", "a.json", json.dumps({"conversations": [{"id": "c1", "conversation_parts": parts}]})
    )
    shop.night()
    assert shop.sums("chat") == (4, 2, 0, 2)

    texts = shop.exported()
    assert len(texts) == 1
    done = shop.replay(
        shop.repaired(('"soon"', '"1772359230"'), ('"created_at":""', '"created_at":"1772359290"'))
    )

    assert shop.night() == []
    assert (done.loaded, done.still_rejected) == (1, [])
    assert shop.sums("chat") == (4, 4, 0, 0)
    assert shop.events("event_id") == [(f"chat:c1/p{n}",) for n in (1, 2, 3, 4)]


def test_parquet_rows_come_again_typed(tmp_path):
    """Nested values and columns that the format does not name too."""
    shop = Shop(tmp_path, export={"channel": "web", "format": "contract"})
    frame = pl.DataFrame(
        {
            "event_id": ["1", "2", "3"],
            "occurred_at": ["2026-03-01 10:00", "teatime", "1926-03-01 12:00"],
            "event_name": ["a", "b", "c"],
            "identifiers": [[{"kind": "user_id", "value": f'u"{n}'}] for n in range(3)],
            "plan": ["x", "y", "z"],
        }
    )
    shop.deliver("export", "a.parquet", b"")
    frame.write_parquet(shop.folder / "export" / "a.parquet")
    shop.night()
    assert shop.sums("export") == (3, 1, 0, 2)

    done = shop.replay(shop.repaired(("teatime", "2026-03-01 11:00"), ("1926", "2026")))

    assert shop.night() == []
    assert (done.loaded, done.still_rejected) == (2, [])
    assert shop.sums("export") == (3, 3, 0, 0)
    assert shop.events("event_id", "identifiers[1].value", "properties ->> '$.plan'") == [
        ("export:1", 'u"0', "x"),
        ("export:2", 'u"1', "y"),
        ("export:3", 'u"2', "z"),
    ]


def test_a_row_that_is_still_no_good_is_rejected_anew(tmp_path):
    """Once, with its new text and reason, in the next night."""
    shop = Shop(tmp_path, web=WEB)
    shop.deliver("web", "a.jsonl", page("1") + "\n" + page("2").replace("2026", "1926") + "\n{\n")
    shop.night()

    done = shop.replay({key: text.replace("1926", "1936") for key, text in shop.exported().items()})

    assert shop.night() == []
    assert done.loaded == 0
    assert sorted(reason for _, reason in done.still_rejected) == [
        "occurred_at is 1936-03-01 10:00:00",
        "the record is no JSON: {",
    ]
    assert shop.sums("web") == (3, 1, 0, 2)
    assert sorted("1936" in text for text in shop.exported().values()) == [False, True]


def test_what_cannot_be_replayed_is_said_and_changes_nothing(tmp_path):
    """An id nobody knows, a text that is no object, one that was cut."""
    shop = Shop(tmp_path, web={**WEB, "max_line_bytes": 100})
    shop.deliver("web", "a.jsonl", page("2").replace("2026", "1926") + "\n" + "x" * 20_000 + "\n")
    shop.night()
    texts = shop.exported()
    old = next(key for key, text in texts.items() if "1926" in text)
    cut = next(key for key in texts if key != old)

    with pytest.raises(NoSnapshot, match="no run has told"):
        rejected_rows(memory())
    with pytest.raises(UnknownName, match="no rejected row 'web:0:1'"):
        shop.replay({"web:0:1": "{}"})
    with pytest.raises(InputRefused, match="no JSON object"):
        shop.replay({old: "oops"})
    with pytest.raises(InputRefused, match="first 10,000 characters"):
        shop.replay(texts)

    assert cut in shop.exported()
    assert shop.night() == []
    assert shop.sums("web") == (2, 0, 0, 2)


def test_rows_that_are_no_longer_there_are_left_out(tmp_path):
    """Somebody was erased, or they went for their age; the others of the file are replayed."""
    shop = Shop(tmp_path, web=WEB)
    shop.deliver("web", "a.jsonl", "\n".join([page("1"), page("2")[:-1], page("3")[:-1]]))
    shop.night()
    texts = {key: text + "}" for key, text in shop.exported().items()}
    shop.warehouse.execute("delete from ops.rejected_rows where row_number = 3")
    shop.night()

    done = shop.replay(texts)

    assert (done.loaded, done.gone) == (1, 1)
    assert shop.night() == []
    assert shop.sums("web") == (2, 2, 0, 0)


def test_a_repair_that_names_somebody_forgotten_loads_without_the_person(tmp_path):
    """Neither row nor copy holds them, as with any file that is delivered."""
    shop = Shop(tmp_path, web=WEB)
    shop.deliver("web", "a.jsonl", "\n".join([page("1"), page("2")[:-1], page("3")[:-1]]))
    shop.night()
    key = b"the key of the tombstones"
    eraser = Eraser(
        frozenset({keyed_hash(key, "user_id", "u-ana-4711")}),
        parameters(
            shop.settings,
            Rules(),
            run_id="run",
            started_at=datetime(2026, 3, 3),
            as_of=datetime(2026, 3, 3),
        ),
        key,
        ("user_id",),
    )
    ids = {row_id[-1]: row_id for row_id in shop.exported()}
    texts = {
        ids["2"]: page("2", user_id="u-ana-4711"),
        ids["3"]: page("3", user_id="u-ben-4712"),
    }

    shop.replay(texts, lambda model: erasing(eraser, model))

    assert shop.night() == []
    assert shop.sums("web") == (2, 2, 0, 0)
    assert shop.events("identifiers") == [([],), ([{"kind": "user_id", "value": "u-ben-4712"}],)]
    copies = [path.read_text() for path in shop.folder.glob("landed/*.jsonl")]
    assert len(copies) == 2
    assert not [text for text in copies if "u-ana-4711" in text]


def test_a_replay_given_again_after_a_restore_is_only_marked(tmp_path):
    """Files came back from their copies; which rows a replay had repaired was not among them."""
    shop = Shop(tmp_path, web=WEB)
    shop.deliver("web", "a.jsonl", "\n".join([page("1"), page("2")[:-1]]))
    shop.night()
    texts = {key: text + "}" for key, text in shop.exported().items()}
    shop.replay(texts)
    shop.warehouse.execute("update ops.rejected_rows set replayed_in = null")
    shop.warehouse.execute("update ops.deliveries set repairs = null")
    shop.night()
    assert shop.sums("web") == (3, 2, 0, 1)

    done = shop.replay(texts)

    assert (done.loaded, shop.night()) == (1, [])
    assert shop.sums("web") == (2, 2, 0, 0)
    assert shop.warehouse.rows("select file_name, repairs from ops.deliveries order by all") == [
        ("a.jsonl", None),
        ("replay of a.jsonl", 1),
    ]
