"""Every block of the README runs, on the sample shop."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from journeylab.settings import parse_settings
from journeylab.warehouse import open_read_only
from sample import ROOT

pytestmark = pytest.mark.docs

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def blocks(language):
    return [block for found, block in BLOCKS if found == language]


def scripts():
    """Shell blocks that are run whole; those that install or serve are only looked up."""
    return [block for block in blocks("sh") if not block.startswith("make ")]


def targets():
    return [
        line for block in blocks("sh") for line in block.splitlines() if line.startswith("make ")
    ]


@pytest.fixture
def shop(sample_run, tmp_path):
    """A folder like a clone after ``make demo``: commands find the published sample in it."""
    (tmp_path / "var").symlink_to(sample_run.snapshot.parents[2])
    return like_a_clone(tmp_path)


@pytest.fixture
def own_shop(sample_run, tmp_path):
    """The same with a copy of all that the run made, for commands that write."""
    shutil.copytree(sample_run.snapshot.parents[2], tmp_path / "var", symlinks=True)
    return like_a_clone(tmp_path)


def like_a_clone(folder):
    for name in ("journeylab.toml", "touchpoints.toml", "pyproject.toml", "pipelines", "data"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def run(command, folder):
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("script", scripts())
def test_commands_run(script, own_shop):
    """Each shell block ends well; a run may end with warnings (3)."""
    done = run(f"set -e\n{script}", own_shop)

    assert done.returncode in (0, 3), done.stdout[-1000:] + done.stderr[-2000:]


@pytest.mark.parametrize("command", targets())
def test_make_targets_exist(command):
    """``make help`` lists each target the README names."""
    listed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert f"  {command} " in listed


@pytest.mark.parametrize("query", blocks("sql"))
def test_queries_find_rows(query, sample_run):
    """Each query of the README returns rows of the sample."""
    with open_read_only(sample_run.snapshot / "journeylab.duckdb") as snapshot:
        assert snapshot.rows(query)


@pytest.mark.parametrize("program", blocks("python"))
def test_programs_run(program, shop):
    """Each Python block runs in the folder of a demo, and prints something."""
    path = shop / "block.py"
    path.write_text(program)

    done = run(f"{shlex.quote(sys.executable)} block.py", shop)

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout


@pytest.mark.parametrize("text", blocks("toml"))
def test_settings_are_read(text, tmp_path):
    """Each settings block names known keys and formats."""
    settings = parse_settings(tomllib.loads(text), root=tmp_path, where="README")

    assert {source.format for source in settings.sources.values()} == {"ga4", "orders"}


@pytest.mark.parametrize("text", blocks("crontab"))
def test_the_crontab_runs_a_known_command(text, shop):
    """Five fields of time, then a command whose options exist."""
    *fields, rest = text.strip().split(maxsplit=5)
    command = rest.split("&& ")[1].split(" > ")[0]

    assert fields == ["15", "2", "*", "*", "*"]
    assert run(f"{command} --help", shop).returncode == 0


def test_the_shown_summary_is_what_a_run_says(sample_run):
    """Each line of the text block stands in the summary, but for what is cut off."""
    from journeylab.cli.summary import summary

    told = " ".join(summary(sample_run, sample_run.snapshot.parents[1]).split())
    whole = " ".join("".join(blocks("text")).split())
    parts = re.split(r" … | (?=\+ 1 waiting)", whole)

    for part in parts:
        for sentence in re.split(r" (?=Slowest|Leaks|Loops|purchase:|web: 3)", part):
            assert sentence in told


def test_links_lead_somewhere():
    """Every relative link of the README names a file or folder."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
