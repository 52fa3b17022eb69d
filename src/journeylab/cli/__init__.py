"""The command line: names, help and exit codes. Each command is imported when it is called."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from cyclopts import App, Parameter

from journeylab.errors import (
    ChecksFailed,
    InputRefused,
    JourneyLabError,
    LockHeld,
    SettingsError,
    UnknownName,
)

FAILED: Final = 1
USAGE: Final = 2
BLOCKED: Final = 4
LOCKED: Final = 5

#: Errors that tell the caller to type or configure something else.
_USAGE_ERRORS: Final = (InputRefused, SettingsError, UnknownName)

app = App(
    name="journeylab",
    help="Reconstruct the journeys customers really take.",
    help_epilogue=(
        "A first look, in an empty folder:\n\n"
        "    journeylab init\n"
        "    journeylab simulate\n"
        "    journeylab run\n\n"
        "Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 done with set-aside files"
        " or warnings, 4 blocked by a check, 5 another run holds the warehouse."
    ),
    help_format="plaintext",
    default_parameter=Parameter(negative=()),
    version=lambda: version("journeylab"),
)

app.command(
    "journeylab.cli.run:run",
    help="Take in new files, rebuild the journeys and publish a snapshot.",
    help_epilogue="Example: journeylab run --config shop/journeylab.toml --json > report.json",
)
app.command(
    "journeylab.cli.parity:parity",
    help="Publish a sample of customers by both engines, and compare every table.",
    help_epilogue="Example: journeylab parity --customers 500 --master local[2]",
)
app.command(
    "journeylab.cli.simulate:simulate",
    help="Write deliveries of a made-up shop whose truth is known.",
    help_epilogue="Example: journeylab simulate data/sample --seed 7 --customers 800",
)
app.command(
    "journeylab.cli.check:check",
    help="Print the checks of the last run; exit 4 when an error check failed.",
    help_epilogue="Example: journeylab check --all",
)
app.command(
    "journeylab.cli.sql:sql",
    help="Ask the current snapshot one question in SQL; it can only be read.",
    help_epilogue='Example: journeylab sql "select outcome, count(*) from journeys group by all"',
)
app.command(
    "journeylab.cli.map:map",
    help="Write a designed map to start from, derived from what buyers do.",
    help_epilogue="Example: journeylab map --output designed_map.toml",
)
app.command(
    "journeylab.cli.export:export",
    help="Write what a snapshot holds to files for other programs.",
)
app.command(
    "journeylab.cli.golden:golden",
    help="Ask the golden cases, each with an answer worked out apart from journeylab.",
    help_epilogue="Example: journeylab golden --case funnels/strict",
)
app.command(
    "journeylab.cli.dashboard:dashboard",
    help="Serve the current snapshot in the browser, and add users to it.",
)
app.command(
    "journeylab.cli.report:report",
    help="Write the report of the current snapshot as one HTML file, and mail it.",
    help_epilogue="Example: journeylab report --output report.html",
)
app.command(
    "journeylab.cli.snapshots:snapshots",
    help="List, show, compare, roll back and prune published snapshots.",
)
app.command(
    "journeylab.cli.rejected:rejected",
    help="Count rejected rows by reason, export them as they came, and replay them repaired.",
)
app.command(
    "journeylab.cli.restore:restore",
    help="Rebuild a damaged or lost warehouse from the copies of its files and the last snapshot.",
    help_epilogue="Example: journeylab restore && journeylab run",
)
app.command(
    "journeylab.cli.forget:forget",
    help="Erase a customer from the warehouse, landed copies and every snapshot.",
    help_epilogue="Example: journeylab forget ana@shop.io --kind email --dry-run",
)
app.command(
    "journeylab.cli.doctor:doctor",
    help="Look for what would stop or spoil a run, and say how to mend it.",
    help_epilogue="Example: journeylab doctor --config shop/journeylab.toml",
)
app.command(
    "journeylab.cli.init:init",
    help="Write commented settings and touchpoint rules to start from.",
    help_epilogue="Example: journeylab init shop",
)


def main(tokens: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code; a known fault is told without a traceback."""
    os.umask(0o077)  # what a run keeps holds personal data; publishing opens its own files
    sys.exit(_code(tokens))


def _code(tokens: Sequence[str] | None) -> int:
    try:
        code = app(tokens, result_action="return_value")
    except LockHeld as error:
        return _told(error, LOCKED)
    except ChecksFailed as error:
        return _told(error, BLOCKED)
    except _USAGE_ERRORS as error:
        return _told(error, USAGE)
    except (JourneyLabError, OSError) as error:
        return _told(error, FAILED)
    return int(code or 0)


def _told(error: Exception, code: int) -> int:
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone
        return code
    print(f"journeylab: {error}", file=sys.stderr)
    return code
