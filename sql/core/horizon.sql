-- model:  core.horizon
-- about:  The instant up to which the data is complete, and the first instant of the data.
-- scope:  global
-- grain:  one row
-- key:
-- reads:  staging.events, config.sources
-- column: horizon_at     | timestamp | Greatest occurred_at of accepted, non-bot events; where sources are required, the least over them of their greatest, a required source without events counting as nothing. Null without events.
-- column: first_event_at | timestamp | Least occurred_at of accepted, non-bot events; null without events.

with

spans as (
    select
        source,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from staging.events
    where not is_bot
    group by source
),

required as (
    select min(spans.last_at) as last_at
    from config.sources
    inner join spans on sources.source = spans.source
    where sources.is_required
)

select
    least(coalesce(max(required.last_at), max(spans.last_at)), max(spans.last_at)) as horizon_at,
    min(spans.first_at) as first_event_at
from spans
left join required on true
