"""``journeylab golden``: the published cases asked anew, and which of them fail."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from journeylab.errors import UnknownName
from journeylab.golden import Result, ask_all, read_suite
from journeylab.golden.suite_files import SUITE

FAILED: Final = 1


def golden(
    *,
    case: str | None = None,
    folder: Path = SUITE,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Ask the golden cases, each with an answer worked out apart from journeylab.

    Args:
        case: Only this one, as set/case, or all of one set.
        folder: Other cases of the same format.
        as_json: Print every case with its rule, the answer wanted and the one found.
    """
    suite = read_suite(folder)
    names = [one.name for event_set in suite for one in event_set.cases]
    known = {*names, *(event_set.name for event_set in suite)}
    if case is not None and case not in known:
        raise UnknownName.of("golden case", case, str(folder), known)
    told: list[Result] = []
    for event_set in suite:
        results = list(ask_all(event_set, case=case))
        told += results
        if results and not as_json:
            passed = sum(result.is_passed for result in results)
            print(f"{event_set.name}: {passed} of {len(results)} pass")
            print("".join(_failure(result) for result in results if not result.is_passed), end="")
    failed = [result for result in told if not result.is_passed]
    if as_json:
        print(json.dumps([_told(result) for result in told], ensure_ascii=False, indent=1))
    else:
        print(f"{len(told) - len(failed):,} of {len(told):,} golden cases pass")
    return FAILED if failed else 0


def _failure(result: Result) -> str:
    case = result.case
    found = result.error or _rows(result.found)
    return (
        f"  FAILED {case.name}\n    rule:   {case.rule}\n    source: {case.source}\n"
        f"    wanted: {_rows(case.answer)}\n    found:  {found}\n"
    )


def _rows(rows: Sequence[Sequence[Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False)


def _told(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "case": case.name,
        "is_passed": result.is_passed,
        "rule": case.rule,
        "source": case.source,
        "columns": case.columns,
        "wanted": case.answer,
        "found": result.found,
        "error": result.error or None,
    }
