"""Model files: what a header declares, and what is refused."""

import pytest

from journeylab.errors import ModelError, UnknownName
from journeylab.warehouse import Column, RawColumn, RowCheck, read_model, read_models, sql_root

HEADER = """\
-- model:  core.visits
-- about:  Visits of the tiny shop.
-- scope:  customer
-- grain:  one row per visit
-- key:    visit_id
-- reads:  core.events, config.stages
"""
QUERY = "\nselect 1\n"


def _read(tmp_path, text):
    path = tmp_path / f"{abs(hash(text))}.sql"
    path.write_text(text)
    return read_model(path)


def test_a_header_declares_the_table(tmp_path):
    """Types in lower case; a check keeps bars inside its condition; the query loses its ';'."""
    model = _read(
        tmp_path,
        HEADER
        + "-- params: session_gap_minutes, as_of\n"
        + "-- column: visit_id | VARCHAR | First event.\n"
        + "-- check:  warn | a || b != '' | both are told\n"
        + "\nselect 'x' as visit_id;\n",
    )

    assert (model.name, model.schema, model.table) == ("core.visits", "core", "visits")
    assert (model.scope, model.key) == ("customer", ("visit_id",))
    assert model.reads == ("core.events", "config.stages")
    assert model.params == ("session_gap_minutes", "as_of")
    assert model.columns == (Column("visit_id", "varchar", "First event."),)
    assert model.checks == (RowCheck("warn", "a || b != ''", "both are told"),)
    assert model.query == "select 'x' as visit_id"


def test_a_format_declares_its_reader_and_raw_columns(tmp_path):
    """Required columns refuse a file that lacks them, optional ones do not."""
    model = _read(
        tmp_path,
        HEADER
        + "-- reader: json $.conversations\n"
        + "-- raw:    id   | varchar | required | Its number.\n"
        + "-- raw:    note | varchar | optional | Free text.\n"
        + QUERY,
    )

    assert model.reader == "json $.conversations"
    assert model.raw == (
        RawColumn("id", "varchar", True, "Its number."),
        RawColumn("note", "varchar", False, "Free text."),
    )


def test_a_table_made_by_python_needs_no_query(tmp_path):
    """The line names module and function."""
    model = _read(tmp_path, HEADER + "-- python: journeylab.rules:stage_table\n")

    assert (model.python, model.query) == ("journeylab.rules:stage_table", "")


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        pytest.param(
            HEADER.replace("-- grain:  one row per visit\n", "") + QUERY,
            ModelError,
            "header lacks grain",
            id="a key is missing",
        ),
        pytest.param(
            HEADER + "-- about:  Again.\n" + QUERY, ModelError, "'about' stands twice", id="twice"
        ),
        pytest.param(
            HEADER + "-- colum: a | varchar | A.\n" + QUERY,
            UnknownName,
            "did you mean 'column'",
            id="a typo in a key",
        ),
        pytest.param(
            HEADER.replace("customer", "custmer") + QUERY,
            UnknownName,
            "did you mean 'customer'",
            id="a typo in the scope",
        ),
        pytest.param(HEADER + "-- just words\n" + QUERY, ModelError, "cannot read", id="no key"),
        pytest.param(HEADER, ModelError, "no query and no 'python:' line", id="no query"),
        pytest.param(
            HEADER + "-- column: a | varchar\n" + QUERY, ModelError, "2 parts, not 3", id="no text"
        ),
        pytest.param(
            HEADER + "-- check: fatal | a | b\n" + QUERY, UnknownName, "'fatal'", id="severity"
        ),
    ],
)
def test_a_header_that_cannot_be_read_is_refused(tmp_path, text, error, told):
    """With what is wrong, so that it is mended at once."""
    with pytest.raises(error, match=told):
        _read(tmp_path, text)


def test_every_model_lies_where_its_name_says():
    """sql/<layer>/…/<table>.sql builds <layer>.<table>; a staging file is <channel>/<format>."""
    layers = sorted(
        path.name for path in sql_root().iterdir() if path.name not in ("checks", "lab")
    )
    models = [model for layer in layers for model in read_models(layer).values()]

    assert len(models) > 20
    for model in models:
        parts = model.path.relative_to(sql_root()).with_suffix("").parts
        assert model.name == f"{parts[0]}.{'_'.join(parts[1:])}"


def test_every_column_of_every_model_is_explained_once():
    """A text that ends like a sentence; no name twice; the key is among the columns."""
    layers = sorted(
        path.name for path in sql_root().iterdir() if path.name not in ("checks", "lab")
    )
    for model in (model for layer in layers for model in read_models(layer).values()):
        names = [column.name for column in model.columns]
        assert len(names) == len(set(names)), model.name
        assert set(model.key) <= set(names), model.name
        assert [c.name for c in model.columns if not c.text.endswith((".", ".)", ")"))] == [], (
            model.name
        )
