"""A reader that opens ``current`` again and again and looks whether it is whole; a script.

Arguments: the folder of what is published, a file that ends it once it is there, seconds to
rest between two openings, and ``long`` to keep each snapshot open while later ones are
published and it is pruned. Prints one JSON object at the end: openings, reads (tables read),
half_runs (a table that is not the one the run published, or another run's than it was when
opened), errors, snapshots seen.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from journeylab.warehouse import Warehouse, content_hash, open_current

#: Openings after which a reader that keeps its snapshot open takes the current one.
KEPT = 12


def main(published: str, stop: str, rest: str, *more: str) -> None:
    """Hammer until told to stop."""
    keeps = "long" in more
    seen: set[str] = set()
    counts = {"openings": 0, "reads": 0, "half_runs": 0}
    errors: list[str] = []
    opened: Warehouse | None = None
    while not Path(stop).exists():
        try:
            if opened is None:
                opened = open_current(Path(published), memory_limit="200MB")
                counts["openings"] += 1
                first = _told(opened)
                looks = 0
            looks += 1
            reads, wrong = _look(opened, turn=counts["openings"] + looks)
            counts["reads"] += reads
            if wrong or _told(opened) != first:
                counts["half_runs"] += 1
                errors.append(f"{first[0]}: {wrong}")
            seen.add(first[0])
            if not keeps or looks >= KEPT:
                opened.close()
                opened = None
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
            opened = None
        time.sleep(float(rest))
    told = {**counts, "errors": errors[:10], "failures": len(errors), "snapshots": len(seen)}
    print(json.dumps(told))


def _told(opened: Warehouse) -> tuple[str, str]:
    return opened.rows("select run_id, tables::varchar from snapshot_info")[0]


def _look(opened: Warehouse, turn: int) -> tuple[int, list[str]]:
    """Read every table: all must have the rows the run published, two of them its very content."""
    _, told = _told(opened)
    tables: dict[str, dict[str, Any]] = json.loads(told)
    names = sorted(tables)
    wrong = [
        name
        for name in names
        if opened.scalar(f'select count(*) from "{name}"') != tables[name]["rows"]
    ]
    for name in (names[turn % len(names)], names[(7 * turn + 3) % len(names)]):
        if content_hash(opened, name) != tables[name]["content_hash"]:
            wrong.append(f"content of {name}")
    return len(names) + 2, wrong


if __name__ == "__main__":
    main(*sys.argv[1:])
