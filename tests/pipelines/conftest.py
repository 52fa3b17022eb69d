"""Fixtures: a small shop with settings of its own, and its nightly job run in this process."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from night import Night, Shop, nightly

from journeylab.settings import Settings, parse_settings
from journeylab.simulate import write_sample

RULES = Path(__file__).parents[2] / "touchpoints.toml"

SOURCES = {"web": "ga4", "email": "webhook", "chat": "conversations", "purchase": "orders"}


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Make settings of a shop of 60 customers, for a folder of results and more sections."""
    sample = tmp_path_factory.mktemp("sample")
    write_sample(sample, seed=7, customers=60, first_day=date(2026, 2, 1))

    def settings(root: Path, **sections: Any) -> Settings:
        sources = {
            name: {"channel": name, "format": kind, "path": str(sample / "landing" / name)}
            for name, kind in SOURCES.items()
        }
        told = {
            "paths": {"touchpoints": str(RULES)},
            "run": {"as_of": "2026-06-03T00:00:00Z", "threads": 1},
            "sources": sources,
            "report": {"nightly": False},  # tests/report proves it on the sample
            **sections,
        }
        return parse_settings(told, root=root, where="test")

    return settings


@pytest.fixture(scope="session")
def hash_key() -> Iterator[None]:
    """One key for all runs, so that their customer ids are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYLAB_HASH_KEY", "a key for tests only")
        yield


@pytest.fixture(scope="session")
def night(shop: Shop, hash_key: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """The nightly job, run once; tests look at it and change nothing."""
    settings = shop(tmp_path_factory.mktemp("night"))
    with dg.DagsterInstance.ephemeral() as instance:
        yield nightly(settings, instance)
