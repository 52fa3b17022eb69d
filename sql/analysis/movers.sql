-- model:  analysis.movers
-- about:  Customers with settled moves before the goal, per sample of customers.
-- scope:  sums
-- grain:  one row per sample with such customers
-- key:    sample_number
-- reads:  analysis.customer_moves, analysis.customer_samples
-- column: sample_number | usmallint | Sample of customers.
-- column: customers     | bigint    | Customers.
-- check:  error | customers > 0 | only samples with customers are counted

with

movers as (
    select distinct customer_key
    from analysis.customer_moves
)

select
    samples.sample_number,
    count(*) as customers
from movers
inner join analysis.customer_samples as samples on movers.customer_key = samples.customer_key
group by samples.sample_number
