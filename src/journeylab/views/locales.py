"""Numbers and days as a locale writes them: texts written the English way -> the locale's.

Everything a page says is first written in English, in ``views.written`` and in sentences;
here, once for pages, drawings and reports, its numbers and days are put into the habit of the
readers. The words stay English, and so do files for other programs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from journeylab.views.content import Content, Fact, Form, Panel
from journeylab.views.written import written

_THIN: Final = "\u202f"
_FIXED: Final = "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """How numbers and days are written, after the Unicode CLDR.

    Attributes:
        name: as settings and browsers call it.
        decimal: sign before the fraction.
        group: sign between thousands.
        percent: what stands between a number and its percent sign.
        day: between day and month, as in ``3. Juni 2026``.
        months: short names, January first.
        picker: format of a chosen day, as dayjs spells it.
    """

    name: str
    decimal: str
    group: str
    percent: str
    day: str
    months: tuple[str, ...]
    picker: str

    @property
    def is_english(self) -> bool:
        """Whether texts stay as they are written."""
        return self.name == "en"


def _months(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_MONTHS: Final = _months("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")

LOCALES: Final[Mapping[str, Locale]] = {
    told.name: told
    for told in (
        Locale(
            name="en",
            decimal=".",
            group=",",
            percent="",
            day=" ",
            months=_MONTHS,
            picker="D MMM YYYY",
        ),
        Locale(
            name="de",
            decimal=",",
            group=".",
            percent=_FIXED,
            day=". ",
            months=_months("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
            picker="DD.MM.YYYY",
        ),
        Locale(
            name="fr",
            decimal=",",
            group=_THIN,
            percent=_THIN,
            day=" ",
            months=_months("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
            picker="DD/MM/YYYY",
        ),
        Locale(
            name="es",
            decimal=",",
            group=".",
            percent=_FIXED,
            day=" ",
            months=_months("ene feb mar abr may jun jul ago sept oct nov dic"),
            picker="DD/MM/YYYY",
        ),
        Locale(
            name="it",
            decimal=",",
            group=".",
            percent="",
            day=" ",
            months=_months("gen feb mar apr mag giu lug ago set ott nov dic"),
            picker="DD/MM/YYYY",
        ),
        Locale(
            name="nl",
            decimal=",",
            group=".",
            percent="",
            day=" ",
            months=_months("jan feb mrt apr mei jun jul aug sep okt nov dec"),
            picker="DD-MM-YYYY",
        ),
    )
}

_NUMBER: Final = (
    r"(?<![\w.,:/])(?<!\d-)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?"
    r"(?P<percent>%)?(?!\w|[.,/:-]\d)"
)
_DAY: Final = (
    rf"(?<![\w.])0?(?P<day>[1-3]?\d) (?P<month>{'|'.join(_MONTHS)})(?P<year> \d{{4}})?(?![\w])"
)
#: Keys of a drawing whose texts people read; ``customdata`` and names of axes are left alone.
_READ: Final = frozenset(
    {"text", "hovertext", "ticktext", "label", "name", "hovertemplate", "title", "subtitle"}
)


def text_in(text: str, locale: Locale, names: Sequence[str] = ()) -> str:
    """A text written the English way, with numbers and days as the locale writes them.

    Args:
        text: words in any number, with numbers as ``1,922.5`` and days as ``3 Jun 2026``.
        locale: of ``LOCALES``.
        names: plain names that stay as they are, as a touchpoint called ``Plan 2.0``.

    Example:
        >>> text_in("1,922.5 until 3 Jun 2026", LOCALES["de"])
        '1.922,5 until 3. Juni 2026'
    """
    if locale.is_english:
        return text
    kept = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile("|".join(part for part in (kept and f"(?:{kept})", _DAY, _NUMBER) if part))

    def one(found: re.Match[str]) -> str:
        told = found.groupdict()
        if told["month"]:
            month = locale.months[_MONTHS.index(told["month"])]
            return f"{told['day']}{locale.day}{month}{told['year'] or ''}"
        if told["whole"]:
            whole = told["whole"].replace(",", locale.group)
            part = (told["part"] or "").replace(".", locale.decimal)
            return whole + part + (locale.percent + "%" if told["percent"] else "")
        return found[0]

    return pattern.sub(one, text)


def cell(value: Any, form: Form, timezone: str, locale: Locale) -> str:  # noqa: ANN401 - of any column
    """A value as a table shows it; texts and code stay as they are."""
    told = written(value, form, timezone)
    return told if form in ("text", "code") else text_in(told, locale)


def facts_in(facts: Sequence[Fact], locale: Locale) -> tuple[Fact, ...]:
    """Headline figures as the locale writes them."""

    def one(fact: Fact) -> Fact:
        told = {
            name: text_in(getattr(fact, name), locale)
            for name in ("label", "value", "base", "definition", "change")
        }
        return replace(fact, **told)

    return tuple(facts) if locale.is_english else tuple(one(fact) for fact in facts)


def content_in(content: Content, locale: Locale, names: Sequence[str] = ()) -> Content:
    """What a view says as the locale writes it; tables keep their values.

    Args:
        content: of a view.
        locale: of ``LOCALES``.
        names: plain names of touchpoints, which stay as they are.
    """
    if locale.is_english:
        return content
    kept = [name for name in names if any(sign.isdigit() for sign in name)]

    def panel_in(panel: Panel) -> Panel:
        told: dict[str, Any] = {
            name: text_in(getattr(panel, name), locale, kept)
            for name in ("title", "sentence", "population", "definition", "note")
        }
        figure = panel.figure and figure_in(panel.figure, locale, kept)
        return replace(panel, **told, figure=figure)

    return replace(
        content,
        headline=text_in(content.headline, locale, kept),
        empty=text_in(content.empty, locale, kept),
        facts=facts_in(content.facts, locale),
        links=tuple((text_in(said, locale, kept), query) for said, query in content.links),
        panels=tuple(panel_in(panel) for panel in content.panels),
    )


def figure_in(figure: dict[str, Any], locale: Locale, names: Sequence[str] = ()) -> dict[str, Any]:
    """A drawing whose texts and axes are written as the locale does; the figure stays as it is."""
    if locale.is_english:
        return figure

    def read(value: Any, is_read: bool) -> Any:  # noqa: ANN401 - any part of a figure
        if isinstance(value, str):
            return text_in(value, locale, names) if is_read else value
        if isinstance(value, dict):
            return {
                key: read(part, key in _READ or (is_read and key != "font"))
                for key, part in value.items()
                if key != "customdata"
            } | {key: value[key] for key in ("customdata",) if key in value}
        if isinstance(value, (list, tuple)):
            return [read(part, is_read) for part in value]
        return value

    made: dict[str, Any] = read(figure, False)
    made["layout"] = {**made["layout"], "separators": locale.decimal + locale.group}
    return made
