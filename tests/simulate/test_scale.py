import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journeylab.errors import InputRefused
from journeylab.events import EVENT_COLUMNS
from journeylab.simulate import scale, write_events

CHANNELS = ("web", "email", "chat", "purchase")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """20,000 events in files of 5,000."""
    path = tmp_path_factory.mktemp("scale")
    write_events(path, seed=3, events=20_000, rows_per_file=5_000)
    return path


def frames(folder) -> dict[str, pl.DataFrame]:
    """The rows of each channel, file after file."""
    return {name: pl.read_parquet(sorted((folder / name).glob("*.parquet"))) for name in CHANNELS}


def test_files_have_the_columns_of_the_event_contract(folder):
    """All but the source, which the settings name; plain text, no dictionary types."""
    types = {
        "VARCHAR": pa.string(),
        "JSON": pa.string(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "TIMESTAMP": pa.timestamp("us"),
        "DECIMAL(18,4)": pa.decimal128(18, 4),
    }
    expected = [
        (name, types[kind])
        for name, kind in EVENT_COLUMNS.items()
        if name not in ("source", "identifiers")
    ]

    for path in folder.rglob("*.parquet"):
        schema = pq.read_schema(path)
        assert schema.names == [name for name in EVENT_COLUMNS if name != "source"]
        assert [(f.name, f.type) for f in schema if f.name != "identifiers"] == expected
        pair = schema.field("identifiers").type.value_type
        assert [(f.name, f.type) for f in pair] == [("kind", pa.string()), ("value", pa.string())]


def test_as_many_events_are_written_as_were_asked_for(folder):
    """Over all channels; no two share an id."""
    rows = frames(folder)

    assert sum(len(frame) for frame in rows.values()) == 20_000
    assert len(set().union(*(frame["event_id"] for frame in rows.values()))) == 20_000
    assert {name: frame["channel"].unique().to_list() for name, frame in rows.items()} == {
        name: [name] for name in CHANNELS
    }


def test_files_are_full_but_the_last(folder):
    """5,000 rows a file."""
    sizes = [pq.read_metadata(path).num_rows for path in sorted((folder / "web").iterdir())]

    assert sizes[:-1] == [5_000] * (len(sizes) - 1)
    assert 0 < sizes[-1] <= 5_000
    assert not list(folder.glob(".spill-*"))


def test_rows_come_in_time_order(folder):
    """Within and over the files of each channel."""
    for frame in frames(folder).values():
        assert frame["occurred_at"].is_sorted()


def test_each_channel_knows_its_own_identifiers(folder):
    """Orders never name a device; an order always names an address."""
    kinds = {
        name: sorted(
            frame["identifiers"].explode().struct.field("kind").drop_nulls().unique().to_list()
        )
        for name, frame in frames(folder).items()
    }
    orders = frames(folder)["purchase"]

    assert kinds == {
        "web": ["anonymous_id", "user_id"],
        "email": ["anonymous_id", "email"],
        "chat": ["anonymous_id", "email", "user_id"],
        "purchase": ["email", "user_id"],
    }
    assert orders["identifiers"].list.len().min() >= 1
    assert orders["value"].null_count() == 0
    assert orders["order_id"].null_count() == 0


def test_activity_is_skewed(folder):
    """Half the people do little, a few do a lot."""
    orders = frames(folder)
    events = pl.concat(frame.select("event_id") for frame in orders.values())
    customers = events.select(pl.col("event_id").cast(pl.Int64) // 8192).to_series()
    counts = customers.value_counts()["count"]

    assert 6 <= counts.median() <= 16
    assert counts.quantile(0.99) > 5 * counts.median()


def test_the_same_seed_writes_the_same_rows(folder, tmp_path):
    """Also when memory holds fewer customers and events at a time."""
    write_events(tmp_path, seed=3, events=20_000, rows_per_file=5_000)

    again, rows = frames(tmp_path), frames(folder)

    for name in CHANNELS:
        assert rows[name].equals(again[name])


def test_smaller_slices_give_the_same_rows(folder, tmp_path, monkeypatch):
    """Time is cut into 10 slices in place of one."""
    monkeypatch.setattr(scale, "EVENTS_PER_SLICE", 2_000)

    write_events(tmp_path, seed=3, events=20_000, rows_per_file=5_000)

    for name, frame in frames(tmp_path).items():
        assert frame.equals(frames(folder)[name])


def test_no_events_are_refused(tmp_path):
    """The error says what to ask for."""
    with pytest.raises(InputRefused, match="events is 0"):
        write_events(tmp_path, seed=3, events=0)
