"""The view Paths on the sample: the picture adds up and every band leads to its journeys."""

import pytest

from journeylab.views import content_of, read_filters


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({}, id="all"),
        pytest.param({"conv": "dropped", "ch": "chat"}, id="dropped with a chat"),
        pytest.param({"at": "web:cart", "dir": "around", "steps": "3"}, id="around the cart"),
        pytest.param({"seg": "device,mobile", "from": "2026-02-01"}, id="mobile since February"),
        pytest.param({"from": "2026-03-10", "to": "2026-05-20"}, id="of a spring"),
    ],
)
def test_the_band_of_a_picture_holds_as_many_journeys_as_it_leads_to(
    told, sample_lab, sample_choices
):
    """The three largest bands and the smallest."""
    filters = read_filters({"view": "paths", **told}, sample_choices)

    content = content_of(sample_lab, filters, sample_choices)

    panel = content.panels[0]
    assert content.empty == ""
    by_step = panel.table.group_by("step").agg(total="journeys")
    assert by_step["total"].list.sum().n_unique() == 1
    for place in (0, 1, 2, -1):
        row = panel.table.row(place, named=True)
        found = sample_lab.journeys_of(
            panel.drill.table,
            row,
            where=filters.journeys_asked(sample_choices.timezone),
            segment=filters.segment and sample_lab.segment(*filters.segment),
            limit=None,
            **panel.drill.dials,
        )
        assert found.height == row["journeys"]
