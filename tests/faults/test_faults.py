"""One bad week of a small shop, in order: each test spoils what the one before it left.

Runs are forked processes of the command line; two readers hammer ``current`` throughout.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench import KILLED, Bench
from kept import kept_state

import journeylab
from journeylab.pipeline.restoring import MADE_AGAIN, TOLD_BY_SNAPSHOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

JUDGING = ("warehouse/building.py", "return judge_built(")

#: (module, beginning of a line, its passing) where a run dies; `make faults` takes every line.
DEATHS = [
    pytest.param("intake/landing.py", "is_same = _copied(", 2, id="a file half copied"),
    pytest.param("intake/loading.py", "landing.keep_copy(", 1, id="rows written, not committed"),
    pytest.param(*JUDGING, 30, id="a table built, not judged"),
]
DEATHS_PUBLISHING = [
    pytest.param(
        "warehouse/publishing.py", "making.rename(", 1, id="whole, not yet under its name"
    ),
    pytest.param("warehouse/snapshots.py", "link.replace(", 1, id="link made, not yet swapped"),
]
NO_SPACE_BYTES = 300_000
NO_SPACE_FOR_A_SNAPSHOT_BYTES = 4_000_000


def line_of(module: str, beginning: str) -> int:
    """Number of the first line of a module that begins so."""
    path = Path(journeylab.__file__).parent / module
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if line.strip().startswith(beginning))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A shop that has published one night."""
    with Bench(tmp_path_factory.mktemp("faults")) as opened:
        opened.deliver()
        first = opened.run()
        assert first.code == 3, first.err
        with opened.readers("short", "long", rest=1.0):
            yield opened
        assert opened.wrong == []
        assert opened.counts.reads > 60


@pytest.mark.parametrize(("module", "beginning", "passing"), DEATHS)
def test_a_run_dies_at_a_line(bench, module, beginning, passing):
    """What was published stays, and nothing is mended before the next death."""
    before = bench.manifest()["run_id"]
    bench.deliver()

    ended = bench.run(die={"line": [module, line_of(module, beginning), passing]})

    assert ended.code == KILLED, ended.err
    assert bench.manifest()["run_id"] == before


@pytest.mark.parametrize(("module", "beginning", "passing"), DEATHS_PUBLISHING)
def test_publishing_dies_at_a_line(bench, module, beginning, passing):
    """The old snapshot stays until the link is swapped."""
    before = bench.manifest()["run_id"]

    ended = bench.publish(die={"line": [module, line_of(module, beginning), passing]})

    assert ended.code == KILLED, ended.err
    assert bench.manifest()["run_id"] == before


def test_a_run_dies_at_some_instant(bench):
    """After a second of work, wherever that is: in DuckDB, mostly."""
    bench.deliver()

    assert bench.run(die={"cpu_seconds": 1.0}).code == KILLED


def test_a_full_disk_ends_a_run_with_a_sentence(bench):
    """While tables are built, and while the snapshot is written: no traceback, code 1."""
    before = bench.manifest()["run_id"]

    building = bench.run(limit_bytes=NO_SPACE_BYTES)

    assert building.code == 1
    assert "mend:  free some disk" in building.err
    assert "Traceback" not in building.err
    assert bench.manifest()["run_id"] == before


