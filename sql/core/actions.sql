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
        epoch_us(events.occurred_at) as at_us,
        events.touchpoint_key,
        touchpoints.is_goal or touchpoints.is_loss as is_closing,
        touchpoints.opens = 'always'
        or touchpoints.opens = 'until_goal'
        and max(if(touchpoints.is_goal, events.event_number, null)) over earlier is null as is_opening,
        epoch_us(events.occurred_at) - epoch_us(lag(events.occurred_at) over in_order) as pause_us
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
        coalesce(pause_us > $session_gap_minutes::bigint * 60000000, true) as starts_run,
        max(if(is_closing, event_number, null)) over earlier as last_closing,
        max(if(is_opening, event_number, null)) over earlier as last_opening,
        max(if(pause_us is null or pause_us > $session_gap_minutes::bigint * 60000000, at_us, null)) over (
            partition by customer_key order by event_number
            rows between unbounded preceding and current row
        ) as run_us
    from marked
    window
        earlier as (
            partition by customer_key order by event_number
            rows between unbounded preceding and 1 preceding
        )
),

-- The action before is of the same run, so its length needs no window.
starts as (
    select
        runs.*,
        not starts_run
        and (at_us - run_us) // ($max_session_hours * 3600000000)
        != (at_us - pause_us - run_us) // ($max_session_hours * 3600000000) as is_capped,
        coalesce(
            pause_us > $journey_timeout_days * 86400000000
            or is_opening and last_closing >= coalesce(last_opening, 0),
            pause_us is null
        ) as opens_journey
    from runs
),

-- Only customers for whom the caller gave sessions or journeys: none in a nightly run.
given as (
    select
        event_key,
        if(
            given_session_id is null, null,
            dense_rank() over (partition by customer_key order by first_of_session)
        ) as session_number,
        if(
            given_journey_id is null, null,
            dense_rank() over (partition by customer_key order by first_of_journey)
        ) as journey_number
    from (
        select
            event_key,
            customer_key,
            given_session_id,
            given_journey_id,
            coalesce(
                min(event_number) over (partition by customer_key, given_session_id), event_number
            ) as first_of_session,
            min(event_number) over (partition by customer_key, given_journey_id) as first_of_journey
        from core.events
        where
            is_action
            and customer_key in (
                select handed.customer_key from core.events as handed
                where handed.given_session_id is not null or handed.given_journey_id is not null
            )
    ) as firsts
)

select
    starts.customer_key,
    starts.event_number,
    starts.event_key,
    starts.occurred_at,
    starts.touchpoint_key,
    coalesce(
        given.session_number,
        sum(if(starts.starts_run or starts.is_capped, 1, 0)) over in_order
    )::integer as session_number,
    coalesce(
        given.journey_number,
        sum(if(starts.opens_journey, 1, 0)) over in_order
    )::integer as journey_number,
    starts.is_opening,
    given.session_number is null and starts.is_capped as is_capped
from starts
left join given on starts.event_key = given.event_key
window in_order as (partition by starts.customer_key order by starts.event_number)
order by starts.customer_key, starts.event_number
