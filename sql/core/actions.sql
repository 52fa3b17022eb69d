-- model:  core.actions
-- about:  The customers' actions, each with the session and the journey it belongs to.
-- scope:  customer
-- grain:  one row per action
-- key:    event_key
-- reads:  core.events, core.touchpoints
-- params: session_gap_minutes, max_session_hours, journey_timeout_days
-- column: customer_key    | integer   | Customer.
-- column: event_number    | integer   | Place among the customer's events.
-- column: event_key       | bigint    | Event.
-- column: occurred_at     | timestamp | UTC.
-- column: touchpoint_key  | usmallint | Touchpoint.
-- column: session_number  | integer   | Session of the customer, counted from 1 without holes.
-- column: journey_number  | integer   | Journey of the customer, counted from 1 without holes.
-- column: is_opening      | boolean   | Whether the action may open a journey where it stands.
-- column: is_capped       | boolean   | Whether it starts a session only because the one before reached its greatest length.

with

marked as (
    select
        events.customer_key,
        events.event_number,
        events.event_key,
        events.occurred_at,
        events.touchpoint_key,
        events.given_session_id,
        events.given_journey_id,
        touchpoints.is_goal or touchpoints.is_loss as is_closing,
        touchpoints.opens = 'always'
        or touchpoints.opens = 'until_goal'
        and max(if(touchpoints.is_goal, events.event_number, null)) over earlier is null as is_opening,
        events.occurred_at - lag(events.occurred_at) over in_order as pause
    from core.events
    inner join core.touchpoints on events.touchpoint_key = touchpoints.touchpoint_key
    where events.is_action
    window
        in_order as (partition by events.customer_key order by events.event_number),
        earlier as (
            partition by events.customer_key order by events.event_number
            rows between unbounded preceding and 1 preceding
        )
),

runs as (
    select
        marked.*,
        max(if(is_closing, event_number, null)) over earlier as last_closing,
        max(if(is_opening, event_number, null)) over earlier as last_opening,
        max(if(pause is null or pause > to_minutes($session_gap_minutes), occurred_at, null)) over (
            partition by customer_key order by event_number
            rows between unbounded preceding and current row
        ) as run_started_at
    from marked
    window
        earlier as (
            partition by customer_key order by event_number
            rows between unbounded preceding and 1 preceding
        )
),

capped as (
    select
        runs.*,
        (epoch_us(occurred_at) - epoch_us(run_started_at))
        // ($max_session_hours * 3600000000) as lengths,
        coalesce(
            pause > to_days($journey_timeout_days)
            or is_opening and last_closing >= coalesce(last_opening, 0),
            pause is null
        ) as opens_journey
    from runs
),

starts as (
    select
        capped.*,
        (
            run_started_at is not distinct from lag(run_started_at) over in_order
            and lengths is distinct from lag(lengths) over in_order
        ) as is_capped,
        coalesce(
            min(event_number) over (partition by customer_key, given_session_id),
            event_number
        ) as first_of_given_session,
        min(event_number) over (partition by customer_key, given_journey_id) as first_of_given_journey
    from capped
    window in_order as (partition by customer_key order by event_number)
)

select
    customer_key,
    event_number,
    event_key,
    occurred_at,
    touchpoint_key,
    case
        when given_session_id is not null
            then dense_rank() over (partition by customer_key order by first_of_given_session)
        else sum(if(pause is null or is_capped or pause > to_minutes($session_gap_minutes), 1, 0))
            over in_order
    end::integer as session_number,
    case
        when given_journey_id is not null
            then dense_rank() over (partition by customer_key order by first_of_given_journey)
        else sum(if(opens_journey, 1, 0)) over in_order
    end::integer as journey_number,
    is_opening,
    given_session_id is null and is_capped as is_capped
from starts
window in_order as (partition by customer_key order by event_number)
order by customer_key, event_number
