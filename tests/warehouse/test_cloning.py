"""A snapshot made as a copy of the last one, with the changed rows of some tables replaced."""

import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from journeylab.warehouse import (
    Base,
    Carried,
    Snapshot,
    content_hash,
    open_current,
    publish,
    show,
)
from shelf import ANA, BEN, INFO, Journey, publish_shelf, shelf_models, shelf_warehouse

EVA: Journey = ("eva-0", "lapsed", None, 0.25)
BENS_OTHER: Journey = ("ben-0", "converted", 7.5, 0.75)
TOUCHED = "journey_id in ('ben-0', 'eva-0')"


def base_of(snapshot: Snapshot) -> Base:
    """Journeys are taken over, but for those of Ben and Eva."""
    carried = Carried(snapshot.table_sums["journeys"], (TOUCHED,), (TOUCHED,), 2)
    return Base(snapshot.database, snapshot.sha256, {"journeys": carried})


def test_changed_rows_are_replaced_and_the_others_stay(tmp_path):
    """Its hashes are those of a snapshot written whole; the former file is as it was."""
    former = publish_shelf(tmp_path, "20260301")
    before = former.database.read_bytes()

    carried = publish_shelf(
        tmp_path, "20260302", journeys=[EVA, ANA, BENS_OTHER], base=base_of(former)
    )

    whole = publish_shelf(tmp_path / "whole", "20260302", journeys=[ANA, BENS_OTHER, EVA])
    assert carried.table_hashes == whole.table_hashes
    assert carried.content_hash == whole.content_hash
    assert carried.table_sums == whole.table_sums
    assert former.database.read_bytes() == before
    with open_current(tmp_path / "published") as opened:
        assert sorted(opened.rows("select journey_id, outcome from journeys")) == [
            ("ana-0", "converted"),
            ("ben-0", "converted"),
            ("eva-0", "lapsed"),
        ]
        assert content_hash(opened, "journeys") == carried.table_hashes["journeys"]
        assert opened.rows("select run_id from snapshot_info") == [("20260302",)]


def test_rows_that_are_taken_over_are_not_read_again(tmp_path):
    """A row the warehouse changed without a word stays: only what is said to have changed comes."""
    former = publish_shelf(tmp_path, "20260301")
    other_ana: Journey = ("ana-0", "lapsed", None, 0.0)

    publish_shelf(tmp_path, "20260302", journeys=[other_ana, BENS_OTHER], base=base_of(former))

    with open_current(tmp_path / "published") as opened:
        assert sorted(opened.rows("select journey_id, outcome from journeys")) == [
            ("ana-0", "converted"),
            ("ben-0", "converted"),
        ]


def test_a_table_that_is_no_longer_published_is_not_taken_over(tmp_path):
    """As events are, where publish.events was turned off: no row of theirs is in the copy."""
    former = publish_shelf(tmp_path, "20260301")
    models = {
        name: model for name, model in shelf_models(tmp_path).items() if model.table != "journeys"
    }

    with shelf_warehouse([ANA, BENS_OTHER], {"revenue": 12.5}) as warehouse:
        carried = publish(
            warehouse,
            models,
            published=tmp_path / "published",
            run_id="20260302",
            info=INFO,
            keep=7,
            base=base_of(former),
        )

    assert "journeys" not in carried.table_hashes
    with open_current(tmp_path / "published") as opened:
        assert "main.journeys" not in opened.table_names()


def test_a_damaged_file_is_not_built_upon(tmp_path):
    """One byte differs from what was published: every table is written whole."""
    former = publish_shelf(tmp_path, "20260301")
    damaged = bytearray(former.database.read_bytes())
    damaged[-1] ^= 1
    former.database.chmod(0o644)
    former.database.write_bytes(damaged)

    carried = publish_shelf(tmp_path, "20260302", journeys=[ANA, BENS_OTHER], base=base_of(former))

    whole = publish_shelf(tmp_path / "whole", "20260302", journeys=[ANA, BENS_OTHER])
    assert carried.table_hashes == whole.table_hashes


KILLED = """
import os, signal, sys
from pathlib import Path
from shelf import publish_shelf
from test_cloning import BENS_OTHER, ANA, base_of

var, moment = Path(sys.argv[1]), sys.argv[2]
import journeylab.warehouse.publishing as publishing
stop = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
former = publish_shelf(var, "20260301")
setattr(publishing, moment, stop)
publish_shelf(var, "20260302", journeys=[ANA, BENS_OTHER], base=base_of(former))
"""


@pytest.mark.parametrize("moment", ["strip", "carry", "describe", "seal"])
def test_a_killed_copy_leaves_the_former_snapshot(tmp_path, moment):
    """Copied, stripped, its rows replaced: until it is put in place nobody sees it."""
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
