"""``journeylab golden``: what passes, what fails, one case, and the exit code."""

import json

from journeylab.golden.suite_files import SUITE


def test_one_case_passes(typed):
    """Only its set is opened."""
    code, out, err = typed("golden", "--case", "sessions_wider_gap/another-gap-joins")

    assert (code, err) == (0, "")
    assert out == "sessions_wider_gap: 1 of 1 pass\n1 of 1 golden cases pass\n"


def test_a_failure_is_told_with_its_rule_and_exits_1(typed, tmp_path):
    """Wanted and found stand below each other."""
    told = json.loads((SUITE / "sessions_wider_gap.json").read_text(encoding="utf-8"))
    told["cases"][0]["answer"] = [[1, 2]]
    (tmp_path / "wrong.json").write_text(json.dumps(told))

    code, out, _ = typed("golden", "--folder", tmp_path)

    assert code == 1
    assert out == (
        "sessions_wider_gap: 2 of 3 pass\n"
        "  FAILED sessions_wider_gap/another-gap-joins\n"
        "    rule:   With a gap of 60 minutes 31 minutes of silence stay inside.\n"
        "    source: docs/semantics.md#sessions\n"
        "    wanted: [[1, 2]]\n"
        "    found:  [[1, 3]]\n"
        "2 of 3 golden cases pass\n"
    )


def test_json_tells_every_case(typed):
    """For programs."""
    code, out, _ = typed("golden", "--case", "variants_every_event", "--json")

    assert code == 0
    told = json.loads(out)
    assert [(case["case"], case["is_passed"]) for case in told] == [
        ("variants_every_event/without-collapse-they-differ", True)
    ]


def test_an_unknown_case_is_refused_with_the_nearest(typed):
    """Usage."""
    code, _, err = typed("golden", "--case", "funnels/strickt")

    assert code == 2
    assert "did you mean 'funnels/strict'?" in err
