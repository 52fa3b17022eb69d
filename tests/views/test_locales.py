"""Numbers and days by the locale: what is rewritten, and what must stay as it is."""

import pytest

from journeylab.dashboard.answers import Answers
from journeylab.dashboard.app import create_app
from journeylab.views.locales import LOCALES, content_in, figure_in, text_in


@pytest.mark.parametrize(
    ("text", "german"),
    [
        pytest.param("1,234,567 journeys", "1.234.567 journeys", id="thousands"),
        pytest.param("-3.4 to +5.2 points", "-3,4 to +5,2 points", id="signs"),
        pytest.param("95%: 31.8–37.2%", "95 %: 31,8–37,2 %", id="interval"),
        pytest.param("half after 1.2 h.", "half after 1,2 h.", id="end of a sentence"),
        pytest.param("from 03 Jun 2026 to 5 May", "from 3. Juni 2026 to 5. Mai", id="days"),
        pytest.param("at 3 Jun 2026, 14:05", "at 3. Juni 2026, 14:05", id="instant"),
        pytest.param("Run 20261129T202952.022102", "Run 20261129T202952.022102", id="run"),
        pytest.param("0.1.0 at 127.0.0.1:8050", "0.1.0 at 127.0.0.1:8050", id="version, address"),
        pytest.param("2026-05-01, v1.2, 14.05.26", "2026-05-01, v1.2, 14.05.26", id="other days"),
        pytest.param("%{y:,.1%} of %{x:.2f}", "%{y:,.1%} of %{x:.2f}", id="formats"),
        pytest.param("Plan 2.0 to 1.5", "Plan 2.0 to 1,5", id="a touchpoint's name"),
        pytest.param("1, 2 and 3", "1, 2 and 3", id="a list"),
    ],
)
def test_numbers_and_days_of_a_text_are_written_the_german_way(text, german):
    """And nothing else of it."""
    told = text_in(text, LOCALES["de"], ["Plan 2.0"]).replace("\xa0", " ")

    assert told == german
    assert text_in(text, LOCALES["en"]) == text


def test_every_locale_has_twelve_months_and_its_own_signs():
    """The signs of a locale are not one another."""
    for name, locale in LOCALES.items():
        assert len(set(locale.months)) == 12, name
        assert locale.decimal != locale.group, name


def test_a_drawing_keeps_its_keys_and_values():
    """Texts and axes change; what a click tells, and the numbers drawn, do not."""
    figure = {
        "data": [{"x": [1.5], "customdata": ["[1.5]"], "text": ["1.5 h"], "xaxis": "x1.5"}],
        "layout": {"annotations": [{"text": "1,000"}], "title": {"text": "2.5"}},
    }

    made = figure_in(figure, LOCALES["fr"])

    assert made["data"] == [
        {"x": [1.5], "customdata": ["[1.5]"], "text": ["1,5 h"], "xaxis": "x1.5"}
    ]
    assert made["layout"]["annotations"] == [{"text": "1\u202f000"}]
    assert made["layout"]["title"] == {"text": "2,5"}
    assert made["layout"]["separators"] == ",\u202f"
    assert figure["layout"]["title"] == {"text": "2.5"}


def test_a_view_changes_its_words_and_not_its_tables(sample_run):
    """The same rows under sentences in the locale's way; an English page stays the very same."""
    answers = Answers(sample_run.snapshot.parents[1])
    content = answers.answer({"view": "drop_offs"}).content
    answers.close()

    made = content_in(content, LOCALES["de"])

    assert content_in(content, LOCALES["en"]) is content
    assert made.headline.replace(".", ",") != content.headline.replace(".", ",")
    for before, after in zip(content.panels, made.panels, strict=True):
        assert after.table is before.table
        assert after.drill == before.drill


def test_a_served_page_is_written_by_its_locale(sample_run):
    """Figures and sentences on the server; the scripts of tables read the signs in the head."""
    app = create_app(sample_run.snapshot.parents[1], locale="de")
    told = app.server.test_client().get("/").text
    answers = app.server.extensions["journeylab"]

    facts = answers.answer({"view": "paths"}).facts
    answers.close()

    assert "&quot;decimal&quot;: &quot;,&quot;" in told
    assert facts[0].value == "1.922"
    assert facts[1].value == "34,5\xa0%"
