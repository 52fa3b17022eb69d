"""kill -9 in the middle of publishing: the old snapshot or the new one stands, never half."""

import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from journeylab.warehouse import list_snapshots, open_current, show
from shelf import publish_shelf

KILLED = """
import os, signal, sys
from pathlib import Path
from shelf import publish_shelf

event, number, var = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
seen = 0

def die(name, arguments):
    global seen
    if name == event:
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
publish_shelf(var, "20260302", kpis={"revenue": 99.0}, keep=1)
"""


@pytest.mark.parametrize(
    ("event", "number", "current"),
    [
        pytest.param("os.mkdir", 1, "20260301", id="before the first table is copied"),
        pytest.param("os.chmod", 1, "20260301", id="tables copied, file not yet read-only"),
        pytest.param("os.rename", 1, "20260301", id="whole, not yet under its name"),
        pytest.param("os.symlink", 1, "20260301", id="under its name, no link yet"),
        pytest.param("os.rename", 2, "20260301", id="link made, not yet swapped"),
        pytest.param("os.rename", 3, "20260302", id="published, the old one not yet pruned"),
        pytest.param("shutil.rmtree", 1, "20260302", id="published, the old one half pruned"),
    ],
)
def test_a_killed_publish_leaves_a_whole_snapshot(tmp_path, event, number, current):
    """Readers go on with what is current, and the next run cleans up and publishes."""
    publish_shelf(tmp_path, "20260301", kpis={"revenue": 1.0})

    code = _run_killed(tmp_path, event, number)

    assert code == -signal.SIGKILL
    published = tmp_path / "published"
    standing = show(published)
    assert standing.run_id == current
    assert sha256(standing.database.read_bytes()).hexdigest() == standing.sha256
    revenue = {"20260301": 1.0, "20260302": 99.0}[current]
    with open_current(published) as opened:
        assert opened.rows("from kpis") == [("revenue", revenue)]

    publish_shelf(tmp_path, "20260303", kpis={"revenue": 7.0}, keep=1)

    assert [snapshot.run_id for snapshot in list_snapshots(published)] == ["20260303"]
    assert sorted(path.name for path in published.iterdir()) == ["current", "snapshots"]
    assert [path.name for path in (published / "snapshots").iterdir()] == ["20260303"]


def _run_killed(var: Path, event: str, number: int) -> int:
    tests = str(Path(__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", KILLED, event, str(number), str(var)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([tests, *sys.path])},
        check=False,
    ).returncode
