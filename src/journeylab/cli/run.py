"""``journeylab run``: one run from the command line, its progress and its exit code."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from journeylab import pipeline
from journeylab.cli.summary import summary
from journeylab.run_report import StepProgress
from journeylab.settings import load_settings


def run(
    *,
    full: bool = False,
    config: Path | None = None,
    as_of: datetime | None = None,
    from_day: Annotated[date | None, Parameter(name="--from")] = None,
    to_day: Annotated[date | None, Parameter(name="--to")] = None,
    engine: Literal["duckdb", "spark"] | None = None,
    master: str | None = None,
    buckets: int | None = None,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Take in new files, rebuild the journeys and publish a snapshot.

    Args:
        full: Rebuild everything from the raw tables instead of what changed.
        config: Settings file; journeylab.toml in this folder when not given.
        as_of: Count events up to this instant, UTC; the start of the run when not given.
        from_day: Take in only files of this day or later: the date in a file's name, else of its
            last change. For a back-fill; the other files stay for a later run.
        to_day: Take in only files of this day or earlier.
        engine: What builds the tables of all customers: duckdb, or spark for more data than one
            machine holds; run.engine of the settings when not given.
        master: Where Spark runs, for example local[2] or yarn; spark.master when not given.
        buckets: How many buckets of whole customers Spark's tasks share; spark.buckets when not
            given.
        json: Print the whole report as JSON on standard output, and nothing else there.
        quiet: Say nothing of the steps while they run.
    """
    settings = load_settings(config).of_days(from_day, to_day)
    settings = settings.on_engine(engine, master=master, buckets=buckets)
    with _progress(quiet=quiet) as on_step:
        report = pipeline.run(
            settings,
            full=full,
            started_at=datetime.now(UTC).replace(tzinfo=None),
            as_of=as_of and _utc(as_of),
            on_step=on_step,
        )
    print(report.as_json() if json else summary(report, settings.paths.published))
    return report.exit_code


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[StepProgress], None]]:
    """A bar where somebody watches, plain lines where nobody does; both on standard error."""
    if quiet:
        yield lambda _: None
        return
    if not sys.stderr.isatty():
        yield _line
        return
    columns = (
        TextColumn("{task.description:<32}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(step: StepProgress) -> None:
            done = step.number - (step.seconds is None)
            bar.update(task, description=step.name, total=step.steps, completed=done)

        yield show


def _line(step: StepProgress) -> None:
    if step.rows is not None and step.seconds is not None:
        told = f"{step.number}/{step.steps} {step.name}: {step.rows:,} rows, {step.seconds:.1f} s"
        print(told, file=sys.stderr, flush=True)


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
