"""A whole run over names that want to be SQL, HTML, formulas and paths: all of it stays text."""

import csv
import json
from datetime import datetime

import pytest

from journeylab.cli.tables import as_csv
from journeylab.pipeline import run
from journeylab.report import write_report
from journeylab.settings import load_settings
from journeylab.warehouse import open_current

pytestmark = pytest.mark.slow

NAMES = [
    "'; drop table journeys; --",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x.example","y")',
    "../../etc/passwd",
    "read_csv('/etc/passwd')",
    'a"b\\c\nd',
    "NA",
    "{0} %s $source ${HOME} {{7*7}}",
]

SETTINGS = """
[run]
reporting_timezone = "Europe/Berlin"

[privacy]
properties = ["'; drop table journeys; --", "$.x[*]"]
refused_consent = ["'; drop table journeys; --"]

[identity]
test_domains = ["'; drop table journeys; --"]

[sources.shop]
channel = "web"
format = "contract"
reader = "json_lines"
path = "la'nd;ing"
currency = "'; drop table journeys; --"
time_format = "'; drop table journeys; --"
null_tokens = ["", "'; drop table journeys; --x"]
"""


def test_hostile_names_stay_text_from_the_folder_to_the_snapshot(tmp_path, monkeypatch):
    """As folder, settings, channel, event, person, campaign, property and order."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", "a key of the tests")
    shop = tmp_path / "o'brien; drop table x --"
    (shop / "la'nd;ing").mkdir(parents=True)
    (shop / "journeylab.toml").write_text(SETTINGS)
    events = [
        {
            "occurred_at": f"2026-03-01 10:{minute:02}",
            "event_name": name,
            "user_id": name,
            "utm_source": name,
            "country": name,
            "device": name,
            "conversation_id": name,
            "order_id": name,
            "value": minute,
            "url": f"https://shop.example/{name}",
            "channel": "web" if minute else name,
            "properties": {name: name, "$.x[*]": name},
            name: name,
        }
        for minute, name in enumerate(NAMES)
    ]
    lines = "".join(json.dumps(event) + "\n" for event in events)
    (shop / "la'nd;ing" / "<script>'; drop.jsonl").write_text(lines)
    settings = load_settings(shop / "journeylab.toml")

    report = run(settings, started_at=datetime(2026, 3, 2))

    assert report.exit_code in (0, 3)
    assert report.row_counts[0]["events"] == len(NAMES)
    with open_current(settings.paths.published) as snapshot:
        assert snapshot.scalar("select count(*) from journeys") >= 1
        found = snapshot.rows("select country, utm_source, event_name, properties from events")
        countries = {country for country, _, _, _ in found}
        exported = as_csv(snapshot.frame("select country, event_name from events"))
    assert countries == set(NAMES)
    assert {event for _, _, event, _ in found} == set(NAMES)
    assert {json.loads(told)["$.x[*]"] for *_, told in found} == set(NAMES)
    cells = [cell for row in csv.reader(exported.splitlines(keepends=True)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    page = tmp_path / "report.html"
    write_report(
        settings.paths.published, folder=tmp_path / "reports", keep=1, title=NAMES[1], output=page
    )
    assert "<script>alert(1)" not in page.read_text()
