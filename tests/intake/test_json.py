"""JSON lines and JSON documents: what loads, what is rejected, and how records are counted."""

import json

import pytest

from journeylab.errors import ModelError

CONVERSATIONS = "json $.conversations"


def test_json_lines_become_typed_rows_with_nested_values_kept(desk):
    """Whole in one statement: numbers are lines, unnamed keys are kept in extra."""
    desk.deliver(
        "a.jsonl",
        '{"id":"e1","amount":3,"details":{"page":"/cart"}}\n'
        '{"id":"e2","amount":null,"utm":"mail","list":[1,null]}\n',
    )

    report = desk.load()

    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (2, 2, 0)
    assert desk.rows() == [
        (1, "e1", 3, '{"page":"/cart"}', None),
        (2, "e2", None, None, '{"utm":"mail","list":[1,null]}'),
    ]


def test_a_broken_line_costs_itself_only(desk):
    """Four kinds of broken records; the lines around them keep their numbers, blank ones count."""
    desk.deliver(
        "a.jsonl",
        '{"id":"e1"}\n{"id":"e2"\n\n["e3"]\n{"id":"e4","amount":"many"}\n{"id":"e5","amount":7}\n',
    )

    report = desk.load()

    assert desk.rows() == [(1, "e1", None, None, None), (6, "e5", 7, None, None)]
    assert desk.rejected() == [
        (2, "not_json", 'the record is no JSON: {"id":"e2"', '{"id":"e2"'),
        (4, "not_an_object", 'the record is JSON, but no object: ["e3"]', '["e3"]'),
        (5, "bad_type", "amount: many is no bigint", '{"id":"e4","amount":"many"}'),
    ]
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (5, 2, 3)


def test_both_ways_of_reading_agree_on_good_records(desk):
    """The same lines load the same, alone and beside a broken line."""
    good = (
        '{"id":"a","amount":"12","details":"text","more":{"k":[1,2.50]}}\r\n'
        '{"id":"a","id":"b","amount":1e3}\r\n'
        '{"id":7,"amount":5.0,"details":null,"ID":"c"}\r\n'
    )
    desk.deliver("fast.jsonl", good)
    desk.deliver("slow.jsonl", good + "broken\r\n")

    desk.load()

    rows = desk.rows()
    assert rows[:3] == rows[3:]
    assert rows[:3] == [
        (1, "a", 12, '"text"', '{"more":{"k":[1,2.5]}}'),
        (2, "a", 1000, None, None),
        (3, "7", 5, None, '{"ID":"c"}'),
    ]
    assert [row[:2] for row in desk.rejected()] == [(4, "not_json")]


def test_a_number_too_large_is_rejected_and_kept_as_it_came(desk):
    """One more than the greatest bigint; the greatest itself loads."""
    desk.deliver(
        "a.jsonl",
        '{"id":"fits","amount":9223372036854775807}\n{"id":"big","amount":9223372036854775808}\n',
    )

    desk.load()

    assert desk.rows() == [(1, "fits", 9223372036854775807, None, None)]
    assert desk.rejected() == [
        (
            2,
            "bad_type",
            "amount: 9223372036854775808 is no bigint",
            '{"id":"big","amount":9223372036854775808}',
        )
    ]


def test_deep_nesting_loads(desk):
    """50,000 brackets deep, in a named column and in an unnamed key."""
    deep = "[" * 50_000 + "]" * 50_000
    desk.deliver("a.jsonl", f'{{"id":"e1","details":{deep},"other":{deep}}}\n')

    desk.load()

    assert [(row[0], row[1], len(row[3]), len(row[4])) for row in desk.rows()] == [
        (1, "e1", 100_000, 100_010)
    ]


