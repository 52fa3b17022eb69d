-- on:       marts.kpis
-- severity: warn
-- about:    There are settled journeys to take rates of; the row says which days the data spans. Wait until it spans more than journeys.journey_timeout_days, or set run.assume_complete for a finished log.
select
    horizon.first_event_at,
    horizon.horizon_at
from core.horizon
inner join marts.kpis as settled on settled.kpi = 'journeys_settled' and settled.value = 0
inner join marts.kpis as journeys on journeys.kpi = 'journeys' and journeys.value > 0
