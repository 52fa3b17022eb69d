"""Sums of floats come out otherwise in another order, and threads give rows in any order."""

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from journeylab.warehouse import Model, read_models

LAYERS = ("identity", "core", "graph", "analysis", "marts")
MODELS = {name: model for layer in LAYERS for name, model in read_models(layer).items()}
QUERIES = [model for model in MODELS.values() if model.query]
ALL = [m for layer in ("config", "staging", "ops", *LAYERS) for m in read_models(layer).values()]
FLOATS = {exp.DType.DOUBLE, exp.DType.FLOAT}

#: Sums of whole numbers in floats, and one whose result is rounded before it is compared.
SAFE = {"analysis.loop_proportions", "analysis.journey_clusters"}


def schema():
    """Columns of all tables with their types, as sqlglot wants them."""
    told: dict[str, dict[str, dict[str, str]]] = {}
    for model in ALL:
        columns = {column.name: column.type for column in model.columns}
        told.setdefault(model.schema, {})[model.table] = columns
    return told


def unordered(query: str, told: dict[str, dict[str, dict[str, str]]]) -> list[str]:
    """Sums and means of floats in a query that do not say in which order."""
    tree = qualify(sqlglot.parse_one(query, dialect="duckdb"), schema=told, dialect="duckdb")
    typed = annotate_types(tree, schema=told, dialect="duckdb")
    return [
        found.sql(dialect="duckdb")
        for found in typed.find_all(exp.Sum, exp.Avg)
        if found.this.type is not None
        and found.this.type.this in FLOATS
        and not isinstance(found.this, exp.Order)
    ]


def test_an_unordered_sum_of_floats_is_found():
    """Of a column, of a product with one, and not of whole numbers or in an order."""
    told = {"a": {"b": {"x": "double", "n": "bigint"}}}

    assert len(unordered("select sum(x) as s, avg(n * x) as m from a.b", told)) == 2
    assert unordered("select sum(n) as s, sum(x order by n) as t from a.b", told) == []


@pytest.mark.parametrize("model", QUERIES, ids=lambda model: model.name)
def test_floats_are_added_in_an_order(model: Model):
    """So that a night and a full build, or two runs of one, agree to the last digit."""
    if model.name in SAFE:
        pytest.skip("whole numbers, or rounded")
    try:
        found = unordered(model.query, schema())
    except SqlglotError as error:
        pytest.skip(f"sqlglot cannot follow it: {str(error)[:60]}")

    assert found == []
