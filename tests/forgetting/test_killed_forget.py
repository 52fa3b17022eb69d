"""kill -9 in the middle of forgetting: giving the command again finishes it."""

import os
import signal
import subprocess
import sys
from datetime import datetime

import pytest
from anas_shop import CLICKS, RAW_VALUES, bytes_with, deliver_web, run_at, shop

from journeylab.forgetting import forget, resume
from journeylab.privacy import read_tombstones
from journeylab.warehouse import list_snapshots, open_current

pytestmark = pytest.mark.slow
NOW = datetime(2026, 3, 1, 12)

KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from journeylab.forgetting import forget
from journeylab.settings import load_settings

root, ending = sys.argv[1:]
settings = load_settings(Path(root) / "journeylab.toml")

def die(name, arguments):
    if name == "os.rename" and str(arguments[1]).endswith(ending):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
forget(settings, "ana.forget@shop.io", started_at=datetime(2026, 3, 1, 12))
"""


def test_a_killed_forgetting_is_finished_by_the_next(tmp_path, monkeypatch):
    """Killed at the warehouse and at the link: the rows are gone, the snapshot is not yet."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", "the same key for both shops")
    settings = shop(tmp_path)
    deliver_web(tmp_path, "1.jsonl.gz", CLICKS)
    run_at(settings, 1)

    for ending in ("warehouse.duckdb", "current"):
        code = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path), ending],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        ).returncode
        assert code == -signal.SIGKILL, ending
        assert read_tombstones(settings.paths.var).pending
        with open_current(settings.paths.published) as opened:
            assert opened.scalar("select count(*) from customers") in (4, 5)

    forget(settings, "ana.forget@shop.io", started_at=NOW)

    assert [bytes_with(settings.paths.var, value) for value in RAW_VALUES] == [[], [], []]
    assert [found.redactions for found in list_snapshots(settings.paths.published)] == [1]
    assert read_tombstones(settings.paths.var).pending == ()
    assert resume(settings, started_at=NOW) is None
