"""A snapshot replaced by one with less in it: atomically, for good, and without a trace."""

import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from journeylab.warehouse import (
    list_snapshots,
    open_current,
    open_read_only,
    replace,
    rollback,
    show,
    thin,
)
from shelf import ANA, BEN, publish_shelf


@pytest.fixture
def two_nights(tmp_path) -> Path:
    """Ana's journey on the first night, Ben's added on the second, which is current."""
    publish_shelf(tmp_path, "20260301", journeys=[ANA])
    publish_shelf(tmp_path, "20260302", journeys=[ANA, BEN])
    return tmp_path / "published"


def without_ana(opened):
    opened.execute("delete from journeys where journey_id = 'ana-0'")
    return {"redactions": 1}


def test_the_replacement_is_the_same_run_with_less_in_it(two_nights):
    """Counts, hashes and file are told anew, comments stay, and the link follows."""
    former = show(two_nights)

    now = replace(two_nights, former, without_ana)

    assert (now.run_id, now.folder.name, now.is_current) == ("20260302", "20260302-r1", True)
    assert (now.rows["journeys"], now.redactions) == (1, 1)
    assert now.content_hash != former.content_hash
    assert now.as_of_at == former.as_of_at
    assert sha256(now.database.read_bytes()).hexdigest() == now.sha256
    assert now.database.stat().st_mode & 0o777 == 0o444
    assert not former.folder.exists()
    with open_current(two_nights) as opened:
        assert opened.rows("select journey_id from journeys") == [("ben-0",)]
        told = opened.rows("select run_id, redactions, has_rows, k_floor from snapshot_info")
        comment = opened.scalar("select comment from duckdb_tables() where table_name = 'kpis'")
    assert told == [("20260302", 1, True, None)]
    assert comment == "Figures of the tiny shop. One row per KPI."


def test_what_was_removed_is_in_no_byte_of_the_file(two_nights):
    """DuckDB leaves deleted rows in freed blocks; the replacement is a file without such."""
    former = show(two_nights)
    assert b"ana-0" in former.database.read_bytes()

    now = replace(two_nights, former, without_ana)

    assert b"ana-0" not in now.database.read_bytes()
    assert b"ben-0" in now.database.read_bytes()
    assert sorted(path.name for path in now.folder.iterdir()) == [
        "journeylab.duckdb",
        "manifest.json",
    ]


def test_a_reader_keeps_what_it_has_open(two_nights):
    """Who opens it again gets the replacement, in the same process too."""
    reader = open_read_only(show(two_nights).database)

    replace(two_nights, show(two_nights), without_ana)

    assert reader.rows("select journey_id from journeys") == [("ana-0",), ("ben-0",)]
    reader.close()
    with open_current(two_nights) as later:
        assert later.rows("select journey_id from journeys") == [("ben-0",)]


def test_an_older_one_is_replaced_without_touching_the_link(two_nights):
    """And one can roll back to it, and replace it again."""
    replace(two_nights, show(two_nights, "20260301"), without_ana)
    assert show(two_nights).run_id == "20260302"

    now = replace(two_nights, rollback(two_nights), without_ana)

    assert (now.folder.name, now.is_current) == ("20260301-r2", True)
    assert [found.folder.name for found in list_snapshots(two_nights)] == [
        "20260302",
        "20260301-r2",
    ]


def test_thinning_drops_what_tells_of_single_journeys(two_nights):
    """The table of journeys goes, the figures stay, and both manifest and file say so."""
    now = thin(two_nights, show(two_nights, "20260301"), finish=lambda _: {"k_floor": 5})

    assert dict(now.rows) == {"kpis": 1}
    assert (now.has_rows, now.k_floor) == (False, 5)
    with open_read_only(now.database) as opened:
        assert opened.table_names() == ["main.kpis", "main.snapshot_info"]


def test_a_fault_while_editing_leaves_everything_as_it_was(two_nights):
    """Nothing half made stays in the folder."""

    def broken(opened):
        opened.execute("delete from journeys")
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        replace(two_nights, show(two_nights), broken)

    assert sorted(path.name for path in (two_nights / "snapshots").iterdir()) == [
        "20260301",
        "20260302",
    ]
    assert show(two_nights).rows["journeys"] == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from journeylab.warehouse import replace, show

event, number, published = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
seen = 0

def die(name, arguments):
    global seen
    if name == event:
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

def edit(opened):
    opened.execute("delete from journeys where journey_id = 'ana-0'")
    return {"redactions": 1}

snapshot = show(published)
sys.addaudithook(die)
replace(published, snapshot, edit)
"""


@pytest.mark.parametrize(
    ("event", "number", "journeys"),
    [
        pytest.param("os.chmod", 2, 2, id="made, not yet read-only"),
        pytest.param("os.rename", 1, 2, id="whole, not yet under its name"),
        pytest.param("os.symlink", 1, 1, id="under its name, the link on the former one"),
        pytest.param("os.rename", 3, 1, id="current, the former one not yet removed"),
        pytest.param("shutil.rmtree", 2, 1, id="current, the former one half removed"),
    ],
)
def test_a_killed_replacement_leaves_one_whole_snapshot(tmp_path, event, number, journeys):
    """Readers find the former one or the new one; the next writer sweeps up."""
    publish_shelf(tmp_path, "20260301", journeys=[ANA, BEN])
    published = tmp_path / "published"

    code = subprocess.run(
        [sys.executable, "-c", KILLED, event, str(number), str(published)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    ).returncode

    assert code == -signal.SIGKILL
    with open_current(published) as opened:
        assert opened.scalar("select count(*) from kpis") == 1
    assert [found.rows["journeys"] for found in list_snapshots(published)] == [journeys]
    assert show(published).run_id == "20260301"

    publish_shelf(tmp_path, "20260302", keep=2)

    standing = [found.rows["journeys"] for found in list_snapshots(published)]
    assert standing == [2, journeys]
    assert len(list((published / "snapshots").iterdir())) == 2
