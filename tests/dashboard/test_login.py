"""The own login: who gets in, for how long, and how often one may try."""

import json

import pytest
from gates import PASSWORD, Clock, cheap_passwords, gate, sign_in

from journeylab.dashboard.attempts import PER_NAME, PER_PEER, Attempts
from journeylab.dashboard.login import safe_target
from journeylab.dashboard.users import Users, add_user, read_users
from journeylab.errors import InputRefused, SettingsError


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(tmp_path, clock, monkeypatch):
    """A guarded page that Ana (analyst) and Viv (viewer) may see, under /journeys/."""
    cheap_passwords(monkeypatch)
    users = tmp_path / "var" / "dashboard_users.json"
    add_user(users, "ana", PASSWORD, "analyst")
    add_user(users, "viv", "another long password", "viewer")
    return gate(tmp_path, clock, login="password", base_path="/journeys/", https=True)


@pytest.fixture
def client(server):
    return server.test_client()


def typed(client, name, password=PASSWORD, **more):
    """Sign in over https, as the cookies want it."""
    return sign_in(client, name, password, base="/journeys/", base_url="https://localhost", **more)


def role(client):
    answer = client.get("/journeys/role", base_url="https://localhost")
    return answer.get_data(as_text=True) if answer.status_code == 200 else answer.status_code


@pytest.mark.parametrize(
    "path",
    [
        "",
        "_dash-layout",
        "_dash-dependencies",
        "assets/a.css",
        "_reload-hash",
        "role",
        "logout",
        "_dash-component-suites/dash/dcc/dash_core_components.js",
        "nowhere",
        "login/",
    ],
)
def test_nothing_but_health_and_the_form_is_open(client, path):
    """Not even whether a path exists is told."""
    assert client.get(f"/journeys/{path}").status_code == 401
    assert client.post(f"/journeys/{path}", json={}).status_code == 401


def test_a_callback_without_a_session_is_refused(client):
    """Nothing is computed for it."""
    answer = client.post("/journeys/_dash-update-component", json={"output": "x"})

    assert (answer.status_code, answer.json) == (401, {"error": "sign in"})


def test_a_page_leads_to_the_form_and_the_form_back_to_the_page(client):
    """The query goes along."""
    asked = client.get("/journeys/?view=paths&steps=3", headers={"Accept": "text/html"})

    assert asked.status_code == 303
    assert asked.location == "/journeys/login?next=%2Fjourneys%2F%3Fview%3Dpaths%26steps%3D3"
    answer = typed(client, "ana", target="/journeys/?view=paths&steps=3")
    assert (answer.status_code, answer.location) == (303, "/journeys/?view=paths&steps=3")


def test_each_user_has_a_role(client, server):
    """It reaches the pages as flask.g.role."""
    typed(client, "ana")
    other = server.test_client()
    typed(other, "viv", "another long password")

    assert (role(client), role(other)) == ("ana:analyst", "viv:viewer")


def test_the_session_cookie_is_strict(client):
    """Unread by scripts, sent by https alone, never from other sites, for our path and 12 h."""
    cookie = typed(client, "ana").headers.getlist("Set-Cookie")[0]

    assert cookie.startswith("journeylab_session=")
    flags = {part.strip() for part in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/journeys/", "Max-Age=43200"} <= flags


def test_a_session_ends_after_its_hours(client, clock):
    """12 hours by default, whatever the browser keeps."""
    typed(client, "ana")

    clock.pass_(hours=11, minutes=59)
    assert role(client) == "ana:analyst"
    clock.pass_(minutes=1)
    assert role(client) == 401


def test_a_new_password_a_new_role_and_a_removed_user_end_or_change_sessions(client, tmp_path):
    """The file is read anew when it changes."""
    users = tmp_path / "var" / "dashboard_users.json"
    typed(client, "ana")

    told = json.loads(users.read_text())
    told["users"][0]["role"] = "viewer"
    users.write_text(json.dumps(told))
    assert role(client) == "ana:viewer"
    add_user(users, "ana", "a new long password", "viewer")
    assert role(client) == 401


def test_signing_out_asks_first_and_then_ends_the_session(client):
    """A link to it, on whatever page, signs nobody out."""
    typed(client, "ana")

    assert "Sign out?" in client.get("/journeys/logout", base_url="https://localhost").text
    assert role(client) == "ana:analyst"
    client.post("/journeys/logout", base_url="https://localhost")
    assert role(client) == 401


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"), id="signature"),
        pytest.param(lambda text: "e30." + text.partition(".")[2], id="body"),
        pytest.param(lambda text: "", id="empty"),
        pytest.param(lambda text: "ä.ä", id="no ASCII"),
    ],
)
def test_a_forged_session_is_none(client, change):
    """Whatever is changed in it."""
    typed(client, "ana")
    cookie = client.get_cookie("journeylab_session", path="/journeys/", domain="localhost")

    client.set_cookie("journeylab_session", change(cookie.value), path="/journeys/", secure=True)

    assert role(client) == 401


