"""A folder of snapshots that tests may change: the sample's, copied by hard links."""

import os
import shutil
from pathlib import Path


def copy_of(published: Path, folder: Path) -> Path:
    """The same snapshots in a folder of the test's own."""
    shutil.copytree(published, folder, symlinks=True, copy_function=os.link)
    return folder


def publish_again(folder: Path, run_id: str) -> None:
    """Publish the current snapshot once more under another run, as a run does: by the link."""
    newer = folder / "snapshots" / run_id
    shutil.copytree((folder / "current").resolve(), newer, copy_function=os.link)
    (folder / "next").symlink_to(f"snapshots/{run_id}")
    (folder / "next").replace(folder / "current")
