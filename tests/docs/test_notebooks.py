"""Every notebook runs from its first cell to its last, on the sample shop."""

import subprocess
import sys

import pytest

from sample import ROOT


@pytest.mark.parametrize(
    "notebook", sorted((ROOT / "notebooks").glob("*.py")), ids=lambda p: p.name
)
def test_notebooks_run(notebook, sample_run, tmp_path):
    """As a script, in a folder like a clone after ``make demo``."""
    (tmp_path / "var").symlink_to(sample_run.snapshot.parents[2])

    done = subprocess.run(
        [sys.executable, str(notebook)], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr[-2000:]
