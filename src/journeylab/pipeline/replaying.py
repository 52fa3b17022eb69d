"""Repaired rows between two runs: under the lock of runs, with what runs owe the forgotten."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from journeylab.identity import hash_pads
from journeylab.intake import Replayed, replay
from journeylab.parameters import naive_utc, parameters
from journeylab.pipeline.forgotten import erase_of
from journeylab.pipeline.registry import formats_in_use
from journeylab.pipeline.runs import private_files
from journeylab.pipeline.steps import RunContext
from journeylab.privacy import hash_key
from journeylab.rules import load_rules
from journeylab.settings import Settings
from journeylab.warehouse import hold, open_warehouse


@contextlib.contextmanager
def open_between_runs(settings: Settings, *, started_at: datetime) -> Iterator[RunContext]:
    """Hold the lock and the warehouse as a run does, and record no run.

    Args:
        settings: the settings of the runs.
        started_at: the instant, UTC.

    Raises:
        LockHeld: a run holds the warehouse.
    """
    start = naive_utc(started_at)
    run_id = f"{start:%Y%m%dT%H%M%S}.{start.microsecond:06d}"
    with (
        private_files(),
        hold(settings.paths.lock, started_at=start),
        open_warehouse(
            settings.paths.warehouse,
            spill=settings.paths.var / "spill",
            memory_limit=settings.run.memory_limit,
            spill_limit=settings.run.spill_limit,
            threads=settings.run.threads,
        ) as warehouse,
    ):
        rules = load_rules(settings.paths.touchpoints)
        key = hash_key(settings.privacy.hash_key_file or settings.paths.var / "hash.key")
        params = {
            **parameters(settings, rules, run_id=run_id, started_at=start, as_of=start),
            **hash_pads(key),
        }
        yield RunContext(warehouse, settings, run_id, start, start, params)


def replay_rows(context: RunContext, texts: Mapping[str, str]) -> Replayed:
    """Load repaired rows, each in place of the rejected row it was; see ``intake.replay``.

    Args:
        context: what ``open_between_runs`` holds.
        texts: row id -> repaired text.
    """
    settings = context.settings
    formats = formats_in_use(settings)
    return replay(
        context.warehouse,
        {name: (settings.sources[name], model) for name, model in formats.items()},
        texts,
        landed=settings.paths.landed,
        run_id=context.run_id,
        loaded_at=context.started_at,
        erase_of=lambda model: erase_of(context, model),
    )
