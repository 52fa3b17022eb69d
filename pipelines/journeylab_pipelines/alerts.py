"""A failed Dagster run -> a message to a webhook and a mail. Sends names and counts, never data."""

import json
import urllib.request
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

import dagster as dg

from journeylab.errors import SettingsError
from journeylab.settings.serving import Report

TIMEOUT_SECONDS: Final = 10


def failure_message(context: dg.RunFailureSensorContext) -> dict[str, str | list[str]]:
    """What the webhook is told: the job, the run, the failed steps and their kinds of error.

    Error texts stay in Dagster, because they may quote a value of the data. ``text`` is the
    line that chat systems show.
    """
    run = context.dagster_run
    failed = {
        event.step_key: _kind(event)
        for event in context.get_step_failure_events()
        if event.step_key is not None
    }
    steps = [f"{step} ({kind})" for step, kind in sorted(failed.items())]
    at = f" at {', '.join(steps)}" if steps else " before its first step"
    return {
        "text": f"journeylab: run {run.run_id} of {run.job_name} failed{at}. Dagster has the log.",
        "job": run.job_name,
        "run_id": run.run_id,
        "failed_steps": steps,
    }


def post(url: str, message: dict[str, str | list[str]]) -> None:
    """Post one message as JSON.

    Raises:
        SettingsError: the address is not http or https.
        OSError: the server cannot be reached or refuses; Dagster then tries again.
    """
    if not url.startswith(("http://", "https://")):
        place = "settings, alerts.webhook_url"
        raise SettingsError("the webhook is no web address", place, "write https://…")
    request = urllib.request.Request(
        url, data=json.dumps(message).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        pass


def failure_mail(
    told: dict[str, str | list[str]], addresses: Sequence[str], server: Report, *, now: datetime
) -> EmailMessage:
    """Write the same to people.

    Args:
        told: what the webhook is told.
        addresses: of the people.
        server: sender's address.
        now: UTC.
    """
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = f"journeylab: {told['job']} failed"
    mail["From"] = str(server.mail_from)
    mail["To"] = ", ".join(addresses)
    mail["Date"] = format_datetime(now)
    mail.set_content(f"{told['text']}\n\nThe former snapshot stays; readers notice nothing.\n")
    return mail


def _kind(event: dg.DagsterEvent) -> str:
    """Innermost error class of a failed step."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return (error.cls_name if error is not None else None) or "error"
