-- model:  analysis.wait_mixes
-- about:  Where settled visits before the goal led after a wait above the reference of slow bottlenecks, and after one at or below it.
-- scope:  global
-- grain:  one row per (touchpoint, next touchpoint) of touchpoints with a reference
-- key:    touchpoint, next_touchpoint
-- reads:  core.steps, core.journeys, core.touchpoints, core.business_waits, analysis.bottleneck_faces
-- column: touchpoint      | varchar | Touchpoint left.
-- column: next_touchpoint | varchar | Touchpoint entered next.
-- column: slow_moves      | bigint  | Moves after a wait above the reference.
-- column: other_moves     | bigint  | Moves after a wait at or below it.

with

moves as (
    select
        steps.touchpoint_key,
        steps.next_touchpoint_key,
        coalesce(business_waits.business_wait_microseconds, steps.next_wait_microseconds)
        > faces.reference * 3.6e9 as is_slow
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    inner join analysis.bottleneck_faces as faces
        on faces.face = 'slow' and steps.touchpoint_key = faces.touchpoint_key
    left join core.business_waits
        on
            steps.customer_key = business_waits.customer_key
            and steps.journey_number = business_waits.journey_number
            and steps.step_number = business_waits.step_number
    where
        steps.part = 'before'
        and journeys.is_settled
        and steps.next_touchpoint_key is not null
        and faces.reference is not null
)

select
    touchpoints.touchpoint,
    nexts.touchpoint as next_touchpoint,
    count(*) filter (where moves.is_slow) as slow_moves,
    count(*) filter (where not moves.is_slow) as other_moves
from moves
inner join core.touchpoints on moves.touchpoint_key = touchpoints.touchpoint_key
inner join core.touchpoints as nexts on moves.next_touchpoint_key = nexts.touchpoint_key
group by touchpoints.touchpoint, nexts.touchpoint
order by touchpoints.touchpoint, nexts.touchpoint
