"""Tables built whole in ranges of what they read, so that memory does not depend on how much it is.

Each range is laid on the bench and built straight into a table that takes the standing one's place
at the end; one that a killed run leaves half made is dropped by the next.
"""

from collections.abc import Callable, Iterable

from journeylab.pipeline.steps import RunContext, make_whole
from journeylab.warehouse import (
    CheckResult,
    Model,
    build,
    is_row_mart,
    judge_built,
    place_of,
    quoted,
)

#: Lays one range of what a model reads on the bench.
Lay = Callable[[], None]


def build_in_ranges(
    context: RunContext, model: Model, ranges: Iterable[Lay], note: Callable[[], None]
) -> list[CheckResult]:
    """Build a table whole, range by range; at once where there is one or other machines did.

    Args:
        context: the run.
        model: the table.
        ranges: lay what it reads, in the order its rows are stored in; the bench is empty then.
        note: notes that it is built, in the transaction that puts it in its place.

    Returns:
        Its judged row checks.
    """
    warehouse, bench, lays = context.warehouse, context.bench, list(ranges)
    elsewhere = context.is_made_elsewhere(model)
    place, is_apart = place_of(model), is_row_mart(model)
    if elsewhere or len(lays) <= 1:
        with warehouse.transaction():
            if is_apart and not elsewhere:
                made = build(warehouse, model, context.params, at=place)
            else:
                made = make_whole(context, model)
            note()
            return made
    making = f"{place}__making"
    for number, lay in enumerate(lays):
        bench.clear()
        lay()
        at = quoted(making) if is_apart else bench.stored(making)
        bench.build_into(at, model, context.params, is_new=number == 0)
    bench.clear()
    with warehouse.transaction():
        warehouse.execute(f"drop table if exists {quoted(place)}")
        warehouse.execute(f"alter table {quoted(making)} rename to {quoted(model.table)}")
        note()
        return judge_built(warehouse, model, at=place)
