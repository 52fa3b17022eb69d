"""``journeylab restore``: a damaged or lost warehouse, rebuilt from what is kept beside it."""

from datetime import UTC, datetime
from pathlib import Path

from journeylab import pipeline
from journeylab.settings import load_settings


def restore(*, accept_loss: bool = False, config: Path | None = None) -> None:
    """Rebuild the warehouse from the copies of its files and the last snapshot.

    For when a run says that var/warehouse.duckdb cannot be read, or when the file is gone.
    Every accepted file has a copy in var/landed; the last snapshot tells which of them it was
    made of, and which customer ids have changed. The former file is kept in var/damaged-…,
    personal data included: remove it when all is well. Readers notice nothing. Where something
    is in none of these places, nothing is changed and it is named. Run journeylab run after it.

    Args:
        accept_loss: Go on without what cannot be restored; it is named all the same.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    done = pipeline.restore(
        load_settings(config), started_at=datetime.now(UTC), accept_loss=accept_loss
    )
    for sentence in done.lost:
        print(f"lost: {sentence}")
    print(f"restored {done.rows:,} rows of {done.files:,} files from their copies")
    if done.snapshot is not None:
        print(
            f"and, as of run {done.snapshot}, the customers of {done.identifiers:,} identifiers"
            f" and {done.aliases:,} changes of customer ids"
        )
    if done.damaged is not None:
        print(f"the former warehouse is kept in {done.damaged}; remove it when all is well")
    print("now build and publish: journeylab run")
