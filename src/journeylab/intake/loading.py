"""One source's new files -> raw rows, manifest and rejected rows, one transaction per file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from journeylab.errors import DeliveryRefused, SettingsError
from journeylab.intake import book, deliveries, landing
from journeylab.intake.book import Accepted
from journeylab.intake.deliveries import Delivery
from journeylab.intake.job import Erase, Job, Repeated
from journeylab.intake.parquet_files import load_parquet
from journeylab.intake.shapes import shape_of
from journeylab.intake.text_files import load_text
from journeylab.settings import Source
from journeylab.warehouse import Model, Warehouse


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What one run took in from one source.

    ``set_aside`` holds (file name, reason), ``new_columns`` (file name, column, type) of
    columns that the format does not name and that no earlier run found in this source; in
    the first run of a source none is new. ``rows_expired`` went, and ``copies_expired`` of
    files of which nothing is left, because they had passed the age that raw rows are kept.

    files_seen = files_loaded + files_known + files_set_aside + files_growing, and
    rows_read = rows_loaded + rows_rejected. ``files_known`` counts contents seen in an
    earlier run or earlier in this one, whether loaded or set aside, packed in the same way
    or in another; ``files_growing``
    those somebody was still writing, which the next run will read.
    """

    source: str
    files_seen: int = 0
    files_loaded: int = 0
    files_known: int = 0
    files_set_aside: int = 0
    files_growing: int = 0
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    set_aside: tuple[tuple[str, str], ...] = ()
    new_columns: tuple[tuple[str, str, str], ...] = ()
    rows_expired: int = 0
    copies_expired: int = 0


def load_source(
    warehouse: Warehouse,
    name: str,
    source: Source,
    model: Model,
    *,
    landed: Path,
    run_id: str,
    loaded_at: datetime,
    erase: Erase | None = None,
) -> IntakeReport:
    """Load every new file of one source's landing folder into the raw table of its format.

    Args:
        warehouse: the private warehouse; missing tables are made.
        name: the source's name.
        source: its settings.
        model: staging model of its format; ``raw`` and ``reader`` say how to read.
        landed: private folder that keeps a copy of each accepted file.
        run_id: the run, for the manifest.
        loaded_at: its start, UTC, for the manifest.
        erase: takes the forgotten out of a loaded file and its copy; None where nobody is.

    Returns:
        Counts, and the files set aside with their reasons; all 0 without a folder.

    Raises:
        SettingsError: the source's pattern, delimiter or encoding cannot be used.
        ModelError: the format's reader cannot be used.
        QueryError: the warehouse failed, for example for lack of space.
    """
    shape = shape_of(source, model)
    if len(source.delimiter) != 1:
        raise SettingsError(
            f"delimiter {source.delimiter!r} is not one character",
            f"sources.{name}.delimiter",
            "write one character, for example ';' or a tab as \"\\t\"",
        )
    deliveries.make_tables(warehouse, shape)
    landing.sweep(landed)
    reading = deliveries.reading_hash(source, model)
    known = deliveries.known_hashes(warehouse, name, reading)
    contents = deliveries.known_contents(warehouse, name)
    report = IntakeReport(name)
    for path in landing.find_entries(name, source):
        report = replace(report, files_seen=report.files_seen + 1)
        file_name = landing.shown_name(path, source)
        if (reason := landing.why_not(path, source)) is not None:
            report = _with_set_aside(report, file_name, reason)
            continue
        try:
            seen = landing.look(path, landed, known)
        except (PermissionError, FileNotFoundError) as error:
            report = _with_set_aside(report, file_name, f"cannot be opened: {error.strerror}")
            continue
        if seen.state == "known":
            report = replace(report, files_known=report.files_known + 1)
        elif seen.state == "growing":
            report = replace(report, files_growing=report.files_growing + 1)
        else:
            key = deliveries.next_key(warehouse)
            manifest = Delivery(
                key,
                name,
                file_name,
                seen.sha256,
                seen.bytes,
                run_id=run_id,
                loaded_at=loaded_at,
                reading_hash=reading,
            )
            job = Job(warehouse, name, source, shape, file_name, key, contents)
            lasting = landed / landing.landed_name(path, seen.sha256)
            done = deliver(job, manifest, seen.copy, lasting, erase=erase)
            report = _with_delivery(report, done)
            known.add(seen.sha256)
            if done.content_sha256 is not None:
                known.add(done.content_sha256)
                contents.add(done.content_sha256)
    return replace(report, new_columns=deliveries.new_columns(warehouse, name, run_id))


