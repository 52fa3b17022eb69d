"""A written report -> a mail with its news, its pictures and itself, and the way to a server."""

import os
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from html import escape
from typing import Final

from journeylab.errors import MailRefused, SettingsError
from journeylab.report.pictures import Picture
from journeylab.report.writing import WrittenReport
from journeylab.settings import Report

PASSWORD_VARIABLE: Final = "JOURNEYLAB_SMTP_PASSWORD"

_TIMEOUT_SECONDS: Final = 30
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")


def message(
    report: WrittenReport, pictures: Sequence[Picture], told: Report, *, now: datetime
) -> EmailMessage:
    """The mail: plain text, HTML with the pictures in it, and the report where wanted.

    Args:
        report: what was written.
        pictures: shown below the news, in their order.
        told: sender, addresses, link, and whether the report is attached.
        now: UTC with its zone, of the date.
    """
    mail = EmailMessage()
    mail["Subject"] = report.title
    mail["From"] = told.mail_from or ""
    mail["To"] = ", ".join(told.mail_to)
    mail["Date"] = format_datetime(now)
    domain = (told.mail_from or "").rpartition("@")[2].strip("> ") or "localhost"
    mail["Message-ID"] = make_msgid(domain=domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_text(report, told))
    ids = [make_msgid(domain=domain) for _ in pictures]
    mail.add_alternative(_html(report, pictures, ids, told), subtype="html")
    page = mail.get_payload(1)
    assert isinstance(page, EmailMessage)
    for number, (picture, name) in enumerate(zip(pictures, ids, strict=True), start=1):
        page.add_related(
            picture.png, "image", "png", cid=name, filename=f"{number}.png", disposition="inline"
        )
    if told.attach:
        mail.add_attachment(
            report.path.read_text(encoding="utf-8"),
            subtype="html",
            cte="base64",
            filename=f"journeys-{report.path.name}",
        )
    return mail


def send(mail: EmailMessage, told: Report) -> None:
    """Hand a mail to the server.

    Raises:
        SettingsError: a password would travel unencrypted, or is missing.
        MailRefused: the server cannot be reached, or does not take the mail.
    """
    host = told.smtp_host
    if host is None:
        raise SettingsError("no server takes the mail", "report.smtp_host", "name one")
    password = os.environ.get(PASSWORD_VARIABLE)
    if told.smtp_user is not None:
        if not told.starttls and host not in _LOCAL:
            mend = "set report.starttls to true"
            raise SettingsError("the password would travel unencrypted", host, mend)
        if password is None:
            raise SettingsError("no password", "report.smtp_user", f"set {PASSWORD_VARIABLE}")
    try:
        with smtplib.SMTP(host, told.smtp_port, timeout=_TIMEOUT_SECONDS) as server:
            if told.starttls:
                server.starttls(context=ssl.create_default_context())
            if told.smtp_user is not None and password is not None:
                server.login(told.smtp_user, password)
            refused = server.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise MailRefused(
            f"the mail was not taken: {type(error).__name__}: {error}",
            f"{host}:{told.smtp_port}",
            "the report is written; mend [report] of the settings and send it again with:"
            " journeylab report --mail",
        ) from error
    if refused:
        raise MailRefused(
            f"the server refused {', '.join(sorted(refused))}",
            f"{host}:{told.smtp_port}",
            "mend report.mail_to",
        )


def _text(report: WrittenReport, told: Report) -> str:
    lines = [
        report.title,
        "",
        *(f"{fact.label}: {fact.value} ({fact.base})" for fact in report.facts),
    ]
    for part in report.parts:
        lines += ["", part.title, *(f"- {sentence}" for sentence in part.sentences)]
        lines += ["  " + " | ".join(row) for row in part.rows]
    return "\n".join([*lines, "", *_where(told)]) + "\n"


def _html(
    report: WrittenReport, pictures: Sequence[Picture], ids: Sequence[str], told: Report
) -> str:
    """Tables and inline styles alone, as mail programs know no more."""
    facts = "".join(
        f"<tr><td>{escape(fact.label)}</td><td><b>{escape(fact.value)}</b></td>"
        f"<td>{escape(fact.base)}</td></tr>"
        for fact in report.facts
    )
    parts = "".join(
        f"<h2>{escape(part.title)}</h2>"
        + "".join(f"<p>{escape(sentence)}</p>" for sentence in part.sentences)
        + _rows(part.heads, part.rows)
        for part in report.parts
    )
    drawn = "".join(
        f'<h2>{escape(picture.title)}</h2><img src="cid:{name[1:-1]}" alt="{escape(picture.title)}"'
        ' style="max-width:100%">'
        for picture, name in zip(pictures, ids, strict=True)
    )
    where = "".join(f"<p>{escape(line)}</p>" for line in _where(told))
    return (
        '<!doctype html><html lang="en"><body style="font-family:sans-serif;max-width:800px">'
        f'<h1>{escape(report.title)}</h1><table cellpadding="4">{facts}</table>'
        f"{parts}{drawn}{where}</body></html>"
    )


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not heads:
        return ""
    head = "".join(f'<th align="left">{escape(name)}</th>' for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f'<table cellpadding="4"><tr>{head}</tr>{body}</table>'


def _where(told: Report) -> list[str]:
    lines = ["The whole report is attached."] if told.attach else []
    return [*lines, f"More: {told.link}"] if told.link else lines
