"""One writer at a time: the second is told who holds the lock; a killed one leaves none."""

import os
import subprocess
import sys
from datetime import datetime

import pytest

from journeylab.errors import LockHeld
from journeylab.warehouse import hold

START = datetime(2026, 3, 1, 2, 15)

HOLDING = """
import sys, time
from datetime import datetime
from pathlib import Path
from journeylab.warehouse import hold

with hold(Path(sys.argv[1]), started_at=datetime(2026, 3, 1, 2, 15)):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_process_and_start_of_the_first(tmp_path):
    """Once the first is killed the lock is free at once, though its file stays."""
    lock = tmp_path / "var/run.lock"
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(lock)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert first.stdout.readline() == "held\n"

    with pytest.raises(LockHeld) as refused, hold(lock, started_at=START):
        pass

    assert f"process {first.pid}, started 2026-03-01T02:15:00 UTC" in str(refused.value)
    first.kill()
    first.communicate()
    with hold(lock, started_at=START):
        assert lock.read_text() == f"{os.getpid()} 2026-03-01T02:15:00"


def test_the_lock_is_free_after_the_block_and_after_a_fault(tmp_path):
    """A fault inside frees it too."""
    lock = tmp_path / "run.lock"
    with pytest.raises(ZeroDivisionError), hold(lock, started_at=START):
        _ = 1 // 0

    with hold(lock, started_at=START):
        told = lock.read_text()

    assert told == f"{os.getpid()} 2026-03-01T02:15:00"
    assert lock.stat().st_mode & 0o777 == 0o600


def test_a_shorter_note_replaces_a_longer_one_whole(tmp_path):
    """What a former holder with a longer process id left is cut off."""
    lock = tmp_path / "run.lock"
    lock.write_text("123456789012 2025-12-31T23:59:59 and more")

    with hold(lock, started_at=START):
        told = lock.read_text()

    assert told == f"{os.getpid()} 2026-03-01T02:15:00"