def test_null_tokens_are_null_in_text_and_na_is_a_name(desk):
    """By default only the empty text is null; a source may say more."""
    lines = '{"id":"NA","amount":1}\n{"id":"","amount":2}\n{"id":"-","amount":3}\n'
    desk.deliver("a.jsonl", lines)

    desk.load(name="plain")
    desk.load(name="dashes", null_tokens=("", "-"))

    assert desk.ids() == [(1, "NA"), (2, None), (3, "-"), (1, "NA"), (2, None), (3, None)]


def test_a_required_key_that_no_record_has_refuses_the_file(desk):
    """It says what the file has; null in every record is not missing."""
    desk.deliver("a.jsonl", '{"event":"view","amount":1}\n{"event":"click"}\n')
    desk.deliver("b.jsonl", '{"id":null}\n')

    report = desk.load()

    assert desk.ids() == [(1, None)]
    assert report.set_aside == (
        (
            "a.jsonl",
            "lacks id; it has: amount, event; it needs: id;"
            " check the source's format, or rename the columns in the export",
        ),
    )


def test_unnamed_keys_are_counted_as_drift(desk):
    """Per source and key: the type and file that first had it, and how many deliveries did."""
    desk.deliver("1.jsonl", '{"id":"a","page":"/x","n":null}\n{"id":"b","n":1}\n')
    desk.deliver("2.jsonl", '{"id":"c","n":"two","tags":["x"]}\n')

    desk.load()

    assert desk.warehouse.rows("from ops.schema_drift order by column_name") == [
        ("shop", "n", "BIGINT", "1.jsonl", 2, "run-1"),
        ("shop", "page", "VARCHAR", "1.jsonl", 1, "run-1"),
        ("shop", "tags", "JSON", "2.jsonl", 1, "run-1"),
    ]


@pytest.mark.parametrize(
    ("reader", "document"),
    [
        pytest.param("json", '[{"id":"a"},\n {"id":"b"}]', id="the document is the array"),
        pytest.param(
            CONVERSATIONS,
            '{"type":"list","conversations":[{"id":"a"},{"id":"b"}],"next":null}',
            id="the array is under a key",
        ),
        pytest.param(
            "json $.data.rows",
            '{"rows":[{"id":"no"}],"data":{"n":[[1]],"rows":[{"id":"a"},{"id":"b"}]}}',
            id="the array is under two keys",
        ),
    ],
)
def test_a_json_document_is_read_by_its_elements(desk, reader, document):
    """Row numbers count the elements from 1."""
    desk.deliver("a.json", document)

    report = desk.load(reader)

    assert desk.ids("json") == [(1, "a"), (2, "b")]
    assert report.rows_loaded == 2


@pytest.mark.parametrize(
    ("last", "rejected"),
    [('{"id":"c"}', []), ("7", [(4, "not_an_object")])],
    ids=["fast", "careful"],
)
def test_a_null_element_is_no_record(desk, last, rejected):
    """As an empty line is none; the elements after it keep their numbers."""
    desk.deliver("a.json", f'{{"conversations":[{{"id":"a"}},null,{{"id":"b"}},{last}]}}')

    report = desk.load(CONVERSATIONS)

    assert desk.ids("json")[:2] == [(1, "a"), (3, "b")]
    assert [row[:2] for row in desk.rejected()] == rejected
    assert report.rows_read == 3


def test_a_broken_element_costs_itself_only(desk):
    """Brackets and commas inside of texts do not mislead; numbers go on."""
    desk.deliver(
        "a.json",
        '{"conversations":[{"id":"a","details":"],[\\"}"},{"id":},7,{"id":"d","amount":{}}, '
        '{"id":"e"}]}',
    )

    desk.load(CONVERSATIONS)

    assert desk.rows("json") == [
        (1, "a", None, '"],[\\"}"', None),
        (5, "e", None, None, None),
    ]
    assert [row[:2] for row in desk.rejected()] == [
        (2, "not_json"),
        (3, "not_an_object"),
        (4, "bad_type"),
    ]


