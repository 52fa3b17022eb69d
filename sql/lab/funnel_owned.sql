-- model:  lab.funnel_owned
-- about:  Events of a funnel with context given to a journey and a session: to the journey of the action that follows, else of the last one; to a session where actions of it stand around.
-- scope:  global
-- grain:  one row per event of a customer with actions
-- key:    customer_id, event_number
-- reads:  lab.funnel_fits
-- params:
-- column: customer_id  | varchar | Customer.
-- column: journey_id   | varchar | Journey.
-- column: session_id   | varchar | Session; null for context between two sessions.
-- column: event_number | bigint  | Place among the customer's events.
-- column: occurred_us  | bigint  | Microseconds since 1970.
-- column: fits         | integer | Steps it fits, as bits.
-- column: excluded     | integer | Exclusions it fits, as bits.
-- column: held         | varchar | Value that an attempt holds; null where it is not known.
-- column: level        | varchar | Value of the breakdown; null where it is not known.

with

surrounded as (
    select
        customer_id,
        event_number,
        occurred_us,
        fits,
        excluded,
        held,
        level,
        first_value(journey_id ignore nulls) over onward as next_journey_id,
        last_value(journey_id ignore nulls) over until_here as last_journey_id,
        first_value(session_id ignore nulls) over onward as next_session_id,
        last_value(session_id ignore nulls) over until_here as last_session_id
    from funnel_fits
    window
        onward as (
            partition by customer_id order by event_number
            rows between current row and unbounded following
        ),
        until_here as (
            partition by customer_id order by event_number
            rows between unbounded preceding and current row
        )
)

select
    customer_id,
    coalesce(next_journey_id, last_journey_id) as journey_id,
    if(next_session_id = last_session_id, next_session_id, null) as session_id,
    event_number,
    occurred_us,
    fits,
    excluded,
    held,
    level
from surrounded
where coalesce(next_journey_id, last_journey_id) is not null
