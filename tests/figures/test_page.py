"""A figure as a part of a page: words that wrap, numbers below, nothing that breaks out."""

import polars as pl
import pytest
import small_tables as small

from journeylab import figures


def test_words_are_text_and_the_drawing_stands_below() -> None:
    """Heading, reading and legend leave the drawing, which gets shorter by their height."""
    figure = figures.matrix(small.edges(), small.nodes())

    part = figures.html(figure, name="where-to")

    assert part.startswith('<section class="jl-figure" id="where-to"><h2><b>Where each')
    assert "<p>% of the visits to the row" in part
    assert '<p class="jl-legend"><span style="color:#0072B2">■</span>' in part
    assert 'style="min-width:410px"' in part
    assert part.count("mostly not seen before".replace(" ", "\u00a0")) == 1
    assert figure["layout"]["height"] - figure["layout"]["meta"]["top"] > 0
    assert f'"height": {figure["layout"]["height"] - figure["layout"]["meta"]["top"]}' in part


def test_the_same_numbers_stand_in_a_table() -> None:
    """Cells are escaped, floats rounded, nulls blank."""
    table = pl.DataFrame({"a<b": ["<i>"], "share": [0.123456], "none": [None]})

    part = figures.html(figures.drop_offs(small.drop_offs()), name="x", table=table)

    assert "<th>a&lt;b</th>" in part
    assert "<td>&lt;i&gt;</td><td>0.1235</td><td></td>" in part


def test_a_name_cannot_end_the_script() -> None:
    """No tag survives inside the script, not even in customdata."""
    figure = figures.back_and_forth(small.edges("</script><b>"), small.nodes("</script><b>"))

    part = figures.html(figure, name="x")

    assert part.count("</script>") == 1
    assert "\\u003c/script>\\u003cb>" in part


def test_an_id_that_is_markup_is_refused() -> None:
    """Letters, digits, underscores and hyphens alone."""
    with pytest.raises(ValueError, match="is no id"):
        figures.html(figures.drop_offs(small.drop_offs()), name='x"><b>')


def test_nothing_to_see_is_a_part_too() -> None:
    """An empty figure keeps its sentence."""
    part = figures.html(figures.loops(small.loops().clear()), name="x")

    assert "<p>Nobody went round a loop.</p>" in part
