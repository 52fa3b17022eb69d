"""The page of figures shows every figure, and its program runs."""

import re

import plotly.graph_objects as go
import pytest

from journeylab import figures
from journeylab.lab import Lab
from journeylab.lab import open as open_lab
from sample import ROOT

pytestmark = pytest.mark.docs

PAGE = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")

#: Question -> the figure shown on the page, or the call that draws it.
LIST = dict(re.findall(r"^\| `(\w+)` \| `(.+)` \|$", PAGE, re.MULTILINE))

#: Questions the sample has no rows for: it has no designed map and no kinds of journeys.
MAY_BE_EMPTY = {
    "automation_candidates",
    "designed_map",
    "journey_archetypes",
    "journey_conformance",
    "moments_of_influence",
}


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

    assert len(drawn) == 44
    empty = [call for call, figure in zip(calls, drawn, strict=True) if not figure["data"]]
    assert [call.partition("(")[0] for call in empty] == ["archetypes", "conformance", "deviations"]


def test_every_question_has_a_figure_or_a_reason():
    """The list of the page is that of the Lab's questions; whose rows are none is said below it."""
    questions = {name for name in vars(Lab) if hasattr(vars(Lab)[name], "__wrapped__")}
    reasons = PAGE.rpartition("None is drawn of ")[2]
    without = {name for name in re.findall(r"`(\w+)`", reasons) if name in questions}

    assert set(LIST) | without == questions | {"edges", "nodes"}
    assert set(LIST) & (without - {"edges", "nodes"}) == set()
    assert {told.partition("(")[0] for told in LIST.values()} <= set(figures.__all__)


def test_the_figures_of_the_list_draw_the_sample(sample_run):
    """Those that are called there, each valid by Plotly's own rules."""
    calls = {question: call for question, call in LIST.items() if "(" in call}
    with open_lab(sample_run.snapshot) as lab:
        known = {**{name: getattr(figures, name) for name in figures.__all__}, "lab": lab}
        drawn = {question: eval(call, known) for question, call in calls.items()}

    assert all(f"lab.{question}(" in call for question, call in calls.items())
    assert all(go.Figure(figure).layout.title.text for figure in drawn.values())
    empty = {question for question, figure in drawn.items() if not figure["data"]}
    assert empty <= MAY_BE_EMPTY


def test_the_program_of_the_page_runs(sample_run, monkeypatch, capsys):
    """As in a notebook next to a published snapshot."""
    program = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
    monkeypatch.chdir(sample_run.snapshot.parents[2].parent)

    exec(program.replace("var/published/current", str(sample_run.snapshot)), {})

    assert capsys.readouterr().out == "<b>Back and forth</b> 20\n"
