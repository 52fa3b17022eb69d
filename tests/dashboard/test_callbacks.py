"""The callbacks as functions: what a page is told, what a viewer may not see, how faults look."""

import json

import pytest
from snapshots import copy_of

from journeylab.dashboard import callbacks, controls, drilling, taking, unfolding
from journeylab.dashboard.answers import Answers
from journeylab.views import VIEWS, read_filters
from journeylab.views.locales import LOCALES


@pytest.fixture(scope="module")
def answers(sample_run, tmp_path_factory):
    """Answers on a copy of the sample."""
    folder = tmp_path_factory.mktemp("served") / "published"
    held = Answers(copy_of(sample_run.snapshot.parents[1], folder))
    yield held
    held.close()


def _told(answers, search, who="analyst"):
    return callbacks.drawn(answers, search, dark=False, run=None, who=who)


def _spoken(component):
    return json.dumps(component, default=lambda part: part.to_plotly_json())


@pytest.mark.parametrize("view", [view.key for view in VIEWS])
def test_every_view_is_drawn(answers, view):
    """No view fails on the sample; each is a number of sections that a browser can be sent."""
    told, _, facts, views, body, *_ = _told(answers, f"?view={view}")

    assert told["view"] == next(v.label for v in VIEWS if v.key == view)
    assert 'id": "failed' not in _spoken(body)
    assert _spoken(body).count('"type": "Section"') >= 1
    assert _spoken(facts).count("jl-fact-value") == 6
    assert len(views) == len(VIEWS)


def test_what_is_told_sets_the_controls(answers):
    """A hostile link comes back as the nearest allowed one, control by control."""
    told = _told(answers, "?view=paths&steps=99&conv=lost&ch=chat,fax&at=<b>")[0]

    assert told["search"].endswith("ch=chat&steps=8")
    assert told["values"][1] == ["chat"]
    assert told["values"][3:5] == ["all", None]
    assert told["values"][7] == 8
    assert "f-vs" in told["idle"]


def test_controls_that_a_view_does_not_heed_are_put_away_from_the_start(answers):
    """Data health heeds none; the paths all but whom to compare with, and no direction yet."""
    with answers.snapshot() as opened:
        shown = {
            view: controls.panel(
                read_filters({"view": view}, opened.choices), opened.choices, LOCALES["en"]
            )
            for view in ("data_health", "paths")
        }
    idle = {
        view: [name for name in controls.CONTROLS if "is-idle" in panel[f"{name}-field"].className]
        for view, panel in shown.items()
    }

    assert idle["data_health"] == list(controls.CONTROLS)
    assert idle["paths"] == ["f-dir", "f-vs"]


def test_a_drawer_counts_what_the_band_counts(answers):
    """The first band of the picture, as a click tells it."""
    told = _told(answers, "?view=paths")[0]
    panel = answers.answer({"view": "paths"}).content.panels[0]
    row = panel.table.row(0, named=True)
    key = json.dumps([row[name] for name in panel.drill.keys])
    asked = {"panel": "paths", "key": key, "search": "?view=paths", "run": told["run"], "at": 1}

    is_open, _, drawer = drilling.opened_drawer(answers, asked, "analyst")

    assert is_open is True
    assert f'"{row["journeys"]:,} journeys"' in _spoken(drawer)


