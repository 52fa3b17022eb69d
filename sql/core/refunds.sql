-- model:  core.refunds
-- about:  Refunds and cancellations, each with the journey whose value it takes back.
-- scope:  customer
-- grain:  one row per refund event that found its journey
-- key:    event_key
-- reads:  core.events, core.touchpoints, core.actions, core.outcomes, staging.events
-- column: event_key      | bigint        | The refund.
-- column: customer_key   | integer       | Customer.
-- column: journey_number | integer       | Journey of the order it names, else the customer's last converted journey before it.
-- column: refunded_at    | timestamp     | UTC.
-- column: amount         | decimal(18,4) | Value taken back, positive, in its own currency; null means the whole order.
-- column: currency       | varchar       | Currency of the amount; null where not given.

with

refunds as (
    select
        events.customer_key,
        events.event_key,
        events.event_number,
        events.occurred_at,
        staged.order_id,
        abs(staged.value) as amount,
        staged.currency
    from core.events
    inner join core.touchpoints on events.touchpoint_key = touchpoints.touchpoint_key
    inner join staging.events as staged on events.event_key = staged.event_key
    where touchpoints.is_refund
),

orders as (
    select
        actions.customer_key,
        actions.journey_number,
        staged.order_id
    from core.actions
    inner join core.touchpoints on actions.touchpoint_key = touchpoints.touchpoint_key
    inner join staging.events as staged on actions.event_key = staged.event_key
    where touchpoints.is_goal and staged.order_id is not null
    group by all
),

candidates as (
    select
        refunds.event_key,
        min(orders.journey_number) as named_journey,
        max(earlier.journey_number) as last_journey
    from refunds
    left join orders
        on refunds.customer_key = orders.customer_key and refunds.order_id = orders.order_id
    left join core.outcomes as earlier
        on
            refunds.customer_key = earlier.customer_key
            and earlier.outcome = 'converted'
            and refunds.event_number > earlier.goal_number
    group by refunds.event_key
)

select
    refunds.event_key,
    refunds.customer_key,
    coalesce(candidates.named_journey, candidates.last_journey) as journey_number,
    refunds.occurred_at as refunded_at,
    refunds.amount,
    refunds.currency
from refunds
inner join candidates on refunds.event_key = candidates.event_key
where candidates.named_journey is not null or candidates.last_journey is not null
order by refunds.event_key
