-- model:  analysis.move_chances
-- about:  Chance to convert after leaving a touchpoint in each way, over settled journeys.
-- scope:  global
-- grain:  one row per (touchpoint, cause)
-- key:    touchpoint_key, cause
-- reads:  analysis.stays, core.steps, core.journeys, core.touchpoints, analysis.chain
-- column: touchpoint_key | usmallint | Touchpoint left.
-- column: cause          | varchar   | What ended the stay: 'goal', 'advance', 'stay', 'back' or 'lateral'.
-- column: p_convert      | double    | Mean chance to convert at the touchpoints entered so; 1 for the goal.
-- check:  error | p_convert between 0 and 1 + 1e-9 | a chance lies in [0, 1]

select
    stays.touchpoint_key,
    stays.cause,
    avg(if(entered.is_goal, 1, coalesce(chain.p_convert, 0))) as p_convert
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
inner join core.touchpoints as entered on steps.next_touchpoint_key = entered.touchpoint_key
left join analysis.chain on entered.touchpoint = chain.node
where journeys.is_settled and stays.cause not in ('loss', 'leave')
group by stays.touchpoint_key, stays.cause
order by stays.touchpoint_key, stays.cause
