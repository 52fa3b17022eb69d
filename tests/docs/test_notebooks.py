"""Every notebook runs from its first cell to its last, on the sample shop."""

import ast
import runpy

import pytest

from sample import ROOT

pytestmark = pytest.mark.docs

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_run(notebook, sample_run, tmp_path, monkeypatch):
    """As a script, in a folder like a clone after ``make demo``."""
    (tmp_path / "var").symlink_to(sample_run.snapshot.parents[2])
    monkeypatch.chdir(tmp_path)

    runpy.run_path(str(notebook), run_name="__main__")


def test_a_notebook_that_fails_is_noticed(tmp_path):
    """Else the test above could not fail."""
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import marimo\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    1 / 0\n    return\n\n\n"
        "app.run()\n"
    )

    with pytest.raises(ZeroDivisionError):
        runpy.run_path(str(broken), run_name="__main__")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_says_how_to_open_it_and_holds_no_functions(notebook):
    """What deserves a name belongs into the library; cells are all there is."""
    text = notebook.read_text(encoding="utf-8")

    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert f"marimo edit notebooks/{notebook.name}" in text.splitlines()[0]
    assert {node.name for node in functions} == {"_"}
