"""The machines that build tables for one run, and the exchange folder they share with it."""

from journeylab.cluster import NUMBERED_LATER, Application, Exchange, Job, Made, parts
from journeylab.errors import ClusterFailed
from journeylab.pipeline.steps import RunContext
from journeylab.settings import Settings
from journeylab.warehouse import (
    CheckResult,
    Model,
    Warehouse,
    is_row_mart,
    place_of,
    quoted,
    read_parts,
)


class Workers:
    """Spark for one run: started by its first job, stopped and swept up at its end.

    Args:
        settings: where Spark runs, and where the exchange lies.
        run_id: name of the run.
        warehouse: takes what they built.
    """

    def __init__(self, settings: Settings, run_id: str, warehouse: Warehouse) -> None:
        self._told = settings.spark
        self._application = Application(self._told.master, self._told.conf)
        place = self._told.exchange or str(settings.paths.var / "exchange")
        self._exchange = Exchange(place, run_id)
        self._scratch = settings.paths.var / "spill"
        self._warehouse = warehouse
        self._made: dict[str, Made] = {}

    def job(self, context: RunContext) -> Job:
        """A job whose tables can be taken when its rounds are done."""
        self._exchange.begin()
        return Job(
            self._application,
            self._told,
            self._exchange,
            self._warehouse,
            context.bench,
            context.params,
            self._scratch,
            self._made,
        )

    def made(self, model: Model) -> bool:
        """Whether a job of this run built the table."""
        return model.name in self._made

    def take(self, model: Model) -> list[CheckResult]:
        """Take a table that a job built from its parts, held to its header like a built one.

        Args:
            model: the table.

        Raises:
            ClusterFailed: a part is lost, or other rows were read than were handed in.
        """
        made = self._made[model.name]
        at = place_of(model) if is_row_mart(model) else None
        with (
            parts(self._exchange, model.name, made.buckets, self._scratch) as paths,
            self._warehouse.transaction(),
        ):
            fresh = NUMBERED_LATER.get(model.name, "*")
            checks = read_parts(self._warehouse, model, paths, fresh, at=at)
            taken = self._warehouse.scalar(f"select count(*) from {quoted(place_of(model))}")
            if taken != made.rows:
                what = f"{taken} rows of {model.name} were read, {made.rows} were handed in"
                place = f"{self._exchange.place}/{self._exchange.run_id}"
                raise ClusterFailed(what, place, "run again")
        return checks

    def close(self) -> None:
        """Stop what was started, and take the run's folder away."""
        self._application.stop()
        self._exchange.clear()