def load_again(
    warehouse: Warehouse, source: Source, model: Model, accepted: Accepted, *, landed: Path
) -> Delivery:
    """Load the copy of a file that was accepted before, as the run that accepted it did.

    Args:
        warehouse: a warehouse without it; missing tables are made.
        source: the settings of its source.
        model: staging model of its format.
        accepted: the file; its copy lies in ``landed`` and stays there.
        landed: private folder of the copies.

    Returns:
        The delivery; set aside when it cannot be read as it was.

    Raises:
        OSError: there is no copy.
        QueryError: the warehouse failed, for example for lack of space.
    """
    shape = shape_of(source, model)
    deliveries.make_tables(warehouse, shape)
    landing.sweep(landed)
    lasting = landed / accepted.copy_name
    key = deliveries.next_key(warehouse)
    manifest = Delivery(
        key,
        accepted.source,
        accepted.file_name,
        accepted.sha256,
        lasting.stat().st_size,
        run_id=accepted.run_id,
        loaded_at=accepted.loaded_at,
        reading_hash=deliveries.reading_hash(source, model),
    )
    job = Job(warehouse, accepted.source, source, shape, accepted.file_name, key)
    return deliver(job, manifest, landing.second_name(lasting), lasting, is_in_book=True)


def _with_set_aside(report: IntakeReport, file_name: str, reason: str) -> IntakeReport:
    return replace(
        report,
        files_set_aside=report.files_set_aside + 1,
        set_aside=(*report.set_aside, (file_name, reason)),
    )


def _with_delivery(report: IntakeReport, delivery: Delivery) -> IntakeReport:
    if delivery.reason is not None:
        return _with_set_aside(report, delivery.file_name, delivery.reason)
    if delivery.state == "repeated":
        return replace(report, files_known=report.files_known + 1)
    return replace(
        report,
        files_loaded=report.files_loaded + 1,
        rows_read=report.rows_read + delivery.rows_read,
        rows_loaded=report.rows_loaded + delivery.rows_loaded,
        rows_rejected=report.rows_rejected + delivery.rows_rejected,
    )


def deliver(
    job: Job,
    manifest: Delivery,
    copy: Path,
    lasting: Path,
    *,
    erase: Erase | None = None,
    then: Callable[[Delivery], None] = lambda _: None,
    is_in_book: bool = False,
) -> Delivery:
    """Load one copied file, or set it aside; either way it ends up in the manifest.

    Args:
        job: the file.
        manifest: its row of the manifest as far as it is known.
        copy: its private copy, in the folder of ``lasting``.
        lasting: the name the copy gets when its rows load.
        erase: as in ``load_source``.
        then: what else is written in the same transaction.
        is_in_book: whether the book of accepted files has it already.
    """

    def finish(
        loaded: int, rejected: int, unnamed: dict[str, str], content_sha256: str | None = None
    ) -> Delivery:
        _refuse_too_many(job, loaded, rejected)
        if erase is not None:
            erased_loaded, erased_rejected = erase(job, copy)
            loaded, rejected = loaded - erased_loaded, rejected - erased_rejected
        done = replace(
            manifest,
            content_sha256=content_sha256 or manifest.sha256,
            rows_read=loaded + rejected,
            rows_loaded=loaded,
            rows_rejected=rejected,
        )
        deliveries.note_drift(job.warehouse, done, unnamed)
        deliveries.record_delivery(job.warehouse, done)
        then(done)
        landing.keep_copy(copy, lasting)
        if not is_in_book:
            book.enter(lasting.parent, _accepted(done, lasting))
        return done

    load = load_parquet if job.shape.kind == "parquet" else load_text
    try:
        return load(job, copy, finish)
    except Repeated as repeated:
        (content,) = repeated.args
        known = replace(manifest, state="repeated", content_sha256=content)
        deliveries.record_delivery(job.warehouse, known)
        return known
    except DeliveryRefused as refused:
        what, _, mend = refused.args
        reason = f"{what}; {mend}"
        aside = replace(manifest, state="set_aside", reason_code=refused.code, reason=reason)
        deliveries.record_delivery(job.warehouse, aside)
        return aside
    finally:
        landing.sweep(lasting.parent)


def _accepted(done: Delivery, lasting: Path) -> Accepted:
    return Accepted(
        source=done.source,
        file_name=done.file_name,
        sha256=done.sha256,
        copy_name=lasting.name,
        rows_loaded=done.rows_loaded,
        run_id=done.run_id,
        loaded_at=done.loaded_at,
        is_replay=done.repairs is not None,
    )


def _refuse_too_many(job: Job, loaded: int, rejected: int) -> None:
    limit = job.source.max_rejected_share
    if rejected <= limit * (loaded + rejected):
        return
    raise DeliveryRefused.because(
        "too_many_rejected",
        f"{rejected} of {loaded + rejected} records cannot be read, more than"
        f" max_rejected_share = {limit:g};"
        f" {deliveries.commonest_reason(job.warehouse, job.delivery_key)}",
        job.file_name,
        "mend the export, or raise the limit",
    )
