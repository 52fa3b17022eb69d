"""Which day a file is of, and which files a back-fill takes in."""

import os
from datetime import date

import pytest

from journeylab.intake.landing import day_of, find_files
from journeylab.settings import Source

MARCH = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        pytest.param("web-2026-03-02.jsonl.gz", MARCH, id="as people write it"),
        pytest.param("20260302-2026-04-01.csv", MARCH, id="the first of two"),
        pytest.param("2026/03/02/part-0.parquet", MARCH, id="folders"),
        pytest.param("export_2026_03_02T04.json", MARCH, id="before an hour"),
        pytest.param("order-2026-99-99-20260302.csv", MARCH, id="no such day before it"),
        pytest.param("id-920260302.csv", date(2026, 1, 5), id="part of a longer number"),
        pytest.param("night.csv", date(2026, 1, 5), id="no date: the day of its last change"),
    ],
)
def test_the_day_of_a_file(tmp_path, name, day):
    """The first date in its name or its folders', else of its last change in UTC."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    os.utime(path, (1_767_657_599, 1_767_657_599))  # 5 January 2026, 23:59:59 UTC

    assert day_of(path, Source(channel="web", format="ga4", path=tmp_path)) == day


def test_a_source_leaves_files_of_other_days(tmp_path):
    """Both ends belong to it."""
    for day in range(1, 6):
        (tmp_path / f"2026-03-0{day}.csv").write_text("")
    days = {"first_day": date(2026, 3, 2), "last_day": date(2026, 3, 4)}
    source = Source(channel="web", format="ga4", path=tmp_path, **days)

    names = [path.name for path in find_files("web", source)]

    assert names == ["2026-03-02.csv", "2026-03-03.csv", "2026-03-04.csv"]
