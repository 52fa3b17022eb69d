"""The golden suite: every case passes, and its files say what docs/golden.md promises."""

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest

from journeylab.errors import InputRefused, UnknownName
from journeylab.golden import ask_all, read_suite
from journeylab.golden.asking import QUESTIONS, Result
from sample import ROOT

SUITE = read_suite()
CASES = [case for event_set in SUITE for case in event_set.cases]
SEMANTICS = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("event_set", SUITE, ids=lambda event_set: event_set.name)
def test_every_case_of_a_set_passes(event_set):
    """One failure names the case, the rule, what was wanted and what was found."""
    results = list(ask_all(event_set))

    assert len(results) == len(event_set.cases)
    assert [
        (result.case.name, result.case.rule, result.case.answer, result.found, result.error)
        for result in results
        if not result.is_passed
    ] == []


def test_the_suite_is_large_and_its_names_are_unique():
    """At least 150 cases, and every question of the library that has a rule."""
    names = [case.name for case in CASES]

    assert len(names) == len(set(names)) >= 150
    assert {case.ask for case in CASES} >= {*QUESTIONS} - {"stage_edges"}
    assert {"sessions", "journeys", "steps", "customers"} <= {case.ask for case in CASES}


def test_every_case_says_its_rule_its_source_and_how_it_was_worked_out():
    """Sources are headings of docs/semantics.md."""
    headings = {
        "docs/semantics.md#" + re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^## (.+)$", SEMANTICS, re.MULTILINE)
    }

    assert {case.source for case in CASES} <= headings
    assert [case.name for case in CASES if not case.rule.endswith(".")] == []
    assert [case.name for case in CASES if not case.checked.startswith("by ")] == []


def test_a_wrong_answer_fails():
    """A number off by a thousandth, a row too many, a null for 0, true for 1, another order."""
    case = replace(CASES[0], answer=((1, 0.5), (2, None)), is_ordered=True)

    def holds(*rows):
        return Result(case, rows).is_passed

    assert holds((1, 0.5), (2, None))
    assert holds((1, 0.50000001), (2, None))
    assert not holds((1, 0.501), (2, None))
    assert not holds((1, 0.5), (2, 0))
    assert not holds((True, 0.5), (2, None))
    assert not holds((1, 0.5), (2, None), (3, None))
    assert not holds((2, None), (1, 0.5))
    assert not Result(case, case.answer, "an error").is_passed


def test_files_that_cannot_be_read_are_named(tmp_path):
    """No file, no JSON, another format, an unknown key."""
    with pytest.raises(InputRefused, match="no case is there"):
        read_suite(tmp_path)
    path = tmp_path / "walks.json"
    path.write_text("{")
    with pytest.raises(InputRefused, match="no JSON"):
        read_suite(tmp_path)
    path.write_text('{"format": "other/1"}')
    with pytest.raises(InputRefused, match="its format is not 'journeylab-golden/1'"):
        read_suite(tmp_path)
    path.write_text(json.dumps({"format": "journeylab-golden/1", "walks": {}}))
    with pytest.raises(UnknownName, match="no key 'walks'"):
        read_suite(tmp_path)


def test_the_wheel_carries_the_cases_and_the_sql(tmp_path):
    """Whoever installs journeylab can run them."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )

    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = {*wheel.namelist()}

    assert {f"journeylab/golden/suite/{event_set.name}.json" for event_set in SUITE} <= names
    assert {
        f"journeylab/{path.relative_to(ROOT)}" for path in (ROOT / "sql").rglob("*.sql")
    } <= names
