-- model:  lab.funnel_instead
-- about:  What those who dropped after a step of a funnel did instead: the next three events of the unit.
-- scope:  global
-- grain:  one row per level, step, place and touchpoint
-- key:    level, step, events_later, touchpoint
-- reads:  lab.funnel_told, lab.funnel_touches, lab.funnel_owned, marts.events
-- params: steps, unit
-- column: level        | varchar | Level of the breakdown; null without one, or where it is not known.
-- column: step         | bigint  | Last step they took.
-- column: events_later | bigint  | 1 for the event after it, up to 3.
-- column: touchpoint   | varchar | Touchpoint of that event; '(nothing)' where none came.
-- column: attempts     | bigint  | Attempts that dropped after the step and went there.
-- column: share        | double  | Share of all attempts that dropped after the step.

with

dropped as (
    select
        told.level,
        told.step,
        told.customer_id,
        touches.event_number
    from funnel_told as told
    inner join funnel_touches as touches
        on told.unit_id = touches.unit_id and told.place = touches.place
    where told.next_step is null and told.step < $steps and not told.is_removed
),

surrounding as (
    select
        customer_id,
        event_number,
        lead(event_number, 1) over in_unit as later_1,
        lead(event_number, 2) over in_unit as later_2,
        lead(event_number, 3) over in_unit as later_3
    from funnel_owned
    semi join dropped on funnel_owned.customer_id = dropped.customer_id
    window in_unit as (
        partition by
            customer_id,
            case $unit when 'journey' then journey_id when 'session' then session_id end
        order by event_number
    )
),

wanted as (
    select
        dropped.level,
        dropped.step,
        dropped.customer_id,
        unnest([1, 2, 3]) as events_later,
        unnest([surrounding.later_1, surrounding.later_2, surrounding.later_3]) as event_number
    from dropped
    inner join surrounding
        on
            dropped.customer_id = surrounding.customer_id
            and dropped.event_number = surrounding.event_number
)

select
    wanted.level,
    wanted.step,
    wanted.events_later,
    coalesce(events.touchpoint, '(nothing)') as touchpoint,
    count(*) as attempts,
    count(*) / sum(count(*)) over in_place as share
from wanted
left join main.events
    on wanted.customer_id = events.customer_id and wanted.event_number = events.event_number
group by wanted.level, wanted.step, wanted.events_later, touchpoint
window in_place as (partition by wanted.level, wanted.step, wanted.events_later)
order by wanted.level nulls last, wanted.step, wanted.events_later, attempts desc, touchpoint
