"""Health, headers, and who gets in without a login or behind a proxy."""

import base64
import hashlib
import re

import pytest
from gates import Clock, gate

from journeylab.errors import SettingsError
from journeylab.settings import parse_settings

PROXY = {"REMOTE_ADDR": "10.0.0.7"}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def proxied(tmp_path, clock):
    """A page behind a proxy at 10.0.0.0/29 that tells users and groups."""
    return gate(
        tmp_path, clock, login="header", trusted_proxies=["10.0.0.0/29"], analysts=["data-team"]
    ).test_client()


def asked(client, headers, environ=PROXY):
    answer = client.get("/role", headers=headers, environ_base=environ)
    return answer.text if answer.status_code == 200 else answer.status_code


def test_health_tells_the_snapshot_and_its_age(tmp_path, clock, sample_run):
    """200 with a snapshot, 503 without, no login, no more than that."""
    assert sample_run.snapshot is not None
    client = gate(tmp_path, clock, login="password").test_client()
    none = client.get("/healthz")
    (tmp_path / "var").mkdir(exist_ok=True)
    (tmp_path / "var" / "published").symlink_to(sample_run.snapshot.parents[1])

    some = client.get("/healthz")

    assert (none.status_code, none.json) == (503, {"status": "no snapshot"})
    assert some.status_code == 200
    assert {**some.json, "age_seconds": 0} == {
        "status": "ok",
        "run_id": sample_run.run_id,
        "age_seconds": 0,
    }


def test_every_answer_carries_the_headers(tmp_path, clock):
    """Pages, refusals and data; data is never stored, libraries may be."""
    client = gate(tmp_path, clock).test_client()

    for path in ("/", "/_dash-layout", "/healthz", "/nowhere"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Permissions-Policy"].startswith("camera=(), ")
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    page = client.get("/").text
    library = re.search(r'src="(/_dash-component-suites/[^"]+)"', page)[1]
    assert client.get(library).headers["Cache-Control"] != "no-store"


def test_the_policy_lets_run_our_scripts_and_no_other(tmp_path, clock):
    """Every inline script of the page is named by its hash; no host, nothing evaluated."""
    answer = gate(tmp_path, clock).test_client().get("/")

    policy = dict(
        rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; ")
    )
    page = re.sub(r"<!--.*?-->|<!\[.*?\]>", "", answer.text, flags=re.DOTALL)
    inline = re.findall(r"<script(?![^>]*(?:src=|json))[^>]*>(.*?)</script>", page, re.DOTALL)
    assert len(inline) == 2
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy["script-src"]
    assert "unsafe" not in policy["script-src"]
    assert "http" not in answer.headers["Content-Security-Policy"]
    assert policy["default-src"] == "'self'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"


def test_an_intranet_may_frame_it_when_told(tmp_path, clock):
    """Only the origins that are named."""
    told = ["https://intranet.example"]

    headers = gate(tmp_path, clock, frame_ancestors=told).test_client().get("/").headers

    assert "frame-ancestors https://intranet.example" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers


def test_without_a_login_this_machine_is_an_analyst(tmp_path, clock):
    """And a name that somebody else made lead here is refused."""
    client = gate(tmp_path, clock).test_client()

    assert client.get("/role").text == ":analyst"
    assert client.get("/role", headers={"Host": "127.0.0.1:8050"}).status_code == 200
    assert client.get("/role", headers={"Host": "[::1]:8050"}).status_code == 200
    assert client.get("/role", headers={"Host": "rebound.example:8050"}).status_code == 403


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"host": "0.0.0.0"}, "0.0.0.0 is reached from other machines, and login is 'none'"),
        ({"host": "::"}, "set login to 'password' or 'header'"),
        ({"login": "header"}, "needs the addresses of the proxy in trusted_proxies"),
        ({"base_path": "journeys"}, "dashboard.base_path: write the path"),
        ({"trusted_proxies": ["proxy"]}, "does not appear to be an IPv4 or IPv6 network"),
        ({"frame_ancestors": ["*"]}, "dashboard.frame_ancestors"),
    ],
)
def test_settings_that_would_leave_it_open_are_refused(tmp_path, told, fault):
    """With what to do instead."""
    with pytest.raises(SettingsError) as refused:
        parse_settings({"dashboard": told}, root=tmp_path, where="test")

    assert fault in str(refused.value)


def test_the_dashboards_settings_change_no_results_hash(tmp_path):
    """Another port is no other figure."""
    plain, other = (
        parse_settings(told, root=tmp_path, where="test")
        for told in ({}, {"dashboard": {"port": 9000}, "report": {"keep": 3}})
    )

    assert plain.config_hash == other.config_hash


def test_a_trusted_proxy_tells_user_and_groups(proxied):
    """Analysts by name or group, all others viewers."""
    ana = {"X-Forwarded-Email": "ana@shop.eu", "X-Forwarded-Groups": "staff, data-team"}
    viv = {"X-Forwarded-Email": "viv@shop.eu", "X-Forwarded-Groups": "staff"}

    assert asked(proxied, ana) == "ana@shop.eu:analyst"
    assert asked(proxied, viv) == "viv@shop.eu:viewer"


@pytest.mark.parametrize(
    ("headers", "environ"),
    [
        pytest.param({"X-Forwarded-Email": "ana@shop.eu"}, {"REMOTE_ADDR": "10.0.0.8"}, id="peer"),
        pytest.param({"X-Forwarded-Email": "ana@shop.eu"}, {"REMOTE_ADDR": ""}, id="no peer"),
        pytest.param(
            {"X-Forwarded-Email": "ana@shop.eu", "X-Forwarded-For": "10.0.0.7"},
            {"REMOTE_ADDR": "192.0.2.1"},
            id="claims to be the proxy",
        ),
        pytest.param({}, PROXY, id="nobody"),
        pytest.param({"X-Forwarded-Email": " "}, PROXY, id="blank"),
        pytest.param({"X-Forwarded-Email": "eve@x.eu,ana@shop.eu"}, PROXY, id="two"),
        pytest.param({"X-Forwarded-User": "ana@shop.eu"}, PROXY, id="another header"),
    ],
)
def test_forged_headers_are_refused(proxied, headers, environ):
    """403, and not the form: the proxy signs people in."""
    assert asked(proxied, headers, environ) == 403


def test_a_shared_secret_is_a_second_proof(proxied, monkeypatch):
    """Where it is set, the address alone proves nothing."""
    ana = {"X-Forwarded-Email": "ana@shop.eu"}
    monkeypatch.setenv("JOURNEYLAB_PROXY_SECRET", "the proxy knows")

    assert asked(proxied, ana) == 403
    assert asked(proxied, {**ana, "X-Journeylab-Secret": "a guess"}) == 403
    assert asked(proxied, {**ana, "X-Journeylab-Secret": "the proxy knows"}) == "ana@shop.eu:viewer"


def test_the_keys_file_is_made_private(tmp_path, clock):
    """Mode 0600, 64 characters, the same for the next start."""
    gate(tmp_path, clock)
    key = tmp_path / "var" / "session.key"
    text = key.read_text()
    gate(tmp_path, clock)

    assert key.stat().st_mode & 0o777 == 0o600
    assert (len(text.strip()), key.read_text()) == (64, text)
