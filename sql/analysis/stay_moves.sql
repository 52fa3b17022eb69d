-- model:  analysis.stay_moves
-- about:  Where settled stays at a touchpoint before the goal ended by a move, and in what way.
-- scope:  sums
-- grain:  one row per (touchpoint, cause, next touchpoint)
-- key:    touchpoint_key, cause, next_key
-- reads:  analysis.stays, core.steps, core.journeys
-- column: touchpoint_key | usmallint | Touchpoint left.
-- column: cause          | varchar   | What ended the stay: 'goal', 'advance', 'stay', 'back' or 'lateral'.
-- column: next_key       | usmallint | Touchpoint entered.
-- column: stays          | bigint    | Stays.
-- check:  error | stays > 0 | only moves made are counted

select
    stays.touchpoint_key,
    stays.cause,
    steps.next_touchpoint_key as next_key,
    count(*) as stays
from analysis.stays
inner join core.journeys
    on
        stays.customer_key = journeys.customer_key
        and stays.journey_number = journeys.journey_number
inner join core.steps
    on
        stays.customer_key = steps.customer_key
        and stays.journey_number = steps.journey_number
        and stays.step_number = steps.step_number
where
    journeys.is_settled
    and stays.cause not in ('loss', 'leave')
    and steps.next_touchpoint_key is not null
group by stays.touchpoint_key, stays.cause, steps.next_touchpoint_key
order by stays.touchpoint_key, stays.cause, next_key
