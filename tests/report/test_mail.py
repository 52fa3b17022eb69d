"""The report by mail: what arrives at a real server, and what is never sent."""

import email
from datetime import UTC, datetime
from email import policy

import pytest

from journeylab.errors import MailRefused, SettingsError
from journeylab.report.mail import message, send
from journeylab.report.news import Part
from journeylab.report.pictures import Picture
from journeylab.report.writing import WrittenReport
from journeylab.settings import parse_settings
from journeylab.views import Fact
from servers import smtp_server

NOW = datetime(2026, 6, 3, 4, tzinfo=UTC)


def told(port, folder, **more):
    """Settings of the report for a server of this machine."""
    report = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "starttls": False,
        "mail_from": "Journeys <journeys@shop.eu>",
        "mail_to": ["ana@shop.eu", "viv@shop.eu"],
        "link": "https://journeys.shop.eu/",
        **more,
    }
    return parse_settings({"report": report}, root=folder, where="test").report


@pytest.fixture
def report(tmp_path):
    """A written report with one part of news."""
    path = tmp_path / "20260603.html"
    path.write_text("<p>whole – report</p>\n", encoding="utf-8")
    part = Part(
        name="week",
        title="Since last week",
        sentences=("More orders & sessions.",),
        heads=("Figure", "Change"),
        rows=(("Orders", "+2"),),
    )
    fact = Fact(label="Journeys", value="1,922", base="1,561 customers")
    return WrittenReport(
        path=path, title="Shop: 3 Jun 2026", about="Run 1.", facts=(fact,), parts=(part,)
    )


def test_a_mail_arrives_with_news_picture_and_report(report, tmp_path):
    """Plain text, HTML that shows the picture, and the file as it is."""
    picture = Picture(title="Paths", png=b"\x89PNG picture")

    with smtp_server() as taken:
        settings = told(taken.port, tmp_path)
        send(message(report, [picture], settings, now=NOW), settings)

    assert taken.recipients == ["ana@shop.eu", "viv@shop.eu"]
    mail = email.message_from_bytes(taken.mails[0], policy=policy.default)
    assert mail["Subject"] == "Shop: 3 Jun 2026"
    assert mail["Date"] == "Wed, 03 Jun 2026 04:00:00 +0000"
    text = mail.get_body(("plain",)).get_content()
    assert "Journeys: 1,922 (1,561 customers)" in text
    assert "  Orders | +2" in text
    assert "More: https://journeys.shop.eu/" in text
    page = mail.get_body(("html",)).get_content()
    assert "More orders &amp; sessions." in page
    shown = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{shown["Content-ID"][1:-1]}"' in page
    assert shown.get_content() == b"\x89PNG picture"
    attached = next(mail.iter_attachments())
    assert attached.get_filename() == "journeys-20260603.html"
    assert attached.get_content() == "<p>whole – report</p>\n"


def test_without_attachment_the_link_is_told(report, tmp_path):
    """For mailboxes that take no 6 MB."""
    mail = message(report, [], told(25, tmp_path, attach=False), now=NOW)

    assert list(mail.iter_attachments()) == []
    assert "attached" not in mail.get_body(("plain",)).get_content()


def test_an_address_that_is_refused_is_named(report, tmp_path):
    """The others get it."""
    with smtp_server(refused=("viv@shop.eu",)) as taken:
        settings = told(taken.port, tmp_path)
        with pytest.raises(MailRefused, match=r"the server refused viv@shop\.eu"):
            send(message(report, [], settings, now=NOW), settings)

    assert (taken.recipients, len(taken.mails)) == (["ana@shop.eu"], 1)


def test_a_server_without_encryption_gets_nothing_when_it_is_wanted(report, tmp_path):
    """STARTTLS is the default."""
    with smtp_server() as taken:
        settings = told(taken.port, tmp_path, starttls=True)
        with pytest.raises(MailRefused, match="STARTTLS"):
            send(message(report, [], settings, now=NOW), settings)

    assert taken.mails == []


def test_no_server_is_an_error_with_the_way_to_send_again(report, tmp_path):
    """The report itself is written by then."""
    with smtp_server() as taken:
        port = taken.port
    settings = told(port, tmp_path)

    with pytest.raises(MailRefused, match="ConnectionRefusedError") as refused:
        send(message(report, [], settings, now=NOW), settings)

    assert "journeylab report --mail" in refused.value.args[2]


def test_a_password_never_travels_in_the_clear(report, tmp_path, monkeypatch):
    """Nor is it guessed: it comes from the environment or not at all."""
    settings = told(25, tmp_path, smtp_host="mail.shop.eu", smtp_user="journeys")
    mail = message(report, [], settings, now=NOW)
    with pytest.raises(SettingsError, match="would travel unencrypted"):
        send(mail, settings)

    monkeypatch.delenv("JOURNEYLAB_SMTP_PASSWORD", raising=False)
    with pytest.raises(SettingsError, match="no password"):
        send(mail, told(25, tmp_path, smtp_user="journeys"))


def test_a_server_without_addresses_is_refused_by_the_settings(tmp_path):
    """Before any night."""
    with pytest.raises(SettingsError, match="mail_from and mail_to are needed"):
        parse_settings({"report": {"smtp_host": "x"}}, root=tmp_path, where="test")
