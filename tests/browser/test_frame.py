"""The page in a browser: links, filters, back, themes, widths. Waits on states, never on clocks."""

import re

import pytest
from browsing import PHONE, WIDE

from journeylab.views import VIEWS

_STEP_ONE = """() => { const link = document.querySelector('.js-plotly-plot').data[0].link;
  let sum = 0; link.customdata.forEach((key, at) => {
    if (JSON.parse(key)[0] === 1) sum += link.value[at]; }); return sum; }"""
#: How often the page has read Plotly, which it does before Dash would.
_PLOTLY_READ = """performance.getEntriesByType('resource')
  .filter((one) => one.name.includes('plotly.min.js')).length"""
_SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"


def test_the_first_column_holds_as_many_journeys_as_the_first_figure_says(visit, dashboard):
    """The bands that leave step 1 add up to the headline count."""
    reader = visit()

    reader.open(dashboard, "?view=paths")

    told = reader.page.locator(".jl-fact-value").first.inner_text()
    assert f"{reader.page.evaluate(_STEP_ONE):,}" == told
    assert int(told.replace(",", "")) > 1000
    assert reader.page.evaluate(_PLOTLY_READ) == 1


def test_a_link_says_all_and_is_shown_as_it_was_written(visit, dashboard):
    """Every control stands as the link says, and the link stays the same."""
    reader = visit()
    link = "?view=paths&ch=chat&seg=device%2Cmobile&conv=converted&at=web%3Acart&steps=4"

    reader.open(dashboard, link)

    page = reader.page
    page.wait_for_function("document.querySelector('#f-steps-field [role=slider]')")
    assert sorted(reader.query().lstrip("?").split("&")) == sorted(
        part for part in link.lstrip("?").split("&") if part != _landing()
    )
    assert page.get_by_label("chat", exact=True).is_checked()
    assert page.locator("#f-seg").input_value() == "Device: mobile"
    assert page.locator("#f-at").input_value() == "Cart"
    assert page.locator("#f-steps-field [role=slider]").get_attribute("aria-valuenow") == "4"


def test_a_hostile_link_shows_the_nearest_that_is_allowed(visit, dashboard):
    """Values that are not allowed fall away, numbers are clamped, nothing of it is shown."""
    reader = visit()

    reader.open(
        dashboard,
        "?view=paths&from=x&to=9999-99-99&steps=999&at=%3Cscript%3E&seg=a%27;drop&ch=%00&dial=%22",
    )

    query = reader.query()
    assert "steps=8" in query
    assert "script" not in query
    assert "drop" not in query
    assert "dial" not in query
    assert reader.page.locator("#body .jl-panel").count() >= 1


def test_a_filter_changes_link_and_figures_and_back_undoes_it(visit, dashboard):
    """The URL follows the control; the back button brings the old figures and the old control."""
    reader = visit()
    reader.open(dashboard, "?view=paths")
    page = reader.page
    before = page.locator(".jl-fact-value").first.inner_text()

    page.get_by_label("chat", exact=True).check()
    page.wait_for_function("window.location.search.includes('ch=chat')")
    reader.wait()

    fewer = page.locator(".jl-fact-value").first.inner_text()
    assert int(fewer.replace(",", "")) < int(before.replace(",", ""))

    page.go_back()
    page.wait_for_function("!window.location.search.includes('ch=chat')")
    reader.wait()

    assert page.locator(".jl-fact-value").first.inner_text() == before
    assert not page.get_by_label("chat", exact=True).is_checked()


def test_reset_takes_all_filters_off_and_stays_on_the_view(visit, dashboard):
    """After a reset only the view is left in the link."""
    reader = visit()
    reader.open(dashboard, "?view=paths&conv=converted&steps=7")

    reader.page.locator("#reset").click()
    reader.page.wait_for_function("!window.location.search.includes('conv')")
    reader.wait()

    assert reader.query() in ("", "?view=paths")


def test_filters_that_fit_nothing_say_so_and_offer_a_way_out(visit, dashboard):
    """An empty view is a sentence and a link, not an empty picture."""
    reader = visit()

    reader.open(
        dashboard, "?view=paths&ch=purchase&conv=dropped&from=2026-06-03&seg=device%2Ctablet"
    )

    assert reader.page.locator("#empty p").first.inner_text() == "No journey fits these filters."
    reader.page.locator("#empty a").click()
    reader.page.wait_for_selector("#body .jl-panel")
    assert reader.query() == ""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_view_scrolls_sideways_and_nothing_is_sent_away(visit, dashboard, size):
    """All views in one visit, by their links; wide drawings scroll in a box of their own."""
    reader = visit(size)
    for view in VIEWS:
        reader.open(dashboard, f"?view={view.key}")
        assert reader.page.evaluate(_SIDEWAYS) <= 0, view.key
        assert reader.page.locator(".modebar-btn").count() == 0
        current = reader.page.locator("[aria-current=page]")
        assert current.inner_text() == view.label
        place = current.bounding_box()
        assert 0 <= place["x"] <= place["x"] + place["width"] <= size[0], view.key


def test_the_theme_is_followed_and_can_be_changed(visit, dashboard):
    """A reader with a dark screen gets dark figures, and the button turns them light."""
    reader = visit(theme="dark")
    reader.open(dashboard, "?view=paths")
    colour = "getComputedStyle(document.body).backgroundColor"
    ink = "document.querySelector('.js-plotly-plot').layout.font.color"
    assert reader.page.evaluate(colour) == "rgb(26, 31, 38)"
    assert reader.page.evaluate(ink) == "#E6E9EE"

    reader.page.locator("#theme").click()
    reader.page.wait_for_function(f"{ink} === '#1D2733'")

    assert reader.page.evaluate(colour) == "rgb(255, 255, 255)"


def test_on_a_phone_the_filters_stand_behind_a_button(visit, dashboard):
    """They are out of the way until asked for, and work."""
    reader = visit(PHONE)
    reader.open(dashboard, "?view=paths")
    assert not reader.page.locator("#side").is_visible()

    reader.page.locator("#burger").click()

    reader.page.locator("#side").wait_for(state="visible")
    reader.page.get_by_label("chat", exact=True).check()
    reader.page.wait_for_function("window.location.search.includes('ch=chat')")
    assert re.search("ch=chat", reader.query())


def _landing() -> str:
    return f"view={VIEWS[0].key}"
