"""Help, usage faults and start-up time of the command line."""

import os
import subprocess
import sys

import pytest

COMMANDS = [
    "check",
    "dashboard",
    "doctor",
    "export",
    "forget",
    "golden",
    "init",
    "map",
    "parity",
    "rejected",
    "report",
    "restore",
    "run",
    "simulate",
    "snapshots",
    "sql",
]


def test_help_lists_every_command_and_the_exit_codes(typed):
    """And a first look in three commands."""
    code, out, _ = typed("--help")

    assert code == 0
    listed = [
        line.split()[1] for line in out.splitlines() if line.startswith("│ ") and line[2] != " "
    ]
    assert listed == [*COMMANDS, "--help", "--version"]
    assert "3 done with set-aside files or warnings" in out
    assert "journeylab simulate" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_with_one_example(typed, command):
    """The example begins with the command itself."""
    code, out, _ = typed(command, "--help")

    assert code == 0
    assert f"Example: journeylab {command}" in " ".join(out.split())


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        pytest.param(["runn"], "runn", id="unknown command"),
        pytest.param(["run", "--ful"], "Did you mean --full?", id="unknown option"),
        pytest.param(["run", "--as-of", "yesterday"], "as-of", id="unreadable instant"),
        pytest.param(["sql"], "one query is wanted", id="missing argument"),
        pytest.param(["sql", "select 1", "--rows", "0"], "rows", id="value out of range"),
    ],
)
def test_wrong_usage_exits_2(typed, tokens, told):
    """The sentence goes to standard error, nothing to standard output."""
    code, out, err = typed(*tokens)

    assert (code, out) == (2, "")
    assert told in err


def test_a_typo_in_the_settings_exits_2_and_names_the_nearest(typed, tmp_path):
    """No traceback."""
    (tmp_path / "journeylab.toml").write_text("[run]\nmemory_limt = '4GB'\n")

    code, out, err = typed("snapshots", "list")

    assert (code, out) == (2, "")
    assert "unknown setting 'run.memory_limt'" in err
    assert "did you mean 'memory_limit'?" in err
    assert "Traceback" not in err


def test_an_unknown_setting_in_the_environment_is_refused(typed, monkeypatch):
    """In a known section and in one nobody knows; the key and the file are no settings."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", "sixteen letters!")
    assert typed("snapshots", "list")[0] == 0

    monkeypatch.setenv("JOURNEYLAB_RUN__MEMORY_LIMT", "4GB")
    code, _, err = typed("snapshots", "list")
    assert code == 2
    assert "where: environment variable JOURNEYLAB_RUN__MEMORY_LIMT" in err
    assert "did you mean 'memory_limit'?" in err

    monkeypatch.delenv("JOURNEYLAB_RUN__MEMORY_LIMT")
    monkeypatch.setenv("JOURNEYLAB_RUNN__THREADS", "2")
    code, _, err = typed("snapshots", "list")
    assert code == 2
    assert "did you mean 'run'?" in err


def test_help_loads_no_heavy_library():
    """DuckDB, Polars and pydantic are imported when a command needs them."""
    code = (
        "import sys\n"
        "from journeylab.cli import main\n"
        "try:\n    main(['--help'])\n"
        "finally:\n    heavy = {'duckdb', 'polars', 'pydantic', 'numpy', 'dagster',"
        " 'dash', 'argon2'}\n"
        "    print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )

    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert told.stderr == "[]\n"
