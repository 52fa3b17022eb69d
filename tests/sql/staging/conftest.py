"""Fixture ``staged``: a warehouse that is given raw rows by hand."""

from collections.abc import Iterator

import pytest
from deliveries_by_hand import Staged

from journeylab.warehouse import memory


@pytest.fixture
def staged() -> Iterator[Staged]:
    """Empty warehouse with the config and ops tables staging reads."""
    with memory(threads=1) as warehouse:
        yield Staged(warehouse)