def test_a_form_proof_is_no_session(client):
    """Texts are signed for one purpose."""
    page = client.get("/journeys/login", base_url="https://localhost").text
    proof = page.partition('name="proof" value="')[2].partition('"')[0]

    client.set_cookie("journeylab_session", proof, path="/journeys/", secure=True)

    assert role(client) == 401


def test_a_form_of_another_page_is_refused(client):
    """Without the proof, with it but without its cookie, or from another site."""
    right = {"name": "ana", "password": PASSWORD}
    assert client.post("/journeys/login", data=right).status_code == 400

    page = client.get("/journeys/login", base_url="https://localhost").text
    proof = page.partition('name="proof" value="')[2].partition('"')[0]
    told = {**right, "proof": proof}
    stolen = client.application.test_client().post("/journeys/login", data=told)
    assert stolen.status_code == 400
    other = client.post(
        "/journeys/login",
        data=told,
        headers={"Sec-Fetch-Site": "cross-site"},
        base_url="https://localhost",
    )
    assert other.status_code == 400


def test_wrong_names_and_wrong_passwords_sound_alike(client):
    """Nobody learns which names exist."""
    wrong = typed(client, "ana", "wrong")
    unknown = typed(client, "nobody", "wrong")

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "Name or password is wrong." in wrong.text
    assert "Name or password is wrong." in unknown.text


def test_what_is_typed_is_shown_as_text(client):
    """Names and targets cannot break out of the form."""
    page = typed(client, '"><script>alert(1)</script>', "wrong", target='/journeys/"><b>').text

    assert "<script" not in page
    assert "<b>" not in page


def test_too_many_tries_have_to_wait_even_with_the_right_password(client, clock):
    """10 for a name within 15 minutes."""
    for _ in range(PER_NAME):
        assert typed(client, "ana", "wrong").status_code == 401

    answer = typed(client, "ana")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "Wait 15 min" in answer.text
    clock.pass_(minutes=15)
    assert typed(client, "ana").status_code == 303


def test_tries_are_counted_by_address_too_and_memory_is_bounded(clock):
    """30 for an address, whatever the names; the oldest names are forgotten first."""
    attempts = Attempts()

    waits = [attempts.wait(f"n{number}", "192.0.2.1", now=clock()) for number in range(31)]
    assert (waits[:PER_PEER].count(None), waits[PER_PEER].total_seconds()) == (30, 900.0)
    for number in range(11_000):
        attempts.wait(f"m{number}", f"2001:db8::{number:x}", now=clock())
    assert len(attempts._tries) == 10_000


@pytest.mark.parametrize(
    ("told", "target"),
    [
        ("/journeys/?view=paths", "/journeys/?view=paths"),
        ("", "/journeys/"),
        ("https://evil.example/journeys/", "/journeys/"),
        ("//evil.example/journeys/", "/journeys/"),
        ("/journeys/../admin", "/journeys/"),
        ("/journeys/\\evil.example", "/journeys/"),
        ("/journeys/\r\nSet-Cookie: a=b", "/journeys/"),
        ("/elsewhere", "/journeys/"),
        ("javascript:alert(1)", "/journeys/"),
    ],
)
def test_the_form_leads_nowhere_but_to_our_pages(told, target):
    """No open redirect."""
    assert safe_target(told, "/journeys/") == target


def test_at_the_root_two_slashes_are_another_host():
    """They begin with our path, too."""
    assert safe_target("//evil.example", "/") == "/"
    assert safe_target("/\\evil.example", "/") == "/"


def test_a_link_of_another_site_asks_once_more(client, tmp_path, clock):
    """Strict cookies are not sent with it; then the page itself asks, and never elsewhere."""
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}

    answer = client.get('/journeys/?view="><b>', headers=headers)

    assert answer.status_code == 200
    assert 'content="0;url=/journeys/?view=&quot;&gt;&lt;b&gt;">' in answer.text
    away = gate(tmp_path / "root", clock, login="password").test_client()
    assert 'content="0;url=/">' in away.get("//evil.example/", headers=headers).text


def test_the_file_of_users_is_private_and_holds_no_password(tmp_path, monkeypatch):
    """Mode 0600, argon2id; a file others may read is refused."""
    cheap_passwords(monkeypatch)
    path = tmp_path / "users.json"

    assert add_user(path, "ana", PASSWORD, "viewer") is True
    assert add_user(path, "ana", PASSWORD, "analyst") is False

    assert path.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in path.read_text()
    assert read_users(path)["ana"].password_hash.startswith("$argon2id$")
    assert Users(path).check("ana", PASSWORD).role == "analyst"
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="others may read the users"):
        read_users(path)


@pytest.mark.parametrize(
    ("name", "password", "told"),
    [
        ("", PASSWORD, "is no user name"),
        ("a\nb", PASSWORD, "is no user name"),
        ("ana", "short", "the password has 5 characters"),
    ],
)
def test_names_and_passwords_have_bounds(tmp_path, name, password, told):
    """12 characters at least."""
    with pytest.raises(InputRefused, match=told):
        add_user(tmp_path / "users.json", name, password, "viewer")
