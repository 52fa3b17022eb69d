"""The bench of the fault tests: a shop whose runs die, readers beside it, and what must hold."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from small_shop import AS_OF, deliver_night, write_settings

HERE = Path(__file__).parent
KILLED = -9


@dataclass
class Counts:
    """What happened so far."""

    kills: int = 0
    runs: int = 0
    reads: int = 0
    half_runs: int = 0
    reader_errors: int = 0
    compared: int = 0
    differences: int = 0

    def __str__(self) -> str:
        return ", ".join(
            f"{name.replace('_', ' ')} {value:,}" for name, value in vars(self).items()
        )


@dataclass
class Ended:
    """How one run ended."""

    code: int
    err: str
    pid: int


@dataclass
class Bench:
    """One shop under faults. ``runs`` are forked from ``dying.py``, which has imported all."""

    folder: Path
    counts: Counts = field(default_factory=Counts)
    nights: int = 0
    wrong: list[str] = field(default_factory=list)
    _orders: "subprocess.Popen[str] | None" = None

    @property
    def landing(self) -> Path:
        """Folder that nights are delivered to."""
        return self.folder / "landing"

    @property
    def var(self) -> Path:
        """All that the shop's runs write."""
        return self.folder / "shop" / "var"

    @property
    def published(self) -> Path:
        """Its snapshots."""
        return self.var / "published"

    def __enter__(self) -> "Bench":
        self.folder.mkdir(parents=True, exist_ok=True)
        write_settings(self.folder / "shop", self.landing)
        command = [sys.executable, str(HERE / "dying.py")]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._orders = subprocess.Popen(command, env=environment(), **pipes)
        return self

    def __exit__(self, *_: object) -> None:
        self._orders.communicate()

    def deliver(self) -> None:
        """Deliver the next night."""
        self.nights += 1
        deliver_night(self.landing, self.nights)

    def run(self, *words: str, config: Path | None = None, **order: Any) -> Ended:
        """Run ``journeylab run`` to its end or its death."""
        return self.command("run", "--quiet", "--as-of", AS_OF, *words, config=config, **order)

    def command(self, *words: str, config: Path | None = None, **order: Any) -> Ended:
        """Type a command."""
        path = config or self.folder / "shop" / "journeylab.toml"
        return self._ended({"words": [*words, "--config", str(path)], **order})

    def publish(self, **order: Any) -> Ended:
        """Publish what is built, once more, to its end or its death."""
        path = str(self.folder / "shop" / "journeylab.toml")
        return self._ended({"words": [], "publish": path, "as_of": AS_OF, **order})

    def _ended(self, order: dict[str, Any]) -> Ended:
        self._orders.stdin.write(json.dumps(order) + "\n")
        self._orders.stdin.flush()
        ended = Ended(**json.loads(self._orders.stdout.readline()))
        self.counts.runs += 1
        self.counts.kills += ended.code == KILLED
        self.look(ended)
        return ended

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Let another process hold the writer's lock meanwhile; its process id."""
        code = (
            "import sys, time; from datetime import datetime; from pathlib import Path\n"
            "from journeylab.warehouse import hold\n"
            "with hold(Path(sys.argv[1]), started_at=datetime(2026, 3, 1)):\n"
            "    print(flush=True); time.sleep(60)\n"
        )
        command = [sys.executable, "-c", code, str(self.var / "run.lock")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as process:
            process.stdout.readline()
            yield process.pid
            process.kill()

    def look(self, ended: Ended) -> None:
        """What stands under a good name is whole, whatever has just happened."""
        link = self.published / "current"
        if not link.is_symlink():
            return
        manifest = json.loads((link / "manifest.json").read_text())
        digest = sha256((link / manifest["file"]["name"]).read_bytes()).hexdigest()
        good_names = [folder for folder in self.published.glob("snapshots/[!.]*")]
        halves = [path for path in good_names if not (path / "manifest.json").is_file()]
        if digest != manifest["file"]["sha256"] or halves:
            self.counts.half_runs += 1
            self.wrong.append(f"half a snapshot after code {ended.code}: {manifest['run_id']}")

    def manifest(self) -> dict[str, Any]:
        """The manifest of the current snapshot."""
        return json.loads((self.published / "current" / "manifest.json").read_text())

    def full(self) -> dict[str, Any]:
        """The manifest of one full run over all that was delivered, in a folder of its own."""
        aside = self.folder / "full"
        config = write_settings(aside, self.landing)
        ended = self.run("--full", config=config)
        assert ended.code in (0, 3), ended.err
        manifest = aside / "var" / "published" / "current" / "manifest.json"
        told = json.loads(manifest.read_text())
        shutil.rmtree(aside)
        return told

    def compare(self) -> list[str]:
        """Tables in which the current snapshot and a full run differ; counted."""
        mine, full = self.manifest(), self.full()
        self.counts.compared += 1
        if mine["content_hash"] == full["content_hash"]:
            return []
        names = [
            name
            for name, table in full["tables"].items()
            if mine["tables"].get(name, {}).get("content_hash") != table["content_hash"]
        ]
        self.counts.differences += 1
        self.wrong.append(f"after {self.nights} nights these differ: {', '.join(names)}")
        return names

    @contextmanager
    def readers(self, *kinds: str, rest: float = 0.05) -> Iterator[None]:
        """Hammer ``current`` meanwhile, one reader a kind: ``short`` or ``long``."""
        stop = self.folder / "stop"
        stop.unlink(missing_ok=True)
        command = [sys.executable, str(HERE / "hammering.py"), str(self.published), str(stop)]
        processes = [
            subprocess.Popen(
                [*command, str(rest), kind], stdout=subprocess.PIPE, text=True, env=environment()
            )
            for kind in kinds
        ]
        try:
            yield
        finally:
            stop.touch()
            for process in processes:
                told = json.loads(process.communicate()[0])
                self.counts.reads += told["reads"]
                self.counts.half_runs += told["half_runs"]
                self.counts.reader_errors += told["failures"] - told["half_runs"]
                self.wrong += told["errors"]


def environment() -> dict[str, str]:
    """Environment of the harness's processes: one hash key, one thread, the tests' modules."""
    return {
        **{name: value for name, value in os.environ.items() if "JOURNEYLAB_" not in name},
        "JOURNEYLAB_HASH_KEY": "a key for tests only",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "POLARS_MAX_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path]),
    }
