-- model:  lab.value_bands
-- about:  Journeys by the value of their goal: the lowest quarter, the middle half and the highest quarter of their currency.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.journeys
-- column: level       | varchar | 'low', 'middle' or 'high'; null without a value.
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.

with

quarters as (
    select
        currency,
        quantile_cont(value, [0.25, 0.75]) as bounds
    from main.journeys
    where value is not null
    group by currency
)

select
    case
        when journeys.value is null then null
        when journeys.value <= quarters.bounds[1] then 'low'
        when journeys.value <= quarters.bounds[2] then 'middle'
        else 'high'
    end as level,
    journeys.customer_id,
    journeys.journey_id
from main.journeys
left join quarters on journeys.currency is not distinct from quarters.currency
