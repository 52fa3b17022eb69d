"""The sample's open Lab, as the tests of views have it."""

from collections.abc import Iterator

import pytest

import journeylab
from journeylab.lab import Lab
from journeylab.run_report import RunReport


@pytest.fixture(scope="session")
def sample_lab(sample_run: RunReport) -> Iterator[Lab]:
    """The sample, opened for reading."""
    assert sample_run.snapshot is not None
    with journeylab.open(sample_run.snapshot) as lab:
        yield lab
