-- model:  lab.funnel_fitting
-- about:  Events that fit steps of a funnel, and how far back the step before may stand.
-- scope:  global
-- grain:  one row per event and step it fits
-- key:    unit_id, place, step
-- reads:  lab.funnel_touches
-- params: steps
-- column: unit_id     | varchar | Customer, journey or session.
-- column: customer_id | varchar | Customer.
-- column: held        | varchar | Value that an attempt holds.
-- column: step        | bigint  | Step of the funnel, counted from 1.
-- column: place       | bigint  | Place among the unit's events.
-- column: occurred_us | bigint  | Microseconds since 1970.
-- column: given_at    | bigint  | Where it stands on the axis of the walk as the step before another.
-- column: asked_at    | bigint  | Where it stands as the step after another: behind all that may come before it.
-- column: back_to     | bigint  | Least given_at of the step before.

with

numbers as (
    select unnest(range(1, $steps + 1)) as step
)

select
    touches.unit_id,
    touches.customer_id,
    touches.held,
    numbers.step,
    touches.place,
    touches.occurred_us,
    2 * touches.place + 1 as given_at,
    2 * touches.place as asked_at,
    0 as back_to
from funnel_touches as touches
inner join numbers on (touches.fits & (1 << (numbers.step - 1)::integer)) > 0
where touches.held is not null
