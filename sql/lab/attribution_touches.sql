-- model:  lab.attribution_touches
-- about:  Touches of settled journeys within the look-back, after the transform, each with its place in the journey.
-- scope:  global
-- grain:  one row per touch
-- key:    journey_key, touch_number
-- reads:  lab.candidates, lab.attributed_journeys
-- params: look_back_seconds, transform, half_life_seconds
-- column: journey_key   | bigint        | Journey, as attributed_journeys numbers them.
-- column: sample_number | bigint        | Group of customers it is resampled in.
-- column: is_converted  | boolean       | Whether the journey reached a goal.
-- column: value         | decimal(18,4) | Gross value of the goal; null without one.
-- column: currency      | varchar       | Its currency.
-- column: unit          | varchar       | What was touched; after the transform 'frequency' with how often, in brackets.
-- column: next_unit     | varchar       | What was touched next; null for the last touch.
-- column: touch_number  | bigint        | Place among the touches of the journey, counted from 1.
-- column: touches       | bigint        | Touches of the journey.
-- column: is_new        | boolean       | Whether the journey touched the unit here for the first time.
-- column: units         | bigint        | Different units the journey touched.
-- column: weight        | double        | Weight of its age for time decay: halved each half-life before the last touch.

with

touched as (
    select
        attributed_journeys.journey_key,
        attributed_journeys.sample_number,
        attributed_journeys.is_converted,
        attributed_journeys.value,
        attributed_journeys.currency,
        candidates.unit,
        candidates.touched_at,
        candidates.event_number
    from candidates
    inner join attributed_journeys
        on
            candidates.customer_id = attributed_journeys.customer_id
            and candidates.journey_id = attributed_journeys.journey_id
    where
        $look_back_seconds::double is null
        or epoch_us(attributed_journeys.ended_at) - epoch_us(candidates.touched_at)
        <= $look_back_seconds::double * 1e6
),

numbered as (
    select
        *,
        lag(unit) over (partition by journey_key order by event_number) as previous_unit,
        row_number() over (partition by journey_key, unit order by event_number)
            as unit_touch_number,
        count(*) over (partition by journey_key, unit) as unit_touches
    from touched
),

transformed as (
    select
        *,
        if($transform = 'frequency', unit || ' (' || unit_touches || ')', unit) as told_unit
    from numbered
    where
        case $transform
            when 'exposure' then previous_unit is distinct from unit
            when 'unique' then true
            else unit_touch_number = 1
        end
)

select
    journey_key,
    sample_number,
    is_converted,
    value,
    currency,
    told_unit as unit,
    lead(told_unit) over in_order as next_unit,
    row_number() over in_order as touch_number,
    count(*) over journey as touches,
    unit_touch_number = 1 as is_new,
    count(*) filter (where unit_touch_number = 1) over journey as units,
    pow(
        2.0,
        (epoch_us(touched_at) - epoch_us(max(touched_at) over journey))
        / ($half_life_seconds::double * 1e6)
    ) as weight
from transformed
window
    in_order as (partition by journey_key order by event_number),
    journey as (partition by journey_key)
