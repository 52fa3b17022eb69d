import json
from collections import Counter

from deliveries_read import conversations, json_rows, orders, texts

from journeylab.simulate import read_truth


def plain_email(address: str) -> str:
    """The address in lower case, without its plus-tag."""
    name, domain = address.lower().split("@")
    return f"{name.split('+')[0]}@{domain}"


def seen_values(folder, kind: str) -> set[str]:
    """Values of one kind in all files."""
    web, email = json_rows(folder, "web"), json_rows(folder, "email")
    contacts = [row["contacts"][0] for row in conversations(folder)]
    bought = orders(folder)
    found = {
        "user_id": [row["user_id"] for row in web]
        + [row["external_id"] for row in contacts]
        + [row["customer_id"] for row in bought],
        "anonymous_id": [row["user_pseudo_id"] for row in web]
        + [row.get("anonymous_id") for row in email]
        + [row["anonymous_id"] for row in contacts],
        "email": [row["email"] for row in [*email, *contacts, *bought]],
        "phone": [(row["phone"] or "").replace(" ", "") for row in bought],
    }[kind]
    values = {value for value in found if value}
    return {plain_email(value) for value in values if "@" in value} if kind == "email" else values


def test_every_identifier_of_the_truth_is_in_the_files(sample):
    """And every identifier of the files is in the truth, but junk, bots and shared devices."""
    folder, truth = sample

    unknown = {
        kind: seen_values(folder, kind) - set(values) for kind, values in truth.identifiers.items()
    }

    assert list(unknown) == ["anonymous_id", "email", "phone", "user_id"]
    assert unknown["anonymous_id"] == {*truth.bot_devices, *truth.shared_devices}
    assert unknown["email"] == {"info@post.test"}
    assert unknown["phone"] == set()
    assert unknown["user_id"] == {"undefined"}
    for kind, values in truth.identifiers.items():
        assert set(values) <= seen_values(folder, kind)


def test_addresses_are_spelled_in_several_ways(sample):
    """Upper-case and plus-tags both stand for an address of the truth."""
    folder, _ = sample
    typed = [row["contacts"][0]["email"] or "" for row in conversations(folder)]

    assert any(address.startswith("C") for address in typed)
    assert any("+shop@" in row["email"] for row in orders(folder) if row["email"])


def test_one_user_id_is_literally_na(sample):
    """Customer 17's id is the text NA, which a reader may take for a null."""
    folder, truth = sample

    assert truth.identifiers["user_id"]["NA"] == 17
    assert "NA" in {row["customer_id"] for row in orders(folder)} | {
        row["user_id"] for row in json_rows(folder, "web")
    }


def test_a_family_shares_a_tablet(sample):
    """A shared device has exactly the two neighbours of a household."""
    _, truth = sample

    assert truth.shared_devices
    for first, second in truth.shared_devices.values():
        assert (second - first, first % 50) == (1, 10)


def test_rows_are_the_lines_of_the_files(sample):
    """Counted literally: lines, CSV records, and for chats parts and ratings."""
    folder, truth = sample
    counted = {
        source: {name: len(text.splitlines()) for name, text in texts(folder, source).items()}
        for source in ("web", "email")
    }
    counted["purchase"] = {
        name: len(text.splitlines()) - 1 for name, text in texts(folder, "purchase").items()
    }
    counted["chat"] = {
        name: sum(
            len(row["conversation_parts"]) + bool(row["conversation_rating"])
            for row in json.loads(text)["conversations"]
        )
        for name, text in texts(folder, "chat").items()
    }

    assert {name: source.files for name, source in truth.sources.items()} == counted


def test_rows_in_are_events_and_everything_else(sample):
    """Rows = events + duplicates + waiting + rejected, for each source."""
    _, truth = sample

    for source in truth.sources.values():
        others = source.duplicates + source.waiting + sum(source.rejected.values())
        assert source.rows == source.events + others == sum(source.files.values())


def test_duplicates_are_as_many_as_planted(sample):
    """By the source's own id; for page views by everything but the time of receipt."""
    folder, truth = sample
    web = [
        json.dumps({k: v for k, v in row.items() if k != "event_server_received_timestamp"})
        for row in json_rows(folder, "web")
        if isinstance(row["event_timestamp"], int)
    ]
    keys = {
        "web": web,
        "email": [row["sg_event_id"] for row in json_rows(folder, "email")],
        "purchase": [row["event_id"] for row in orders(folder) if row["event_id"]],
        "chat": [part["id"] for row in conversations(folder) for part in row["conversation_parts"]]
        + [row["id"] for row in conversations(folder) if row["conversation_rating"]],
    }

    repeated = {name: len(values) - len(set(values)) for name, values in keys.items()}

    assert repeated == {name: source.duplicates for name, source in truth.sources.items()}


def test_one_id_with_two_contents_is_a_conflict(sample):
    """Three orders come in an earlier and a later state, four mails under two names."""
    folder, truth = sample
    bought = {json.dumps({**row, "gift_wrap": None}) for row in orders(folder) if row["event_id"]}
    ids = Counter(json.loads(row)["event_id"] for row in bought)

    assert sum(count - 1 for count in ids.values()) == 3
    assert truth.sources["purchase"].conflicting_duplicates == 3
    assert truth.sources["email"].conflicting_duplicates == 4


def test_broken_rows_are_as_many_as_planted(sample):
    """Each reason, counted in the files themselves."""
    folder, truth = sample
    stamps = [row["event_timestamp"] for row in json_rows(folder, "web")]
    lines = sum(len(text.splitlines()) for text in texts(folder, "web").values())
    bought = orders(folder)

    assert truth.sources["web"].rejected == {
        "not_json": lines - len(stamps),
        "bad_type": stamps.count("yesterday"),
        "missing_time": stamps.count(None),
        "before_2000": stamps.count(3_600_000_000),
        "in_the_future": sum(isinstance(at, int) and at > 1.79e15 for at in stamps),
    }
    assert truth.sources["purchase"].rejected == {
        "bad_time": sum(row["created_at"] == "2026-02-30 10:00:00" for row in bought),
        "missing_time": sum(row["created_at"] == "" for row in bought),
        "in_the_future": sum(row["created_at"] == "2036-05-05 12:00:00" for row in bought),
        "field_count": sum(row["email"] is None for row in bought),
    }
    assert list(truth.sources["web"].rejected.values()) == [3, 2, 2, 2, 2]
    assert list(truth.sources["purchase"].rejected.values()) == [2, 1, 1, 2]


def test_the_merge_needs_an_event_of_night_two(sample):
    """Before it, no row names an identifier of both clusters."""
    folder, truth = sample
    (first, second) = truth.merge["before"]
    laptop, user = second["anonymous_id"][0], first["user_id"][0]
    joint = [
        row
        for row in json_rows(folder, "web")
        if (row["user_pseudo_id"], row["user_id"]) == (laptop, user)
    ]

    assert truth.merge["night"] == "2026-06-02"
    assert [row["event_date"] for row in joint] == ["20260601"]
    assert [name for name, text in texts(folder, "web").items() if laptop in text] == [
        "web-2026-06-01.jsonl.gz",
        "web-2026-06-02.jsonl",
    ]


def test_truth_is_read_as_it_was_written(sample):
    """The file holds everything the function returns."""
    folder, truth = sample

    assert read_truth(folder / "truth.json") == truth
    assert 0 < truth.pairs["linked"] < truth.pairs["true"]
