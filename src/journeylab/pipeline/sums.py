"""Tables of sums: what they said, less what touched customers were, and more what they are.

A table whose header says ``scope: sums`` is nothing but exact sums by its key over rows of single
customers. So what some customers add to it is what its own query makes of their rows alone.
"""

from dataclasses import replace

from journeylab.pipeline import changes
from journeylab.pipeline.former import SIDES, sums_over
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables, make_table
from journeylab.warehouse import CheckResult, Model, judge_rows, quoted

#: What the customers who were replaced no longer add, and what they add now, by key.
CHANGED = "night.changed"

#: The rows that come to stand for those with a changed key.
MERGED = "night.merged"


def follow_sums(context: RunContext, model: Model) -> StepResult:
    """Bring one table of sums up to what this run replaced in the tables it is made of.

    It is built whole where it did not hold all of their rows when the run began, where it would
    be made otherwise now, and where one of them was built whole.

    Args:
        context: the run.
        model: the table.
    """
    warehouse, former = context.warehouse, context.former
    fingerprint = changes.fingerprint(context, model)
    up_to = changes.latest(warehouse)
    is_carried = former.stood(model.name) == fingerprint
    replaced = [name for name in model.reads if former.holds(name)]
    if is_carried and replaced:
        _lay_merged(context, model, replaced)
    with warehouse.transaction():
        if not is_carried:
            made = make_table(model, warehouse, context.params)
        elif replaced:
            made = _put_back(context, model)
        else:
            made = judge_rows(warehouse, model)
        changes.note_built(context, model.name, fingerprint, up_to)
    former.done(model)
    whole = "" if is_carried else "it is new, or what it is made of is built otherwise or whole"
    return replace(judged_tables(context, model, made), whole=whole)


def measures(model: Model) -> list[str]:
    """The columns of a table of sums that are sums: all but its key."""
    return [column.name for column in model.columns if column.name not in model.key]


def added(model: Model, parts: str) -> str:
    """Query of the sums of several parts of a table of sums; a row of nothing is none.

    Args:
        model: the table.
        parts: query of the rows of all parts.
    """
    key = ", ".join(map(quoted, model.key))
    sums = ", ".join(
        f"sum({quoted(column.name)})::{column.type} as {quoted(column.name)}"
        for column in model.columns
        if column.name not in model.key
    )
    some = " or ".join(f"sum({quoted(name)}) != 0" for name in measures(model))
    return f"select {key}, {sums} from ({parts}) group by {key} having {some}"


def _lay_merged(context: RunContext, model: Model, replaced: list[str]) -> None:
    """Lay which sums change, and what they come to."""
    former = context.former
    bench = former.bench
    everybody = " union ".join(f"from {bench.at(former.whose(name))}" for name in replaced)
    key = ", ".join(map(quoted, model.key))
    parts = []
    for side, sign in zip(SIDES, ("-", ""), strict=True):
        for name in model.reads:
            if name in sums_over():
                former.lay(side, name, everybody)
            else:
                bench.view(name, f"from {bench.stored(name)}")
        bench.lay_model(model, context.params)  # judged when it is stored
        signed = ", ".join(f"{sign}{quoted(name)} as {quoted(name)}" for name in measures(model))
        bench.table(f"night.{side}", f"select {key}, {signed} from {bench.at(model.name)}")
        parts.append(f"from {bench.at(f'night.{side}')}")
    bench.remove(model.name)
    bench.table(CHANGED, added(model, " union all ".join(parts)))
    stored = bench.stored(model.name)
    bench.table(
        MERGED,
        added(
            model,
            f"select {key}, {', '.join(map(quoted, measures(model)))} from {stored} as told"
            f" where exists (from {bench.at(CHANGED)} as changed where {_same(model)})"
            f" union all from {bench.at(CHANGED)}",
        ),
    )


def _put_back(context: RunContext, model: Model) -> list[CheckResult]:
    """Replace the rows with a changed key, within the caller's transaction."""
    warehouse, bench = context.warehouse, context.former.bench
    table = quoted(model.name)
    names = ", ".join(quoted(column.name) for column in model.columns)
    warehouse.execute(
        f"delete from {table} as told using {bench.at(CHANGED)} as changed where {_same(model)}"
    )
    warehouse.execute(f"insert into {table} ({names}) select {names} from {bench.at(MERGED)}")
    return judge_rows(warehouse, model)


def _same(model: Model) -> str:
    """Condition that a stored row and a changed one have one key."""
    return " and ".join(
        f"told.{quoted(name)} is not distinct from changed.{quoted(name)}" for name in model.key
    )
