"""A process that forks runs of journeylab, each of which may have to die; started by ``bench``.

It imports everything once and opens nothing, so that a run costs no start-up and a fork finds
no thread. Each line of standard input is an order, each line of standard output its answer:

    {"words": ["run", …], "die": {"line": ["intake/read.py", 57, 2]}}   at its second passing
    {"words": ["run", …], "die": {"cpu_seconds": 1.25}}                 wherever it is by then
    {"words": ["run", …], "trace": "a file"}                            write what lines it passes
    {"words": ["run", …], "limit_bytes": 9000000}                       no file may grow beyond
    {"words": [], "publish": "journeylab.toml", "as_of": "…", "die": …} publish what is built

``words`` are those of the command line. The answer holds the exit code, -9 for a killed run,
and what was said on standard error.
"""

import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

# What a run imports late is imported here, once.
import journeylab.cli.restore
import journeylab.cli.run
import journeylab.pipeline
from journeylab import cli
from journeylab.pipeline import open_run, take
from journeylab.pipeline.registry import registry
from journeylab.pipeline.steps import _function
from journeylab.settings import load_settings, parse_settings
from journeylab.warehouse import read_models

#: Modules whose every line a run may die at: intake, build and publish, and what holds them.
FATAL = {
    f"{folder}/{path.name}": str(path)
    for folder in ("intake", "pipeline", "warehouse")
    for path in Path(journeylab.pipeline.__file__).parents[1].joinpath(folder).glob("*.py")
    if path.name not in ("__init__.py", "models.py", "asking.py", "macros.py", "on_demand.py")
}


def main() -> None:
    """Answer orders until the input ends."""
    _import_what_runs_import()
    for line in sys.stdin:
        order = json.loads(line)
        with tempfile.TemporaryFile() as said:
            child = os.fork()
            if child == 0:
                _run(order, said.fileno())
            code = _wait(child, order)
            said.seek(0)
            told = said.read().decode(errors="replace")
        print(json.dumps({"code": code, "pid": child, "err": told}), flush=True)


def _import_what_runs_import() -> None:
    source = {"channel": "web", "format": "contract", "path": "."}
    registry(parse_settings({"sources": {"web": source}}, root=Path("/nowhere"), where="harness"))
    for layer in ("identity", "core", "graph", "analysis", "marts"):
        for model in read_models(layer).values():
            if not model.query:
                _function(model)


def _wait(child: int, order: dict[str, Any]) -> int:
    """Wait for a run; where it shall die after some CPU time, look at its clock and kill it."""
    limit = (order.get("die") or {}).get("cpu_seconds")
    if limit is not None:
        ticks = os.sysconf("SC_CLK_TCK")
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            if (int(fields[11]) + int(fields[12])) / ticks >= limit:
                os.kill(child, signal.SIGKILL)
                break
            time.sleep(0.002)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(order: dict[str, Any], said: int) -> None:
    """Be the run."""
    os.dup2(said, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    code = 70
    try:
        if "limit_bytes" in order:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing fails, as on a full disk
            resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit_bytes"],) * 2)
        passed: Counter[tuple[str, int]] = Counter()
        fatal = (order.get("die") or {}).get("line")
        if fatal or "trace" in order:
            sys.settrace(_tracer(passed, fatal))
        try:
            if "publish" in order:
                _publish(order)
                code = 0
            else:
                cli.main(order["words"])
        except SystemExit as ended:
            code = int(ended.code or 0)
        sys.settrace(None)
        if "trace" in order:
            told = [[name, line, times] for (name, line), times in passed.items()]
            Path(order["trace"]).write_text(json.dumps(told))
    except BaseException:
        import traceback

        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


def _publish(order: dict[str, Any]) -> None:
    """Take the last step of a run alone, as Dagster does when asked for that asset."""
    settings = load_settings(Path(order["publish"]))
    as_of = datetime.fromisoformat(order["as_of"])
    with open_run(settings, full=False, started_at=datetime.now(UTC), as_of=as_of) as context:
        take(registry(settings)[-1], context)


def _tracer(passed: Counter[tuple[str, int]], fatal: list[Any] | None) -> Any:
    names = {path: name for name, path in FATAL.items()}
    name, line, times = fatal or ("", 0, 0)

    def in_frame(frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            here = (names[frame.f_code.co_filename], frame.f_lineno)
            passed[here] += 1
            if here == (name, line) and passed[here] == times:
                os.kill(os.getpid(), signal.SIGKILL)
        return in_frame

    def at_call(frame: FrameType, _: str, __: object) -> Any:
        return in_frame if frame.f_code.co_filename in names else None

    return at_call


if __name__ == "__main__":
    main()
