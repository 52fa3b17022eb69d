"""What one run did, as plain values: what the summary, the JSON report and Dagster show."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypedDict

from journeylab.intake import IntakeReport
from journeylab.warehouse import CheckResult

DONE: Final = 0
DONE_WITH_WARNINGS: Final = 3
BLOCKED: Final = 4


class Bottleneck(TypedDict):
    """A wait after a touchpoint, before the goal. ``stage`` may be None."""

    touchpoint: str
    stage: str | None
    visits: int
    wait_p50_seconds: float
    wait_p90_seconds: float


class Leak(TypedDict):
    """A touchpoint after which journeys end without a goal; rate of the journeys reaching it."""

    touchpoint: str
    journeys: int
    dropped: int
    drop_off_rate: float


class Loop(TypedDict):
    """A loop that journeys walked; ``touchpoints`` in its order, the first not repeated."""

    touchpoints: Sequence[str]
    times: int
    journeys: int
    customers: int


class Findings(TypedDict):
    """The worst of each kind, worst first."""

    bottlenecks: Sequence[Bottleneck]
    leaks: Sequence[Leak]
    loops: Sequence[Loop]


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step at its start (``rows`` and ``seconds`` are None) and again at its end."""

    name: str
    number: int
    steps: int
    rows: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StepTime:
    """One finished step: rows of its table, and how long it took."""

    name: str
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run did. Instants are UTC without a zone.

    Attributes:
        run_id: the run, also the name of its snapshot.
        exit_code: 0 done, 3 done with set-aside files or warnings, 4 blocked by a check.
        as_of_at: instant up to which events count.
        horizon_at: instant up to which the data is complete; None without any event.
        snapshot: folder of the published snapshot; None when a check blocked it.
        intake: what came in, one entry a source.
        row_counts: rows of ``staging.row_counts``, one dict a source.
        checks: every judged check.
        steps: every step in the order it ran.
        findings: the worst bottlenecks, leaks and loops; empty lists where there is none.
        kpis: KPI -> value; None where it is not known.
        customers_touched: customers whose tables were built again; None where all were.
        built_whole: reason -> tables built whole that are otherwise carried on from run to run.
    """

    run_id: str
    exit_code: int
    as_of_at: datetime
    horizon_at: datetime | None
    snapshot: Path | None
    intake: Sequence[IntakeReport] = ()
    row_counts: Sequence[Mapping[str, Any]] = ()
    checks: Sequence[CheckResult] = ()
    steps: Sequence[StepTime] = ()
    findings: Findings = field(default_factory=lambda: Findings(bottlenecks=[], leaks=[], loops=[]))
    kpis: Mapping[str, float | None] = field(default_factory=dict)
    customers_touched: int | None = None
    built_whole: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def failed_checks(self) -> list[CheckResult]:
        """Checks that rows broke, errors first, then in the order they ran."""
        failed = [check for check in self.checks if not check.passed]
        return sorted(failed, key=lambda check: check.severity)

    def as_json(self) -> str:
        """The whole report as one JSON object."""
        return json.dumps(asdict(self), indent=2, default=_text, ensure_ascii=False)


def exit_code(checks: Sequence[CheckResult], intake: Sequence[IntakeReport]) -> int:
    """Exit code of a run: 4 when an error check failed, 3 with warnings, else 0.

    Args:
        checks: every judged check.
        intake: what came in; a file set aside by this run is a warning, and a column that
            its source had not delivered before.
    """
    failed = {check.severity for check in checks if not check.passed}
    if "error" in failed:
        return BLOCKED
    warned = any(source.files_set_aside or source.new_columns for source in intake)
    return DONE_WITH_WARNINGS if failed or warned else DONE


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
