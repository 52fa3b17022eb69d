-- model:  lab.recut_actions
-- about:  Actions with the session each is in by another rule: a given id, else a pause, a marker or the greatest length.
-- scope:  global
-- grain:  one row per action
-- key:    customer_id, event_number
-- reads:  lab.acts
-- params: gap_us, longest_us, markers
-- column: customer_id     | varchar   | Customer.
-- column: event_number    | integer   | Place among the customer's events.
-- column: event_id        | varchar   | Event.
-- column: journey_id      | varchar   | Journey.
-- column: touchpoint      | varchar   | Touchpoint.
-- column: channel         | varchar   | Channel.
-- column: occurred_at     | timestamp | When, UTC.
-- column: cut_session_id  | varchar   | event_id of the first action of the session.

with

begun as (
    select
        *,
        coalesce(
            epoch_us(occurred_at) - lag(epoch_us(occurred_at)) over in_order > $gap_us, true
        ) or list_contains($markers::varchar[], touchpoint) as begins
    from acts
    window in_order as (partition by customer_id, given_id is null order by event_number)
),

runs as (
    select
        *,
        max(if(begins, occurred_at, null)) over (
            partition by customer_id, given_id is null order by event_number
            rows between unbounded preceding and current row
        ) as run_started_at
    from begun
),

capped as (
    select
        *,
        (epoch_us(occurred_at) - epoch_us(run_started_at)) // $longest_us as lengths
    from runs
),

numbered as (
    select
        *,
        sum(if(begins or coalesce(lengths != lag_lengths, false), 1, 0)) over (
            partition by customer_id, given_id is null order by event_number
            rows between unbounded preceding and current row
        ) as run_number
    from (
        select
            *,
            lag(lengths) over (
                partition by customer_id, given_id is null order by event_number
            ) as lag_lengths
        from capped
    ) as lagged
)

select
    customer_id,
    event_number,
    event_id,
    journey_id,
    touchpoint,
    channel,
    occurred_at,
    first_value(event_id) over (
        partition by
            customer_id, given_id is null, if(given_id is null, run_number::varchar, given_id)
        order by event_number
        rows between unbounded preceding and current row
    ) as cut_session_id
from numbered
