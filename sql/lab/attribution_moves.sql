-- model:  lab.attribution_moves
-- about:  How often settled journeys went from unit to unit, per group of customers, with where they began and how they ended.
-- scope:  global
-- grain:  one row per (from_unit, to_unit, is_converted, sample)
-- key:    from_unit, to_unit, is_converted, sample_number
-- reads:  lab.attribution_touches, lab.attributed_journeys
-- column: from_unit     | varchar | Unit left; null where the journey begins.
-- column: to_unit       | varchar | Unit touched next; null where the journey ends.
-- column: is_converted  | boolean | Whether it ended with a goal; false between units.
-- column: sample_number | bigint  | Group of customers.
-- column: transitions   | bigint  | Times seen.

with

moves as (
    select
        unit as from_unit,
        next_unit as to_unit,
        is_converted and next_unit is null as is_converted,
        sample_number
    from attribution_touches
    union all
    select
        null as from_unit,
        unit as to_unit,
        false as is_converted,
        sample_number
    from attribution_touches
    where touch_number = 1
    union all
    select
        null as from_unit,
        null as to_unit,
        is_converted,
        sample_number
    from attributed_journeys
    anti join attribution_touches using (journey_key)
)

select
    from_unit,
    to_unit,
    is_converted,
    sample_number,
    count(*) as transitions
from moves
group by from_unit, to_unit, is_converted, sample_number
order by from_unit, to_unit, is_converted, sample_number
