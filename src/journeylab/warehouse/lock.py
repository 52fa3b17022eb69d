"""One writer at a time: a lock file held through ``flock``. Never removes the file."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from journeylab.errors import LockHeld


@contextlib.contextmanager
def hold(lock_path: Path, *, started_at: datetime) -> Iterator[None]:
    """Hold the writer's lock while the block runs.

    The kernel frees the lock when the process ends in any way, so a killed run leaves none
    behind. The file stays, because removing it would let two writers lock two files.

    Args:
        lock_path: the lock file; it and its folder are made when missing.
        started_at: start of this run, UTC; told to whoever finds the lock held.

    Raises:
        LockHeld: another process holds it; its process id and start are named.
    """
    if not lock_path.parent.exists():
        lock_path.parent.mkdir(parents=True)
        lock_path.parent.chmod(0o755)  # readers pass through to what is published
    descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, lock_path)
        told = f"{os.getpid()} {started_at:%Y-%m-%dT%H:%M:%S}".encode()
        os.pwrite(descriptor, told, 0)
        os.ftruncate(descriptor, len(told))
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, lock_path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid, _, start = os.pread(descriptor, 64, 0).decode(errors="replace").partition(" ")
        raise LockHeld(
            f"another run holds the warehouse: process {pid or 'unknown'},"
            f" started {start or 'at an unknown time'} UTC",
            str(lock_path),
            f"wait for it, or end it with: kill {pid}" if pid else "wait for it",
        ) from error
