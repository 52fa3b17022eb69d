"""Identity at size: chains, a giant component, hot keys; its cost, and that union-find agrees.

Called by ``benchmarks``: builds every model of ``sql/identity`` over made-up events, tells what
each took, and holds ``identity.components`` to a union-find over ``identity.edges``.
"""

import json
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from journeylab.identity import hash_pads
from journeylab.parameters import parameters
from journeylab.pipeline.steps import in_order, make_table, model_steps
from journeylab.rules import load_rules
from journeylab.settings import load_settings
from journeylab.warehouse import Warehouse, ensure, open_warehouse, read_models

NIGHT = datetime(2026, 7, 1, 3)

#: Of ten events four link neighbours in chains of 64, two grow one random tree, one carries a key
#: that everybody has, and three are of somebody known by one identifier.
EVENTS = """
    create table staging.events as
    with numbered as (
        select
            number,
            number // 10 * 4 + number % 10 as link,
            hash(number) % greatest(number // 10, 1) as earlier
        from range($events::bigint) as numbers (number)
    ),
    drawn as (
        select number, case
            when number % 10 < 4 and link % 64 < 63
                then [['anonymous_id', 'c' || link], ['anonymous_id', 'c' || link + 1]]
            when number % 10 < 4 then [['anonymous_id', 'c' || link]]
            when number % 10 < 6 then [
                ['anonymous_id', 'g' || number],
                ['anonymous_id', 'g' || earlier::bigint * 10 + 4]
            ]
            when number % 10 = 6
                then [['anonymous_id', 'h' || number], ['anonymous_id', 'hot' || number % 7]]
            else [['anonymous_id', 's' || number // 3]]
        end as pairs
        from numbered
    )
    select
        number + 1 as event_key,
        'web:' || number as event_id,
        'web' as source,
        'web' as channel,
        0::bigint as source_sequence,
        timestamp '2026-01-01' + to_microseconds(number * 1000000) as occurred_at,
        list_transform(pairs, lambda pair: {'kind': pair[1], 'value': pair[2]}) as identifiers,
        false as is_bot
    from drawn
"""


def cpu_seconds() -> float:
    """CPU seconds of this process so far, in all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Build the identity of as many events as the first argument names, and tell."""
    events, out = int(sys.argv[3]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "journeylab.toml").write_text(
            '[sources.web]\nchannel = "web"\nformat = "contract"\npath = "landing"\n'
        )
        settings = load_settings(folder / "journeylab.toml")
        with open_warehouse(folder / "w.duckdb", spill=folder / "spill") as warehouse:
            out.write_text(json.dumps(_told(warehouse, settings, events)))


def _told(warehouse: Warehouse, settings, events: int) -> dict[str, object]:  # noqa: ANN001
    params = {
        **parameters(
            settings,
            load_rules(settings.paths.touchpoints),
            run_id="bench",
            started_at=NIGHT,
            as_of=NIGHT,
        ),
        **hash_pads(b"a key of the benchmark"),
    }
    for name, model in read_models("ops").items():
        ensure(warehouse, name, model.columns)
    warehouse.execute("create schema staging")
    warehouse.execute(EVENTS, {"events": events})
    wanted = [
        step
        for step in model_steps(["config", "identity", "core"])
        if step.layer != "core" or step.name == "core.channels"
    ]
    steps = in_order(wanted, given=("ops.", "staging."))
    took = {}
    began, wall = cpu_seconds(), time.perf_counter()
    for step in steps:
        before = cpu_seconds()
        if step.model is not None:
            make_table(step.model, warehouse, params)
        took[step.name] = round(cpu_seconds() - before, 3)
    spent, seconds = cpu_seconds() - began, time.perf_counter() - wall
    slowest = sorted(took.items(), key=lambda step: -step[1])[:5]
    sizes = warehouse.rows(
        "select count(*), max(n) from (select count(*) as n from identity.components"
        " group by component_key)"
    )[0]
    return {
        "seconds": seconds,
        "cpu_seconds": spent,
        "answers": {
            "identifiers": warehouse.scalar("select count(*) from identity.identifiers"),
            "edges": warehouse.scalar("select count(*) from identity.edges"),
            "refused": warehouse.scalar("select count(*) from identity.refused_identifiers"),
            "customers": sizes[0],
            "largest": sizes[1],
            "differing_from_union_find": _differing(warehouse),
            "slowest": slowest,
        },
    }


def _differing(warehouse: Warehouse) -> int:
    """Identifiers whose component is not the one that union-find gives them."""
    components = warehouse.table("identity.components")
    edges = warehouse.table("identity.edges").select("left_key", "right_key")
    parents = list(range(int(components["identifier_key"].max()) + 1))  # type: ignore[arg-type]

    def root(key: int) -> int:
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    for left, right in edges.iter_rows():
        one, other = root(left), root(right)
        parents[max(one, other)] = min(one, other)
    told = components.select("identifier_key", "component_key").iter_rows()
    return sum(root(identifier) != component for identifier, component in told)


if __name__ == "__main__":
    main()
