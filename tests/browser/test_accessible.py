"""Every view against axe-core's rules, in both themes; what a keyboard reaches first."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, WIDE

from journeylab.views import VIEWS


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_view_breaks_a_rule_of_axe(visit, dashboard, theme):
    """Names, roles, contrast, focusable scroll boxes; with tables and definitions open."""
    reader = visit(WIDE, theme)
    broken = {}
    for view in VIEWS:
        reader.open(dashboard, f"?view={view.key}")
        reader.open_all_parts()
        found = Axe().run(reader.page)
        if found.violations_count:
            broken[view.key] = [
                (rule["id"], [node["html"][:200] for node in rule["nodes"][:3]])
                for rule in found.response["violations"]
            ]

    assert broken == {}


def test_drawer_and_downloads_break_no_rule_either(visit, dashboard):
    """On a phone, with the drawer open and one journey drawn."""
    reader = visit(PHONE)
    reader.open(dashboard, "?view=paths")
    reader.page.locator("#download").click()
    reader.page.wait_for_selector("#downloads .jl-take")
    assert Axe().run(reader.page).response["violations"] == []
    reader.page.keyboard.press("Escape")
    reader.page.locator(".jl-table summary").click()
    reader.page.locator(".jl-table .jl-row").first.click()
    reader.page.locator("#drill .jl-row").first.click()
    reader.page.wait_for_selector("#journey-line .js-plotly-plot")

    found = Axe().run(reader.page)

    assert [
        (rule["id"], rule["nodes"][0]["html"][:200]) for rule in found.response["violations"]
    ] == []


def test_the_first_stop_of_the_tab_key_skips_to_the_figures(visit, dashboard):
    """One Tab and Enter lead past header and filters."""
    reader = visit()
    reader.open(dashboard, "?view=paths")

    reader.page.keyboard.press("Tab")
    first = reader.page.evaluate("document.activeElement.textContent")
    reader.page.keyboard.press("Enter")

    assert first == "Skip to the figures"
    assert reader.page.evaluate("document.activeElement.id") == "content"
    assert reader.page.evaluate("document.documentElement.lang") == "en"
