"""What a page says when the server is slow, gone, empty or has newer data."""

import os
import shutil

import pytest
from browsing import UNMADE, WIDE

_CALLS = "**/_dash-update-component*"


def test_while_an_answer_is_on_its_way_the_old_figures_are_dimmed(visit, dashboard):
    """The page says at once that it is busy, and that it no longer is."""
    reader = visit()
    reader.open(dashboard, "?view=paths")
    page = reader.page
    held = []
    page.route(_CALLS, lambda route: held.append(route))

    page.get_by_label("chat", exact=True).check()
    page.wait_for_selector("#content[aria-busy=true]")

    assert page.evaluate("getComputedStyle(document.getElementById('body')).opacity") == "0.55"
    assert "ch=chat" in reader.query()
    page.get_by_label("email", exact=True).check()
    page.wait_for_function("window.location.search.includes('email')")
    assert "ch=email%2Cchat" in reader.query() or "ch=chat%2Cemail" in reader.query()
    while page.locator("#content").get_attribute("aria-busy") is not None:
        while held:
            held.pop().continue_()
        page.wait_for_timeout(50)
    assert page.locator("#content").get_attribute("aria-busy") is None


def test_a_server_that_is_gone_is_said_and_its_figures_are_grey(visit, serve, published):
    """After eight seconds neither old figures stand for the answer, nor does a table seem near."""
    server = serve(published)
    reader = visit()
    reader.allowed = ["Failed to load resource", "Failed to fetch", "did not respond"]
    reader.open(server, "?view=paths")
    server.stop()

    reader.page.get_by_text("Same numbers as a table").first.click()
    reader.page.get_by_label("chat", exact=True).check()

    reader.page.wait_for_selector(".jl-reading")
    reader.page.wait_for_selector("#content.is-silent", timeout=15_000)
    late = reader.page.get_by_role("alert").filter(has_text="has not sent the rows yet")
    late.wait_for()
    assert not reader.page.locator(".jl-reading").first.is_visible()
    late.get_by_role("button", name="Try again").click()
    assert reader.page.locator(".jl-reading").first.is_visible()
    said = reader.page.locator("#stale-words").inner_text()
    assert said.startswith("These figures are from before your last change")
    assert reader.page.locator("#retry").is_visible()


def test_a_page_without_data_says_how_to_make_some_and_shows_it_when_it_is_there(
    visit, serve, published, tmp_path
):
    """The first snapshot appears on the open page, without a reload."""
    folder = tmp_path / "published"
    folder.mkdir()
    server = serve(folder, 0.5)
    reader = visit()
    reader.open(server)
    assert "journeylab run" in reader.page.locator("#unpublished").inner_text()

    shutil.copytree(published, folder, symlinks=True, dirs_exist_ok=True)

    reader.page.wait_for_selector("#body .jl-panel")
    assert reader.page.locator(".jl-fact-label").first.inner_text() == "Journeys"


def test_newer_data_is_announced_and_shown_on_demand(visit, serve, published, tmp_path):
    """Figures do not change under a reader's eyes; a button brings the new ones."""
    folder = tmp_path / "published"
    shutil.copytree(published, folder, symlinks=True)
    server = serve(folder, 0.5)
    reader = visit()
    reader.open(server, "?view=paths")
    old = os.readlink(folder / "current")
    newer = folder / "snapshots" / "29990101T000000.000000"
    shutil.copytree(folder / old, newer)
    (folder / "next").symlink_to(f"snapshots/{newer.name}")
    (folder / "next").replace(folder / "current")

    reader.page.wait_for_selector("#news.is-shown")

    assert reader.page.locator("#news-words").inner_text() == "Newer data has been published."
    assert newer.name not in reader.page.locator("#freshness").inner_text()
    reader.page.locator("#show-news").click()
    reader.page.wait_for_function(
        f"document.getElementById('freshness').innerText.includes('{newer.name}')"
    )
    reader.page.wait_for_selector("#news", state="hidden")
    reader.wait()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_taken_away_opens(visit, dashboard, theme, tmp_path):
    """A table, a picture and a page that needs no network."""
    reader = visit(WIDE, theme)
    reader.open(dashboard, "?view=paths&conv=converted")
    page = reader.page
    files = {}
    for kind in ("csv", "png", "html"):
        page.locator("#download").click()
        page.wait_for_selector("#downloads .jl-take")
        with page.expect_download() as download:
            page.locator(f"#downloads [id*='\"{kind}\"']").first.click()
        files[kind] = tmp_path / f"it.{kind}"
        download.value.save_as(files[kind])
        page.keyboard.press("Escape")
        page.wait_for_selector("#downloads .jl-take", state="hidden")

    assert files["csv"].read_text(encoding="utf-8-sig").splitlines()[0].startswith("Step left,From")
    assert files["png"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(files["png"].read_bytes()[16:20], "big") >= 2400

    away = visit()
    away.page.context.set_offline(True)
    away.page.goto(files["html"].as_uri())
    away.allowed = ["file://"]
    away.page.wait_for_selector(".sankey-link", state="attached")
    assert "conv=converted" in away.page.locator("body").inner_text()


_FILLED = """() => { window.filled = [];
  new MutationObserver((changes) => { for (const change of changes)
    if (change.oldValue && change.oldValue.startsWith('jl-later '))
      window.filled.push(JSON.parse(change.target.id).type.replace('later-', ''));
  }).observe(document.getElementById('body'), {
    subtree: true, attributes: true, attributeFilter: ['class'], attributeOldValue: true }); }"""


def test_tables_out_of_sight_wait_for_all_figures(visit, dashboard):
    """Compare has three tables between its figures; they come last, and nobody needs to scroll."""
    reader = visit()
    reader.open(dashboard, "?view=compare")
    page = reader.page
    page.wait_for_selector(UNMADE, state="detached")
    page.evaluate(_FILLED)

    page.get_by_label("chat", exact=True).check()
    page.wait_for_function("window.location.search.includes('ch=chat')")
    reader.wait()
    page.wait_for_function("window.filled.length >= 5")

    filled = page.evaluate("window.filled")
    assert filled == sorted(filled)
    assert filled.count("figure") == 2
    assert filled.count("table") == 3
