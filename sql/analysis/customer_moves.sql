-- model:  analysis.customer_moves
-- about:  How often each customer's settled journeys made each move before the goal, told apart by the step before and by whether the wait was long.
-- scope:  customer
-- grain:  one row per customer and (step before, step left, step entered, whether slow)
-- key:    customer_key, previous_key, from_key, to_key, is_slow, is_converted
-- reads:  core.steps, core.journeys, core.business_waits, analysis.bottleneck_faces
-- column: customer_key | integer   | Customer.
-- column: previous_key | usmallint | Touchpoint before the one left; null where the journey began with that.
-- column: from_key     | usmallint | Touchpoint left.
-- column: to_key       | usmallint | Touchpoint entered next; null where the journey ended.
-- column: is_slow      | boolean   | Whether the wait is above the reference of slow bottlenecks, within business hours where those are judged so; null where the journey ended or there is no reference.
-- column: is_converted | boolean   | Whether the journey ended in the goal; null where it went on.
-- column: transitions  | integer   | Times made.
-- column: microseconds | bigint    | From entering the touchpoint left to entering the next, summed; to leaving it where the journey ended.
-- column: nearest_microseconds | bigint | Of these waits the one nearest to the reference: the least of slow ones, else the longest; null where the journey ended.
-- check:  error | transitions > 0 and microseconds >= 0 | only moves made are counted

with

moves as (
    select
        steps.customer_key,
        steps.previous_touchpoint_key as previous_key,
        steps.touchpoint_key as from_key,
        steps.next_touchpoint_key as to_key,
        if(steps.next_touchpoint_key is null, journeys.outcome = 'converted', null) as is_converted,
        coalesce(business_waits.business_wait_microseconds, steps.next_wait_microseconds)
            as waited_microseconds,
        epoch_us(steps.left_at)
        - epoch_us(steps.entered_at)
        + coalesce(steps.next_wait_microseconds, 0) as microseconds
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    left join core.business_waits
        on
            steps.customer_key = business_waits.customer_key
            and steps.journey_number = business_waits.journey_number
            and steps.step_number = business_waits.step_number
    where steps.part = 'before' and journeys.is_settled
),

judged as (
    select
        moves.*,
        moves.waited_microseconds > slow.reference * 3.6e9 as is_slow
    from moves
    left join analysis.bottleneck_faces as slow
        on slow.face = 'slow' and moves.from_key = slow.touchpoint_key
)

select
    customer_key,
    previous_key,
    from_key,
    to_key,
    is_slow,
    is_converted,
    count(*)::integer as transitions,
    sum(microseconds)::bigint as microseconds,
    if(is_slow, min(waited_microseconds), max(waited_microseconds)) as nearest_microseconds
from judged
group by customer_key, previous_key, from_key, to_key, is_slow, is_converted
