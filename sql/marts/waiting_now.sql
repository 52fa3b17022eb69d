-- model:  marts.waiting_now
-- about:  The queue: customers who wait for us at the horizon, longest first. Their last action lies within the journey timeout, is at a touchpoint that waits for us or, where that is not said, in a conversation and no rating, and no agent has answered since.
-- scope:  global
-- grain:  one row per customer who waits
-- key:    customer_id
-- reads:  core.actions, core.journeys, core.journey_ids, core.touchpoints, core.horizon, core.events, core.business_hours, staging.events, analysis.chain, analysis.sales
-- params: journey_timeout_days, assume_complete
-- column: customer_id    | varchar   | Customer.
-- column: journey_id     | varchar   | Journey of the last action.
-- column: touchpoint     | varchar   | Touchpoint of the last action.
-- column: label          | varchar   | Plain name.
-- column: owner          | varchar   | Who is responsible; null where not given.
-- column: outcome        | varchar   | Outcome of the journey so far: 'open', 'converted' (after-care) or 'service'.
-- column: waited_seconds | double    | From the last action to the horizon.
-- column: business_waited_seconds | double | The same within business hours, at chat and phone touchpoints; null at others and without a calendar.
-- column: value_at_stake | double    | For an open journey the chance to convert from the touchpoint times the mean gross value of a settled conversion; null for others, without settled journeys, or without one currency.
-- column: value_currency | varchar   | Its currency; null where it is.
-- column: since          | timestamp | The last action, UTC.
-- check:  error | waited_seconds >= 0 | nobody waits since the future

with

-- A customer's last action has the latest time of all: only recent actions can be such.
lasts as (
    select
        customer_key,
        max(event_number) as event_number,
        max_by(event_key, event_number) as event_key,
        max_by(journey_number, event_number) as journey_number,
        max_by(touchpoint_key, event_number) as touchpoint_key,
        max(occurred_at) as since
    from core.actions
    where
        not $assume_complete
        and occurred_at >= (
            select horizon.horizon_at - to_days($journey_timeout_days)
            from core.horizon
        )
    group by customer_key
),

asked as (
    select lasts.*
    from lasts
    inner join core.touchpoints on lasts.touchpoint_key = touchpoints.touchpoint_key
    inner join staging.events on lasts.event_key = events.event_key
    where
        touchpoints.waits_for = 'us'
        or touchpoints.waits_for is null
        and events.conversation_id is not null
        and events.score is null
),

answered as (
    select distinct asked.customer_key
    from asked
    inner join core.events as later
        on asked.customer_key = later.customer_key and asked.event_number < later.event_number
    inner join staging.events on later.event_key = events.event_key
    where events.actor = 'agent'
),

priced as (
    select
        any_value(currency) as currency,
        sum(value) / sum(sales) as price
    from analysis.sales
    having count(*) = 1
)

select
    journey_ids.customer_id,
    journey_ids.journey_id,
    touchpoints.touchpoint,
    touchpoints.label,
    touchpoints.owner,
    journeys.outcome,
    greatest(epoch_us(horizon.horizon_at) - epoch_us(asked.since), 0) / 1e6 as waited_seconds,
    case
        when touchpoints.channel in ('chat', 'phone') and starts.changes_at is not null
            then greatest(
                ends.open_microseconds
                + if(ends.is_open, epoch_us(horizon.horizon_at) - epoch_us(ends.changes_at), 0)
                - starts.open_microseconds
                - if(starts.is_open, epoch_us(asked.since) - epoch_us(starts.changes_at), 0),
                0
            ) / 1e6
    end as business_waited_seconds,
    if(journeys.outcome = 'open', chain.p_convert * priced.price, null) as value_at_stake,
    if(journeys.outcome = 'open' and chain.p_convert is not null, priced.currency, null)
        as value_currency,
    asked.since
from asked
anti join answered using (customer_key)
inner join core.horizon on true
inner join core.touchpoints on asked.touchpoint_key = touchpoints.touchpoint_key
inner join core.journeys
    on
        asked.customer_key = journeys.customer_key
        and asked.journey_number = journeys.journey_number
inner join core.journey_ids
    on
        asked.customer_key = journey_ids.customer_key
        and asked.journey_number = journey_ids.journey_number
left join analysis.chain on touchpoints.touchpoint = chain.node
left join priced on true
asof left join core.business_hours as starts on asked.since >= starts.changes_at
asof left join core.business_hours as ends on horizon.horizon_at >= ends.changes_at
order by asked.since, journey_ids.customer_id
