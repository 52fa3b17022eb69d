"""The folder that the driver and every worker see: what tasks read, deal out and hand in.

It is a folder of a shared file system, or a place in an object store. One run has one folder in
it. Every file has one name that follows from its table and bucket, and appears there whole, so
that a task which is tried again, or twice at once, does no harm.
"""

import contextlib
import functools
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import pyarrow.fs as pafs
import pyarrow.parquet as pq

from journeylab.errors import SettingsError

Asked = TypeVar("Asked")
Told = TypeVar("Told")

#: Requests to an object store at once: they wait for the network, not for a core.
_REQUESTS_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Exchange:
    """The exchange folder of one run.

    Attributes:
        place: path, or address as Arrow reads it, for example ``s3://bucket/exchange``.
        run_id: name of the run's folder in it.
    """

    place: str
    run_id: str

    def begin(self) -> None:
        """Make the folder where there is none, and take away those that killed runs left behind.

        Nothing else may lie beside them: the exchange belongs to one warehouse.

        Raises:
            SettingsError: the place is no folder that can be written.
        """
        try:
            system, root = self._system()
            for left in system.get_file_info(pafs.FileSelector(root, allow_not_found=True)):
                inside = system.get_file_info(f"{left.path}/in")
                is_other = left.base_name != self.run_id
                if is_other and inside.type == pafs.FileType.Directory:
                    system.delete_dir(left.path)
            system.create_dir(f"{root}/{self.run_id}/in", recursive=True)
        except (OSError, ValueError) as error:
            mend = "name a folder, or an address like s3://bucket/exchange, that can be written"
            raise SettingsError(f"no exchange folder: {error}", self.place, mend) from error

    def clear(self) -> None:
        """Take the folder of the run away, if there is one."""
        self._forget("")

    @contextlib.contextmanager
    def writing(self, name: str, scratch: Path) -> Iterator[Path]:
        """Give a file to write to; it appears under its name when the block has ended well.

        Args:
            name: what it is called in the run's folder.
            scratch: folder of this machine, used where the exchange is an object store.
        """
        folder = self._folder
        if folder is None:
            with tempfile.TemporaryDirectory(dir=scratch) as told:
                yield Path(told) / "file"
                self._send(Path(told) / "file", name)
            return
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            yield draft
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    @contextlib.contextmanager
    def filling(self, name: str, scratch: Path) -> Iterator[Path]:
        """Give a folder to fill, for the driver before tasks begin.

        Args:
            name: what it is called in the run's folder; what lay there before goes.
            scratch: as for ``writing``.
        """
        self._forget(name)
        folder = self._folder
        if folder is not None:
            yield folder / name
            return
        with tempfile.TemporaryDirectory(dir=scratch) as told:
            filled = Path(told) / "folder"
            yield filled
            files = {
                path: f"{name}/{path.relative_to(filled)}" for path in filled.rglob("*.parquet")
            }
            self.put(files, scratch)

    def put(self, files: Mapping[Path, str], scratch: Path) -> None:
        """Move files of this machine into the run's folder; each appears whole.

        Args:
            files: what each is called in the run's folder.
            scratch: as for ``writing``.
        """

        def move(told: tuple[Path, str]) -> None:
            path, name = told
            if self._folder is None:
                self._send(path, name)
            else:
                with self.writing(name, scratch) as draft:
                    shutil.copyfile(path, draft)
            path.unlink()

        self._each(move, files.items())

    def reading(self, names: Sequence[str], scratch: Path) -> list[Path]:
        """Paths of files of this machine with the content of files of the run.

        Args:
            names: what they are called in the run's folder.
            scratch: gets copies where the exchange is an object store; the caller removes them.
        """
        folder = self._folder
        if folder is not None:
            return [folder / name for name in names]
        return self._each(lambda name: self._fetched(name, scratch), names)

    def _fetched(self, name: str, scratch: Path) -> Path:
        system, root = self._system()
        copy = scratch / uuid.uuid4().hex
        pafs.copy_files(
            f"{root}/{self.run_id}/{name}",
            str(copy),
            source_filesystem=system,
            destination_filesystem=pafs.LocalFileSystem(),
        )
        return copy

    def names(self, folder: str) -> list[str]:
        """Names of the whole files in a folder of the run, sorted; none where it is not there."""
        system, root = self._system()
        found = system.get_file_info(
            pafs.FileSelector(f"{root}/{self.run_id}/{folder}", allow_not_found=True)
        )
        whole = [told for told in found if told.is_file and not told.base_name.startswith(".")]
        return sorted(f"{folder}/{told.base_name}" for told in whole)

    def rows(self, names: Sequence[str]) -> list[int]:
        """Rows that each Parquet file says it holds, in the given order."""
        system, root = self._system()

        def count(name: str) -> int:
            told = pq.read_metadata(f"{root}/{self.run_id}/{name}", filesystem=system)
            return int(told.num_rows)

        return self._each(count, names)

    @property
    def _folder(self) -> Path | None:
        return None if "://" in self.place else Path(self.place) / self.run_id

    def _system(self) -> tuple[pafs.FileSystem, str]:
        if "://" not in self.place:
            return pafs.LocalFileSystem(), self.place
        return _store(self.place)

    def _each(self, work: Callable[[Asked], Told], asked: Iterable[Asked]) -> list[Told]:
        """Do something for each of many files, in an object store for several at once."""
        if self._folder is not None:
            return [work(one) for one in asked]
        with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
            return list(pool.map(work, asked))

    def _forget(self, name: str) -> None:
        system, root = self._system()
        folder = f"{root}/{self.run_id}/{name}".rstrip("/")
        if system.get_file_info(folder).type == pafs.FileType.Directory:
            system.delete_dir(folder)

    def _send(self, path: Path, name: str) -> None:
        system, root = self._system()
        target = f"{root}/{self.run_id}/{name}"
        if system.type_name != "s3":  # there a folder costs a request a level, and nobody needs it
            system.create_dir(target.rpartition("/")[0], recursive=True)
        pafs.copy_files(
            str(path),
            target,
            source_filesystem=pafs.LocalFileSystem(),
            destination_filesystem=system,
        )


@functools.cache
def _store(place: str) -> tuple[pafs.FileSystem, str]:
    """An object store and the path in it, once a process: it keeps its connections."""
    system, root = pafs.FileSystem.from_uri(place)
    return system, root


def shared_name(table: str) -> str:
    """Name of the file of a table that every task reads whole."""
    return f"in/{table}.parquet"


def buckets_name(table: str) -> str:
    """Name of the folder of a table of which every task reads its bucket."""
    return f"in/{table}"


def bucket_name(folder: str, bucket: int) -> str:
    """Name of the folder of one bucket in such a folder; there is none where it has no rows."""
    return f"{folder}/bucket={bucket}"


def dealt_name(to: str, table: str) -> str:
    """Name of the folder of a table that tasks dealt out to the buckets of a later round."""
    return f"dealt/{to}/{table}"


def parts_name(table: str) -> str:
    """Name of the folder of a table that tasks made."""
    return f"out/{table}"


def part_name(table: str, bucket: int) -> str:
    """Name of the file of one bucket of it."""
    return f"out/{table}/{bucket:06d}.parquet"