@pytest.mark.parametrize(
    ("document", "code", "phrase"),
    [
        pytest.param(
            '{"conversations":[{"id":"a"},{"id":"b"',
            "truncated",
            "ends early, after element 1",
            id="cut in an element",
        ),
        pytest.param(
            '{"items":[{"id":"a"}]}', "no_array", "no JSON array at $.conversations", id="other key"
        ),
        pytest.param("hello", "no_array", "no JSON array at $.conversations", id="no JSON"),
        pytest.param('{"a":1}]}', "not_json", "more brackets are closed", id="closed too often"),
    ],
)
def test_a_document_without_its_array_is_set_aside(desk, document, code, phrase):
    """Nothing of it is loaded."""
    desk.deliver("a.json", document)

    desk.load(CONVERSATIONS)

    ((name, found, reason),) = desk.set_aside()
    assert (name, found) == ("a.json", code)
    assert phrase in reason
    assert desk.rows("json") == []


def test_an_empty_array_is_loaded_with_no_rows(desk):
    """There was simply nothing to tell."""
    desk.deliver("a.json", '{"conversations": [ ]}')

    report = desk.load(CONVERSATIONS)

    assert (report.files_loaded, report.rows_read) == (1, 0)


def test_elements_survive_any_cut_of_the_bytes(desk):
    """The walker sees one byte at a time and finds the same elements."""
    from journeylab.intake.records import elements

    document = json.dumps(
        {"k": 'a"b\\', "conversations": [{"id": 'x"],\\'}, {"é": [1, {"y": []}]}, 3]}
    )

    def found(size):
        data = document.encode()
        pieces = (data[at : at + size] for at in range(0, len(data), size))
        return [record.text for record in elements(pieces, ("conversations",), 1000, "f")]

    assert found(1) == found(7) == found(10_000)
    assert found(1) == ['{"id": "x\\"],\\\\"}', '{"\\u00e9": [1, {"y": []}]}', "3"]


def test_a_reader_nobody_knows_is_refused(desk):
    """The header is at fault, and it is named."""
    with pytest.raises(ModelError, match=r"reader 'xml' cannot be used"):
        desk.load("xml")


NESTED = """-- model:  staging.web_{format}
-- about:  A nested format of the tests.
-- scope:  staging
-- grain:  one row per delivered row
-- key:
-- reads:
-- reader: {reader}
-- raw:    id | varchar | required | Id.
-- raw:    params | struct(key varchar, value struct(text varchar, number bigint))[] | optional | P.

select 1 as id
"""


def test_nested_types_take_what_is_there(desk):
    """Keys that are missing are null, keys that are not named are left out."""
    desk.deliver(
        "a.jsonl",
        '{"id":"a","params":[{"key":"n","value":{"number":"7","other":1}},{"key":"t"}]}\n'
        '{"id":"b","params":[]}\n{"id":"c","params":null}\n{"id":"d"}\n',
    )

    desk.load(header=NESTED)

    assert desk.warehouse.rows("select id, params from raw.web_json_lines order by id") == [
        ("a", [{"key": "n", "value": {"text": None, "number": 7}}, {"key": "t", "value": None}]),
        ("b", []),
        ("c", None),
        ("d", None),
    ]


def test_a_bad_value_deep_in_a_record_rejects_the_record(desk):
    """A text for a number inside, and a text for the whole list; nothing becomes null unseen."""
    desk.deliver(
        "a.jsonl",
        '{"id":"a","params":[{"key":"n","value":{"number":"many"}}]}\n'
        '{"id":"b","params":"none"}\n{"id":"c","params":[{"key":"n","value":{"number":8}}]}\n',
    )

    desk.load(header=NESTED)

    assert desk.warehouse.rows("select row_number, id from raw.web_json_lines") == [(3, "c")]
    kind = "struct(key varchar, value struct(text varchar, number bigint))[]"
    assert [row[:3] for row in desk.rejected()] == [
        (1, "bad_type", f'params: [{{"key":"n","value":{{"number":"many"}}}}] is no {kind}'),
        (2, "bad_type", f'params: "none" is no {kind}'),
    ]
