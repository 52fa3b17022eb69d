-- model:  analysis.kpi_items
-- about:  What means, medians and gains are taken of, numbered, so that amounts need not repeat it.
-- scope:  global
-- grain:  one row per (kpi, currency)
-- key:    item_number
-- reads:  analysis.kpi_samples
-- column: item_number | usmallint | Counted from 0, by KPI and currency.
-- column: kpi         | varchar   | KPI.
-- column: statistic   | varchar   | 'mean', 'median', or 'gain' (the sum less 1).
-- column: currency    | varchar   | Currency of the amounts; null for none.
-- column: n           | bigint    | Journeys or conversations.
-- column: customers   | bigint    | Customers behind them.

with

items as (
    select
        kpi,
        any_value(statistic) as statistic,
        currency,
        count(*) as n,
        count(distinct customer_key) as customers
    from analysis.kpi_samples
    group by kpi, currency
)

select
    (row_number() over (order by kpi, currency) - 1)::usmallint as item_number,
    kpi,
    statistic,
    currency,
    n,
    customers
from items
order by item_number
