"""Fixtures for all tests: ``lake`` speaks in journeys, ``sample_run`` is one run of the sample."""

from collections.abc import Iterator

import pytest

from journeylab.run_report import RunReport
from lake import Lake
from sample import deliver, run_at, shop


@pytest.fixture
def lake() -> Iterator[Lake]:
    """An empty lake with the small shop's touchpoints."""
    with Lake() as empty:
        yield empty


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    """The report of one run over all nights of the sample; its snapshot is only read."""
    folder = tmp_path_factory.mktemp("shop")
    settings = shop(folder)
    deliver(folder)
    return run_at(settings, 1)
