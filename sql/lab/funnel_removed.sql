-- model:  lab.funnel_removed
-- about:  Attempts that an exclusion takes out of the funnel: its event lies between the two steps or, where the later one was not taken, before the window was over.
-- scope:  global
-- grain:  one row per attempt removed
-- key:    unit_id, attempt_number
-- reads:  lab.funnel_taken, lab.funnel_touches
-- params: removing, window_us, tie
-- column: unit_id        | varchar | Customer, journey or session.
-- column: attempt_number | bigint  | Attempt of the unit.

with

bars as (
    select
        unnest($removing::bigint[][])[1] as bar,
        unnest($removing::bigint[][])[2] as first_step,
        unnest($removing::bigint[][])[3] as last_step
),

exposed as (
    select
        taken.unit_id,
        taken.attempt_number,
        bars.bar,
        taken.begun_us,
        taken.next_us,
        if($tie = 0, taken.place, taken.occurred_us) as mark,
        if($tie = 0, taken.next_place, taken.next_us) as next_mark
    from funnel_taken as taken
    inner join bars on taken.step >= bars.first_step and taken.step < bars.last_step
),

barring as (
    select
        touches.unit_id,
        bars.bar,
        touches.occurred_us,
        if($tie = 0, touches.place, touches.occurred_us) as mark
    from funnel_touches as touches
    inner join bars on (touches.excluded & (1 << (bars.bar - 1)::integer)) > 0
)

select distinct
    exposed.unit_id,
    exposed.attempt_number
from exposed
asof inner join barring
    on
        exposed.unit_id = barring.unit_id
        and exposed.bar = barring.bar
        and exposed.mark + $tie < barring.mark
where
    if(
        exposed.next_mark is null,
        barring.occurred_us - exposed.begun_us <= $window_us,
        barring.mark < exposed.next_mark - $tie
    )
