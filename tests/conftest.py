"""Fixtures for all tests: ``lake``, an in-memory DuckDB that speaks in journeys."""

from collections.abc import Iterator

import pytest

from lake import Lake


@pytest.fixture
def lake() -> Iterator[Lake]:
    """An empty lake with the small shop's touchpoints."""
    with Lake() as empty:
        yield empty
