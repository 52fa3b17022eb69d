"""A figure taken apart: words as plain text, the drawing shorter by their height."""

import small_tables as small

from journeylab import figures


def test_heading_reading_and_legend_leave_the_drawing():
    """The words have no markup; the figure itself stays as it was."""
    figure = figures.matrix(small.edges(), small.nodes())
    height = figure["layout"]["height"]

    parts = figures.apart(figure)

    assert parts.title.startswith("Where each")
    assert parts.sentences.startswith("% of the visits to the row")
    assert "<" not in parts.title + parts.sentences
    assert parts.legend[0][:2] == ("#0072B2", "■")
    assert parts.drawing["layout"]["height"] == height - figure["layout"]["meta"]["top"]
    assert "title" not in parts.drawing["layout"]
    assert figure["layout"]["height"] == height
    assert "title" in figure["layout"]
