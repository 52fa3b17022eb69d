"""Fixtures of the fault tests: one shop of two nights, copied for each test that spoils it."""

from collections.abc import Iterator

import pytest
from bench import Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A bench whose shop has published two nights."""
    with Bench(tmp_path_factory.mktemp("faults")) as opened:
        opened.deliver()
        first = opened.run()
        assert first.code == 3, first.err
        yield opened
