-- on:       core.journeys
-- severity: error
-- about:    Values of journeys are in one currency; several need run.reporting_currency and a rates file.

select
    currency,
    count(*) as journeys
from core.journeys
where currency is not null
group by currency
qualify count(*) over () > 1
