"""Fixtures for all tests: ``lake`` speaks in journeys, ``sample_run`` is one run of the sample."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

from journeylab.run_report import RunReport
from lake import Lake
from sample import deliver, run_at, shop

# How long an example takes says how busy the machine is, not whether the code is right. CI tries
# the same examples each time, so that it judges the change; a developer's run tries new ones.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("patient")

#: Fixtures so dear that the tests which share one run in one process of ``make test``.
DEAR = ("sample_run", "night", "lived", "one_night", "bad_day")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the tests that take longest, and keep those of a dear fixture together."""
    for item in items:
        used = [name for name in DEAR if name in getattr(item, "fixturenames", ())]
        if used:
            item.add_marker(pytest.mark.xdist_group(used[0]))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run groups apart: a tool that no longer sees them would tell nobody."""
    if getattr(session.config.option, "loadgroup", False):
        apart = [i for i in session.items if i.get_closest_marker("xdist_group")]
        apart = [item.nodeid for item in apart if "@" not in item.nodeid]
        if apart:
            raise pytest.UsageError(f"pytest-xdist has lost the group of {apart[0]}")


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
