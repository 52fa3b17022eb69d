-- model:  lab.chosen_conformance
-- about:  How many of some settled journeys follow the designed map, by outcome and by week of start, summed per customer.
-- scope:  global
-- grain:  one row per (measure, item)
-- key:    measure, item
-- reads:  marts.journeys, marts.journey_conformance, marts.clock, lab.members
-- column: measure             | varchar | 'follows_map' or 'follows_map_weekly'.
-- column: item                | varchar | Outcome ('all', 'converted', 'dropped'), or Monday of the week in the reporting zone.
-- column: successes           | bigint  | Settled journeys that follow the map.
-- column: trials              | bigint  | Settled journeys.
-- column: customers           | bigint  | Customers of those.
-- column: sum_xx              | bigint  | Sum over customers of successes², for the interval.
-- column: sum_xn              | bigint  | Sum of successes × trials.
-- column: sum_nn              | bigint  | Sum of trials².
-- column: journeys_finished   | bigint  | Journeys that leave out no step at the end of the map.
-- column: fitness_mean        | double  | Mean fitness in [0, 1].
-- column: fitness_so_far_mean | double  | Mean fitness with the missing tail free.

with

fitted as (
    select
        found.*,
        if(journeys.outcome = 'converted', 'converted', 'dropped') as outcome,
        date_trunc(
            'week', timezone(clock.reporting_timezone, timezone('UTC', journeys.started_at))
        )::date as week_date
    from main.journey_conformance as found
    inner join members
        on
            found.customer_id = members.customer_id
            and found.journey_id = members.journey_id
    inner join main.journeys
        on
            found.customer_id = journeys.customer_id
            and found.journey_id = journeys.journey_id
    inner join main.clock on true
),

groups as (
    select
        unnest([
            {'measure': 'follows_map', 'item': 'all'},
            {'measure': 'follows_map', 'item': outcome},
            {'measure': 'follows_map_weekly', 'item': week_date::varchar}
        ], recursive := true),
        customer_id,
        follows_map,
        is_finished,
        fitness,
        fitness_so_far
    from fitted
),

by_customer as (
    select
        measure,
        item,
        customer_id,
        count(*) as n,
        count(*) filter (where follows_map) as x,
        count(*) filter (where is_finished) as finished,
        sum((fitness * 1e9)::bigint) as fitness,
        sum((fitness_so_far * 1e9)::bigint) as fitness_so_far
    from groups
    group by measure, item, customer_id
)

select
    measure,
    item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::bigint as sum_xx,
    sum(x * n)::bigint as sum_xn,
    sum(n * n)::bigint as sum_nn,
    sum(finished)::bigint as journeys_finished,
    sum(fitness) / sum(n) / 1e9 as fitness_mean,
    sum(fitness_so_far) / sum(n) / 1e9 as fitness_so_far_mean
from by_customer
group by measure, item
order by measure, item
