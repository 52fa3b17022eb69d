"""The report on the sample: one file, all in it, written whole; and its asset in Dagster."""

import json
import re
import shutil
from html import unescape

import dagster as dg
import pytest

from journeylab.errors import NoSnapshot
from journeylab.report import deliver_report, write_report
from journeylab.report.document import MOST_BYTES, changed
from journeylab.report.news import news
from journeylab.settings import parse_settings
from journeylab.views import VIEWS
from journeylab_pipelines.assembly import assemble
from journeylab_pipelines.report import REPORT, report_asset


@pytest.fixture(scope="module")
def published(sample_run):
    """Folder of the sample's snapshots."""
    return sample_run.snapshot.parents[1]


@pytest.fixture(scope="module")
def folder(published, tmp_path_factory):
    """Reports of the sample, with an older one."""
    found = tmp_path_factory.mktemp("reports")
    for name in ("20260101T000000.000001.html", "20260102T000000.000001.html", "notes.html"):
        (found / name).write_text("older")
    write_report(published, folder=found, keep=2, title="Journeys <of> a shop")
    return found


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "latest.html").read_text(encoding="utf-8")


def words(page):
    """What stands outside of scripts, as text."""
    return unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL))


def test_it_is_named_by_its_run_and_old_ones_go(folder, sample_run):
    """latest.html leads to it; what is no report stays."""
    assert (folder / "latest.html").readlink().name == f"{sample_run.run_id}.html"
    assert sorted(path.name for path in folder.iterdir()) == [
        "20260102T000000.000001.html",
        f"{sample_run.run_id}.html",
        "latest.html",
        "notes.html",
    ]


def test_it_is_small_and_fetches_nothing(page):
    """6 MB at most; no address of another file outside of Plotly's own text."""
    assert len(page.encode()) <= MOST_BYTES
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"|@import|url\(', markup) == []
    assert "default-src 'none'" in markup
    assert page.count("plotly.js v") == 1


def test_it_says_what_the_views_say(page):
    """A heading, a definition and a table for every view that shows no single journey."""
    told = words(page)

    for view in VIEWS:
        assert (f'<section id="{view.key}" class="chapter">' in page) is not view.shows_journeys
    for phrase in (
        "Journeys <of> a shop: 3 Jun 2026",
        "What changed since the last run",
        "What to look at first",
        "27.5% of 993 visits to Payment are the last of their journey",
        "How fresh the data is",
        "checks pass",
        "of 1,372 settled",
        "How it is counted",
        "What people did, step by step",
    ):
        assert phrase in told


def test_every_drawing_has_its_place_and_dark_colours(page):
    """Ink on a dark page is light, and only what differs is kept twice."""
    drawings = json.loads(
        re.search(r'<script id="drawings" type="application/json">(.*?)</script>', page)[1]
    )

    assert drawings
    for drawing in drawings:
        assert page.count(f'id="{drawing["name"]}"') == 1
        assert [["layout", "font", "color"], "#E6E9EE"] in drawing["dark"]
        assert len(json.dumps(drawing["dark"])) < len(json.dumps(drawing["figure"]))


@pytest.mark.parametrize(
    ("light", "dark", "found"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="equal"),
        pytest.param({"a": [1, 2]}, {"a": [1, 3]}, [[["a", 1], 3]], id="a leaf"),
        pytest.param({"a": [1]}, {"a": [1, 2]}, [[["a"], [1, 2]]], id="another length"),
        pytest.param({"a": {"b": 1}}, {"a": {"c": 1}}, [[["a"], {"c": 1}]], id="other keys"),
    ],
)
def test_only_differences_are_kept(light, dark, found):
    """Where shapes differ, the whole part."""
    assert changed(light, dark) == found


def test_what_changed_is_told_against_the_snapshot_before(published, sample_lab, tmp_path):
    """A copy under an older name, with one KPI that was other."""
    shutil.copytree(published, tmp_path / "published", symlinks=True)
    snapshots = tmp_path / "published" / "snapshots"
    run = next(snapshots.iterdir())
    older = snapshots / "20200101T000000.000001"
    shutil.copytree(run, older)
    manifest = json.loads((older / "manifest.json").read_text())
    manifest["run_id"] = older.name
    manifest["config_hash"] = "another"
    (older / "manifest.json").chmod(0o644)
    (older / "manifest.json").write_text(json.dumps(manifest))

    night, week, *_ = news(sample_lab, tmp_path / "published", timezone="UTC")

    assert night.sentences[0] == "No business figure changed."
    assert "tables hold the same rows as before." in night.sentences[1]
    assert night.sentences[2].startswith("The settings changed too")
    orders = next(row for row in week.rows if row[0] == "Orders")
    assert orders == ("Orders", "25 May to 31 May 2026", "52", "54", "+2")


def test_without_a_snapshot_it_says_so(tmp_path):
    """And how to make one."""
    settings = parse_settings({}, root=tmp_path, where="test")

    with pytest.raises(NoSnapshot, match="there is no published snapshot"):
        list(deliver_report(settings))


def test_dagster_writes_it_after_publishing(published, tmp_path):
    """An asset behind the snapshot; materialized, the file is there."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "published").symlink_to(published)
    sources = {"web": {"channel": "web", "format": "ga4", "path": "nowhere"}}
    settings = parse_settings({"sources": sources}, root=tmp_path, where="test")

    asset = report_asset(settings, retry=dg.RetryPolicy(max_retries=0))
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([asset], instance=instance)

    assert done.success
    assert (tmp_path / "var" / "reports" / "latest.html").stat().st_size > 4_000_000
    graph = assemble(settings).resolve_asset_graph()
    assert graph.get(REPORT).parent_keys == {dg.AssetKey(["publish", "snapshot"])}
