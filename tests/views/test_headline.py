"""The headline figures: counted anew from the journeys, and written for people."""

import polars as pl
import pytest

from journeylab.views import Filters, dials_of, read_filters
from journeylab.views.behind import journey_line, rows_of
from journeylab.views.facts import facts
from journeylab.views.heeded import heeded
from journeylab.views.page import offline_page
from journeylab.views.registry import content_of
from journeylab.views.written import interval, written


def test_the_headline_counts_settled_journeys_and_never_open_ones_as_left(sample_lab):
    """Every figure equals the same counted plainly over the table of journeys."""
    told = sample_lab.headline(where="device = 'mobile'").row(0, named=True)

    journeys = sample_lab.table("journeys").filter(
        (pl.col("device") == "mobile") & (pl.col("outcome") != "service")
    )
    settled = journeys.filter("is_settled")
    bought = settled.filter(outcome="converted")
    assert told["journeys"] == journeys.height
    assert told["customers"] == journeys["customer_id"].n_unique()
    assert told["open"] == journeys.filter(outcome="open").height
    assert told["converted"] == bought.height
    assert told["dropped"] == settled.filter(pl.col("outcome").is_in(["lost", "lapsed"])).height
    assert told["converted"] + told["dropped"] == told["journeys_settled"] == settled.height
    back = (pl.col("revisits") > 0) | (pl.col("back_steps") > 0)
    assert told["returned"] == settled.filter(back).height
    assert told["steps_p50"] == settled["steps"].median()
    assert told["time_to_goal_p50_seconds"] == pytest.approx(
        bought["time_to_goal_seconds"].median()
    )
    low, rate, high = (told[f"converted_rate{end}"] for end in ("_low", "", "_high"))
    assert rate == pytest.approx(bought.height / settled.height)
    assert low < rate < high


def test_the_headline_of_all_journeys_is_that_of_the_business_figures(sample_lab):
    """Whoever reads two pages reads one figure."""
    told = sample_lab.headline().row(0, named=True)

    kpis = {row["kpi"]: row["value"] for row in sample_lab.kpis().iter_rows(named=True)}
    assert told["journeys"] == kpis["journeys"]
    assert told["converted_rate"] == pytest.approx(kpis["conversion_rate"])
    assert told["returned_rate"] == pytest.approx(kpis["back_and_forth_share"])
    assert told["steps_p50"] == kpis["steps_p50"]


def test_the_headline_agrees_with_the_counts_of_a_pattern(sample_lab):
    """One rate and one interval, whichever method is asked."""
    told = sample_lab.headline().row(0, named=True)

    counted = sample_lab.journey_counts().row(0, named=True)

    assert told["converted_rate_low"] == counted["conversion_rate_low"]
    assert told["customers_settled"] == counted["customers_settled"]


def test_without_settled_journeys_no_rate_is_told(sample_lab, sample_choices):
    """A dash and the base that is missing, not 0 %."""
    told = facts(sample_lab, Filters(view="paths", outcome="open"), sample_choices)

    assert [fact.value for fact in told[1:]] == ["–"] * 5
    assert told[1].base == "0 of 0 settled"
    assert told[0].value != "0"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1234567, "count", "1,234,567"),
        (0.3447, "share", "34.5%"),
        (61200.0, "seconds", "17.0 h"),
        (8.0, "number", "8"),
        (0.12345, "number", "0.123"),
        (12.5, "money", "12.50"),
        (True, "yes", "yes"),
        (["a", "b"], "text", "a → b"),
        (None, "share", "–"),
    ],
)
def test_values_are_written_as_people_write_them(value, form, text):
    """One way for facts, tables of pages and reports."""
    assert written(value, form) == text


def test_an_interval_is_written_once_with_its_level():
    """Nothing where there is none."""
    assert interval(0.25, 0.5).replace("\u00a0", " ") == "95%: 25.0–50.0%"
    assert interval(None, None) == ""


def test_dials_are_read_and_what_is_none_falls_away():
    """Parts without an equals sign or a key say nothing."""
    filters = Filters(view="paths", dial="by=rate,least=20,odd,=x")

    assert dials_of(filters) == {"by": "rate", "least": "20"}


def test_a_filter_that_a_view_does_not_heed_counts_as_not_set(sample_choices):
    """Paths compares with nothing."""
    told = {"view": "paths", "vs": "device,mobile", "conv": "open"}
    filters = read_filters(told, sample_choices)

    assert filters.other_segment == ("device", "mobile")
    assert heeded(filters) == Filters(view="paths", outcome="open")


def test_a_block_stands_for_all_bands_that_leave_it(sample_lab, sample_choices):
    """Its key is the beginning of a row's."""
    panel = content_of(sample_lab, Filters(view="paths"), sample_choices).panels[0]

    found = rows_of(panel, '[1, "web:home"]')

    assert {row["from_touchpoint"] for row in found} == {"web:home"}
    assert len(found) > 3


def test_a_page_for_offline_holds_figures_numbers_and_words(sample_lab, sample_choices):
    """Labels are escaped; nothing is fetched; the table is cut and written for people."""
    filters = read_filters({"view": "paths", "conv": "converted"}, sample_choices)
    content = content_of(sample_lab, filters, sample_choices)

    page = offline_page(content, (), filters, sample_choices, title="<b>", source="Snapshot 1")

    words = page.split("</script>", 1)[1]
    assert "&lt;b&gt;: Paths" in words
    assert "Plotly.newPlot(" in words
    assert "Same numbers as a table" in words
    assert "http" not in words
    assert content.panels[0].population in words


def test_a_journey_is_drawn_from_its_own_steps(sample_lab):
    """As many marks as the journey has steps, after-care included."""
    one = sample_lab.journeys(where="steps > 5", limit=1).row(0, named=True)
    steps = sample_lab.journey_steps(one["customer_id"], one["journey_id"])

    line = journey_line(sample_lab, one["customer_id"], one["journey_id"])

    assert steps.height == one["steps"] + one["steps_after"]
    assert steps["step_number"].to_list() == sorted(steps["step_number"])
    marks = [trace for trace in line["data"] if "markers" in trace.get("mode", "")]
    assert sum(len(trace["x"]) for trace in marks) == steps.height
    assert sample_lab.journey_steps("nobody", "'; drop").is_empty()
