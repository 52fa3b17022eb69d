"""The settings -> the report written and, where wanted, mailed, with a line for each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from journeylab.errors import SettingsError
from journeylab.report.mail import message, send
from journeylab.report.pictures import Pictures, pictures
from journeylab.report.writing import write_report
from journeylab.settings import Settings

_PICTURES: Final = 4


def deliver_report(
    settings: Settings, *, output: Path | None = None, mail: bool = False
) -> Iterator[str]:
    """Write the report of the current snapshot and mail it, a line told for each.

    Args:
        settings: folder of the reports and the mail's addresses.
        output: write this file instead of one in the folder.
        mail: send it, too.

    Raises:
        NoSnapshot: nothing has been published.
        MailRefused: the server does not take it; the file stays.
        SettingsError: no server is named, or its password would travel unencrypted.
    """
    told = settings.report
    assert told.folder is not None
    if mail and told.smtp_host is None:
        raise SettingsError("no server takes the mail", "report.smtp_host", "name one")
    report = write_report(
        settings.paths.published,
        folder=told.folder,
        keep=told.keep,
        title=settings.dashboard.title,
        output=output,
        k_floor=settings.privacy.k_floor,
        locale=settings.dashboard.locale,
    )
    yield f"wrote {report.path}"
    if not mail:
        return
    drawn = pictures(report.path, most=_PICTURES) if told.pictures else Pictures()
    if drawn.missing:
        yield drawn.missing
    send(message(report, drawn.found, told, now=datetime.now(UTC)), told)
    yield f"sent to {', '.join(told.mail_to)}"
