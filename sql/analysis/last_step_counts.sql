-- model:  analysis.last_step_counts
-- about:  The last three steps of settled dropped journeys that ended at a touchpoint: what marts.drop_off_paths ranks.
-- scope:  sums
-- grain:  one row per (last, second to last, third to last touchpoint)
-- key:    touchpoint_key, previous_touchpoint_key, third_touchpoint_key
-- reads:  core.steps, core.journeys
-- column: touchpoint_key          | usmallint | Touchpoint of the last step.
-- column: previous_touchpoint_key | usmallint | That of the step before it; null for a journey of one step.
-- column: third_touchpoint_key    | usmallint | That of the step before both; null for a journey of fewer than three.
-- column: journeys                | bigint    | Journeys.
-- column: customers               | bigint    | Customers of those journeys.
-- check:  error | journeys >= customers | a customer is counted once a journey at most

select
    lasts.touchpoint_key,
    lasts.previous_touchpoint_key,
    thirds.touchpoint_key as third_touchpoint_key,
    count(*) as journeys,
    count(distinct lasts.customer_key) as customers
from core.steps as lasts
inner join core.journeys
    on
        lasts.customer_key = journeys.customer_key
        and lasts.journey_number = journeys.journey_number
left join core.steps as thirds
    on
        lasts.customer_key = thirds.customer_key
        and lasts.journey_number = thirds.journey_number
        and lasts.step_number = thirds.step_number + 2
where
    lasts.part = 'before'
    and lasts.next_touchpoint_key is null
    and journeys.is_settled
    and journeys.outcome in ('lost', 'lapsed')
group by lasts.touchpoint_key, lasts.previous_touchpoint_key, thirds.touchpoint_key
order by lasts.touchpoint_key, lasts.previous_touchpoint_key, third_touchpoint_key
