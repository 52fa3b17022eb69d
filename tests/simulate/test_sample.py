import gzip
from datetime import date
from pathlib import Path

import pytest
from deliveries_read import conversations, json_rows, orders, texts

from journeylab.errors import InputRefused
from journeylab.simulate import read_truth, write_sample

COMMITTED = Path(__file__).parents[2] / "data" / "sample"


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Bytes of every file by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    """Another seed writes the same files with other rows."""
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        write_sample(tmp_path / name, seed=seed, customers=80, first_day=date(2026, 2, 1))

    one, two, three = (bytes_of(tmp_path / name) for name in ("one", "two", "three"))

    assert one == two
    assert one.keys() == three.keys()
    assert all(one[name] != three[name] for name in one)


def test_the_committed_sample_is_what_its_seed_makes(tmp_path):
    """Compared as text: how tightly gzip packs may differ between machines."""
    told = read_truth(COMMITTED / "truth.json")

    truth = write_sample(
        tmp_path,
        seed=told.seed,
        customers=told.customers,
        first_day=date.fromisoformat(told.first_day),
    )

    assert truth == told
    for source in ("web", "email", "chat", "purchase"):
        assert texts(tmp_path, source) == texts(COMMITTED, source)


def test_the_committed_sample_is_small():
    """The whole folder stays under 3 MB."""
    assert sum(len(data) for data in bytes_of(COMMITTED).values()) < 3_000_000


def test_each_night_has_a_file_of_each_source(sample):
    """The date in a name tells the night, so a test can deliver night by night."""
    folder, truth = sample

    names = [
        name for source in ("web", "email", "chat", "purchase") for name in _names(folder, source)
    ]

    assert truth.nights == ["2026-06-01", "2026-06-02", "2026-06-03"]
    assert names == [
        "web-2026-06-01.jsonl.gz",
        "web-2026-06-02.jsonl",
        "web-2026-06-03.jsonl",
        "email-2026-06-01.jsonl.gz",
        "email-2026-06-02-b.jsonl.gz",
        "email-2026-06-02.jsonl.gz",
        "email-2026-06-03.jsonl.gz",
        "chat-2026-06-01.json",
        "chat-2026-06-02.json",
        "chat-2026-06-03.json",
        "purchase-2026-06-01.csv",
        "purchase-2026-06-02.csv",
        "purchase-2026-06-03.csv",
    ]


def test_the_truncated_file_breaks_off(sample):
    """Its first half is there, its end is not."""
    folder, truth = sample
    data = (folder / "landing" / "email" / truth.truncated_file).read_bytes()

    with pytest.raises(EOFError):
        gzip.decompress(data)


def test_later_nights_bring_late_rows(sample):
    """Some page views of before June come with the second or third delivery."""
    folder, truth = sample

    later = [
        row
        for row in json_rows(folder, "web")
        if isinstance(row["event_timestamp"], int)
        and row["event_server_received_timestamp"] - row["event_timestamp"] > 86_400_000_000
    ]

    assert later
    assert truth.sources["web"].late_rows > 0


def test_a_new_column_appears_on_the_last_night(sample):
    """The header of the order list and the keys of the page views change on night 3."""
    folder, _ = sample
    headers = [text.splitlines()[0] for text in texts(folder, "purchase").values()]
    web = texts(folder, "web")

    assert [header.endswith("event_id") for header in headers] == [True, True, False]
    assert headers[2] == f"{headers[0]},gift_wrap"
    assert [text.count('"stream_id"') > 0 for text in web.values()] == [False, False, True]


def test_order_pages_are_stamped_before_their_order(sample):
    """The back-end stamps some orders seconds after the page that shows them."""
    _, truth = sample

    assert truth.pages_before_orders > 0


def test_most_customers_chat_or_buy_and_come_back(sample):
    """Every touchpoint of the shop is walked, by page and by event."""
    folder, _ = sample
    events = {row["event"] for row in json_rows(folder, "email")}
    parts = {
        part["author"]["type"]
        for row in conversations(folder)
        for part in row["conversation_parts"]
    }

    assert events == {"delivered", "open", "click", "reply", "unsubscribe"}
    assert parts == {"user", "admin", "bot"}
    assert {row["event"] for row in orders(folder)} >= {"completed", "refunded"}


def _names(folder: Path, source: str) -> list[str]:
    return sorted(path.name for path in (folder / "landing" / source).iterdir())


def test_too_small_a_sample_is_refused(tmp_path):
    """Nothing could be planted in it."""
    with pytest.raises(InputRefused, match=r"customers is 5\n.*\n.*ask for 50 or more"):
        write_sample(tmp_path, seed=1, customers=5, first_day=date(2026, 2, 1))
