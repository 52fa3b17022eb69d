"""The folder that the driver and every worker see: what tasks read, and what they hand in.

One run has one folder in it. Every file has one place that follows from its table and bucket,
and comes there by a rename, so that a task which is tried again, or twice at once, does no harm.
"""

import contextlib
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Exchange:
    """The exchange folder of one run."""

    folder: Path

    def shared(self, table: str) -> Path:
        """File of a table that every task reads whole."""
        return self.folder / "in" / f"{table}.parquet"

    def buckets(self, table: str) -> Path:
        """Folder of a table of which every task reads its bucket."""
        return self.folder / "in" / table

    def bucket(self, table: str, bucket: int) -> list[Path]:
        """Files of one bucket of a table that tasks read; none where it has no rows."""
        return sorted((self.buckets(table) / f"bucket={bucket}").glob("*.parquet"))

    def part(self, table: str, bucket: int) -> Path:
        """File of one bucket of a table that tasks make."""
        return self.folder / "out" / table / f"{bucket:06d}.parquet"

    @property
    def manifest(self) -> Path:
        """File that says what a finished job made."""
        return self.folder / "manifest.json"

    def begin(self) -> None:
        """Make the folder anew, and take away those that runs which were killed left behind.

        Nothing else may lie in the folder above: it belongs to one warehouse.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        for left in self.folder.parent.iterdir():
            if left.is_dir() and (left / "in").is_dir():
                shutil.rmtree(left)
        (self.folder / "in").mkdir(parents=True)

    def clear(self) -> None:
        """Take the folder of the run away, if there is one."""
        if self.folder.is_dir():
            shutil.rmtree(self.folder)


@contextlib.contextmanager
def handed_in(path: Path) -> Iterator[Path]:
    """Give a place to write to, and move what is there to ``path`` when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
