"""The exchange in an object store: files go through Arrow to a stand-in S3 server and back."""

from datetime import datetime

import pyarrow.fs as pafs
import pytest
from compared import STAGING, elsewhere, published

from conftest import STORE_KEYS
from journeylab.errors import ClusterFailed
from journeylab.pipeline import run
from sample import AS_OF

pytestmark = pytest.mark.spark


class Store:
    """A bucket of the server."""

    def __init__(self, host, port):
        server = f"{host}:{port}"
        self.place = f"s3://shop/exchange?scheme=http&endpoint_override={server}&region=us-east-1"
        self.system = pafs.S3FileSystem(
            access_key=STORE_KEYS["AWS_ACCESS_KEY_ID"],
            secret_key=STORE_KEYS["AWS_SECRET_ACCESS_KEY"],
            endpoint_override=server,
            scheme="http",
            region="us-east-1",
            allow_bucket_creation=True,
        )
        self.system.create_dir("shop")

    def files(self):
        """Paths of all objects but those that stand for folders."""
        told = self.system.get_file_info(pafs.FileSelector("shop", recursive=True))
        return {info.path for info in told if info.is_file}


@pytest.fixture(scope="module")
def store():
    """Objects lie in the memory of this process."""
    from moto.server import ThreadedMotoServer  # as pyspark: make test-spark installs it

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield Store(*server.get_host_and_port())
    server.stop()


def test_every_published_table_is_duckdbs_and_nothing_stays(spark, sampled, tmp_path, store):
    """All rounds of both jobs; neither machine's temporary folders nor the bucket keep a file."""
    settings = elsewhere(sampled, tmp_path / "var", 3, exchange=store.place)
    seen = set()

    def look(step):
        if step.seconds is not None:
            seen.update(path.split("/")[3] for path in store.files())

    run(settings, started_at=datetime(2026, 6, 3, 1), as_of=AS_OF, on_step=look)

    assert published(settings) == published(sampled)
    assert seen == {"in", "dealt", "out"}
    assert store.files() == set()
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_an_object_that_is_gone_fails_the_run_and_names_its_bucket(spark, sampled, tmp_path, store):
    """Deleted after staging was counted: nothing is published, the bucket is left empty."""
    settings = elsewhere(sampled, tmp_path / "var", 3, exchange=store.place)

    def lose(step):
        if step.name == STAGING and step.seconds is not None:
            (gone,) = (p for p in store.files() if p.endswith("out/staging.events/000002.parquet"))
            store.system.delete_file(gone)

    with pytest.raises(ClusterFailed, match=r"bucket 2 of staging\.events is lost"):
        run(settings, started_at=datetime(2026, 6, 3, 1), as_of=AS_OF, on_step=lose)

    assert not settings.paths.published.exists()
    assert store.files() == set()
