-- model:  analysis.sales
-- about:  What settled converted journeys were worth.
-- scope:  global
-- grain:  one row per currency
-- key:    currency
-- reads:  core.journeys
-- column: currency | varchar       | Currency.
-- column: sales    | bigint        | Settled converted journeys with a value in it.
-- column: value    | decimal(38,4) | Their gross value.

select
    currency,
    count(*) as sales,
    sum(value)::decimal(38, 4) as value
from core.journeys
where is_settled and outcome = 'converted' and value is not null
group by currency
order by currency
