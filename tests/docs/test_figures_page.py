"""The page of figures shows every figure, and its program runs."""

import re

import pytest

from journeylab import figures
from journeylab.lab import open as open_lab
from sample import ROOT

pytestmark = pytest.mark.docs

PAGE = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")


def test_every_figure_is_on_the_page():
    """Each public function is called by its name somewhere."""
    called = set(re.findall(r"`(?:jl\.figures\.)?(\w+)\(", PAGE))

    assert set(figures.__all__) - {"CONFIG", "CSS", "Apart", "apart"} <= called


def test_every_picture_is_small_and_on_the_page():
    """No picture is left over, and none is over 200 kB."""
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))

    assert [path.name for path in pictures if f"images/{path.name}" not in PAGE] == []
    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []


def test_the_calls_of_the_page_draw_the_sample(sample_run):
    """Each call, as it is written, gives a figure of a published snapshot."""
    calls = re.findall(r"^`(\w+\(.*?\))`:", PAGE, re.MULTILINE | re.DOTALL)
    with open_lab(sample_run.snapshot) as lab:
        steps = lab.table("steps")
        known = {
            **{name: getattr(figures, name) for name in figures.__all__},
            "lab": lab,
            "edges": lab.table("graph_edges"),
            "nodes": lab.table("graph_nodes"),
            "steps": steps.filter(steps["journey_id"] == steps["journey_id"][0]),
        }
        drawn = [eval(call, known) for call in calls]

    assert len(drawn) == 40
    empty = [call for call, figure in zip(calls, drawn, strict=True) if not figure["data"]]
    assert [call.partition("(")[0] for call in empty] == ["archetypes", "conformance", "deviations"]


def test_the_program_of_the_page_runs(sample_run, monkeypatch, capsys):
    """As in a notebook next to a published snapshot."""
    program = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
    monkeypatch.chdir(sample_run.snapshot.parents[2].parent)

    exec(program.replace("var/published/current", str(sample_run.snapshot)), {})

    assert capsys.readouterr().out == "<b>Back and forth</b> 43\n"
