"""A process that forks nights which kill themselves with -9; started by ``nights``.

Each line of standard input is an order, each line of standard output how that night ended, -9
for a killed one. It imports everything once and opens nothing, so that a fork finds no thread.

    {"root": …, "told": what ``Nights.told`` gives, "statements": 57}    killed before the 57th
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path

from nights import Nights


def main() -> None:
    """Answer orders until the input ends."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _night(**order)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _night(root: str, told: dict[str, object], statements: int) -> None:
    left = statements

    def die(_: str, __: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    code = 0
    try:
        nights = Nights(Path(root), told)
        nights.warehouse = nights.warehouse.heard_by(die)
        nights.run()
        nights.warehouse.close()
    except BaseException:
        traceback.print_exc()
        code = 70
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