def test_a_disk_too_small_for_a_snapshot_leaves_none(bench):
    """Not even half of one under a good name; what was begun is gone."""
    before = bench.manifest()["run_id"]

    ended = bench.publish(limit_bytes=NO_SPACE_FOR_A_SNAPSHOT_BYTES)

    assert ended.code != 0
    assert "File too large" in ended.err
    assert bench.manifest()["run_id"] == before
    assert [path.name for path in bench.published.glob("snapshots/.tmp-*")] == []


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write into a folder: by its mode, or for root by a mount."""
    if os.geteuid() == 0:
        mounted = subprocess.run(
            ["mount", "--bind", folder, folder], check=False, capture_output=True
        )
        if mounted.returncode:
            pytest.skip("root without the right to mount writes everywhere")
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
    else:
        folder.chmod(0o555)
    try:
        yield
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", "--lazy", folder], check=True)  # readers are in it
        else:
            folder.chmod(0o755)


@pytest.mark.parametrize("name", ["", "landed"])
def test_a_read_only_folder_is_named(bench, name):
    """``var`` itself stops the run at its lock, ``landed`` at the first new file."""
    bench.deliver()

    with read_only(bench.var / name):
        ended = bench.run()

    assert ended.code == 1
    assert str(bench.var / name) in ended.err
    assert "Traceback" not in ended.err


def test_two_writers_the_second_is_told_whose_pid(bench):
    """It ends with 5 and changes nothing."""
    with bench.locked() as pid:
        ended = bench.run()

    assert ended.code == 5
    assert f"process {pid}" in ended.err


def test_the_next_run_mends_it_all(bench):
    """It needs no hand, and publishes."""
    before = bench.manifest()["run_id"]
    bench.deliver()

    ended = bench.run()

    assert ended.code == 3, ended.err
    assert bench.manifest()["run_id"] > before


def test_a_damaged_warehouse_is_restored(bench):
    """Every kept row is back, of files too that no published run has seen; nothing is deleted."""
    bench.deliver()
    late = bench.run(die={"line": ["warehouse/building.py", line_of(*JUDGING), 1]})
    assert late.code == KILLED
    warehouse = bench.var / "warehouse.duckdb"
    before = kept_state(warehouse)
    with warehouse.open("r+b") as file:
        file.truncate(warehouse.stat().st_size // 2)
    damaged = bench.run()
    assert damaged.code == 1
    assert "journeylab restore" in damaged.err

    restored = bench.command("restore")

    assert restored.code == 0, restored.err
    after = kept_state(warehouse)
    raw = {name for name in before if name.startswith("raw.")}
    for name in sorted(raw | {f"ops.{table}" for table in MADE_AGAIN}):
        assert after[name] == before[name], name
    for name in sorted(f"ops.{table}" for table in TOLD_BY_SNAPSHOT):  # of later runs: nothing
        assert [row for row in before[name] if row in after[name]], name
    assert after["ops.customer_aliases"] == before["ops.customer_aliases"]
    assert after["ops.identifier_owners"]
    assert len(list(bench.var.glob("damaged-*/warehouse.duckdb"))) == 1
    assert warehouse.stat().st_mode & 0o777 == 0o600


def test_after_all_this_a_run_equals_a_full_one(bench):
    """Every published table has the content that one full run over all nights gives."""
    ended = bench.run()

    assert ended.code in (0, 3), ended.err
    assert bench.compare() == []


def test_restore_refuses_to_lose_a_file_without_a_copy(bench):
    """Nor one whose copy is damaged; both are named, and nothing is changed."""
    warehouse = bench.var / "warehouse.duckdb"
    before = warehouse.read_bytes()
    gone, spoiled = sorted((bench.var / "landed").glob("*.parquet"))[:2]
    kept = {path: path.read_bytes() for path in (gone, spoiled)}
    gone.unlink()
    spoiled.write_bytes(b"spoiled")

    refused = bench.command("restore")

    assert refused.code == 1
    assert "would lose 2 things" in refused.err
    assert f"for there is no copy {gone.name[:12]}" in refused.err
    assert f"for its copy {spoiled.name[:12]}… is damaged" in refused.err
    assert warehouse.read_bytes() == before
    for path, content in kept.items():
        path.write_bytes(content)


def test_restore_refuses_other_settings_than_the_snapshots(bench):
    """A source less and another gap: its rows and the aliases of changed ids would be lost."""
    settings = bench.folder / "shop" / "journeylab.toml"
    told = settings.read_text()
    mail = told[told.index("[sources.mail]") : told.index("[sources.chats]")]
    settings.write_text(told.replace(mail, "") + "\n[sessions]\nsession_gap_minutes = 31\n")

    refused = bench.command("restore")

    settings.write_text(told)
    assert refused.code == 1
    assert "the settings name no source 'mail'" in refused.err
    assert "had other ones: bring those back first" in refused.err


def test_a_run_without_its_warehouse_is_refused(bench):
    """It would take in the landing folder alone, and forget what was cleaned away there."""
    warehouse = bench.var / "warehouse.duckdb"
    warehouse.rename(warehouse.with_name("aside"))

    ended = bench.run()

    warehouse.with_name("aside").rename(warehouse)
    assert ended.code == 1
    assert "rebuild it: journeylab restore" in ended.err


def test_a_loss_that_is_accepted_is_told(bench):
    """What has a copy is restored, and what is lost can be delivered again."""
    gone = min((bench.var / "landed").glob("*.parquet"))
    gone.unlink()

    refused = bench.command("restore")
    accepted = bench.command("restore", "--accept-loss")

    assert (refused.code, accepted.code) == (1, 0)
    known = "".join(kept_state(bench.var / "warehouse.duckdb")["ops.deliveries"])
    assert gone.stem not in known
