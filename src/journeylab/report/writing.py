"""A snapshot -> its report in the folder of reports, whole or not at all."""

import os
from dataclasses import dataclass
from pathlib import Path

from journeylab.lab import Lab
from journeylab.lab import open as open_lab
from journeylab.lab.floor import with_floor
from journeylab.report.document import Chapter, document
from journeylab.report.news import Part, news, part_in
from journeylab.views import VIEWS, Choices, Content, Fact, Filters, choices_of, content_of
from journeylab.views.facts import facts
from journeylab.views.locales import LOCALES, Locale, cell, content_in, facts_in
from journeylab.warehouse import find_database

LATEST = "latest.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport:
    """A report that was written.

    Attributes:
        path: the file.
        title: its heading.
        about: the sentence below it.
        facts: its headline figures.
        parts: its news.
    """

    path: Path
    title: str
    about: str
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]


def write_report(
    published: Path,
    *,
    folder: Path,
    keep: int,
    title: str,
    output: Path | None = None,
    k_floor: int | None = None,
    locale: str = "en",
) -> WrittenReport:
    """Write the report of the current snapshot.

    Args:
        published: folder of the snapshots.
        folder: of the reports; the file is named by the run, and ``latest.html`` leads to it.
        keep: reports that stay there, this one among them.
        title: of the dashboard.
        output: write this file instead, and leave the folder alone.
        k_floor: least customers of a row of paths; None for none.
        locale: of ``views.locales``, in whose way numbers and days are written.

    Raises:
        NoSnapshot: nothing has been published.
    """
    with with_floor(open_lab(find_database(published)), k_floor) as lab:
        info = lab.table("snapshot_info").row(0, named=True)
        choices = choices_of(lab)
        told = LOCALES[locale]
        parts = tuple(
            part_in(part, told) for part in news(lab, published, timezone=choices.timezone)
        )
        headline = facts_in(facts(lab, Filters(view=choices.views[0]), choices), told)
        day = cell(info["horizon_at"], "day", choices.timezone, told)
        heading = f"{title}: {day}"
        about = (
            f"Run {info['run_id']}. Made by journeylab {info['journeylab_version']} of the"
            " published snapshot; no single journey is shown."
        )
        page = document(
            _chapters(lab, choices, told),
            parts,
            title=heading,
            about=about,
            facts=headline,
            timezone=choices.timezone,
            locale=told,
        )
    path = output or folder / f"{info['run_id']}.html"
    _write(path, page)
    if output is None:
        _point_at(folder, path.name)
        _prune(folder, keep, path.name)
    return WrittenReport(path=path, title=heading, about=about, facts=headline, parts=parts)


def _chapters(lab: Lab, choices: Choices, locale: Locale) -> list[Chapter]:
    names = tuple(choices.touchpoints.values())

    def content(view: str, *, dark: bool) -> Content:
        told = content_of(lab, Filters(view=view), choices, dark=dark)
        return content_in(told, locale, names)

    return [
        Chapter(
            view=view,
            light=content(view.key, dark=False),
            dark=content(view.key, dark=True),
        )
        for view in VIEWS
        if not view.shows_journeys
    ]


def _write(path: Path, page: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}-{os.getpid()}")
    with making.open("w", encoding="utf-8") as opened:
        opened.write(page)
        opened.flush()
        os.fsync(opened.fileno())
    making.replace(path)


def _point_at(folder: Path, name: str) -> None:
    link = folder / f".{LATEST}-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.replace(folder / LATEST)


def _prune(folder: Path, keep: int, newest: str) -> None:
    """Remove the oldest reports, by the names that runs give, and no other file."""
    found = sorted(path for path in folder.glob("[0-9]*T[0-9]*.html") if path.name != newest)
    for path in found[: max(0, len(found) - keep + 1)]:
        path.unlink()
