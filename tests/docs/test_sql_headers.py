"""Every SQL file says truly what it reads, which parameters it takes and what its columns mean."""

import configparser
import importlib
import inspect
import re
from pathlib import Path

import pytest

from journeylab.warehouse import Model, read_checks, read_models, sql_root

LAYERS = sorted(folder.name for folder in sql_root().iterdir() if folder.name != "checks")
MODELS = [model for layer in LAYERS for model in read_models(layer).values()]
QUERIES = [model for model in MODELS if model.query]
STATE = ("ops", "row_marts")
MADE_BY_PYTHON = [model for model in MODELS if model.python and model.schema not in STATE]

SCHEMAS = {model.schema for model in MODELS} | {"raw"}


def named(model: Model) -> str:
    return model.name


def code(query: str) -> str:
    """A query without comments and without the inside of texts."""
    return re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"--[^\n]*", "", query))


def tables(query: str) -> set[str]:
    """Tables with their schema that stand after ``from`` or ``join``."""
    found = re.findall(r"\b(?:from|join)\s+([a-z_]+\.[a-z0-9_]+)", code(query))
    return {name for name in found if name.split(".")[0] in SCHEMAS}


def standing_with(name: str) -> set[str]:
    """A table and all it is made from, directly or not."""
    reads = {model.name: model.reads for model in MODELS}
    found, waiting = set(), [name]
    while waiting:
        table = waiting.pop()
        if table not in found:
            found.add(table)
            waiting += reads.get(table, ())
    return found


def parameters(query: str) -> set[str]:
    return set(re.findall(r"\$([a-z_]+)", code(query)))


def test_every_file_is_read():
    """A file that stands outside the layers would never be built."""
    files = {path for path in sql_root().rglob("*.sql") if path.parent.name != "checks"}

    assert {model.path for model in MODELS} == files
    assert [len(read_checks())] == [len(list((sql_root() / "checks").glob("*.sql")))]


@pytest.mark.parametrize("model", QUERIES, ids=named)
def test_a_model_reads_what_its_header_says(model):
    """Both ways: Dagster draws the way of the data from ``reads`` alone."""
    used = tables(model.query)
    if "staging_tables" in model.params:
        used |= {"staging.rows"} - {model.name}  # the formats in use, of which it is the union

    assert used - set(model.reads) == set(), "in the query, not in reads"
    unused = {
        name
        for name in model.reads
        if name not in used and not re.search(rf"\b{name.split('.')[-1]}\b", code(model.query))
    }
    assert unused == set(), "in reads, not in the query"


@pytest.mark.parametrize("model", QUERIES, ids=named)
def test_a_model_takes_the_parameters_its_header_says(model):
    """A parameter that is not declared is not bound; one that is not used misleads."""
    assert parameters(model.query) == set(model.params)


@pytest.mark.parametrize("check", read_checks(), ids=lambda check: check.name)
def test_a_check_takes_the_parameters_its_header_says_and_is_explained(check):
    """It runs right after a table, so whatever else it reads must stand by then."""
    assert parameters(check.query) == set(check.params)
    assert tables(check.query) - standing_with(check.on) == set()
    assert check.about.endswith(".")


@pytest.mark.parametrize("model", MADE_BY_PYTHON, ids=named)
def test_a_function_takes_a_frame_per_table_read_and_a_keyword_per_parameter(model):
    """The table is made by calling it so."""
    if model.schema == "snapshot":
        pytest.skip("publishing writes it itself")
    module, _, name = model.python.partition(":")
    signature = inspect.signature(getattr(importlib.import_module(module), name))

    bound = signature.bind(*model.reads, **dict.fromkeys(model.params))

    assert bound.kwargs.keys() | bound.arguments.keys() >= set(model.params)


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_model_is_explained(model):
    """What it holds, what a row is, what each column means, and a key that exists."""
    names = [column.name for column in model.columns]

    assert model.about.endswith(".")
    assert model.grain.startswith("one row")
    assert [column.name for column in model.columns if len(column.text) < 3] == []
    assert [name for name in model.key if name not in names] == []


def test_sqlfluff_knows_a_sample_value_for_each_parameter():
    """Without one it reads the parameter as a column; one that nobody declares is old."""
    config = configparser.ConfigParser()
    config.read(Path(__file__).parents[2] / ".sqlfluff", encoding="utf-8")
    samples = set(config["sqlfluff:templater:placeholder"]) - {"param_style"}

    used = {name for thing in (*QUERIES, *read_checks()) for name in thing.params}

    assert used - samples == set()
