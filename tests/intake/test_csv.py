"""CSV and plain lines: headers, quotes, line numbers, separators, encodings."""

import pytest

from journeylab.errors import SettingsError

LOG = """-- model:  staging.web_{format}
-- about:  A log of the tests.
-- scope:  staging
-- grain:  one row per line
-- key:
-- reads:
-- reader: {reader}
-- raw:    line | varchar | required | The line.

select 1 as line
"""


def test_a_csv_file_becomes_typed_rows(desk):
    """Numbers are lines, the header is line 1; unnamed columns are kept, order is free."""
    desk.deliver("a.csv", 'amount,id,shop,details\n3,NA,Köln,"{""k"":1}"\n,b,,\n')

    report = desk.load("csv")

    assert desk.rows("csv") == [
        (2, "NA", 3, '{"k":1}', '{"shop":"Köln"}'),
        (3, "b", None, None, None),
    ]
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (2, 2, 0)
    assert desk.warehouse.rows("from ops.schema_drift") == [
        ("shop", "shop", "VARCHAR", "a.csv", 1, "run-1")
    ]


def test_a_header_alone_is_a_delivery_without_rows(desk):
    """With and without a line feed at its end."""
    desk.deliver("a.csv", "id,amount\n")
    desk.deliver("b.csv", "id,amount")

    report = desk.load("csv")

    assert (report.files_loaded, report.rows_read) == (2, 0)
    assert report.set_aside == ()


def test_broken_lines_are_rejected_with_their_line(desk):
    """Too few fields, too many, a text for a number, a quote never closed; the others load."""
    desk.deliver(
        "a.csv",
        'id,amount,details\na,1,\nb,2\nc,3,,\nd,many,\ne,"5,\nf,6,\n"g ""quoted""",7,\n',
    )

    report = desk.load("csv")

    assert desk.ids("csv") == [(2, "a"), (7, "f"), (8, 'g "quoted"')]
    assert desk.rejected() == [
        (3, "field_count", "the line has 2 fields, the header has 3", "b,2"),
        (4, "field_count", "the line has 4 fields, the header has 3", "c,3,,"),
        (5, "bad_type", "amount: many is no bigint", "d,many,"),
        (
            6,
            "bad_csv",
            "the line is no CSV: a quote is not closed, or stands where none may",
            'e,"5,',
        ),
    ]
    assert report.rows_read == report.rows_loaded + report.rows_rejected == 7


@pytest.mark.parametrize("end", [pytest.param("\n", id="LF"), pytest.param("\r\n", id="CRLF")])
def test_a_quoted_field_may_hold_line_ends(desk, end):
    """The number is that of the record's first line; blank lines inside are kept, outside not."""
    lines = ["id,amount", "a,1", '"two', "", 'lines",2', "", "c,3", ""]
    desk.deliver("a.csv", end.join(lines))

    report = desk.load("csv")

    assert desk.ids("csv") == [(2, "a"), (3, f"two{end}{end}lines"), (7, "c")]
    assert (report.rows_read, report.rows_rejected) == (3, 0)


def test_both_ways_of_reading_agree_on_good_lines(desk):
    """The same lines load the same, alone and beside a broken line."""
    good = 'id,amount,note\na, 12 ,x\n"b, b",1e3,5" screen\n ,,"say ""hi"""\n'
    desk.deliver("fast.csv", good)
    desk.deliver("slow.csv", good + "broken\n")

    desk.load("csv")

    rows = desk.rows("csv")
    assert rows[:3] == rows[3:]
    assert rows[:3] == [
        (2, "a", 12, None, '{"note":"x"}'),
        (3, "b, b", 1000, None, '{"note":"5\\" screen"}'),
        (4, " ", None, None, '{"note":"say \\"hi\\""}'),
    ]


