-- model:  analysis.archetype_proportions
-- about:  Conversion and back-and-forth of the settled journeys of each archetype, summed per customer.
-- scope:  global
-- grain:  one row per (measure, archetype)
-- key:    measure, item
-- reads:  analysis.journey_clusters, analysis.archetypes, core.journeys
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | Archetype.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

customers as (
    select
        archetypes.archetype_number::varchar as item,
        clusters.customer_key,
        count(*) as n,
        count(*) filter (where journeys.outcome = 'converted') as converted,
        count(*) filter (where journeys.back_steps > 0 or journeys.revisits > 0) as wandering
    from analysis.journey_clusters as clusters
    inner join analysis.archetypes on clusters.cluster = archetypes.cluster
    inner join core.journeys
        on
            clusters.customer_key = journeys.customer_key
            and clusters.journey_number = journeys.journey_number
    group by archetypes.archetype_number, clusters.customer_key
),

trials as (
    select 'archetype_conversion' as measure, item, converted as x, n
    from customers
    union all
    select 'archetype_back_and_forth' as measure, item, wandering as x, n
    from customers
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
group by measure, item
order by measure, item
