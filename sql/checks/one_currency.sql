-- on:       core.journeys
-- severity: error
-- about:    Values of journeys are in one currency; several need run.reporting_currency and a rates file.
with

currencies as (
    select
        currency,
        count(*) as journeys
    from core.journeys
    where currency is not null
    group by currency
)

select
    currency,
    journeys
from currencies
where (select count(*) from currencies) > 1
