"""Templates of sql/lab and checked conditions -> one query. The only composer of SQL in lab.

Queries are put together as trees, never as text: a template is parsed once, the rows it
reads are given to it as further CTEs, and what a user wrote enters as parsed conditions and
as bound or quoted values. A CTE named like a published table stands in for it: that is how
a question is held to some journeys.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import sqlglot
from sqlglot import exp

from journeylab.warehouse import read_models

_DIALECT: Final = "duckdb"
_JOURNEY: Final = ("customer_id", "journey_id")

#: Schema of the published tables: a name with it is never a CTE of the same name.
_PUBLISHED: Final = "main"


def template(name: str, **values: Any) -> exp.Query:  # noqa: ANN401 - any plain value
    """A query of sql/lab as a tree of its own.

    Args:
        name: its file, without the ending.
        values: parameters to write into it as literals, so that it can stand in one query
            with itself, or expressions that stand for them; the others stay to be bound.
    """
    tree = _parsed(name).copy()
    for parameter in list(tree.find_all(exp.Placeholder, exp.Parameter)):
        key = parameter.name
        if key in values:
            parameter.replace(_literal(values[key]))
    return tree


def composed(query: exp.Query, given: Mapping[str, exp.Query]) -> str:
    """The text of a query that reads the given ones by their names, in their order."""
    return with_given(query, given).sql(dialect=_DIALECT, copy=False)


def with_given(query: exp.Query, given: Mapping[str, exp.Query]) -> exp.Query:
    """A query with the given ones before it, by their names, in their order."""
    own = query.copy()
    ctes = [(cte.alias, cte.this) for cte in own.ctes]
    own.set("with_", None)
    for name, rows in [*given.items(), *ctes]:
        own = own.with_(name, as_=rows, copy=False, dialect=_DIALECT)
    return own


def kept(name: str, query: exp.Query, given: Mapping[str, exp.Query]) -> str:
    """The text that keeps a query's rows in a table of the connection, until it is closed."""
    table = exp.Create(
        this=exp.to_table(name),
        kind="TABLE",
        expression=with_given(query, given),
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )
    return table.sql(dialect=_DIALECT)


def condition(text: str) -> exp.Condition:
    """A condition that ``parse_where`` has spelled, as a tree."""
    return sqlglot.parse_one(text, into=exp.Condition, dialect=_DIALECT)


def published(table: str) -> exp.Table:
    """A published table by its full name, which no CTE of the same name hides."""
    return exp.table_(table, db=_PUBLISHED)


def rows_where(table: str, columns: Sequence[str], text: str | None) -> exp.Select:
    """Columns of a published table where a checked condition holds."""
    query = exp.select(*(exp.column(name) for name in columns)).from_(published(table))
    return query if text is None else query.where(condition(text), copy=False)


def only(rows: exp.Query, *, among: exp.Query, on: Sequence[str] = _JOURNEY) -> exp.Select:
    """The rows of a query that have a partner in another one."""
    return (
        exp.select("kept.*")
        .from_(rows.subquery("kept"))
        .join(among.subquery("wanted"), using=list(on), join_type="semi")
    )


def is_plain(journeys: exp.Query) -> bool:
    """Whether journeys are chosen by conditions on their own rows alone."""
    told = {name for name, value in journeys.args.items() if value}
    return (
        isinstance(journeys, exp.Select)
        and told <= {"expressions", "from_", "where", "kind"}
        and journeys.args["from_"].this == published("journeys")
        and journeys.args.get("where") is not None
    )


def placed(journeys: exp.Query) -> exp.Query:
    """Where journeys stand in the snapshot: ``row_number``, beside their names."""
    row_number = exp.column("rowid").as_("row_number")
    if is_plain(journeys):
        return journeys.select(row_number)
    named = rows_where("journeys", _JOURNEY, None).select(row_number, copy=False)
    return only(named, among=journeys)


def without(rows: exp.Query, *, among: exp.Query, on: Sequence[str] = _JOURNEY) -> exp.Select:
    """The rows of a query that have no partner in another one."""
    return (
        exp.select("kept.*")
        .from_(rows.subquery("kept"))
        .join(among.subquery("unwanted"), using=list(on), join_type="anti")
    )


def whole(table: str) -> exp.Select:
    """All columns and rows of a published table."""
    return exp.select("*").from_(published(table))


def whole_of(given: str) -> exp.Select:
    """All columns and rows of a frame that is given to the connection."""
    return exp.select("*").from_(given)


def narrowed(chosen: exp.Query | None, *tables: str) -> dict[str, exp.Query]:
    """Published tables held to some journeys, under their own names; nothing for None."""
    if chosen is None:
        return {}
    return {
        "chosen": chosen,
        **{table: only(whole(table), among=exp.select("*").from_("chosen")) for table in tables},
    }


def labelled(rows: exp.Query, **labels: str | None) -> exp.Select:
    """A query of journeys with constant columns before it, null for None."""
    constants = [
        exp.cast(_literal(value), "varchar").as_(name, quoted=True)
        for name, value in labels.items()
    ]
    columns = [exp.column(name) for name in _JOURNEY]
    return exp.select(*constants, *columns).from_(rows.subquery("members"))


def stacked(queries: Sequence[exp.Query]) -> exp.Query:
    """All rows of several queries with the same columns."""
    first, *rest = queries
    for query in rest:
        first = exp.union(first, query, distinct=False, copy=False)
    return first


@cache
def _parsed(name: str) -> exp.Query:
    tree = sqlglot.parse_one(read_models("lab")[f"lab.{name}"].query, dialect=_DIALECT)
    if not isinstance(tree, exp.Query):
        raise TypeError(f"sql/lab/{name}.sql is no query")
    return tree


def _literal(value: Any) -> exp.Expr:  # noqa: ANN401 - any plain value
    if isinstance(value, exp.Expr):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return exp.Array(expressions=[_literal(item) for item in value])
    return exp.convert(value)
