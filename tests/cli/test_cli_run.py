"""``journeylab run``: what stops it before it begins, and its lines where nobody watches."""

from datetime import datetime

from journeylab.cli.run import _line
from journeylab.run_report import StepProgress
from journeylab.warehouse import hold


def test_a_second_run_exits_5_and_names_the_first(typed, tmp_path):
    """With its process and start; nothing is touched."""
    typed("init")
    with hold(tmp_path / "var/run.lock", started_at=datetime(2026, 3, 2, 2, 15)):
        code, out, err = typed("run")

    assert (code, out) == (5, "")
    assert "another run holds the warehouse: process" in err
    assert "started 2026-03-02T02:15:00 UTC" in err
    assert "kill" in err


def test_a_run_without_sources_says_how_to_start(typed):
    """In an empty folder; exit code 2 and no traceback."""
    code, out, err = typed("run")

    assert (code, out) == (2, "")
    assert "no source" in err
    assert "journeylab init" in err
    assert "Traceback" not in err


def test_a_typo_in_the_rules_stops_a_run_before_it_reads(typed, tmp_path):
    """The nearest key is named."""
    typed("init")
    (tmp_path / "touchpoints.toml").write_text('[[rules]]\ntouchpont = "web:home"\n')

    code, _, err = typed("run")

    assert code == 2
    assert "did you mean 'touchpoint'" in err


def test_finished_steps_are_lines_where_nobody_watches(capsys):
    """On standard error, so that --json has standard output alone; a start says nothing."""
    _line(StepProgress("core.steps", 7, 30))
    _line(StepProgress("core.steps", 7, 30, rows=12_345, seconds=1.26))

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "7/30 core.steps: 12,345 rows, 1.3 s\n")
