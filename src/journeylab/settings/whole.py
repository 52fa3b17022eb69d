"""All sections together, and the hash of what can change a result."""

import hashlib
import json
from datetime import date
from pathlib import Path

from pydantic import Field

from journeylab.settings.fields import Section
from journeylab.settings.sections import (
    Alerts,
    Bottlenecks,
    Checks,
    Identity,
    Journeys,
    Opportunities,
    Paths,
    Privacy,
    Publish,
    Run,
    Schedule,
    Sessions,
    Source,
    SourceName,
    Spark,
)
from journeylab.settings.serving import Dashboard, Report


class Settings(Section):
    """Everything a run is told. ``root`` is the folder relative paths start from."""

    root: Path = Path()
    paths: Paths = Paths()
    run: Run = Run()
    spark: Spark = Spark()
    sources: dict[SourceName, Source] = Field(default_factory=dict)
    identity: Identity = Identity()
    sessions: Sessions = Sessions()
    journeys: Journeys = Journeys()
    bottlenecks: Bottlenecks = Bottlenecks()
    checks: Checks = Checks()
    opportunities: Opportunities = Opportunities()
    publish: Publish = Publish()
    privacy: Privacy = Privacy()
    schedule: Schedule = Schedule()
    alerts: Alerts = Alerts()
    dashboard: Dashboard = Dashboard()
    report: Report = Report()

    def of_days(self, first_day: date | None, last_day: date | None) -> "Settings":
        """The same settings for a back-fill: files of other days are left where they are.

        Args:
            first_day: earliest day of the files taken in; None is any.
            last_day: latest day; None is any.
        """
        days = {"first_day": first_day, "last_day": last_day}
        told = {name: day for name, day in days.items() if day is not None}
        sources = {name: s.model_copy(update=told) for name, s in self.sources.items()}
        return self.model_copy(update={"sources": sources})

    def on_engine(
        self, engine: str | None, *, master: str | None = None, buckets: int | None = None
    ) -> "Settings":
        """The same settings for another engine; None keeps what is set.

        Args:
            engine: ``duckdb`` or ``spark``.
            master: where Spark runs.
            buckets: into how many the customers are cut.
        """
        told = {"master": master, "buckets": buckets}
        spark = {name: value for name, value in told.items() if value is not None}
        run = self.run if engine is None else self.run.model_copy(update={"engine": engine})
        return self.model_copy(update={"run": run, "spark": self.spark.model_copy(update=spark)})

    @property
    def config_hash(self) -> str:
        """SHA-256 of every value that can change a result: all but paths and resources."""
        told = self.model_dump(
            mode="json",
            exclude={
                "root",
                "paths",
                "spark",
                "publish",
                "alerts",
                "schedule",
                "dashboard",
                "report",
            },
        )
        for resource in (
            "memory_limit",
            "spill_limit",
            "threads",
            "customers_per_range",
            "rows_per_range",
            "rebuild_all_share",
            "engine",
            "as_of",
        ):
            told["run"].pop(resource)
        for source in told["sources"].values():
            for choice in ("path", "first_day", "last_day"):  # which files, not what they mean
                source.pop(choice)
        told["privacy"].pop("hash_key_file")  # where the key lies; the key itself is a parameter
        paths = self.paths
        rules = (
            paths.touchpoints,
            paths.identity_rules,
            paths.rates,
            paths.calendar,
            paths.designed_map,
            paths.segments,
            paths.spend,
            paths.effort,
        )
        told["rules"] = [_digest(path) for path in rules]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
