-- model:  analysis.spend
-- about:  Marketing spend in all, in the reporting currency where one is set.
-- scope:  global
-- grain:  one row per currency
-- key:    currency
-- reads:  config.spend, config.rates
-- params: reporting_currency
-- column: currency   | varchar | The reporting currency, else the spend's own.
-- column: amount     | double  | Sum of the spend; null where a line has no rate into the currency.
-- column: lines      | bigint  | Lines of the spend file.
-- column: lines_without_rate | bigint | Lines no rate converts.
-- column: first_day  | date    | First day with spend.
-- column: last_day   | date    | Last day with spend.
-- check:  warn | lines_without_rate = 0 | every line of the spend file has a rate into the reporting currency

with

priced as (
    select
        coalesce($reporting_currency, spend.currency) as currency,
        spend.spend_date,
        case
            when spend.currency = coalesce($reporting_currency, spend.currency)
                then spend.amount::decimal(38, 8)
            else (spend.amount * rates.rate)::decimal(38, 8)
        end as amount
    from config.spend
    left join config.rates
        on spend.currency = rates.currency and spend.spend_date = rates.rate_date
)

select
    currency,
    if(count(amount) = count(*), sum(amount), null)::double as amount,
    count(*) as lines,
    count(*) - count(amount) as lines_without_rate,
    min(spend_date) as first_day,
    max(spend_date) as last_day
from priced
group by currency
order by currency
