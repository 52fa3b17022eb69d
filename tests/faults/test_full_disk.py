"""A disk that is really full: a small one of memory, which root may mount."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench import Bench

pytestmark = pytest.mark.faults

DISK_BYTES = 256 << 20


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A shop whose ``var`` is a disk of its own, and that has published one night."""
    var = tmp_path / "shop" / "var"
    var.mkdir(parents=True)
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    told = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(var)]
    mounted = subprocess.run(told, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"mounting is not allowed here: {mounted.stderr.strip()}")
    try:
        with Bench(tmp_path) as opened:
            opened.deliver()
            first = opened.run()
            assert first.code == 3, first.err
            yield opened
    finally:
        subprocess.run(["umount", "--lazy", str(var)], check=True)


@contextmanager
def filled(folder: Path, *, but: int) -> Iterator[None]:
    """Fill the disk of a folder but for some bytes, until the block ends."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        left = shutil.disk_usage(folder).free - but
        while left > 0:
            left -= file.write(b"\xa5" * min(left, 1 << 20))
    try:
        yield
    finally:
        filler.unlink()


@pytest.mark.parametrize("free", [100_000, 1_000_000, 3_000_000, 6_000_000])
def test_a_full_disk_leaves_the_old_snapshot_and_room_lets_the_next_run_mend_it(bench, free):
    """Wherever the room ends: at intake, while tables are built, or while one publishes."""
    before = bench.manifest()
    bench.deliver()

    with filled(bench.var, but=free):
        ended = bench.run()
        during = bench.manifest()

    assert ended.code == 1, ended.err
    assert "Traceback" not in ended.err
    assert "free" in ended.err
    assert during == before
    mended = bench.run()
    assert mended.code == 3, mended.err
    assert bench.manifest()["run_id"] > before["run_id"]
    assert bench.compare() == []
    assert bench.wrong == []
