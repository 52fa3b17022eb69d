"""Parts of a page that are kept as text: what a browser is sent is the same, for each role."""

import json

import pytest
from flask import g
from snapshots import copy_of

from journeylab.dashboard import callbacks
from journeylab.dashboard.app import create_app

_OUTPUTS = [
    ("told", "data"),
    ("run", "data"),
    ("facts", "children"),
    ("views", "children"),
    ("body", "children"),
    ("freshness", "children"),
    ("downloads", "children"),
    ("live", "children"),
]


@pytest.fixture(scope="module")
def app(sample_run, tmp_path_factory):
    """The page on a copy of the sample; a header tells the role."""
    folder = tmp_path_factory.mktemp("ready") / "published"
    made = create_app(copy_of(sample_run.snapshot.parents[1], folder))

    @made.server.before_request
    def be_somebody():
        from flask import request

        g.role = request.headers.get("X-Role", "analyst")

    yield made
    made.server.extensions["journeylab"].close()


def sent(app, search, role="analyst"):
    """What a browser reads, as text."""
    body = {
        "output": ".." + "...".join(f"{name}.{place}" for name, place in _OUTPUTS) + "..",
        "outputs": [{"id": name, "property": place} for name, place in _OUTPUTS],
        "inputs": [
            {"id": "url", "property": "data", "value": search},
            {"id": "dark", "property": "data", "value": False},
            {"id": "again", "property": "data", "value": None},
        ],
        "changedPropIds": ["url.data"],
        "state": [{"id": "run", "property": "data", "value": None}],
    }
    answer = app.server.test_client().post(
        "/_dash-update-component", json=body, headers={"X-Role": role}
    )
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("view", ["drop_offs", "compare", "archetypes"])
def test_kept_parts_are_what_would_have_been_made(app, view):
    """The first answer, the second and the components themselves, to the last sign."""
    answers = app.server.extensions["journeylab"]
    search = f"?view={view}"

    first, again = (json.loads(sent(app, search))["response"] for _ in range(2))

    made = callbacks.drawn(answers, search, dark=False, run=None, who="analyst")
    plain = json.loads(json.dumps(made, default=lambda part: part.to_plotly_json()))
    assert [first[name][place] for name, place in _OUTPUTS] == plain
    assert again == first


def test_a_viewer_is_never_sent_what_was_kept_for_an_analyst(app):
    """The same answer, asked for by one after the other: no button that leads to journeys."""
    analyst, viewer = (sent(app, "?view=drop_offs", role) for role in ("analyst", "viewer"))

    assert "JlOpen" in analyst
    assert "JlOpen" not in viewer
    assert sent(app, "?view=drop_offs") == analyst


def test_filters_that_a_view_does_not_heed_stay_in_its_links(app):
    """Parts are shared by all filters of an answer, links to other views are not."""
    plain, filtered = (
        json.loads(sent(app, f"?view=data_health{more}"))["response"] for more in ("", "&conv=open")
    )

    assert filtered["body"] == plain["body"]
    assert "conv=open" in json.dumps(filtered["views"])
    assert "conv=open" not in json.dumps(plain["views"])
