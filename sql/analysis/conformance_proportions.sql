-- model:  analysis.conformance_proportions
-- about:  Shares of settled journeys that follow the designed map, and conversion with and without each deviation, summed per customer. Without: those that reached the touchpoint it comes after and never deviate so.
-- scope:  global
-- grain:  one row per (measure, item)
-- key:    measure, item
-- reads:  analysis.journey_alignments, analysis.deviations, analysis.deviation_sums
-- params: reporting_timezone
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of: an outcome, the Monday of a week, or a deviation.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

dated as (
    select
        customer_key,
        outcome,
        follows_map,
        date_trunc('week', timezone($reporting_timezone, timezone('UTC', started_at)))::date as week_date
    from analysis.journey_alignments
),

groups as (
    select
        unnest([
            {'measure': 'follows_map', 'item': 'all'},
            {'measure': 'follows_map', 'item': outcome},
            {'measure': 'follows_map_weekly', 'item': week_date::varchar}
        ], recursive := true),
        customer_key,
        follows_map
    from dated
),

trials as (
    select
        measure,
        item,
        customer_key,
        count(*) filter (where follows_map) as x,
        count(*) as n
    from groups
    group by measure, item, customer_key
    union all
    select
        'deviation_with' as measure,
        item,
        customer_key,
        converted as x,
        journeys as n
    from analysis.deviation_sums
    where part = 'with'
    union all
    select
        'deviation_without' as measure,
        deviations.item,
        reached.customer_key,
        reached.converted - coalesce(taken.converted, 0) as x,
        reached.journeys - coalesce(taken.journeys, 0) as n
    from analysis.deviations
    inner join analysis.deviation_sums as reached
        on reached.part = 'reached' and deviations.anchor = reached.item
    left join analysis.deviation_sums as taken
        on
            taken.part = 'taken'
            and deviations.item = taken.item
            and reached.customer_key = taken.customer_key
)

select
    measure,
    item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
where n > 0
group by measure, item
order by measure, item
