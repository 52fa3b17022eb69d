-- model:  analysis.archetype_sample
-- about:  What clustering learns from: at most 20,000 settled journeys, drawn by a hash of their ids, as counts of touchpoints and moves before the goal, goals left out, and times. The outcome is no feature.
-- scope:  global
-- grain:  one row per (journey, feature)
-- key:    journey_id, feature
-- reads:  core.steps, core.journeys, core.journey_ids, core.touchpoints
-- params: seed
-- column: journey_id     | varchar | Journey.
-- column: customer_id    | varchar | Customer.
-- column: feature        | integer | 0 time from the first to the last step, 1 longest wait; else 2 + code of the move before × 65,536 + touchpoint code, the move before being 0 for a touchpoint alone.
-- column: amount         | double  | Times it occurs; for a time ln(1 + hours).

with

settled as (
    select
        journeys.customer_key,
        journeys.journey_number,
        journey_ids.journey_id,
        journey_ids.customer_id
    from core.journeys
    inner join core.journey_ids
        on
            journeys.customer_key = journey_ids.customer_key
            and journeys.journey_number = journey_ids.journey_number
    where journeys.is_settled and journeys.outcome != 'service'
),

drawn as (
    select settled.*
    from settled
    order by
        md5($seed::varchar || '|archetypes|' || customer_id || '|' || journey_number::varchar),
        customer_id,
        journey_number
    limit 20000
),

walked as (
    select
        drawn.journey_id,
        drawn.customer_id,
        steps.touchpoint_key::integer as touchpoint_key,
        steps.previous_touchpoint_key::integer as previous_touchpoint_key,
        steps.wait_microseconds,
        steps.entered_at
    from drawn
    inner join core.steps
        on
            drawn.customer_key = steps.customer_key
            and drawn.journey_number = steps.journey_number
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    where steps.part = 'before' and not touchpoints.is_goal
)

select
    journey_id,
    any_value(customer_id) as customer_id,
    2 + touchpoint_key as feature,
    count(*)::double as amount
from walked
group by journey_id, touchpoint_key
union all
select
    journey_id,
    any_value(customer_id) as customer_id,
    2 + (1 + previous_touchpoint_key) * 65536 + touchpoint_key as feature,
    count(*)::double as amount
from walked
where previous_touchpoint_key is not null
group by journey_id, previous_touchpoint_key, touchpoint_key
union all
select
    journey_id,
    any_value(customer_id) as customer_id,
    0 as feature,
    ln(1 + (epoch_us(max(entered_at)) - epoch_us(min(entered_at))) / 3.6e9) as amount
from walked
group by journey_id
union all
select
    journey_id,
    any_value(customer_id) as customer_id,
    1 as feature,
    ln(1 + coalesce(max(wait_microseconds), 0) / 3.6e9) as amount
from walked
group by journey_id
order by journey_id, feature
