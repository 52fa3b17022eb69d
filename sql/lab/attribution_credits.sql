-- model:  lab.attribution_credits
-- about:  What each unit earned under each rule, per group of customers; whole parts are added, so that no order of the rows can matter.
-- scope:  global
-- grain:  one row per (unit, currency, sample)
-- key:    unit, currency, sample_number
-- reads:  lab.attribution_touches
-- column: unit                     | varchar | What was touched.
-- column: currency                 | varchar | Currency of the value; null without one.
-- column: sample_number            | bigint  | Group of customers.
-- column: first_conversions        | double  | Conversions, all of them to the first touch.
-- column: last_conversions         | double  | To the last touch.
-- column: linear_conversions       | double  | To all touches alike.
-- column: position_conversions     | double  | 40 % to the first, 40 % to the last, the rest to those between; two touches share.
-- column: time_decay_conversions   | double  | By age, halved each half-life.
-- column: shapley_conversions      | double  | To all different units of the journey alike.
-- column: first_value              | double  | Gross value, as the conversions.
-- column: last_value               | double  | Gross value, as the conversions.
-- column: linear_value             | double  | Gross value, as the conversions.
-- column: position_value           | double  | Gross value, as the conversions.
-- column: time_decay_value         | double  | Gross value, as the conversions.
-- column: shapley_value            | double  | Gross value, as the conversions.

with

shares as (
    select
        unit,
        currency,
        sample_number,
        coalesce(value, 0)::double as value,
        (touch_number = 1)::integer as first_share,
        (touch_number = touches)::integer as last_share,
        1.0::double / touches as linear_share,
        case
            when touches = 1 then 1.0
            when touches = 2 then 0.5
            when touch_number in (1, touches) then 0.4
            else 0.2 / (touches - 2)
        end::double as position_share,
        weight / sum(weight) over (
            partition by journey_key
            order by touch_number
            rows between unbounded preceding and unbounded following
        ) as time_decay_share,
        if(is_new, 1.0, 0.0)::double / units as shapley_share
    from attribution_touches
    where is_converted
)

select
    unit,
    currency,
    sample_number,
    sum(first_share)::double as first_conversions,
    sum(last_share)::double as last_conversions,
    sum(round(linear_share * 1e12)::hugeint)::double / 1e12 as linear_conversions,
    sum(round(position_share * 1e12)::hugeint)::double / 1e12 as position_conversions,
    sum(round(time_decay_share * 1e12)::hugeint)::double / 1e12 as time_decay_conversions,
    sum(round(shapley_share * 1e12)::hugeint)::double / 1e12 as shapley_conversions,
    sum(round(first_share * value * 1e8)::hugeint)::double / 1e8 as first_value,
    sum(round(last_share * value * 1e8)::hugeint)::double / 1e8 as last_value,
    sum(round(linear_share * value * 1e8)::hugeint)::double / 1e8 as linear_value,
    sum(round(position_share * value * 1e8)::hugeint)::double / 1e8 as position_value,
    sum(round(time_decay_share * value * 1e8)::hugeint)::double / 1e8 as time_decay_value,
    sum(round(shapley_share * value * 1e8)::hugeint)::double / 1e8 as shapley_value
from shares
group by unit, currency, sample_number
order by unit, currency, sample_number
