from datetime import date
from pathlib import Path

import pytest

from journeylab.simulate import PlantedTruth, write_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PlantedTruth]:
    """A small sample: its folder and its truth."""
    folder = tmp_path_factory.mktemp("sample")
    truth = write_sample(folder, seed=11, customers=300, first_day=date(2026, 2, 1))
    return folder, truth
