"""One Parquet file -> raw rows: whole in one statement, or value by value when that fails."""

from pathlib import Path

from journeylab.errors import DeliveryRefused, QueryError
from journeylab.intake import read
from journeylab.intake.deliveries import Delivery
from journeylab.intake.job import Finish, Job
from journeylab.intake.values import literal


def load_parquet(job: Job, copy: Path, finish: Finish) -> Delivery:
    """Load one Parquet file in one transaction.

    Args:
        job: the file.
        copy: its private copy.
        finish: judges and records the delivery, inside the transaction.

    Raises:
        DeliveryRefused: the file is to be set aside whole.
        QueryError: the warehouse failed, for example for lack of space.
    """
    if copy.stat().st_size == 0:
        raise DeliveryRefused.because(
            "empty_file", "the file holds nothing", job.file_name, "was the export interrupted?"
        )
    try:
        return _loaded(job, copy, finish)
    except QueryError as error:
        message = str(error.args[0])
        if message.startswith(("Out of Memory", "IO Error")):
            raise
        raise DeliveryRefused.because(
            "unreadable",
            f"no Parquet, or damaged: {message.splitlines()[0].replace(str(copy), 'the file')}",
            job.file_name,
            "deliver the file again",
        ) from error


def _loaded(job: Job, copy: Path, finish: Finish) -> Delivery:
    described = job.warehouse.rows(f"describe from read_parquet({literal(str(copy))})")
    columns = {row[0]: row[1] for row in described}
    missing = job.shape.missing_in(columns)
    if missing:
        raise job.lacks(missing, columns)
    unnamed = {name: columns[name] for name in job.shape.unnamed_in(columns)}
    rows = read.file_rows(job.shape, copy, compression="none", columns=columns, size=0)
    try:
        with job.warehouse.transaction():
            return finish(job.insert(rows, columns, strict=True), 0, unnamed)
    except QueryError:
        pass  # a value that does not fit, or damage; the careful path tells them apart
    with job.warehouse.transaction():
        rows = read.parquet_rows(copy, columns)
        rejected = job.reject_faults(rows, columns)
        return finish(job.insert(rows, columns, strict=False), rejected, unnamed)
