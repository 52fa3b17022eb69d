"""The end of a run in plain words, and the report as JSON."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from journeylab.cli.summary import duration, summary
from journeylab.intake import IntakeReport
from journeylab.run_report import RunReport, StepTime, exit_code
from journeylab.warehouse import CheckResult
from shelf import ANA, BEN, publish_shelf

WEB = IntakeReport(
    "web",
    files_seen=3,
    files_loaded=1,
    files_known=2,
    rows_read=1000,
    rows_loaded=998,
    rows_rejected=2,
)
CHAT = IntakeReport(
    "chat",
    files_seen=1,
    files_set_aside=1,
    set_aside=(("cut.json", "the file ends in the middle"),),
)
EMAIL = IntakeReport("email")

WARNING = CheckResult("events_1", "core.events", "warn", "few events are unnamed", 7, "select 1")
FAULT = CheckResult("sums", "graph.edges", "error", "in equals out", 1, "select 2")
FINE = CheckResult("steps_1", "core.steps", "error", "dwell is not negative", 0, "select 3")


def _report(**told) -> RunReport:
    values = {
        "run_id": "20260302",
        "exit_code": 3,
        "as_of_at": datetime(2026, 3, 2, 2, 15),
        "row_counts": [
            {
                "source": "web",
                "rows_in": 1002,
                "events": 985,
                "duplicates": 1,
                "merged_rows": 4,
                "waiting_rows": 0,
                "consent_refused_rows": 5,
                "rejected_rows": 7,
            }
        ],
        "horizon_at": datetime(2026, 3, 1, 23, 58),
        "snapshot": Path("var/published/snapshots/20260302"),
        "intake": (WEB, CHAT, EMAIL),
        "checks": (FINE, WARNING),
        "steps": (StepTime("core.events", 998, 12.0), StepTime("core.steps", 900, 0.5)),
        "findings": {
            "bottlenecks": [
                {
                    "touchpoint": "chat:message",
                    "stage": "nurture",
                    "visits": 120,
                    "wait_p50_seconds": 5400.0,
                    "wait_p90_seconds": 259200.0,
                }
            ],
            "leaks": [
                {
                    "touchpoint": "web:payment",
                    "journeys": 400,
                    "dropped": 100,
                    "drop_off_rate": 0.25,
                }
            ],
            "loops": [
                {
                    "touchpoints": ["web:cart", "web:product"],
                    "times": 80,
                    "journeys": 60,
                    "customers": 1,
                }
            ],
        },
        "kpis": {"revenue": 12.5, "aov": None},
        **told,
    }
    return RunReport(**values)


def test_a_run_is_told_in_plain_words(tmp_path):
    """What came in, checks, changes against the night before, the worst of each kind, next."""
    publish_shelf(tmp_path, "20260301", journeys=[ANA], kpis={"revenue": 20.0})
    publish_shelf(tmp_path, "20260302", journeys=[ANA, BEN], kpis={"revenue": 12.5})

    assert summary(_report(), tmp_path / "published").splitlines() == [
        "Run 20260302 published in 12 s; data until 2026-03-01 23:58 UTC.",
        "",
        "Came in",
        "  web: 1 new file, 2 known, 1,000 rows, 2 unreadable",
        "  chat: 0 new files, 0 rows",
        "    set aside cut.json: the file ends in the middle",
        "  email: no file in its landing folder",
        "  so far, 1,002 rows = 985 events + 1 duplicate + 4 merged into orders"
        " + 0 waiting for a later run + 5 without consent + 7 rejected",
        "",
        "Checks",
        "  1 of 2 pass",
        "  warn: core.events: few events are unnamed (broken by 7 rows)",
        "",
        "Changed",
        "  journeys: 1 -> 2 (+1)",
        "  revenue: 20 -> 12.5",
        "",
        "Slowest waits before the goal",
        "  1. after chat:message (nurture) half of 120 visits wait 1.5 h or more,"
        " a tenth 3.0 d or more",
        "",
        "Leaks: where journeys end without a goal",
        "  1. web:payment: 100 of 400 journeys that reached it ended there (25.0%)",
        "",
        "Loops: where people go round",
        "  1. web:cart -> web:product -> web:cart: 80 times in 60 journeys of 1 customer",
        "",
        "Next",
        "  rejected rows and why:  journeylab rejected list",
        '  ask the snapshot:       journeylab sql "show tables"',
        "  what changed, in full:  journeylab snapshots diff",
        "  open it yourself:       var/published/snapshots/20260302/journeylab.duckdb",
    ]


def test_a_run_tells_whom_it_touched_and_what_it_built_whole(tmp_path):
    """Tables by reason, the first three of each."""
    whole = {"time went back": ["core.events", "core.actions", "core.steps", "core.journeys"]}
    report = _report(customers_touched=1, built_whole=whole, snapshot=None)

    told = summary(report, tmp_path / "published").splitlines()

    start = told.index("Built again")
    assert told[start + 1 : start + 3] == [
        "  1 customer touched",
        "  4 tables built whole, because time went back: core.events, core.actions, core.steps, …",
    ]


def test_the_first_and_an_unchanged_snapshot_say_so(tmp_path):
    """Equal rows in another order change nothing."""
    publish_shelf(tmp_path, "20260301", journeys=[ANA, BEN])
    first = summary(_report(run_id="20260301"), tmp_path / "published")
    publish_shelf(tmp_path, "20260302", journeys=[BEN, ANA])
    second = summary(_report(), tmp_path / "published")

    assert "  this is the first snapshot" in first.splitlines()
    assert "  nothing since 20260301: every table holds the same rows" in second.splitlines()


def test_new_columns_and_strange_names_are_told_on_one_line(tmp_path):
    """Signs that a terminal would obey are spelled out."""
    web = IntakeReport(
        "web",
        files_seen=2,
        files_set_aside=1,
        set_aside=(("a\nb\x1b[2J.json", "is a link"),),
        new_columns=(("b.json", "<b>", "VARCHAR"),),
    )

    told = summary(_report(intake=(web,), snapshot=None), tmp_path).splitlines()

    assert told[3:6] == [
        "  web: 0 new files, 0 rows",
        "    set aside a\\nb\\x1b[2J.json: is a link",
        "    new column <b> (VARCHAR) since b.json: kept in properties, listed in schema_drift",
    ]


def test_a_blocked_run_names_the_check(tmp_path):
    """Errors stand before warnings, and nothing is said to have changed."""
    blocked = _report(exit_code=4, snapshot=None, checks=(WARNING, FINE, FAULT))

    told = summary(blocked, tmp_path / "published").splitlines()

    assert told[0] == (
        "Run 20260302 published nothing: a check failed; data until 2026-03-01 23:58 UTC."
    )
    start = told.index("Checks")
    assert told[start + 1 : start + 4] == [
        "  1 of 3 pass",
        "  error: graph.edges: in equals out (broken by 1 row)",
        "  warn: core.events: few events are unnamed (broken by 7 rows)",
    ]
    assert "Changed" not in told
    assert told[-1] == "  the failed checks:      journeylab check"


@pytest.mark.parametrize(
    ("checks", "intake", "code"),
    [
        pytest.param([FINE], [WEB], 0, id="all well, rejected rows are none of its business"),
        pytest.param([FINE, WARNING], [WEB], 3, id="a warning"),
        pytest.param([FINE], [WEB, CHAT], 3, id="a file set aside"),
        pytest.param([WARNING, FAULT], [CHAT], 4, id="an error beside warnings"),
        pytest.param([], [], 0, id="nothing at all"),
    ],
)
def test_exit_codes(checks, intake, code):
    """0 done, 3 with set-aside files or warnings, 4 blocked."""
    assert exit_code(checks, intake) == code


def test_the_report_is_json():
    """Instants are ISO, paths are text, unknown is null."""
    told = json.loads(_report().as_json())

    assert told["horizon_at"] == "2026-03-01T23:58:00"
    assert told["snapshot"] == "var/published/snapshots/20260302"
    assert told["intake"][1]["set_aside"] == [["cut.json", "the file ends in the middle"]]
    assert told["checks"][1]["faulty_rows"] == 7
    assert told["findings"]["leaks"][0]["drop_off_rate"] == 0.25
    assert told["kpis"] == {"revenue": 12.5, "aov": None}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1.0 min"), (5400, "1.5 h"), (86_400, "1.0 d")],
)
def test_durations_take_the_unit_people_would(seconds, text):
    """The border belongs to the greater unit."""
    assert duration(seconds) == text
