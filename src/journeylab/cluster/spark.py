"""Spark as journeylab uses it: a function is run for each number, each in a task that is retried.

The only importer of pyspark, and only when a job starts: the extra ``spark`` and a Java runtime
are needed then.
"""

import contextlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from journeylab.errors import ClusterFailed, SettingsError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Result = TypeVar("Result")

#: What a session in this one process is told beside; a real cluster is configured by its own files.
_LOCAL: Final[Mapping[str, str]] = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
_ALWAYS: Final[Mapping[str, str]] = {
    "spark.ui.showConsoleProgress": "false",
}
#: A task is tried four times, as on a cluster; Spark's own local[*] gives up at the first fault.
LOCAL_MASTER: Final = "local[*,4]"


def what_spark_lacks() -> SettingsError | None:
    """What this machine lacks for Spark, seen without starting it; None where nothing is."""
    if importlib.util.find_spec("pyspark") is None:
        mend = "install it: pip install 'journeylab[spark]'"
        return SettingsError("the Spark engine needs pyspark", "run.engine", mend)
    if not _is_submitted() and shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        mend = "install one: apt-get install openjdk-17-jre-headless"
        return SettingsError("Spark needs a Java runtime, 17 or newer", "PATH, JAVA_HOME", mend)
    return None


def _is_submitted() -> bool:
    """Whether spark-submit started this process, and the runtime with it."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


@contextlib.contextmanager
def session(master: str | None, conf: Mapping[str, str]) -> Iterator["SparkSession"]:
    """Use the session that runs in this process, or start one and stop it afterwards.

    Args:
        master: as Spark names it, for example ``yarn`` or ``local[2]``; None takes what
            spark-submit was told, and every core of this machine where there is none.
        conf: Spark's own settings.

    Raises:
        SettingsError: pyspark or Java is not there, or Spark does not know the master.
    """
    lacking = what_spark_lacks()
    if lacking is not None:
        raise lacking
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    where = master or (None if _is_submitted() else LOCAL_MASTER)
    builder = SparkSession.builder.appName("journeylab")
    told = dict(_ALWAYS)
    if where is not None:
        builder = builder.master(where)
        if where.startswith("local"):
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            told |= _LOCAL
    for key, value in {**told, **conf}.items():
        builder = builder.config(key, value)
    try:
        started = builder.getOrCreate()
    except (PySparkException, RuntimeError) as error:
        raise SettingsError(
            f"Spark does not start: {_telling_line(error)}", f"master {where}", "see its log above"
        ) from error
    started.sparkContext.setLogLevel("ERROR")
    try:
        yield started
    finally:
        started.stop()


class Application:
    """One application of Spark for a whole run: started by its first job, stopped at its end.

    Args:
        master: as for ``session``.
        conf: Spark's own settings.
    """

    def __init__(self, master: str | None, conf: Mapping[str, str]) -> None:
        self._told = (master, conf)
        self._open = contextlib.ExitStack()
        self._session: SparkSession | None = None

    def session(self) -> "SparkSession":
        """The session, started where none is.

        Raises:
            SettingsError: as ``session`` does.
        """
        if self._session is None:
            self._session = self._open.enter_context(session(*self._told))
        return self._session

    def parallelism(self) -> int:
        """Tasks that can run at once, as far as Spark knows when it starts."""
        count: int = self.session().sparkContext.defaultParallelism
        return count

    def threads_of_a_task(self) -> int:
        """Cores that Spark keeps free for each task."""
        return int(self.session().conf.get("spark.task.cpus", "1") or 1)

    def hand_out(self, work: Callable[[int], Result], parts: int) -> list[Result]:
        """What ``on_spark`` returns."""
        return on_spark(self.session(), work, parts)

    def stop(self) -> None:
        """Stop what was started; a session that ran before goes on."""
        self._session = None
        self._open.close()


def on_spark(spark: "SparkSession", work: Callable[[int], Result], parts: int) -> list[Result]:
    """Run a function for 0, 1, … parts - 1, each in a task of its own.

    Args:
        spark: the session.
        work: the function; it goes to the workers by pickling.
        parts: how many numbers.

    Returns:
        What it returned, in the order of the numbers.

    Raises:
        ClusterFailed: a task failed as often as Spark tries one; the fault is quoted.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    context = spark.sparkContext
    try:
        results: list[Result] = context.parallelize(range(parts), parts).map(work).collect()
    except (Py4JError, PySparkException) as error:
        raise ClusterFailed(
            f"a task failed for good: {_telling_line(error)}",
            f"Spark, master {context.master}",
            "see Spark's log for the worker; nothing of the job was used",
        ) from error
    return results


def _telling_line(error: BaseException) -> str:
    """The line that says most: what a task's Python code raised, else why Spark gave up."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if line.split(":")[0].endswith(("Error", "Failed"))]
    thrown = [line.removeprefix(": ") for line in lines if line.startswith(": ")]
    return next(iter(raised or thrown or lines), type(error).__name__)
