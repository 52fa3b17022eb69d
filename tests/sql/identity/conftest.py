"""Fixture of the identity tests: ``people``, events in and customers out."""

from collections.abc import Iterator

import pytest

from people import People


@pytest.fixture
def people() -> Iterator[People]:
    """An empty warehouse whose events are resolved to customers."""
    empty = People()
    yield empty
    empty.warehouse.close()
