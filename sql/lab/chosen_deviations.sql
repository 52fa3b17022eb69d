-- model:  lab.chosen_deviations
-- about:  Where some settled journeys leave the designed map, and how many of them convert, summed per customer.
-- scope:  global
-- grain:  one row per deviation
-- key:    item
-- reads:  marts.journeys, marts.journey_conformance, lab.members
-- column: measure   | varchar | 'deviation_with'.
-- column: item      | varchar | Kind and touchpoint, with a space between.
-- column: successes | bigint  | Converted journeys that deviate so.
-- column: trials    | bigint  | Settled journeys that deviate so.
-- column: customers | bigint  | Customers of those.
-- column: sum_xx    | bigint  | Sum over customers of successes², for the interval.
-- column: sum_xn    | bigint  | Sum of successes × trials.
-- column: sum_nn    | bigint  | Sum of trials².

with

deviating as (
    select
        unnest(list_distinct(found.deviation_names)) as item,
        found.customer_id,
        journeys.outcome = 'converted' as is_converted
    from main.journey_conformance as found
    inner join members
        on
            found.customer_id = members.customer_id
            and found.journey_id = members.journey_id
    inner join main.journeys
        on
            found.customer_id = journeys.customer_id
            and found.journey_id = journeys.journey_id
),

by_customer as (
    select
        item,
        customer_id,
        count(*) as n,
        count(*) filter (where is_converted) as x
    from deviating
    group by item, customer_id
)

select
    'deviation_with' as measure,
    item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::bigint as sum_xx,
    sum(x * n)::bigint as sum_xn,
    sum(n * n)::bigint as sum_nn
from by_customer
group by item
order by item
