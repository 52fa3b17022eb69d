-- model:  lab.chosen_archetypes
-- about:  The published archetypes among some journeys: how many are of each, and how they fared, summed per customer.
-- scope:  global
-- grain:  one row per (measure, archetype)
-- key:    measure, item
-- reads:  marts.journeys, marts.journey_archetypes, lab.members
-- column: measure              | varchar | 'archetype_conversion' or 'archetype_back_and_forth'.
-- column: item                 | varchar | Archetype number.
-- column: successes            | bigint  | Journeys of which it holds.
-- column: trials               | bigint  | Settled journeys.
-- column: customers            | bigint  | Customers of those.
-- column: sum_xx               | bigint  | Sum over customers of successes², for the interval.
-- column: sum_xn               | bigint  | Sum of successes × trials.
-- column: sum_nn               | bigint  | Sum of trials².
-- column: steps_p50            | double  | Median number of steps up to the goal; the same in both rows, as what follows.
-- column: duration_p50_seconds | double  | Median time from start to goal, loss or last action.

with

walked as (
    select
        found.archetype_number::varchar as item,
        journeys.customer_id,
        journeys.outcome = 'converted' as is_converted,
        journeys.back_steps > 0 or journeys.revisits > 0 as is_wandering,
        journeys.steps,
        journeys.duration_seconds
    from main.journey_archetypes as found
    inner join members
        on
            found.customer_id = members.customer_id
            and found.journey_id = members.journey_id
    inner join main.journeys
        on
            found.customer_id = journeys.customer_id
            and found.journey_id = journeys.journey_id
),

medians as (
    select
        item,
        quantile_cont(steps, 0.5) as steps_p50,
        quantile_cont(duration_seconds, 0.5) as duration_p50_seconds
    from walked
    group by item
),

by_customer as (
    select
        walked.item,
        measures.measure,
        walked.customer_id,
        count(*) as n,
        count(*) filter (
            where if(
                measures.measure = 'archetype_conversion', walked.is_converted, walked.is_wandering
            )
        ) as x
    from walked
    cross join (values ('archetype_conversion'), ('archetype_back_and_forth')) as measures (measure)
    group by walked.item, measures.measure, walked.customer_id
)

select
    by_customer.measure,
    by_customer.item,
    sum(by_customer.x)::bigint as successes,
    sum(by_customer.n)::bigint as trials,
    count(*) as customers,
    sum(by_customer.x * by_customer.x)::bigint as sum_xx,
    sum(by_customer.x * by_customer.n)::bigint as sum_xn,
    sum(by_customer.n * by_customer.n)::bigint as sum_nn,
    any_value(medians.steps_p50) as steps_p50,
    any_value(medians.duration_p50_seconds) as duration_p50_seconds
from by_customer
inner join medians on by_customer.item = medians.item
group by by_customer.measure, by_customer.item
order by by_customer.measure, by_customer.item
