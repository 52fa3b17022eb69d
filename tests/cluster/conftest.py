"""Fixtures of the Spark engine: customers laid out in buckets, and one Spark session."""

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from journeylab.settings import Settings
from sample import deliver, run_at, shop

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


#: What the stand-in S3 server is spoken to with; workers inherit it from the session.
STORE_KEYS = {"AWS_ACCESS_KEY_ID": "shop", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(scope="package")
def spark() -> Iterator["SparkSession"]:
    """One real session; a task is tried twice. SPARK_MASTER names another master."""
    from pyspark.sql import SparkSession  # make test-spark installs it; no other test needs it

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ |= STORE_KEYS
    session = (
        SparkSession.builder.master(os.environ.get("SPARK_MASTER", "local[2,2]"))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="package")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The sample, published by DuckDB."""
    folder = tmp_path_factory.mktemp("sampled")
    settings = shop(folder)
    deliver(folder)
    run_at(settings, 1)
    return settings