def test_a_viewer_gets_no_single_journey_by_any_way(answers):
    """No button in a table, no drawer, no line, no view of journeys: refused on the server."""
    told, _, _, _, body, *_ = _told(answers, "?view=paths", who="viewer")
    panel = answers.answer({"view": "paths"}).content.panels[0]
    row = panel.table.row(0, named=True)
    key = json.dumps([row[name] for name in panel.drill.keys])
    asked = {"panel": "paths", "key": key, "search": "?view=paths", "run": told["run"], "at": 1}
    with answers.snapshot() as opened:
        one = opened.lab.journeys(limit=1).row(0, named=True)

    drawer = drilling.opened_drawer(answers, asked, "viewer")
    line = drilling.line_of(
        answers,
        {"key": json.dumps([one["customer_id"], one["journey_id"]]), "at": 2},
        None,
        axis="step",
        dark=False,
        who="viewer",
    )

    table = unfolding.unfolded(answers, "paths", told, dark=False, who="viewer")

    assert "JlOpen" not in _spoken(body) + _spoken(table)
    assert one["journey_id"] not in _spoken(body) + _spoken(table)
    assert "Your account shows figures, not single journeys." in _spoken(drawer[2])
    assert line == (None, "jl-axis is-hidden")
    hidden = [view.key for view in VIEWS if view.shows_journeys]
    for key in hidden:
        assert _told(answers, f"?view={key}", who="viewer")[0]["view"] == VIEWS[0].label


def test_a_table_that_is_folded_away_is_told_when_it_is_opened(answers):
    """Its rows are not in the page; they come with a button each; of another run they do not."""
    told, *_, body, _, _, _ = _told(answers, "?view=paths")
    table = answers.answer({"view": "paths"}).content.panels[0].table

    grid, said = unfolding.unfolded(answers, "paths", told, dark=False, who="analyst")
    newer = unfolding.unfolded(answers, "paths", told | {"run": "x"}, dark=False, who="analyst")
    lost = unfolding.unfolded(answers, "<b>none</b>", told, dark=False, who="analyst")

    assert "rowData" not in _spoken(body)
    assert len(grid.rowData) == table.height
    assert grid.columnDefs[0]["cellRenderer"] == "JlOpen"
    assert said.children == f"{table.height:,} rows."
    assert "Newer data" in _spoken(newer)
    assert "could not be read" in _spoken(lost)
    assert "none" not in _spoken(lost)
    assert "'failed'" not in _spoken(lost)  # an id of the page, of which there is one


def test_a_fault_shows_a_reference_and_nothing_of_its_inside(answers, caplog):
    """The log has the trace under the same reference, the page has neither path nor SQL."""
    asked = {"panel": "no such panel", "key": "[1]", "search": "", "run": answers.run_id(), "at": 1}

    _, _, shown = drilling.opened_drawer(answers, asked, "analyst")

    record = caplog.records[-1]
    assert record.args is not None
    assert record.args[1] in _spoken(shown)
    assert "KeyError" not in _spoken(shown)
    assert record.exc_info is not None


def test_a_journey_is_drawn_by_step_and_by_time(answers):
    """The line of one journey of the list, its axis as asked."""
    with answers.snapshot() as opened:
        one = opened.lab.journeys(where="steps > 4", limit=1).row(0, named=True)
    key = {"key": json.dumps([one["customer_id"], one["journey_id"]]), "at": 2}

    by_step, _ = drilling.line_of(answers, key, None, axis="step", dark=False, who="analyst")
    by_time, _ = drilling.line_of(answers, key, {"at": 1}, axis="time", dark=True, who="analyst")

    assert '"date"' not in _spoken(by_step)
    assert '"date"' in _spoken(by_time)


def test_a_table_and_a_page_are_taken_away(answers):
    """All rows of the table; the page holds the drawing and fetches nothing."""
    answer = answers.answer({"view": "paths", "conv": "dropped"})

    table = taking.one_table(answer, "paths")
    page = taking.whole_page(answer, "A shop", LOCALES["en"])

    panel = answer.content.panels[0]
    assert table["filename"] == "paths-paths.csv"
    assert len(table["content"].splitlines()) == panel.table.height + 1
    assert "<h1>A shop: Paths</h1>" in page["content"]
    assert "Filters: conv=dropped" in page["content"].replace("view=paths, ", "")
    assert "src=" not in page["content"].split("</script>", 1)[1]
    assert panel.definition.split(".")[0] in page["content"]
