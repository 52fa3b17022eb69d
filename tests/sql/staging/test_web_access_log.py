"""Lines of a web server log in the combined format."""

from datetime import datetime
from hashlib import md5

import pytest

MODEL = "staging.web_access_log"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:27.0) Gecko/20100101 Firefox/27.0"


def line(request="GET / HTTP/1.1", status=200, agent=FIREFOX, login="-", stamp=None, referrer="-"):
    stamp = stamp or "17/May/2015:10:05:03 +0000"
    return {
        "line": f'192.0.2.7 - {login} [{stamp}] "{request}" {status} 512 "{referrer}" "{agent}"'
    }


def test_a_request_becomes_an_event_of_a_device(staged):
    """Address and agent are hashed together; a login is a second identifier."""
    staged.source("site")
    staged.raw(
        MODEL,
        line(),
        line(
            "GET /blog?utm_source=a%20b&utm_medium=rss#top HTTP/1.1",
            login="ana",
            stamp="17/May/2015:10:05:03 +0200",
            referrer="http://search.example/",
        ),
        source="site",
    )

    rows = staged.stage(
        MODEL,
        "occurred_at",
        "source_sequence",
        "event_name",
        "identifiers",
        "url",
        "referrer",
        "utm_source",
        "utm_medium",
        "device",
        "is_bot",
    )

    device = {"kind": "anonymous_id", "value": md5(f"192.0.2.7|{FIREFOX}".encode()).hexdigest()}
    assert rows == [
        (
            datetime(2015, 5, 17, 10, 5, 3),
            1,
            "page",
            [device],
            "/",
            None,
            None,
            None,
            "desktop",
            False,
        ),
        (
            datetime(2015, 5, 17, 8, 5, 3),
            2,
            "page",
            [{"kind": "user_id", "value": "ana"}, device],
            "/blog?utm_source=a%20b&utm_medium=rss#top",
            "http://search.example/",
            "a b",
            "rss",
            "desktop",
            False,
        ),
    ]
    assert staged.rows(MODEL, "properties", order_by="row_number")[0] == (
        '{"method":"GET","status":200,"bytes":512,"protocol":"HTTP/1.1",'
        f'"user_agent":"{FIREFOX}"}}',
    )


@pytest.mark.parametrize(
    ("request_line", "status", "name"),
    [
        pytest.param("GET /about/ HTTP/1.1", 200, "page", id="page"),
        pytest.param("GET /about/ HTTP/1.1", 304, "page", id="page from the browser's store"),
        pytest.param("GET /style.css?v=2 HTTP/1.1", 200, "asset", id="asset with a query"),
        pytest.param("GET /IMG.PNG HTTP/1.0", 404, "not_found", id="asset not there"),
        pytest.param("GET /old HTTP/1.1", 301, "redirect", id="redirect"),
        pytest.param("GET /files/tool-1.0.tar.gz HTTP/1.1", 206, "download", id="download"),
        pytest.param("GET /robots.txt HTTP/1.1", 200, "robots", id="robots"),
        pytest.param("GET /secret HTTP/1.1", 403, "refused", id="refused"),
        pytest.param("GET /broken HTTP/1.1", 500, "failed", id="failed"),
        pytest.param("POST /form HTTP/1.1", 200, "submit", id="form"),
        pytest.param("HEAD / HTTP/1.1", 200, "head", id="another method"),
        pytest.param("\\x16\\x03", 400, "bad_request", id="no request"),
        pytest.param("-", 408, "bad_request", id="nothing sent"),
    ],
)
def test_what_was_asked_names_the_event(staged, request_line, status, name):
    """Answers that failed come first, then the method, then the ending of the path."""
    staged.source("site")
    staged.raw(MODEL, line(request_line, status), source="site")

    assert staged.stage(MODEL, "event_name", "reject_code") == [(name, None)]


@pytest.mark.parametrize(
    ("agent", "is_bot"),
    [
        pytest.param(FIREFOX, False, id="browser"),
        pytest.param("Mozilla/5.0 (Linux; Android 4.4) Cubot/1 Mobile", True, id="ends in bot"),
        pytest.param("Mozilla/5.0 (compatible; Googlebot/2.1; +http://g.example)", True, id="bot"),
        pytest.param("Tiny Tiny RSS/1.11 (http://tt-rss.org/)", True, id="feed reader"),
        pytest.param("curl/7.1", True, id="command line"),
        pytest.param("-", True, id="says nothing"),
        pytest.param('A \\"quoted\\" browser', False, id="quotes inside"),
    ],
)
def test_the_agent_tells_programs_from_people(staged, agent, is_bot):
    """Programs are marked, not dropped."""
    staged.source("site")
    staged.raw(MODEL, line(agent=agent), source="site")

    assert staged.stage(MODEL, "is_bot", "reject_code") == [(is_bot, None)]


def test_lines_that_cannot_be_read_are_kept_as_they_came(staged):
    """A line cut before its last quote, a wrong month, and 1970."""
    staged.source("site")
    staged.raw(
        MODEL,
        {"line": line()["line"][:-1]},
        line(stamp="17/Mai/2015:10:05:03 +0000"),
        line(stamp="01/Jan/1970:00:00:00 +0000"),
        {"line": ""},
        source="site",
    )

    rows = staged.stage(MODEL, "reject_code", "raw_text")

    assert [code for code, _ in rows] == ["bad_line", "bad_time", "before_2000", "bad_line"]
    assert rows[3] == ("bad_line", '{"line":""}')
