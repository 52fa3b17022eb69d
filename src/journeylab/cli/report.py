"""``journeylab report``: the report of the current snapshot as one file, and its mail."""

from pathlib import Path

from journeylab.settings import load_settings


def report(*, output: Path | None = None, mail: bool = False, config: Path | None = None) -> None:
    """Write the report of the current snapshot as one HTML file that fetches nothing.

    Args:
        output: Write this file instead of one in report.folder of the settings.
        mail: Send it to report.mail_to of the settings, too.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    from journeylab.report import deliver_report

    for line in deliver_report(load_settings(config), output=output, mail=mail):
        print(line)
