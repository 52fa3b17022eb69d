"""One open Lab on the sample's snapshot for all tests of views."""

from collections.abc import Iterator

import pytest

import journeylab
from journeylab.lab import Lab
from journeylab.run_report import RunReport
from journeylab.views import Choices, choices_of


@pytest.fixture(scope="session")
def sample_lab(sample_run: RunReport) -> Iterator[Lab]:
    """The sample, opened for reading."""
    assert sample_run.snapshot is not None
    with journeylab.open(sample_run.snapshot) as lab:
        yield lab


@pytest.fixture(scope="session")
def sample_choices(sample_lab: Lab) -> Choices:
    """What filters may say on the sample."""
    return choices_of(sample_lab)
