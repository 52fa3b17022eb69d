"""The worst of each kind after a run, read from the marts: what the summary says in words."""

from typing import Final

from journeylab.run_report import Bottleneck, Findings, Leak, Loop
from journeylab.warehouse import Warehouse

#: How many of each kind a run names.
NAMED: Final = 3


def findings(warehouse: Warehouse) -> Findings:
    """The worst bottlenecks, leaks and loops of the run, worst first.

    Touchpoints of fewer than 30 customers are left out: they say too little.

    Args:
        warehouse: the private warehouse after its marts are built.

    Source:
        ``marts.bottlenecks`` (face slow), ``marts.drop_offs`` and ``marts.loops``.
    """
    slow = warehouse.rows(
        "select touchpoint, bottlenecks.stage, n, wait_p50_seconds, wait_p90_seconds"
        " from marts.bottlenecks inner join marts.touchpoint_kpis using (touchpoint)"
        " where face = 'slow' and not bottlenecks.is_insufficient"
        " order by rank, touchpoint limit $named",
        {"named": NAMED},
    )
    leaks = warehouse.rows(
        "select touchpoint, journeys_settled, exits, drop_off_rate"
        " from marts.drop_offs where exits > 0 and not is_insufficient order by rank limit $named",
        {"named": NAMED},
    )
    loops = warehouse.rows(
        "select touchpoints, occurrences, journeys, customers from marts.loops"
        " order by occurrences desc, touchpoints limit $named",
        {"named": NAMED},
    )
    return Findings(
        bottlenecks=[
            Bottleneck(
                touchpoint=touchpoint,
                stage=stage,
                visits=visits,
                wait_p50_seconds=median,
                wait_p90_seconds=slowest,
            )
            for touchpoint, stage, visits, median, slowest in slow
        ],
        leaks=[
            Leak(touchpoint=touchpoint, journeys=journeys, dropped=exits, drop_off_rate=rate)
            for touchpoint, journeys, exits, rate in leaks
        ],
        loops=[
            Loop(touchpoints=loop, times=times, journeys=journeys, customers=people)
            for loop, times, journeys, people in loops
        ],
    )


def kpis(warehouse: Warehouse) -> dict[str, float | None]:
    """The run's KPIs: name -> value, in the order of ``marts.kpis``."""
    return dict(warehouse.rows("select kpi, value from marts.kpis"))
