"""From a band to its journeys to one journey, with the mouse and with the keyboard alone."""

import json
import re

import pytest

from journeylab.dashboard.answers import Answers


def test_the_drawer_holds_as_many_journeys_as_the_band_says(visit, dashboard):
    """The count of the hovering box and that of the drawer are the same; one journey is drawn."""
    reader = visit()
    reader.open(dashboard, "?view=paths")
    page = reader.page
    x, y = reader.point_at_a_band()
    page.mouse.move(x, y)
    page.wait_for_selector(".hoverlayer .hovertext")
    hovered = re.search(r"([\d,]+) journeys", page.locator(".hoverlayer").text_content())

    page.mouse.click(x, y)

    page.wait_for_selector("#drill-count")
    counted = re.match(r"[\d,]+", page.locator("#drill-count").inner_text())
    assert hovered is not None
    assert counted is not None
    assert counted.group(0) == hovered.group(1)

    page.locator("#drill .jl-row").first.click()
    page.wait_for_selector("#journey-line .js-plotly-plot .scatterlayer .trace", state="attached")
    page.locator("#axis").get_by_text("By time").click()
    page.wait_for_function(
        "document.querySelector('#journey-line .js-plotly-plot').layout.xaxis.type === 'date'"
    )


@pytest.fixture(scope="module")
def answers(published):
    """What the tables of the same snapshot say."""
    held = Answers(published)
    yield held
    held.close()


@pytest.mark.parametrize(
    ("view", "panel", "place", "count"),
    [
        pytest.param("back_and_forth", "matrix", "#drill-count", "journeys", id="matrix"),
        pytest.param("back_and_forth", "arcs", "#drill-times", "moves", id="arcs"),
        pytest.param("bottlenecks", "waits_us", "#drill-times", "n", id="bottlenecks"),
        pytest.param("drop_offs", "last_steps", "#drill-count", "exits", id="drop-offs"),
        pytest.param("overview", "trend_journeys", "#drill-count", "n", id="a week"),
    ],
)
def test_the_drawer_of_a_mark_counts_what_the_mark_stands_for(
    visit, dashboard, answers, view, panel, place, count
):
    """Cell, arc, dot and bar: as many journeys, or as many times, as their row of the table."""
    panels = {each.name: each for each in answers.answer({"view": view}).content.panels}
    drill = panels[panel].drill
    row = panels[panel].table.sort(count, descending=True).row(0, named=True)
    key = [row[name] for name in drill.keys]
    key = [str(key[0]), "journeys"] if panel == "trend_journeys" else key
    reader = visit()
    reader.open(dashboard, f"?view={view}")

    reader.click_mark(panel, json.dumps(key))

    reader.page.wait_for_selector("#drill-count")
    said = (
        reader.page.locator(place).inner_text() or reader.page.locator("#drill-count").inner_text()
    )
    told = re.search(r"\d[\d,]*", said)
    assert told is not None
    assert int(told.group(0).replace(",", "")) == row[count] > 1


def test_the_same_band_opens_again_after_the_drawer_was_closed(visit, dashboard):
    """A second click on the same mark is a click like the first."""
    reader = visit()
    reader.open(dashboard, "?view=paths")
    x, y = reader.point_at_a_band()
    reader.page.mouse.move(x, y)
    reader.page.wait_for_selector(".hoverlayer .hovertext")
    reader.page.mouse.click(x, y)
    reader.page.wait_for_selector("#drill-count")
    reader.page.keyboard.press("Escape")
    reader.page.wait_for_selector("#drill-count", state="hidden")

    x, y = reader.point_at_a_band()
    reader.page.mouse.move(700, 30)
    reader.page.mouse.move(x, y)
    reader.page.wait_for_selector(".hoverlayer .hovertext")
    reader.page.mouse.click(x, y)

    reader.page.wait_for_selector("#drill-count", state="visible")
    assert "journey" in reader.page.locator("#drill-count").inner_text()


@pytest.mark.parametrize(
    ("view", "panel", "count", "place"),
    [
        pytest.param("paths", "paths", "journeys", "#drill-count", id="paths"),
        pytest.param("back_and_forth", "matrix", "journeys", "#drill-count", id="matrix"),
        pytest.param("bottlenecks", "waits_us", "n", "#drill-times", id="bottlenecks"),
        pytest.param("drop_offs", "last_steps", "exits", "#drill-count", id="drop-offs"),
    ],
)
def test_a_row_of_the_table_leads_to_its_journeys_without_a_mouse(
    visit, dashboard, view, panel, count, place
):
    """Summary, first cell, Enter: the drawer counts what the row says."""
    reader = visit()
    reader.open(dashboard, f"?view={view}")
    page = reader.page
    part = page.locator(f"section[aria-labelledby='title-{panel}']")
    part.locator(".jl-table summary").focus()
    page.keyboard.press("Enter")
    part.locator(".ag-row[row-index='0']").first.wait_for()
    said = part.locator(f".ag-row[row-index='0'] [col-id='{count}']").inner_text()

    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('col-id') === '_key'"):
            break
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.activeElement.classList.contains('ag-cell')")
    page.keyboard.press("Enter")

    page.wait_for_selector("#drill-count")
    told = page.locator(place).inner_text() or page.locator("#drill-count").inner_text()
    found = re.search(r"\d[\d,]*", told)
    assert found is not None
    assert found.group(0) == said
