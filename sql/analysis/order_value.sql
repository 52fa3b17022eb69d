-- model:  analysis.order_value
-- about:  What an order is worth on average: the value that a conversion is counted with.
-- scope:  global
-- grain:  one row per currency
-- key:    currency
-- reads:  core.journeys
-- column: currency      | varchar | Currency.
-- column: average_value | double  | Gross value of the converted journeys ÷ those that have one.
-- column: is_main       | boolean | Whether most orders are in it; ties by name.

select
    currency,
    sum(value)::double / count(*) as average_value,
    row_number() over (order by count(*) desc, currency) = 1 as is_main
from core.journeys
where value is not null
group by currency
order by currency