def test_a_file_with_another_delimiter_is_set_aside_and_the_delimiter_named(desk):
    """Set for the source, it loads."""
    desk.deliver("a.csv", "id;amount\na;1\n")

    comma = desk.load("csv", name="comma")
    semicolon = desk.load("csv", name="semicolon", delimiter=";")

    assert comma.set_aside == (
        (
            "a.csv",
            "lacks id; it has: id;amount; it needs: id;"
            " the delimiter is probably ';', set it for the source",
        ),
    )
    assert semicolon.rows_loaded == 1
    assert desk.ids("csv") == [(2, "a")]


def test_a_delimiter_is_one_character(desk):
    """The setting is named, nothing is read."""
    with pytest.raises(SettingsError, match=r"sources\.shop\.delimiter"):
        desk.load("csv", delimiter="||")


def test_columns_without_a_name_or_with_the_same_one_are_all_kept(desk):
    """The first of two equal names is the named one; the others get their position."""
    desk.deliver("a.csv", "id,note,,id,\na,b,c,d,\n")

    desk.load("csv")

    assert desk.rows("csv") == [
        (2, "a", None, None, '{"note":"b","column_3":"c","id_4":"d"}'),
    ]


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        pytest.param("utf-8", "\ufeffid,amount\r\nMüller,1\r\n".encode(), id="UTF-8 with mark"),
        pytest.param("latin-1", "id,amount\nMüller,1\n".encode("latin-1"), id="Latin 1"),
        pytest.param("utf-16", "id,amount\nMüller,1\n".encode("utf-16"), id="UTF-16"),
        pytest.param("cp1252", "id,amount\rMüller,1\r".encode("cp1252"), id="an old Mac's lines"),
    ],
)
def test_encodings(desk, encoding, content):
    """Each file reads as the same row."""
    desk.deliver("a.csv", content)

    desk.load("csv", encoding=encoding)

    assert desk.rows("csv") == [(2, "Müller", 1, None, None)]


def test_bytes_outside_of_the_encoding_cost_their_line_only(desk):
    """UTF-8 and a one-byte encoding alike."""
    desk.deliver("a.csv", b"id,amount\nfine,1\nM\xfcller,2\n")
    desk.deliver("b.csv", b"id,amount\nf\xfcr,3\n\x81,4\n")

    desk.load("csv", name="eight", pattern="a.csv")
    desk.load("csv", name="windows", pattern="b.csv", encoding="cp1252")

    assert desk.ids("csv") == [(2, "fine"), (2, "für")]
    assert [(row[0], row[1], row[3]) for row in desk.rejected()] == [
        (3, "not_decodable", "M\ufffdller,2"),
        (3, "not_decodable", "\ufffd,4"),
    ]


def test_an_unknown_encoding_is_a_fault_of_the_settings(desk):
    """The name received is told."""
    desk.deliver("a.csv", "id\na\n")

    with pytest.raises(SettingsError, match="unknown encoding 'utf-9'"):
        desk.load("csv", encoding="utf-9")


def test_plain_lines_are_kept_as_they_are(desk):
    """Quotes, commas and 'NULL' mean nothing; blank lines are no records but count."""
    desk.deliver("a.log", '1.2.3.4 "GET /, x"\r\n\r\n  NULL\n\t"\n')

    report = desk.load("lines", header=LOG)

    assert desk.warehouse.rows("select row_number, line from raw.web_lines order by all") == [
        (1, '1.2.3.4 "GET /, x"'),
        (3, "  NULL"),
        (4, '\t"'),
    ]
    assert (report.rows_read, report.rows_loaded) == (3, 3)


def test_a_set_aside_file_is_tried_again_when_its_settings_are_mended(desk):
    """The delimiter was wrong: once it is mended the same content loads, and is told once."""
    desk.deliver("a.csv", "id;amount;details\nx;1;\n")
    desk.load("csv")
    again = desk.load("csv")
    mended = desk.load("csv", delimiter=";")

    assert (again.files_known, again.files_set_aside) == (1, 0)
    assert (mended.files_loaded, mended.rows_loaded) == (1, 1)
    assert desk.warehouse.rows("select state, reason from ops.deliveries") == [("loaded", None)]
