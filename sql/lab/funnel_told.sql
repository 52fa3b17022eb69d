-- model:  lab.funnel_told
-- about:  Steps taken by attempts, each attempt under its level of the breakdown, or several, and whether an exclusion took it out.
-- scope:  global
-- grain:  one row per level, attempt and step taken
-- key:    level, unit_id, attempt_number, step
-- reads:  lab.funnel_taken, lab.funnel_touches, lab.funnel_removed
-- params: at, at_step, top
-- column: level          | varchar | Level; '(other)' for those beyond the most frequent, null where it is not known.
-- column: unit_id        | varchar | Customer, journey or session.
-- column: attempt_number | bigint  | Attempt of the unit, counted from 1.
-- column: step           | bigint  | Step of the funnel; in any order, how many were done by then.
-- column: customer_id    | varchar | Customer.
-- column: place          | bigint  | Place among the unit's events.
-- column: occurred_us    | bigint  | Microseconds since 1970.
-- column: begun_us       | bigint  | When the attempt began.
-- column: next_step      | bigint  | Step taken next; null for the last.
-- column: next_us        | bigint  | When it was taken; null for the last.
-- column: is_removed     | boolean | Whether an exclusion took the attempt out of the funnel.

with

levels as (
    select distinct
        taken.unit_id,
        taken.attempt_number,
        touches.level
    from funnel_taken as taken
    inner join funnel_touches as touches
        on taken.unit_id = touches.unit_id and taken.place = touches.place
    where
        $at = 'all'
        or ($at = 'first' and taken.step = 1)
        or ($at = 'last' and taken.next_step is null)
        or ($at = 'step' and taken.step = $at_step)
),

named as (
    select level
    from levels
    where level is not null
    group by level
    order by count(*) desc, level
    limit $top
),

merged as (
    select distinct
        levels.unit_id,
        levels.attempt_number,
        if(levels.level is null, null, coalesce(named.level, '(other)')) as level
    from levels
    left join named on levels.level = named.level
)

select
    merged.level,
    taken.unit_id,
    taken.attempt_number,
    taken.step,
    taken.customer_id,
    taken.place,
    taken.occurred_us,
    taken.begun_us,
    taken.next_step,
    taken.next_us,
    removed.unit_id is not null as is_removed
from funnel_taken as taken
left join merged
    on taken.unit_id = merged.unit_id and taken.attempt_number = merged.attempt_number
left join funnel_removed as removed
    on taken.unit_id = removed.unit_id and taken.attempt_number = removed.attempt_number
