-- model:  analysis.customer_sales
-- about:  What the settled converted journeys of each customer were worth.
-- scope:  customer
-- grain:  one row per customer and goal with a value
-- key:    customer_key, goal_key
-- reads:  core.journeys
-- column: customer_key   | integer       | Customer.
-- column: goal_key       | usmallint     | The goal reached first.
-- column: sales          | bigint        | Settled converted journeys with a value.
-- column: value          | decimal(38,4) | Their gross value.
-- column: first_currency | varchar       | Least of their currencies.
-- column: last_currency  | varchar       | Greatest of them.

select
    customer_key,
    goal_touchpoint_key as goal_key,
    count(*) as sales,
    sum(value)::decimal(38, 4) as value,
    min(currency) as first_currency,
    max(currency) as last_currency
from core.journeys
where is_settled and outcome = 'converted' and value is not null
group by customer_key, goal_touchpoint_key
order by customer_key, goal_key
