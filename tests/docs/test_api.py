"""docs/api.md is what the docstrings say, and names everything public."""

import runpy

import journeylab as jl
from sample import ROOT

PAGE = ROOT / "docs" / "api.md"


def test_the_committed_page_is_what_the_docstrings_say():
    """After a change of a docstring or signature: python docs/make_api.py."""
    made = runpy.run_path(str(ROOT / "docs" / "make_api.py"))["reference"]()

    assert PAGE.read_text(encoding="utf-8") == made, "run: python docs/make_api.py"


def test_every_public_method_figure_and_error_is_on_it():
    """A new one stands there by itself."""
    text = PAGE.read_text(encoding="utf-8")
    methods = [name for name in vars(jl.Lab) if not name.startswith("_")]

    assert [name for name in methods if f"\n### lab.{name}\n" not in text] == []
    assert "`jl.errors.UnknownName`" in text
    assert "`jl.figures.paths`" in text
    assert "\n### jl.from_events\n" in text
