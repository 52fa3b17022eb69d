"""Content hashes: equal rows in any order agree, any other difference shows."""

import pytest

from journeylab.warehouse import content_hash, memory
from journeylab.warehouse.hashing import combined_hash

ROWS = "(values ('ana', 1, 0.5), ('ben', 2, null), ('cleo', 3, 1.5)) as t (name, n, share)"


def _hash(query: str) -> str:
    with memory(threads=1) as warehouse:
        warehouse.execute(f"create table told as {query}")
        return content_hash(warehouse, "told")


def test_the_order_of_the_rows_does_not_count():
    """Two files with equal rows are equal content."""
    assert _hash(f"from {ROWS} order by n") == _hash(f"from {ROWS} order by n desc")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(f"from {ROWS} where n < 3", id="a row less"),
        pytest.param(f"from {ROWS} union all from {ROWS}", id="every row twice"),
        pytest.param(f"select name, n, coalesce(share, 0) as share from {ROWS}", id="null as 0"),
        pytest.param(f"select name, n, share + 1e-6 as share from {ROWS}", id="a 7th digit"),
        pytest.param(f"select name, n + 1 as n, share from {ROWS}", id="another number"),
        pytest.param(f"select upper(name) as name, n, share from {ROWS}", id="another text"),
        pytest.param(f"select name as who, n, share from {ROWS}", id="another column name"),
        pytest.param(f"select name, n::bigint as n, share from {ROWS}", id="another type"),
        pytest.param(f"select n, name, share from {ROWS}", id="another order of columns"),
        pytest.param(
            f"select name, ((n % 3) + 1)::integer as n, share from {ROWS}",
            id="values that changed rows",
        ),
    ],
)
def test_any_other_difference_counts(other):
    """Duplicates and swapped values too, which a sum of columns or an xor would miss."""
    assert _hash(f"from {ROWS}") != _hash(other)


def test_two_rows_twice_are_not_two_other_rows_twice():
    """An xor of row hashes would be zero for both."""
    assert _hash("from (values (1), (1), (2), (2))") != _hash("from (values (3), (3), (4), (4))")


def test_one_row_three_times_is_not_the_row_once():
    """An xor of row hashes would be the same for both."""
    assert _hash("from (values (7), (7), (7))") != _hash("from (values (7))")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("0.1::double + 0.2::double", "0.3::double", id="sums"),
        pytest.param("0.0::double", "-0.0::double", id="zeros"),
        pytest.param("[0.1::double + 0.2::double]", "[0.3::double]", id="in a list"),
        pytest.param(
            "{'a': [0.1::double + 0.2::double], 'b c': 'x'}",
            "{'a': [0.3::double], 'b c': 'x'}",
            id="in a list in a struct",
        ),
        pytest.param(
            "map {'a': 0.1::double + 0.2::double}", "map {'a': 0.3::double}", id="in a map"
        ),
        pytest.param("9.9999999999::double", "10::double", id="over a power of ten"),
        pytest.param("-123456789.1234::double", "-123456789.1233::double", id="below zero"),
        pytest.param("1.0000000001e300::double", "1e300::double", id="beyond powers of ten"),
        pytest.param("1.0000000001e-300::double", "1e-300::double", id="near nothing"),
        pytest.param("0.1::float", "0.1::float + 0", id="of four bytes"),
    ],
)
def test_floats_count_with_nine_digits(one, other):
    """Equal to 9 significant digits is equal, however deep the float lies."""
    assert _hash(f"select {one} as x") == _hash(f"select {other} as x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("1.00000001", "1.00000002", id="the ninth digit"),
        pytest.param("-1.5", "1.5", id="sign"),
        pytest.param("1.00000001e300", "1.00000002e300", id="beyond powers of ten"),
        pytest.param("1e-300", "0", id="nearly nothing"),
        pytest.param("1e-9", "1e-8", id="a power of ten"),
        pytest.param("'inf'", "'-inf'", id="infinities"),
        pytest.param("'nan'", "null", id="no number"),
    ],
)
def test_floats_of_other_digits_differ(one, other):
    """However great, small or odd they are."""
    assert _hash(f"select {one}::double as x") != _hash(f"select {other}::double as x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("null::struct(a double)", "{'a': null::double}", id="struct"),
        pytest.param("null::struct(a int)", "{'a': null::int}", id="struct without floats"),
        pytest.param("null::int[]", "[]::int[]", id="list"),
        pytest.param("[null]::int[]", "[]::int[]", id="list of a null"),
        pytest.param("['a, b']", "['a', 'b']", id="texts in a list"),
    ],
)
def test_unknown_is_not_empty(one, other):
    """DuckDB's own hash takes each of the first four pairs for one."""
    assert _hash(f"select {one} as x") != _hash(f"select {other} as x")


def test_run_tables_do_not_count_for_a_snapshot():
    """Two runs over the same data have other deliveries, runs and audits, and equal content."""
    one = combined_hash({"journeys": "aa", "kpis": "bb", "runs": "11", "deliveries": "22"})
    other = combined_hash({"kpis": "bb", "runs": "33", "journeys": "aa", "snapshot_info": "4"})

    assert one == other
    assert one != combined_hash({"journeys": "aa", "kpis": "b0"})
    assert one != combined_hash({"journeys": "bb", "kpis": "aa"})
