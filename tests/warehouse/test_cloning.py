"""A snapshot that begins as a copy of the file of row marts."""

import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from journeylab.errors import DiskFull
from journeylab.warehouse import (
    Base,
    content_hash,
    content_sums,
    memory,
    open_current,
    publish,
    show,
)
from shelf import (
    ANA,
    BEN,
    INFO,
    JOURNEYS_DDL,
    Journey,
    publish_shelf,
    shelf_models,
    shelf_warehouse,
)

BENS_OTHER: Journey = ("ben-0", "converted", 7.5, 0.75)


def base_of(folder: Path, *journeys: Journey) -> Base:
    """A file with the journeys, and a table of its own that is nobody's business."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "rows.duckdb"
    with memory(threads=1) as warehouse:
        warehouse.execute(f"attach '{file}' as rows")
        warehouse.execute("create table rows.built as select 'journeys' as table_name")
        warehouse.execute(f"create table rows.journeys {JOURNEYS_DDL}")
        for journey_id, outcome, value, linearity in journeys:
            warehouse.execute(
                "insert into rows.journeys values ($a, $b, $c, $d)",
                {"a": journey_id, "b": outcome, "c": value, "d": linearity},
            )
        sums = content_sums(warehouse, "rows.journeys")
        warehouse.execute("checkpoint rows")
    return Base(file, {"journeys": sums})


def test_what_stands_in_the_file_is_not_written_again(tmp_path):
    """Its hashes are those of a snapshot written whole; the file is as it was."""
    base = base_of(tmp_path / "rows", ANA, BENS_OTHER)
    before = base.database.read_bytes()

    copied = publish_shelf(tmp_path, "20260302", journeys=[], base=base)

    whole = publish_shelf(tmp_path / "whole", "20260302", journeys=[BENS_OTHER, ANA])
    assert copied.table_hashes == whole.table_hashes
    assert copied.content_hash == whole.content_hash
    assert base.database.read_bytes() == before
    with open_current(tmp_path / "published") as opened:
        assert sorted(opened.rows("select journey_id, outcome from journeys")) == [
            ("ana-0", "converted"),
            ("ben-0", "converted"),
        ]
        assert content_hash(opened, "journeys") == copied.table_hashes["journeys"]
        assert opened.rows("select run_id from snapshot_info") == [("20260302",)]
        assert "main.built" not in opened.table_names()
        assert opened.scalar(
            "select comment is not null from duckdb_tables() where table_name = 'journeys'"
        )


def test_a_table_that_is_no_longer_published_is_not_taken_over(tmp_path):
    """No row of it can be asked for in the copy."""
    models = {
        name: model for name, model in shelf_models(tmp_path).items() if model.table != "journeys"
    }

    with shelf_warehouse([], {"revenue": 12.5}) as warehouse:
        copied = publish(
            warehouse,
            models,
            published=tmp_path / "published",
            run_id="20260302",
            info=INFO,
            keep=7,
            base=base_of(tmp_path / "rows", ANA),
        )

    assert "journeys" not in copied.table_hashes
    with open_current(tmp_path / "published") as opened:
        assert "main.journeys" not in opened.table_names()


def test_a_file_that_cannot_be_copied_publishes_nothing(tmp_path):
    """The former snapshot stays, and nothing half copied beside it."""
    former = publish_shelf(tmp_path, "20260301")
    base = base_of(tmp_path / "rows", ANA)
    broken = Base(tmp_path / "rows", base.tables)  # a folder is no file

    with pytest.raises(DiskFull, match="could not be copied"):
        publish_shelf(tmp_path, "20260302", base=broken)

    assert show(tmp_path / "published") == former
    assert list((tmp_path / "published" / "snapshots").glob(".*")) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from shelf import publish_shelf
from test_cloning import BENS_OTHER, ANA, base_of

var, moment = Path(sys.argv[1]), sys.argv[2]
import journeylab.warehouse.publishing as publishing
stop = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
base = base_of(var / "rows", ANA, BENS_OTHER)
publish_shelf(var, "20260301", base=base)
setattr(publishing, moment, stop)
publish_shelf(var, "20260302", base=base)
"""


@pytest.mark.parametrize("moment", ["strip", "describe", "seal"])
def test_a_killed_copy_leaves_the_former_snapshot(tmp_path, moment):
    """Copied, stripped, told of: until it is put in place nobody sees it."""
    tests = Path(__file__).parents[1]
    places = [str(tests), str(tests / "warehouse"), *sys.path]

    code = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), moment],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        check=False,
    ).returncode

    assert code == -signal.SIGKILL
    standing = show(tmp_path / "published")
    assert standing.run_id == "20260301"
    assert sha256(standing.database.read_bytes()).hexdigest() == standing.sha256
    publish_shelf(tmp_path, "20260303", journeys=[ANA, BEN])
    left = [path.name for path in (tmp_path / "published" / "snapshots").glob(".*")]
    assert left == []
