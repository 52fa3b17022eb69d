-- model:  star.fct_events
-- about:  Fact: events of people, bots left out; one line to count by touchpoint, channel, customer and day.
-- scope:  global
-- grain:  one row per event
-- key:    event_id
-- reads:  marts.events, marts.clock
-- kind:   view
-- column: event_id     | varchar | Event.
-- column: customer_id  | varchar | Customer, in dim_customers; null where not known.
-- column: session_id   | varchar | Session; null for context.
-- column: journey_id   | varchar | Journey; null for context.
-- column: touchpoint   | varchar | Touchpoint, in dim_touchpoints.
-- column: channel      | varchar | Channel.
-- column: source_group | varchar | Group of origins; null when no rule matches.
-- column: campaign     | varchar | Campaign name; null when not given.
-- column: device       | varchar | Kind of device; null when not known.
-- column: country      | varchar | Country; null when not known.
-- column: role         | varchar | 'action' or 'context'.
-- column: event_date   | date | Day in the reporting zone, in dim_dates.
-- column: value        | decimal(18,4) | Amount in currency; null when none.
-- column: currency     | varchar | Its currency.
-- column: occurred_at  | timestamp | When it happened, UTC.

select
    events.event_id,
    events.customer_id,
    events.session_id,
    events.journey_id,
    events.touchpoint,
    events.channel,
    events.source_group,
    events.utm_campaign as campaign,
    events.device,
    events.country,
    events.role,
    timezone(clock.reporting_timezone, timezone('UTC', events.occurred_at))::date as event_date,
    events.value,
    events.currency,
    events.occurred_at
from events
inner join clock on true
where not events.is_bot
